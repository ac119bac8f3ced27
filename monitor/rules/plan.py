"""The layout of a day's work before any verdict: sessions in blocks, groups and stretches (rules 2, 3)."""

from dataclasses import dataclass, replace

import numpy as np

from monitor.rules.blocks import (
    Stretches,
    blocks_of,
    chains_of,
    in_blocks,
    in_stretches,
    stretches_of,
)
from monitor.rules.columns import Bool, Int64, PersonDays, World
from monitor.rules.excuses import Excused, excused
from monitor.rules.expectation import Sessions, expected_sessions
from monitor.rules.settings import Settings
from monitor.rules.windows import Groups, groups_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Sessions in block order, each with its group and stretch (positions in those sets).

    All are ordered by person first. `by_start` is the order of sessions by person, start, end.
    """

    sessions: Sessions
    excused: Excused
    settings: Settings
    groups: Groups
    group: Int64
    stretches: Stretches
    stretch: Int64
    by_start: Int64

    def of_groups(self, kept: Bool) -> "Plan":
        """The plan with only these groups and what belongs to them."""
        if kept.all():
            return self
        rows, lots = kept[self.group], kept[self.stretches.group]
        groups, stretches = self.groups.only(kept), self.stretches.only(lots)
        row_of, group_of, lot_of = (np.cumsum(one) - 1 for one in (rows, kept, lots))
        return Plan(
            sessions=self.sessions.only(rows),
            excused=self.excused.only(rows),
            settings=self.settings,
            groups=replace(groups, first=row_of[groups.first], last=row_of[groups.last]),
            group=group_of[self.group[rows]],
            stretches=replace(
                stretches,
                group=group_of[stretches.group],
                first=np.where(stretches.first >= 0, row_of[stretches.first], -1),
                last=np.where(stretches.last >= 0, row_of[stretches.last], -1),
            ),
            stretch=lot_of[self.stretch[rows]],
            by_start=row_of[self.by_start[rows[self.by_start]]],
        )


def plan_of(world: World, days: PersonDays, settings: Settings) -> Plan:
    """The layout of the given person-days (sorted, each once)."""
    sessions = expected_sessions(world, days)
    excuses = excused(world.excuses, sessions)
    order, block = in_blocks(sessions, excuses.whole, settings)
    if not np.array_equal(order, np.arange(len(order))):
        sessions, excuses = sessions.take(order), excuses.take(order)
    blocks = blocks_of(sessions, excuses.whole, block, settings)
    group_of_block = chains_of(blocks, settings)
    group = group_of_block[block]
    stretch = in_stretches(sessions, block, group, settings)
    by_start = np.empty(len(order), np.int64)
    by_start[order] = np.arange(len(order))
    return Plan(
        sessions=sessions,
        excused=excuses,
        settings=settings,
        groups=groups_of(blocks, group_of_block, settings),
        group=group,
        stretches=stretches_of(sessions, excuses.whole, group, stretch, settings),
        stretch=stretch,
        by_start=by_start,
    )
