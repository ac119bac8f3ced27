"""The report of a campaign: who was present per unit and day, beside the baseline and last year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Protocol

import numpy as np
from sqlmodel import Session

from monitor.inspections.figures import (
    LEADS,
    Cube,
    Places,
    by_weekday,
    cube,
    places_of,
    rolled_up,
    totals_of,
)
from monitor.inspections.standing import office_calendar
from monitor.inspections.totals import Totals, reconciled
from monitor.rules.check_days import baseline_days, lunar_twins
from monitor.rules.codes import DayKind
from monitor.rules.lunar import YearRefused, lunar_year
from monitor.rules.wallclock import date_of, day_of
from monitor.rules.workdays import WorkDays, work_days
from monitor.store.queries.campaigns import campaign_days, campaign_units
from monitor.store.queries.inspections import COUNTS, Asked, Presence, presence
from monitor.store.queries.reach import EVERYBODY, Reach
from monitor.store.queries.tree import Tree, UnitRow
from monitor.store.tables import CalendarDay, Campaign
from monitor.store.wall import seeing_all

FRIDAY = 5
SHORTEST_MONTH = 29
"""Of the lunar calendar: up to there, a day has its number in the first month without doubt."""


class Ask(Protocol):
    """What answers `presence`: one question to the database, or many to workers (`spread_presence`)."""

    def __call__(
        self, session: Session, reach: Reach, asked: Asked, /, *, compared: bool = False
    ) -> Presence:
        """As `presence`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A unit with everything below it on one day; comparisons are sums over the days compared with.

    `last_year` None: that lunar day was not worked last year, or there are no figures of it.
    """

    place: int
    unit: UnitRow
    depth: int
    totals: Totals
    leads: Totals
    baseline: Totals
    last_year: Totals | None

    @property
    def is_clean(self) -> bool:
        """Nobody late, early or away without reason, and data about everybody."""
        found = self.totals.late + self.totals.early + self.totals.unexcused + self.totals.unmarked
        return self.totals.expected > 0 and not found and not self.totals.no_data


@dataclass(frozen=True, kw_only=True)
class Report:
    """All figures of a campaign for one reader.

    `marks`: the days (since 1970) in order, and what each is. `counts`, `baseline`, `last_year`: cubes by
    unit of `places`, with units below added. `twins`: the days each day is compared with. `last_days`: the
    same lunar day of last year, where it was worked.
    """

    campaign: Campaign
    units: Tree
    places: Places
    marks: Mapping[int, str]
    counts: Cube
    baseline: Cube
    last_year: Cube
    twins: Mapping[int, tuple[int, ...]]
    last_days: Mapping[int, int]
    asked: Asked

    @cached_property
    def days(self) -> tuple[int, ...]:
        """The days in order."""
        return tuple(self.marks)

    @property
    def first_day(self) -> int:
        """The day that is shown first: day 1, or the first of all."""
        return next((day for day, mark in self.marks.items() if mark == "day_1"), self.days[0])

    @cached_property
    def has_last_year(self) -> bool:
        """Whether anybody's presence last year is known at all."""
        return bool(self.last_year[..., 0].sum())

    def line(self, place: int, day: int) -> Line:
        """A unit's figures on a day."""
        at = self.days.index(day)
        unit = self.units.units[self.places.ids[place]]
        last = totals_of(self.last_year[place, :, at].sum(axis=0))
        return Line(
            place=place,
            unit=unit,
            depth=self.places.depth[place],
            totals=totals_of(self.counts[place, :, at].sum(axis=0)),
            leads=totals_of(self.counts[place, LEADS, at]),
            baseline=totals_of(self.baseline[place, :, at].sum(axis=0)),
            last_year=last if last.expected else None,
        )

    def lines(self, day: int) -> list[Line]:
        """Every unit with anybody expected, parents first."""
        found = (self.line(place, day) for place in range(len(self.places.ids)))
        return [line for line in found if line.totals.expected]

    def whole(self, day: int) -> Totals:
        """Everybody on a day. Raises as `reconciled`."""
        return self._whole(self.counts, day)

    def whole_leads(self, day: int) -> Totals:
        """Heads and deputies of all units on a day."""
        at = self.days.index(day)
        return totals_of(self.counts[self.places.tops, LEADS, at].sum(axis=0))

    def whole_baseline(self, day: int) -> Totals:
        """Everybody on the days that a day is compared with."""
        return self._whole(self.baseline, day)

    def whole_last_year(self, day: int) -> Totals | None:
        """Everybody on the same lunar day of last year."""
        found = self._whole(self.last_year, day)
        return found if found.expected else None

    def _whole(self, counts: Cube, day: int) -> Totals:
        at = self.days.index(day)
        return reconciled(totals_of(counts[self.places.tops, :, at].sum(axis=(0, 1))))

    def exemplary(self) -> list[UnitRow]:
        """Lowest units without anything found on any day after the break, with enough people to say so."""
        days = [day for day in self.days if self.marks[day] != "before"]
        above = set(self.places.parent)
        lowest = [place for place in range(len(self.places.ids)) if place not in above]
        clean = [place for place in lowest if days and all(self._clean(place, day) for day in days)]
        return [self.units.units[self.places.ids[place]] for place in clean]

    def _clean(self, place: int, day: int) -> bool:
        line = self.line(place, day)
        return line.is_clean and line.totals.enough


