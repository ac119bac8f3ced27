"""What the patterns that are on list for a reader: people, days and punches in reach, nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sqlmodel import Session

from monitor.config.inspections import Inspections
from monitor.config.patterns import Patterns
from monitor.inspections.patterns.switches import switched_on
from monitor.inspections.standing import office_calendar, window_settings
from monitor.rules.breaks import check_windows
from monitor.rules.patterns import (
    DayEnds,
    Found,
    Passes,
    PatternLimits,
    flood,
    friday_early,
    last_minute,
    no_out,
    pairs,
)
from monitor.rules.wallclock import date_of, day_of
from monitor.store.queries.patterns import Looked, Named, Shown, day_ends, named, passes, shown_punches
from monitor.store.queries.reach import EVERYBODY, Reach
from monitor.store.queries.tree import Tree
from monitor.store.wall import seeing_all

OF_DAYS: dict[str, Callable[[DayEnds, PatternLimits], list[Found]]] = {
    "friday_early": friday_early,
    "no_out": no_out,
    "last_minute": last_minute,
}
WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Where and until when is looked; the weeks before are those of the settings."""

    unit_ids: frozenset[int]
    last_day: int
    patterns: Patterns
    inspections: Inspections

    @property
    def first_day(self) -> int:
        """The first day looked at."""
        return self.last_day - WEEK * self.patterns.weeks + 1

    @property
    def looked(self) -> Looked:
        """For the queries."""
        return Looked(unit_ids=self.unit_ids, first_day=self.first_day, last_day=self.last_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Something to look at again: who, when, out of how many days, and the punches that show it."""

    found: Found
    people: tuple[Named, ...]
    punches: tuple[Shown, ...]


def hits_of(session: Session, reach: Reach, units: Tree, asked: Asked) -> dict[str, list[Hit]]:
    """The hits of every pattern that is on, by pattern; each list by Vietnamese name."""
    wanted = switched_on(session)
    if not wanted:
        return {}
    limits = asked.patterns.limits
    found: dict[str, list[Found]] = {}
    if of_days := [one for one in wanted if one in OF_DAYS]:
        ends = day_ends(session, reach, asked.looked)
        found |= {one: OF_DAYS[one](ends, limits) for one in of_days}
    if "pairs" in wanted:
        found["pairs"] = pairs(passes(session, reach, asked.looked), limits)
    if "flood" in wanted:
        found["flood"] = _floods(session, reach, units, asked)
    shown = _evidence(session, reach, asked, [one for listed in found.values() for one in listed])
    return {one: _with_names(found[one], *shown) for one in wanted}


def _floods(session: Session, reach: Reach, units: Tree, asked: Asked) -> list[Found]:
    """Floods on checked days in reach; what is usual before them is one number of the same units."""
    checked = checked_days(session, units, asked)
    if not checked:
        return []
    mine = frozenset[int]().union(*(reach.within(asked.unit_ids, day) for day in checked))
    first = min(checked)
    before = Looked(unit_ids=mine, first_day=asked.first_day, last_day=first - 1)
    since = Looked(unit_ids=asked.unit_ids, first_day=first, last_day=asked.last_day)
    # Whoever may see a unit's checked day may know how busy its terminals usually are.
    with seeing_all(session):
        usual = passes(session, EVERYBODY, before)
    both = _joined(usual, passes(session, reach, since))
    return flood(both, checked, asked.patterns.limits)


def _joined(one: Passes, other: Passes) -> Passes:
    names = Passes.__dataclass_fields__
    return Passes(**{name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in names})


def checked_days(session: Session, units: Tree, asked: Asked) -> list[int]:
    """The days after breaks within the span."""
    windows = check_windows(
        office_calendar(session, units),
        date_of(asked.first_day),
        date_of(asked.last_day),
        window_settings(asked.inspections),
    )
    days = {day_of(on) for window in windows if not window.provisional for on in window.after}
    return sorted(day for day in days if asked.first_day <= day <= asked.last_day)


def _evidence(
    session: Session, reach: Reach, asked: Asked, found: Sequence[Found]
) -> tuple[dict[int, Named], dict[int, Shown]]:
    """Names of everybody listed, and the punches listed, by id."""
    people = named(session, {person for one in found for person in one.people})
    punches = shown_punches(session, reach, asked.looked, (punch for one in found for punch in one.punches))
    return people, {one.punch: one for one in punches}


def _with_names(found: Sequence[Found], people: dict[int, Named], punches: dict[int, Shown]) -> list[Hit]:
    hits = [
        Hit(
            found=one,
            people=tuple(
                sorted((people[who] for who in one.people), key=lambda who: (who.sort_key, who.code))
            ),
            punches=tuple(punches[punch] for punch in one.punches if punch in punches),
        )
        for one in found
    ]
    return sorted(hits, key=lambda hit: (hit.found.days[0], [who.sort_key for who in hit.people]))
