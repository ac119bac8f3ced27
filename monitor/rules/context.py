"""How many days around the ones asked have to be looked at, so that the batch never matters (rules 8)."""

from dataclasses import dataclass

import numpy as np

from monitor.rules.arrays import begins, expand, keyed_day, member
from monitor.rules.codes import RosterKind
from monitor.rules.columns import (
    DAY_SECONDS,
    Bool,
    Columns,
    Int32,
    Int64,
    PersonDays,
    World,
)
from monitor.rules.plan import Plan, plan_of
from monitor.rules.settings import Settings, settings_of

CONTEXT_DAYS = 8
"""Days around the days asked that a loader provides (punches, manual punches, roster, excuses).

Enough while windows and chains reach less than 24 hours; a chain of duties that runs longer than
that many days needs as much as `reach` says.
"""
NEAR_DAYS = 2
"""A punch outside every window is shown at a session at most this many days from it."""
WIDENINGS = 6
"""Each doubles the margin: a chain is followed for most of a year to either side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranges(Columns):
    """Disjoint runs of days per person, sorted by person and day; both ends inclusive."""

    person: Int32
    first_day: Int32
    last_day: Int32

    def days(self) -> PersonDays:
        """Every day of every range."""
        row, rank = expand(self.last_day - self.first_day + 1)
        return PersonDays(person=self.person[row], day=(self.first_day[row] + rank).astype(np.int32))


def reach(world: World, asked: PersonDays) -> Ranges:
    """The days that can touch the verdicts of the days asked; needs no punches in `world`.

    Chains of blocks are followed to their ends, to either side (rules 3, chained blocks).
    """
    settings = settings_of(world.regulations)
    step = _neighbour_days(world, settings)
    margin = np.full(len(world.people), _margin_days(world, step), np.int32)
    suspects = _may_chain_across_days(world, asked, settings)
    for _ in range(WIDENINGS):
        some = asked.take(np.flatnonzero(suspects[asked.person]))
        if not len(some):
            break
        ranges = _ranges(some, margin)
        suspects = _cut_short(plan_of(world, ranges.days(), settings), ranges, step, len(world.people))
        margin[suspects] *= 2
    return _ranges(asked, margin)


def _longest_day_seconds(world: World) -> int:
    """Seconds from a date's midnight to the end of its last office session, whichever regulation."""
    return max((s.end_seconds for r in world.regulations for s in r.sessions), default=0)


def _neighbour_days(world: World, settings: Settings) -> int:
    """How many days apart two blocks that share a window, or a chain, can end and begin."""
    window = int(settings.open_before.max() + settings.close_after.max())
    farthest = max(window, int(settings.chain_within.max()))
    return 1 + farthest // DAY_SECONDS + _longest_day_seconds(world) // DAY_SECONDS


def _margin_days(world: World, step: int) -> int:
    """Days to look at on each side when no chain runs longer.

    The session nearest to a stray punch, and the windows around that punch with their neighbours,
    both decide whether the punch is shown at a day asked.
    """
    rivals = 2 * NEAR_DAYS + _longest_day_seconds(world) // DAY_SECONDS
    return max(rivals, NEAR_DAYS + 3 * step)


def _may_chain_across_days(world: World, asked: PersonDays, settings: Settings) -> Bool:
    """People asked whose blocks may hang together across midnight."""
    people = np.zeros(len(world.people), bool)
    if _longest_day_seconds(world) + int(settings.chain_within.max()) >= DAY_SECONDS:
        people[asked.person] = True
        return people
    adds = (world.roster.kind == RosterKind.DUTY) | (world.roster.kind == RosterKind.EXTRA)
    people[world.roster.person[np.flatnonzero(adds)]] = True
    return people


def _ranges(asked: PersonDays, margin: Int32) -> Ranges:
    """The days asked with each person's margin on both sides, joined where they meet."""
    order = np.argsort(keyed_day(asked.person, asked.day))
    person, day = asked.person[order], asked.day[order]
    new = begins(person)
    new[1:] |= day[1:] - day[:-1] > 2 * margin[person[1:]] + 1
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(day))[: len(first)] - 1
    return Ranges(
        person=person[first],
        first_day=day[first] - margin[person[first]],
        last_day=day[last] + margin[person[last]],
    )


def _cut_short(plan: Plan, ranges: Ranges, step: int, people: int) -> Bool:
    """People with a group that lies partly where its neighbours may be unknown."""
    groups = plan.groups
    first = plan.sessions.start[groups.first] // DAY_SECONDS
    last = (plan.sessions.end[groups.last] - 1) // DAY_SECONDS
    at = np.searchsorted(keyed_day(ranges.person, ranges.last_day), keyed_day(groups.person, first))
    at = np.minimum(at, len(ranges) - 1)
    known_from, known_to = ranges.first_day[at] + step, ranges.last_day[at] - step
    straddles = (last >= known_from) & (first <= known_to) & ((first < known_from) | (last > known_to))
    short = np.zeros(people, bool)
    short[groups.person[straddles]] = True
    return short


def asked_rows(plan: Plan, asked: PersonDays) -> Int64:
    """Sessions of the plan that belong to a day asked, sorted by person, start, end."""
    table = np.unique(keyed_day(asked.person, asked.day))
    keys = keyed_day(plan.sessions.person[plan.by_start], plan.sessions.day[plan.by_start])
    return plan.by_start[member(table, keys)]
