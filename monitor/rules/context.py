"""How many days around the ones asked have to be looked at, so that the batch never matters (rules 8)."""

from collections.abc import Sequence
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
    RosterEntries,
    World,
)
from monitor.rules.plan import Plan, plan_of
from monitor.rules.regulation import Regulation
from monitor.rules.settings import Settings, settings_of

CONTEXT_DAYS = 9
"""Days around the days asked that a loader provides (punches, manual punches, roster, excuses).

Enough while windows and chains reach less than 24 hours; a chain of duties that runs longer than
that many days needs as much as `reach` says.
"""
NEAR_DAYS = 2
"""A punch outside every window is shown at a session at most this many days from it."""
WIDENINGS = 6
"""Each doubles the margin: a chain is followed for most of a year to either side."""


def punch_days(regulations: Sequence[Regulation], roster: RosterEntries) -> int:
    """Days around the days asked whose punches can matter to them, at most `CONTEXT_DAYS`.

    Blocks that hang together reach across dates only by roster entries or where office sessions come near
    midnight; otherwise a session is touched by its date's window, and by strays near to it.
    """
    settings = settings_of(regulations)
    if len(roster) or _latest_end(regulations) + int(settings.chain_within.max()) >= DAY_SECONDS:
        return CONTEXT_DAYS
    window = int(max(settings.open_before.max(), settings.close_after.max()))
    return min(CONTEXT_DAYS, max(NEAR_DAYS, 1 + window // DAY_SECONDS))


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
        plan = plan_of(world, ranges.days(), settings)
        suspects = _cut_short(plan, ranges, margin, step)
        margin[suspects] *= 2
    return _ranges(asked, margin)


def _latest_end(regulations: Sequence[Regulation]) -> int:
    """Seconds from a date's midnight to the end of its last office session, whichever regulation."""
    return max((s.end_seconds for r in regulations for s in r.sessions), default=0)


def _neighbour_days(world: World, settings: Settings) -> int:
    """How many days apart two blocks that share a window, or a chain, can end and begin."""
    window = int(settings.open_before.max() + settings.close_after.max())
    farthest = max(window, int(settings.chain_within.max()))
    return max(1 + farthest // DAY_SECONDS, (farthest + _latest_end(world.regulations)) // DAY_SECONDS)


def _margin_days(world: World, step: int) -> int:
    """Days to look at on each side when no chain runs longer.

    Two things decide whether a stray punch is shown at a day asked: the session nearest to it, and
    the windows around it, each with its neighbours.
    """
    over_midnight = _latest_end(world.regulations) // DAY_SECONDS
    rivals = 2 * NEAR_DAYS + over_midnight
    return max(rivals, _core_days(step) + step + max(over_midnight, 1))


def _core_days(step: int) -> int:
    """Days on each side within which groups have to be known in full."""
    return NEAR_DAYS + 2 * step


def _may_chain_across_days(world: World, asked: PersonDays, settings: Settings) -> Bool:
    """People asked whose blocks may hang together across midnight."""
    people = np.zeros(len(world.people), bool)
    if _latest_end(world.regulations) + int(settings.chain_within.max()) >= DAY_SECONDS:
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


def _cut_short(plan: Plan, ranges: Ranges, margin: Int32, step: int) -> Bool:
    """People with a group that matters, but comes so near to a range's end that it may go on there."""
    groups = plan.groups
    first = plan.sessions.start[groups.first] // DAY_SECONDS
    last = (plan.sessions.end[groups.last] - 1) // DAY_SECONDS
    at = np.searchsorted(keyed_day(ranges.person, ranges.last_day), keyed_day(groups.person, first))
    at = np.minimum(at, len(ranges) - 1)
    beyond_core = margin[groups.person] - _core_days(step)
    known_from, known_to = ranges.first_day[at], ranges.last_day[at]
    matters = (last >= known_from + beyond_core) & (first <= known_to - beyond_core)
    short = np.zeros(len(margin), bool)
    short[groups.person[matters & ((first < known_from + step) | (last > known_to - step))]] = True
    return short


def asked_rows(plan: Plan, asked: PersonDays) -> Int64:
    """Sessions of the plan that belong to a day asked, sorted by person, start, end."""
    table = np.sort(keyed_day(asked.person, asked.day))
    keys = keyed_day(plan.sessions.person[plan.by_start], plan.sessions.day[plan.by_start])
    return plan.by_start[member(table, keys)]
