"""Which punches a verdict used, and which became no mark: extras and strays (rules 3, 8)."""

from dataclasses import dataclass

import numpy as np

from monitor.rules.arrays import keyed, nearest, picked, ragged
from monitor.rules.attendance import Attendance
from monitor.rules.codes import Reason
from monitor.rules.columns import DAY_SECONDS, Int64, Ragged, UInt32
from monitor.rules.context import NEAR_DAYS
from monitor.rules.copies import Rows
from monitor.rules.overtime_presence import Matched
from monitor.rules.plan import Plan
from monitor.rules.punches import KnownPunches
from monitor.rules.runs import Runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Punch ids per session asked (0: none), lists of the others, and the reasons they give."""

    punch_in: Int64
    punch_out: Int64
    extras: Ragged
    outside: Ragged
    reasons: UInt32


def evidence_of(plan: Plan, matched: Matched, strays: tuple[Int64, Int64], rows: Rows) -> Evidence:
    """Evidence of the sessions in `rows`; `strays` are pairs (session or -1, punch) outside every window."""
    punches, runs, held, attendance = matched.punches, matched.runs, matched.held, matched.attendance
    own = attendance.take(rows)
    punch_in = _id_of(punches, picked(runs.first, own.run_in, -1))
    punch_out = _id_of(punches, picked(runs.last, own.run_out, -1))
    extras = _listed(*_extras(plan, runs, held, attendance), punches, rows, len(plan.sessions))
    outside = _listed(*strays, punches, rows, len(plan.sessions))
    reasons = np.zeros(len(own), np.uint32)
    reasons[(punch_in < 0) | (punch_out < 0)] |= np.uint32(Reason.MANUAL)  # manual punches have negative ids
    reasons[np.diff(extras.offsets) > 0] |= np.uint32(Reason.EXTRA)
    reasons[np.diff(outside.offsets) > 0] |= np.uint32(Reason.OUTSIDE_WINDOW)
    return Evidence(punch_in=punch_in, punch_out=punch_out, extras=extras, outside=outside, reasons=reasons)


def _id_of(punches: KnownPunches, row: Int64) -> Int64:
    return picked(punches.id, row, 0)


def _extras(plan: Plan, runs: Runs, held: tuple[Int64, Int64], attendance: Attendance) -> tuple[Int64, Int64]:
    """Pairs (session, punch) of punches whose run is no mark, at the nearest session of the group."""
    used = np.zeros(len(runs) + 1, bool)  # the last entry is for marks without a run
    used[attendance.run_in] = used[attendance.run_out] = True
    punch, run = held
    unused = ~used[run]
    of_run = run[unused]
    sessions, table = plan.sessions, keyed(plan.group, plan.sessions.start)
    session, _ = nearest(table, sessions.start, sessions.end, runs.group[of_run], runs.time[of_run])
    return session, punch[unused]


def nearest_sessions(plan: Plan, person: Int64, time: Int64) -> Int64:
    """The person's session nearest to each time outside every window, -1 where none is near enough."""
    sessions = plan.sessions.take(plan.by_start)
    table = keyed(sessions.person, sessions.start)
    at, away = nearest(table, sessions.start, sessions.end, person, time)
    near = (at >= 0) & (away <= NEAR_DAYS * DAY_SECONDS)
    return np.where(near, np.append(plan.by_start, -1)[at], -1)


def _listed(session: Int64, punch: Int64, punches: KnownPunches, rows: Rows, sessions: int) -> Ragged:
    """Ids per row of `rows` from (session, punch) pairs; sessions that are not asked are left out."""
    row_of = np.full(sessions + 1, -1, np.int64)  # the last entry is for punches without a session
    asked = np.arange(sessions)[rows]
    row_of[asked] = np.arange(len(asked))
    row = row_of[session]
    return ragged(row[row >= 0], punches.id[punch[row >= 0]], len(asked))
