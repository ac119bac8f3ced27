"""The judgement of each session: status, minutes, symbol, công and reasons (rules 4)."""

from dataclasses import dataclass

import numpy as np

from monitor.rules.allowances import allowed
from monitor.rules.arrays import keyed, keyed_day, member, picked, uniform
from monitor.rules.attendance import Attendance
from monitor.rules.blocks import ANY_PUNCH, EXEMPT
from monitor.rules.codes import Reason, SessionKind, Status
from monitor.rules.columns import (
    NO_TIME,
    Bool,
    ExcuseTypes,
    Explained,
    Findings,
    Float64,
    Int8,
    Int64,
    Ragged,
    Text,
    UInt32,
    World,
)
from monitor.rules.copies import Rows
from monitor.rules.excuses import Excused
from monitor.rules.expectation import Sessions
from monitor.rules.lateness import Lateness, lateness_of
from monitor.rules.markwindows import mark_windows
from monitor.rules.pending import Found, Pending, pending_of
from monitor.rules.plan import Plan
from monitor.rules.runs import Runs
from monitor.rules.settings import Settings

ATTENDED, UNEXCUSED, ON_DUTY, UNKNOWN = "+", "KP", "TR", ""
"""Timesheet symbols of sessions that no excuse covers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Verdicts of the sessions asked; columns as in `SessionRecords`."""

    due_from: Int64
    due_to: Int64
    window_from: Int64
    window_to: Int64
    time_in: Int64
    time_out: Int64
    status: Int8
    late_seconds: Int64
    early_seconds: Int64
    worked_seconds: Int64
    symbol: Text
    cong: Float64
    reasons: UInt32
    uncovered: Ragged


def judge(world: World, plan: Plan, attendance: Attendance, runs: Runs, rows: Rows, now: int) -> Judgement:
    """Judge the sessions in `rows`, which are sorted by person and start and make up whole days."""
    sessions, excused, present = plan.sessions.take(rows), plan.excused.take(rows), attendance.take(rows)
    own = plan.settings.take(uniform(sessions.regulation))
    time_in, time_out = (
        picked(runs.time, present.run_in, NO_TIME),
        picked(runs.until, present.run_out, NO_TIME),
    )
    exempt = plan.groups.rank[plan.group[rows]] == EXEMPT
    by_any = plan.groups.marks[plan.group[rows]] == ANY_PUNCH
    allowance = allowed(world.allowances, sessions, excused.whole, excused.due_from, excused.due_to)
    measured = ~excused.whole & ~exempt & ~by_any
    counts_in, counts_out = (
        time if measured.all() else np.where(measured, time, NO_TIME) for time in (time_in, time_out)
    )
    lateness = lateness_of(excused, allowance, own, counts_in, counts_out)
    lacks_in, lacks_out = present.asks_in & (time_in == NO_TIME), present.asks_out & (time_out == NO_TIME)
    found = Found(
        asks_in=present.asks_in,
        asks_out=present.asks_out,
        time_in=time_in,
        time_out=time_out,
        in_by=allowance.due_from + own.grace_late,
        by_any=by_any,
        open_case=~excused.whole & ~exempt,
        lacks_in=lacks_in,
        lacks_out=lacks_out,
    )
    windows = mark_windows(plan, rows, allowance.due_from, allowance.due_to)
    pending = pending_of(world, sessions, found, windows, lateness, now)
    away = exempt & _found_away(world.findings, sessions)
    status = _status(excused.whole, exempt, away, pending, found, lateness)
    return Judgement(
        due_from=allowance.due_from,
        due_to=allowance.due_to,
        window_from=windows.opens,
        window_to=windows.closes,
        time_in=time_in,
        time_out=time_out,
        status=status,
        late_seconds=lateness.late_seconds,
        early_seconds=lateness.early_seconds,
        worked_seconds=np.where(measured, _worked(sessions, present, status, own), 0),
        symbol=_symbol(world.excuse_types, excused, sessions, status),
        cong=_cong(world.excuse_types, excused, sessions, status),
        reasons=_reasons(world, sessions, excused, lateness, exempt, status) | pending.reasons,
        uncovered=pending.uncovered,
    )


