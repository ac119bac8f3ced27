"""Marks of stretches become marks of sessions: who attended what (rules 3.4, 3.5)."""

from dataclasses import dataclass

import numpy as np

from monitor.rules.arrays import ends_of, first_of, picked
from monitor.rules.blocks import ANY_PUNCH, TWO_MARKS
from monitor.rules.columns import NO_TIME, Bool, Columns, Int64
from monitor.rules.matching import marks_of_stretches
from monitor.rules.plan import Plan
from monitor.rules.runs import Runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance(Columns):
    """Per session in plan order.

    `run_in`, `run_out` are the session's own marks (-1: none); `asks_in`, `asks_out` whether it has
    to have them; `present_from`, `present_to` are IN and OUT of its stretch, `NO_TIME` for none;
    `attended` is False where they lie outside it (rules 3.4, 3.5).
    """

    run_in: Int64
    run_out: Int64
    asks_in: Bool
    asks_out: Bool
    present_from: Int64
    present_to: Int64
    attended: Bool


def attendance_of(plan: Plan, runs: Runs) -> Attendance:
    """Match the runs to stretches and give each session its own marks."""
    stretch_in, stretch_out = _stretch_marks(plan, runs)
    run_in, run_out = stretch_in[plan.stretch], stretch_out[plan.stretch]
    present_from, present_to = picked(runs.time, run_in, NO_TIME), picked(runs.until, run_out, NO_TIME)
    attended = _attended(plan, present_from, present_to)
    marked = (run_in >= 0) | (run_out >= 0)
    carries_in, carries_out = _carriers(plan, attended)
    both_missing = ~attended | ~marked
    by_any = plan.groups.marks[plan.group] == ANY_PUNCH
    own_in = np.where(carries_in, run_in, -1)
    return Attendance(
        run_in=np.where(by_any, _first_runs(plan, runs)[plan.group], own_in) if by_any.any() else own_in,
        run_out=np.where(carries_out & ~by_any, run_out, -1),
        asks_in=by_any | carries_in | both_missing,
        asks_out=~by_any & (carries_out | both_missing),
        present_from=present_from,
        present_to=present_to,
        attended=attended,
    )


def _stretch_marks(plan: Plan, runs: Runs) -> tuple[Int64, Int64]:
    """The runs that are IN and OUT of each stretch.

    None where any punch will do, or where nothing is left of the stretch.
    """
    stretches, sessions = plan.stretches, plan.sessions
    matched = plan.groups.marks >= TWO_MARKS
    usable = (stretches.first >= 0) & matched[stretches.group]
    rows = slice(None) if usable.all() else np.flatnonzero(usable)
    start, end = sessions.start[stretches.first[rows]], sessions.end[stretches.last[rows]]
    marks = marks_of_stretches(stretches.group[rows], start, end, runs)
    run_in, run_out = np.full(len(stretches), -1, np.int64), np.full(len(stretches), -1, np.int64)
    run_in[rows], run_out[rows] = marks.run_in, marks.run_out
    return run_in, run_out


def _attended(plan: Plan, present_from: Int64, present_to: Int64) -> Bool:
    """Sessions that IN does not follow and OUT does not precede; the boundary is outside (rules 3.4, 3.5)."""
    came_after = (present_from != NO_TIME) & (present_from >= plan.sessions.end)
    left_before = (present_to != NO_TIME) & (present_to <= plan.sessions.start)
    outside: Bool = came_after | left_before
    return ~outside


def _carriers(plan: Plan, attended: Bool) -> tuple[Bool, Bool]:
    """Sessions that own their stretch's IN and its OUT: the first and the last that were attended."""
    paired = plan.stretches.paired[plan.stretch]
    able = np.flatnonzero(attended & ~(paired & plan.excused.whole))
    count = len(plan.stretches)
    carries_in, carries_out = np.zeros(len(attended), bool), np.zeros(len(attended), bool)
    first, last = ends_of(plan.stretch, able, count)
    carries_in[_found(first)] = True
    carries_out[_found(last)] = True
    return carries_in, carries_out


def _found(rows: Int64) -> Int64:
    return rows[rows >= 0]


def _first_runs(plan: Plan, runs: Runs) -> Int64:
    """The first run of each group."""
    return first_of(runs.group, np.arange(len(runs)), len(plan.groups))
