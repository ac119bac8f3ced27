"""Windows of blocks and chains, cut where neighbours would share a punch (rules 3)."""

from dataclasses import dataclass

import numpy as np

from monitor.rules.arrays import Integers, expand, keyed
from monitor.rules.blocks import EXEMPT, FIRM, Blocks
from monitor.rules.columns import NO_TIME, Columns, Int8, Int32, Int64
from monitor.rules.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups(Columns):
    """Chains and single blocks, ordered like blocks, with their windows `[opens, closes]`.

    `regulation` is the first block's: repeats and directions follow it. `first`, `last` are rows
    of the sessions. A group of marks 0 has no window: `NO_TIME`.
    """

    rank: Int8
    person: Int32
    regulation: Int32
    marks: Int64
    first: Int64
    last: Int64
    opens: Int64
    closes: Int64


def groups_of(blocks: Blocks, group: Int64, settings: Settings) -> Groups:
    """The groups of blocks with their cut windows; `group` is ascending over blocks."""
    first = np.searchsorted(group, np.arange(int(group.max(initial=-1)) + 1))
    last = np.append(first[1:], len(group))[: len(first)] - 1
    opens = blocks.start[first] - settings.open_before[blocks.regulation[first]]
    closes = blocks.end[last] + settings.close_after[blocks.regulation[last]]
    opens, closes = _cut(blocks, first, last, opens, closes)
    exempt = blocks.rank[first] == EXEMPT
    return Groups(
        rank=blocks.rank[first],
        person=blocks.person[first],
        regulation=blocks.regulation[first],
        marks=blocks.marks[first],
        first=blocks.first[first],
        last=blocks.last[last],
        opens=np.where(exempt, NO_TIME, opens),
        closes=np.where(exempt, NO_TIME, closes),
    )


def _cut(blocks: Blocks, first: Int64, last: Int64, opens: Int64, closes: Int64) -> tuple[Int64, Int64]:
    """Windows of neighbours of one person and rank cut at the midpoint, moved into their overlap."""
    earlier, later = first[:-1], first[1:]
    shared = (blocks.person[earlier] == blocks.person[later]) & (blocks.rank[earlier] == blocks.rank[later])
    overlap_from = np.maximum(opens[:-1], opens[1:])
    overlap_to = np.minimum(closes[:-1], closes[1:])
    shared &= overlap_from <= overlap_to
    middle = -(-(blocks.solid_end[last[:-1]] + blocks.solid_start[later]) // 2)  # 2k >= end + start
    point = np.clip(middle, overlap_from, overlap_to)
    cut_opens, cut_closes = opens.copy(), closes.copy()
    cut_opens[1:] = np.where(shared, point, opens[1:])
    cut_closes[:-1] = np.where(shared, point - 1, closes[:-1])
    return cut_opens, cut_closes


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares(Columns):
    """Each person's time, cut where windows begin and end; `group` is whose punches are there, -1: none's.

    `begin` is `keyed(person, instant)` of the first second, ascending; the first is before all others.
    """

    begin: Int64
    group: Int64

    def at(self, person: Integers, time: Int64) -> Int64:
        """The group that has a punch of the person at each time, -1 for none."""
        return self.group[np.searchsorted(self.begin, keyed(person, time), side="right") - 1]


def shares_of(groups: Groups) -> Shares:
    """Which group may use the punches of which time.

    Yielding groups get only what no firm group's window holds (rules 3). Where windows of groups
    that are no neighbours overlap, the group that starts last has the punch: none is used twice.
    """
    windowed = np.flatnonzero((groups.rank != EXEMPT) & (groups.closes >= groups.opens))
    begin = keyed(groups.person[windowed], groups.opens[windowed])
    end = keyed(groups.person[windowed], groups.closes[windowed]) + 1
    bounds = np.unique(np.concatenate((np.array([np.iinfo(np.int64).min]), begin, end)))
    first = np.searchsorted(bounds, begin)
    row, rank = expand(np.searchsorted(bounds, end) - first)
    group, piece = windowed[row], first[row] + rank
    firm = groups.rank[group] == FIRM
    user = np.full(len(bounds), -1, np.int64)
    user[piece[~firm]] = group[~firm]
    user[piece[firm]] = group[firm]
    return Shares(begin=bounds, group=user)


def in_groups(group: Int64) -> tuple[Int64, Int64]:
    """Pairs (group, punch) of the punches with a group, sorted by group and time.

    `group` is the group of each punch, -1 for none; punches are sorted by person and time.
    """
    punch = np.flatnonzero(group >= 0)
    group = group[punch]
    if np.all(group[1:] >= group[:-1]):  # windows of several ranks alone stand in another order
        return group, punch
    order = np.argsort(group, kind="stable")
    return group[order], punch[order]