def _status(
    whole: Bool, exempt: Bool, away: Bool, pending: Pending, found: Found, lateness: Lateness
) -> Int8:
    """First status that fits, in the order of the table of rules 4."""
    lacks_in, lacks_out = found.lacks_in, found.lacks_out
    unmet = lacks_in & (lacks_out | found.by_any)
    cases = [
        (whole, Status.EXCUSED),
        (away, Status.ABSENT),
        (exempt, Status.EXEMPT),
        (pending.reasons != 0, Status.PENDING),
        (unmet | lateness.late_absent | lateness.early_absent, Status.ABSENT),
        (lacks_in, Status.MISSING_IN),
        (lacks_out, Status.MISSING_OUT),
        (lateness.is_late & lateness.is_early, Status.LATE_EARLY),
        (lateness.is_late, Status.LATE),
        (lateness.is_early, Status.EARLY),
    ]
    found_status = np.full(len(whole), Status.ON_TIME, np.int8)
    for case, status in reversed(cases):  # of several cases that fit the one written last stays
        found_status[case] = status
    return found_status


def _found_away(findings: Findings, sessions: Sessions) -> Bool:
    """Sessions that have a second in common with a finding: more have begun by their end than had ended."""
    if not len(findings):
        return np.zeros(len(sessions), bool)
    begun, ended = keyed(findings.person, findings.start), keyed(findings.person, findings.end)
    by_end = np.searchsorted(np.sort(begun), keyed(sessions.person, sessions.end), side="left")
    before = np.searchsorted(np.sort(ended), keyed(sessions.person, sessions.start), side="left")
    found: Bool = by_end > before
    return found


def _worked(sessions: Sessions, present: Attendance, status: Int8, own: Settings) -> Int64:
    """The part of the session within its stretch's [IN, OUT], or the credit for a missing mark."""
    both = (present.present_from != NO_TIME) & (present.present_to != NO_TIME)
    begin = np.maximum(present.present_from, sessions.start)
    end = np.minimum(present.present_to, sessions.end)
    worked = np.where(both & (end > begin), end - begin, 0)
    missing = (status == Status.MISSING_IN) | (status == Status.MISSING_OUT)
    return np.where(missing, np.minimum(own.credit, sessions.end - sessions.start), worked)


def _symbol(types: ExcuseTypes, excused: Excused, sessions: Sessions, status: Int8) -> Text:
    """The timesheet symbol; an excused session carries its excuse's (rules 4, 5)."""
    symbol = np.full(len(sessions), ATTENDED, object)
    symbol[sessions.kind == SessionKind.DUTY] = ON_DUTY
    symbol[status == Status.ABSENT] = UNEXCUSED
    symbol[status == Status.PENDING] = UNKNOWN
    symbol[excused.whole] = types.symbol[excused.kind[excused.whole]]
    return symbol


def _cong(types: ExcuseTypes, excused: Excused, sessions: Sessions, status: Int8) -> Float64:
    """Timesheet units: lateness and missing marks keep them, absence does not (rules 4)."""
    keeps = (status != Status.ABSENT) & (status != Status.PENDING)
    keeps[excused.whole] = types.counts_cong[excused.kind[excused.whole]]
    return np.where(keeps, sessions.cong, 0.0)


def _reasons(
    world: World, sessions: Sessions, excused: Excused, lateness: Lateness, exempt: Bool, status: Int8
) -> UInt32:
    """Reasons that follow from rules and status; those of punches and of waiting come on top."""
    absent = status == Status.ABSENT
    reasons = sessions.reasons | excused.reasons
    for holds, reason in (
        (lateness.allowance_used, Reason.ALLOWANCE_USED),
        (exempt & ~excused.whole, Reason.EXEMPT),
        (absent & lateness.late_absent, Reason.LATE_IS_ABSENT),
        (absent & lateness.early_absent, Reason.EARLY_IS_ABSENT),
        (_explained(world.explained, sessions), Reason.EXPLAINED),
    ):
        reasons[holds] |= np.uint32(reason)
    return reasons


def _explained(explained: Explained, sessions: Sessions) -> Bool:
    if not len(explained):
        return np.zeros(len(sessions), bool)
    table = np.sort(keyed_day(explained.person, explained.day))
    return member(table, keyed_day(sessions.person, sessions.day))
