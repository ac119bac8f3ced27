"""Kept punches become the IN and OUT of stretches: gaps first, then each side (rules 3.2, 3.3)."""

from dataclasses import dataclass

import numpy as np

from monitor.rules.arrays import ends_of
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
    """The area in which each run begins, -1 if its group has no stretches; ascending where it has."""
    groups = int(max(group.max(initial=-1), runs.group.max(initial=-1))) + 1
    count = np.bincount(group, minlength=groups)
    size = count[runs.group]
    first = (np.cumsum(count) - count)[runs.group]
    ended, started = first.copy(), first.copy()
    for nth in range(int(count.max(initial=0))):
        has = slice(None) if count.min() > nth else np.flatnonzero(size > nth)
        at, time = first[has] + nth, runs.time[has]
        ended[has] += end[at] <= time
        started[has] += start[at] < time
    stop = first + size
    in_gap = (ended == started) & (ended > first) & (ended < stop)
    area: Int64 = 2 * np.minimum(ended, stop - 1)
    area[in_gap] = 2 * ended[in_gap] - 1
    area[size == 0] = -1
    return area


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
        rows = np.flatnonzero(placed)
        first, last = ends_of(area, rows, areas)
        first_in, last_in, first_out, last_out = first, last, first, last
        if not runs.may_in.all():
            first_in, last_in = ends_of(area, np.flatnonzero(placed & runs.may_in), areas)
        if not runs.may_out.all():
            first_out, last_out = ends_of(area, np.flatnonzero(placed & runs.may_out), areas)
        return cls(
            count=np.bincount(area[rows], minlength=areas),
            only=first,
            first_in=first_in,
            last_in=last_in,
            first_out=first_out,
            last_out=last_out,
        )


def _fill_from_gaps(
    areas: _Areas, start: Int64, end: Int64, runs: Runs, run_in: Int64, run_out: Int64
) -> None:
    """A gap gives OUT of the stretch before it and IN of the one after it (rules 3.3)."""
    gaps = slice(1, max(2 * len(start) - 2, 1), 2)  # that between stretches 0 and 1, between 1 and 2, ...
    count, out, last_in = areas.count[gaps], areas.first_out[gaps], areas.last_in[gaps]
    into = np.where(last_in > out, last_in, -1)
    run_out[:-1] = np.where(count > 1, out, -1)
    run_in[1:] = np.where(count > 1, into, -1)
    lone = np.flatnonzero(count == 1)
    only = areas.only[gaps][lone]
    as_out, as_in = _single(only, end[lone], start[lone + 1], runs, nearer_start_is_in=False)
    run_out[lone[as_out]] = only[as_out]
    run_in[lone[as_in] + 1] = only[as_in]


def _fill_from_sides(
    areas: _Areas, start: Int64, end: Int64, runs: Runs, run_in: Int64, run_out: Int64
) -> None:
    """What begins inside a stretch fills the marks that the gaps left open (rules 3.2, 3.3)."""
    sides = slice(0, 2 * len(start), 2)
    in_open, out_open = run_in < 0, run_out < 0
    both = in_open & out_open
    first, last = areas.first_in[sides], areas.last_out[sides]
    wanted = np.where(both & (last <= first), -1, last)  # OUT follows an IN from the same side
    run_in[in_open] = first[in_open]
    run_out[out_open] = wanted[out_open]
    lone = np.flatnonzero(both & (areas.count[sides] == 1))
    only = areas.only[sides][lone]
    as_out, as_in = _single(only, start[lone], end[lone], runs, nearer_start_is_in=True)
    run_in[lone] = np.where(as_in, only, -1)
    run_out[lone] = np.where(as_out, only, -1)


def _single(
    only: Int64, left: Int64, right: Int64, runs: Runs, *, nearer_start_is_in: bool
) -> tuple[Bool, Bool]:
    """Whether a lone run is (OUT, IN): what it may be, or by nearness to the two ends (tie: left)."""
    near_left = runs.time[only] - left <= right - runs.time[only]
    by_nearness_in = near_left == nearer_start_is_in
    may_in, may_out = runs.may_in[only], runs.may_out[only]
    is_in = may_in & (by_nearness_in | ~may_out)
    return may_out & ~is_in, is_in