def report_of(
    session: Session, campaign: Campaign, units: Tree, reach: Reach, ask: Ask | None = None
) -> Report | None:
    """The report as a reader may see it; None where no unit of the campaign is in reach.

    People are counted in the unit of the campaign's first day; the baseline is of the same people.
    """
    dates = campaign_days(session, campaign.id or 0)
    marks = {day_of(on): mark for on, mark in dates.items()}
    days = tuple(marks)
    asked = Asked(
        unit_ids=_units(session, campaign, units, reach, days),
        listed_on=next((day for day in days if marks[day] == "day_1"), days[0]),
        days=days,
        part=campaign.part,
        check_second=campaign.check_second,
    )
    if not asked.unit_ids:
        return None
    rows = office_calendar(session, units)
    work = work_days(rows)
    twins = _twins(work, rows, dates)
    last_days = _last_year(work, campaign, dates)
    places = places_of(units, asked.unit_ids)
    compared = sorted({twin for found in twins.values() for twin in found})
    counting = _Counting(session=session, reach=reach, places=places, ask=ask or presence)
    return Report(
        campaign=campaign,
        units=units,
        places=places,
        marks=marks,
        counts=counting.rolled_up(asked),
        baseline=_compared(counting, asked, compared, twins),
        last_year=_of_last_year(counting, asked, last_days),
        twins=twins,
        last_days=last_days,
        asked=asked,
    )


def _units(
    session: Session, campaign: Campaign, units: Tree, reach: Reach, days: Sequence[int]
) -> frozenset[int]:
    """The units of the campaign with what lies below them, as far as they are in reach on any of its days."""
    tops = campaign_units(session, campaign.id or 0)
    every = frozenset[int]().union(*(units.below_in_bloc(top) for top in tops))
    return frozenset[int]().union(*(reach.within(every, day) for day in days))


def _twins(
    work: WorkDays, rows: Sequence[CalendarDay], dates: Mapping[date, str]
) -> dict[int, tuple[int, ...]]:
    """The normal days that each day is compared with."""
    makeup = {
        row.on_date: row.for_date.isoweekday() if row.for_date else FRIDAY
        for row in rows
        if row.kind == DayKind.MAKEUP and row.on_date in dates
    }
    found = baseline_days(work, dates, makeup)
    return {
        day_of(on): tuple(day_of(twin) for twin in found[makeup.get(on, on.isoweekday())]) for on in dates
    }


def _last_year(work: WorkDays, campaign: Campaign, dates: Mapping[date, str]) -> dict[int, int]:
    """The same lunar days of last year that were worked."""
    if campaign.tet_year is None:
        return {}
    try:
        found = lunar_twins(list(dates), campaign.tet_year)
    except YearRefused:
        return {}
    return {day_of(on): day_of(twin) for on, twin in found.items() if work.works(twin)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counting:
    """Whom the figures are for, the units they are laid out by, and who answers."""

    session: Session
    reach: Reach
    places: Places
    ask: Ask

    def rolled_up(self, asked: Asked, *, compared: bool = False) -> Cube:
        """Counts on the days asked for, with units below added."""
        found = self.ask(self.session, self.reach, asked, compared=compared)
        return rolled_up(cube(found, self.places, asked.days), self.places)


def _compared(
    counting: _Counting, asked: Asked, days: Sequence[int], twins: Mapping[int, Sequence[int]]
) -> Cube:
    """The same people on their normal days."""
    made = counting.rolled_up(replace(asked, days=days), compared=True)
    return by_weekday(made, days, twins, asked.days)


def _of_last_year(counting: _Counting, asked: Asked, last_days: Mapping[int, int]) -> Cube:
    """The people of the same units a year before; days without figures are nought."""
    made = np.zeros((len(counting.places.ids), 2, len(asked.days), len(COUNTS)), np.int64)
    days = sorted(last_days.values())
    if not days:
        return made
    mine = counting.reach.within(asked.unit_ids, asked.listed_on)
    then = replace(asked, unit_ids=mine, listed_on=days[0], days=days)
    # Whoever may see a unit's day 1 may know its number of a year before.
    with seeing_all(counting.session):
        own = replace(counting, reach=EVERYBODY).rolled_up(then)
    for at, day in enumerate(asked.days):
        if day in last_days:
            made[:, :, at] = own[:, :, days.index(last_days[day])]
    return made


def lunar_words(report: Report, day: int) -> int | None:
    """Which day of the lunar new year a day is (mùng 1 = 1), None outside the first month."""
    if report.campaign.tet_year is None:
        return None
    number = (date_of(day) - lunar_year(report.campaign.tet_year).tet_on).days + 1
    return number if 1 <= number <= SHORTEST_MONTH else None
