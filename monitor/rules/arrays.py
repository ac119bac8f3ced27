"""The few moves over sorted arrays that every step of the rules is made of."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.rules.columns import DAY_MIN, Bool, Int64, Ragged

SPAN = 1 << 38
"""More seconds than any instant has, so that (owner, instant) fits one sortable int64."""

DAY_SPAN = 1 << 22
"""More days than any validity has: leaves more room for the owner than `SPAN`."""

Integers = NDArray[Any]


def keyed(owner: Integers, value: Integers) -> Int64:
    """One int64 per pair that sorts by owner, then value (an instant, or a day by `keyed_day`)."""
    return owner.astype(np.int64) * SPAN + value


def keyed_day(owner: Integers, day: Integers) -> Int64:
    """As `keyed` for days, whose open validities are negative; look up with `span=DAY_SPAN`."""
    return owner.astype(np.int64) * DAY_SPAN + (day.astype(np.int64) - 2 * DAY_MIN)


def latest(table: Int64, asked: Int64, span: int = SPAN) -> Int64:
    """Position of the last key of a sorted table at or before each key asked, of the same owner; else -1."""
    at = np.searchsorted(table, asked, side="right") - 1
    if not len(table):
        return at
    return np.where((at >= 0) & (table[at] // span == asked // span), at, -1)


def member(table: Int64, asked: Int64) -> Bool:
    """Whether each key asked is in the sorted table."""
    at = np.searchsorted(table, asked)
    return table[np.minimum(at, len(table) - 1)] == asked if len(table) else np.zeros(len(asked), bool)


def expand(counts: Integers) -> tuple[Int64, Int64]:
    """Rows repeated by their counts, and the rank of each repetition within its row."""
    row = np.repeat(np.arange(len(counts)), counts)
    before = np.cumsum(counts) - counts
    return row, np.arange(len(row)) - before[row]


def begins(*columns: Integers) -> Bool:
    """Where a row of sorted columns differs from the row before it; the first row always does."""
    new = np.zeros(len(columns[0]), bool)
    new[:1] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return new


def first_of(group: Integers, rows: Integers, groups: int) -> Int64:
    """The first of the given ascending rows in each group, -1 for none."""
    first = np.full(groups, -1, np.int64)
    backwards = rows[::-1]
    first[group[backwards]] = backwards  # of several rows of a group the one written last stays
    return first


def last_of(group: Integers, rows: Integers, groups: int) -> Int64:
    """The last of the given ascending rows in each group, -1 for none."""
    last = np.full(groups, -1, np.int64)
    last[group[rows]] = rows
    return last


def ends_of(group: Integers, rows: Integers, groups: int) -> tuple[Int64, Int64]:
    """The first and the last of the given ascending rows in each group, -1 for none; groups ascend too."""
    count = np.bincount(group[rows], minlength=groups)
    stop = np.cumsum(count)
    padded = np.append(rows, -1)
    return padded[np.where(count > 0, stop - count, -1)], padded[np.where(count > 0, stop - 1, -1)]


def uniform(values: NDArray[Any]) -> NDArray[Any]:
    """The values, or one for all, to be broadcast, where they are the same."""
    return values[:1] if len(values) and (values == values[0]).all() else values


def picked(values: NDArray[Any], at: Integers, none: int) -> Int64:
    """`values[at]`, and `none` where the position is -1."""
    if not len(values):
        return np.full(len(at), none, np.int64)
    return np.where(at >= 0, values[at], none)


def running_max(owner: Integers, value: Integers) -> Int64:
    """Largest value so far within each owner; rows are sorted by owner."""
    return np.maximum.accumulate(keyed(owner, value)) - owner.astype(np.int64) * SPAN


def ragged(row: Integers, values: Integers, rows: int) -> Ragged:
    """Lists per row from (row, value) pairs; values keep their order within a row."""
    order = np.argsort(row, kind="stable")
    offsets = np.zeros(rows + 1, np.int64)
    np.cumsum(np.bincount(row, minlength=rows), out=offsets[1:])
    return Ragged(offsets=offsets, values=values[order].astype(np.int64))


def nearest(table: Int64, start: Int64, end: Int64, owner: Integers, time: Int64) -> tuple[Int64, Int64]:
    """The interval of the same owner nearest to each time, and its distance in seconds; -1 for none.

    `table` is `keyed(owner, start)` of the intervals, ascending. Inside is distance 0; of two
    equally near intervals the earlier one is taken.
    """
    none = np.iinfo(np.int64).max
    best, distance = np.full(len(time), -1, np.int64), np.full(len(time), none)
    if not len(table):
        return best, distance
    after = np.searchsorted(table, keyed(owner, time), side="right")
    for step in (-2, -1, 0):  # intervals hardly ever overlap: two before and one after are enough
        at = np.clip(after + step, 0, len(table) - 1)
        ours = (after + step == at) & (table[at] // SPAN == owner)
        away = np.where(ours, np.maximum(np.maximum(start[at] - time, time - end[at]), 0), none)
        nearer = away < distance
        best, distance = np.where(nearer, at, best), np.where(nearer, away, distance)
    return best, distance


def reduced(by: np.ufunc, values: NDArray[Any], first: Integers) -> NDArray[Any]:
    """Values of consecutive rows made one, each lot beginning at a row of `first`; none of none.

    Lots are short: all their second rows at once, then all their third ones, beat lot after lot.
    """
    if len(first) == len(values):
        return values
    made, size = values[first], np.diff(first, append=len(values))
    for nth in range(1, int(size.max(initial=0))):
        rows = slice(None) if size.min() > nth else np.flatnonzero(size > nth)
        made[rows] = by(made[rows], values[first[rows] + nth])
    return made


def numbered(*columns: Integers) -> Int64:
    """A number for each row: the first row that is alike in all columns."""
    order = np.lexsort(columns)
    lots = np.flatnonzero(begins(*(column[order] for column in columns)))
    number = np.empty(len(order), np.int64)
    number[order] = np.repeat(order[lots], np.diff(lots, append=len(order)))
    return number
