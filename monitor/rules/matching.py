"""Kept punches become the IN and OUT of stretches: gaps first, then each side (rules 3.2, 3.3)."""

from dataclasses import dataclass

import numpy as np

from monitor.rules.arrays import first_of, keyed, last_of
from monitor.rules.columns import Bool, Columns, Int64
from monitor.rules.runs import Runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks(Columns):
    """The run that is IN and the run that is OUT of each stretch, -1 for none."""

    run_in: Int64
    run_out: Int64


def marks_of_stretches(group: Int64, start: Int64, end: Int64, runs: Runs) -> Marks:
    """Match runs to stretches `[start, end]`, sorted by group and time.

    An even area 2t is what begins inside stretch t (before the first, after the last of a group
    too); the odd area 2t + 1 is the gap between stretch t and the next of its group.
    """
    stretches = len(group)
    areas = _Areas.of(_area(group, start, end, runs), 2 * stretches, runs)
    run_in, run_out = np.full(stretches, -1, np.int64), np.full(stretches, -1, np.int64)
    _fill_from_gaps(areas, start, end, runs, run_in, run_out)
    _fill_from_sides(areas, start, end, runs, run_in, run_out)
    return Marks(run_in=run_in, run_out=run_out)


def _area(group: Int64, start: Int64, end: Int64, runs: Runs) -> Int64:
    """The area in which each run begins, -1 if its group has no stretches."""
    first = np.searchsorted(group, runs.group)
    stop = np.searchsorted(group, runs.group, side="right")
    ended = np.searchsorted(keyed(group, end), keyed(runs.group, runs.time), side="right")
    started = np.searchsorted(keyed(group, start), keyed(runs.group, runs.time), side="left")
    in_gap = (ended == started) & (ended > first) & (ended < stop)
    side = np.minimum(np.maximum(ended, first), stop - 1)
    area = np.where(in_gap, 2 * ended - 1, 2 * side)
    return np.where(stop > first, area, -1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Areas:
    """Per area: how many runs begin there, and the first and last of them that may be IN or OUT."""

    count: Int64
    only: Int64
    first_in: Int64
    last_in: Int64
    first_out: Int64
    last_out: Int64

    @classmethod
    def of(cls, area: Int64, areas: int, runs: Runs) -> "_Areas":
        placed = area >= 0
        may_in, may_out = np.flatnonzero(placed & runs.may_in), np.flatnonzero(placed & runs.may_out)
        return cls(
            count=np.bincount(area[placed], minlength=areas),
            only=first_of(area, np.flatnonzero(placed), areas),
            first_in=first_of(area, may_in, areas),
            last_in=last_of(area, may_in, areas),
            first_out=first_of(area, may_out, areas),
            last_out=last_of(area, may_out, areas),
        )


def _fill_from_gaps(
    areas: _Areas, start: Int64, end: Int64, runs: Runs, run_in: Int64, run_out: Int64
) -> None:
    """A gap gives OUT of the stretch before it and IN of the one after it (rules 3.3)."""
    gaps = np.arange(1, max(2 * len(start) - 2, 1), 2)
    before, after = (gaps - 1) // 2, (gaps + 1) // 2
    count, out = areas.count[gaps], areas.first_out[gaps]
    into = np.where(areas.last_in[gaps] > out, areas.last_in[gaps], -1)
    only = areas.only[gaps]
    as_out, as_in = _single(only, end[before], start[after], runs, nearer_start_is_in=False)
    run_out[before] = np.where(count > 1, out, np.where((count == 1) & as_out, only, -1))
    run_in[after] = np.where(count > 1, into, np.where((count == 1) & as_in, only, -1))


def _fill_from_sides(
    areas: _Areas, start: Int64, end: Int64, runs: Runs, run_in: Int64, run_out: Int64
) -> None:
    """What begins inside a stretch fills the marks that the gaps left open (rules 3.2, 3.3)."""
    sides = 2 * np.arange(len(start))
    in_open, out_open = run_in < 0, run_out < 0
    both = in_open & out_open
    alone = both & (areas.count[sides] == 1)
    only = areas.only[sides]
    as_out, as_in = _single(only, start, end, runs, nearer_start_is_in=True)
    first, last = areas.first_in[sides], areas.last_out[sides]
    after_first = np.where(last > first, last, -1)
    run_in[:] = np.where(alone, np.where(as_in, only, -1), np.where(in_open, first, run_in))
    wanted = np.where(both, after_first, last)
    run_out[:] = np.where(alone, np.where(as_out, only, -1), np.where(out_open, wanted, run_out))


def _single(
    only: Int64, left: Int64, right: Int64, runs: Runs, *, nearer_start_is_in: bool
) -> tuple[Bool, Bool]:
    """Whether a lone run is (OUT, IN): what it may be, or by nearness to the two ends (tie: left)."""
    if not len(runs):
        return np.zeros(len(only), bool), np.zeros(len(only), bool)
    near_left = runs.time[only] - left <= right - runs.time[only]
    by_nearness_in = near_left == nearer_start_is_in
    may_in, may_out = runs.may_in[only], runs.may_out[only]
    is_in = may_in & (by_nearness_in | ~may_out)
    return may_out & ~is_in, is_in
