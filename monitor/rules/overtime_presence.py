"""Where somebody was present for overtime: in sessions, and in a window between them (rules 4.1)."""

from dataclasses import dataclass

import numpy as np

from monitor.rules.approved import Approved
from monitor.rules.arrays import begins, expand, first_of, keyed, last_of, latest, picked, running_max
from monitor.rules.attendance import Attendance
from monitor.rules.columns import DAY_SECONDS, NO_TIME, Bool, Columns, Int32, Int64, World
from monitor.rules.plan import Plan
from monitor.rules.punches import KnownPunches
from monitor.rules.runs import Runs, runs_of
from monitor.rules.settings import Settings
from monitor.rules.sweep import Intervals, Pieces, pieces_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps(Columns):
    """Overtime of one date between two sessions, from its first to its last second in no session.

    The session before ends at `session_end`, the one after starts at `session_start` (`NO_TIME`:
    none); `inside`: both are of one date.
    """

    person: Int32
    regulation: Int32
    start: Int64
    end: Int64
    session_end: Int64
    session_start: Int64
    inside: Bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Punches, and what matching made of them; `held` are pairs (punch, run) of punches in a window."""

    punches: KnownPunches
    runs: Runs
    held: tuple[Int64, Int64]
    attendance: Attendance


def present_in_sessions(plan: Plan, attendance: Attendance, people: Bool) -> Intervals:
    """From IN to OUT of the stretches of sessions that these people attended."""
    begun, ended = attendance.present_from, attendance.present_to
    both = people[plan.sessions.person] & attendance.attended & (begun != NO_TIME) & (ended != NO_TIME)
    rows = np.flatnonzero(both & (begun < ended))
    return Intervals(owner=plan.sessions.person[rows], start=begun[rows], end=ended[rows])


def present_around(
    world: World, approved: Approved, sessions: Intervals, matched: Matched, settings: Settings
) -> Intervals:
    """From IN to OUT in the window of each gap's overtime, found as of two marks (rules 3.2)."""
    gaps = _gaps(approved, sessions)
    opens, closes = _windows(gaps, settings)
    punches = matched.punches
    keys = keyed(punches.person, punches.time)
    first = np.searchsorted(keys, keyed(gaps.person, opens), side="left")
    stop = np.searchsorted(keys, keyed(gaps.person, closes), side="right")
    gap, rank = expand(np.maximum(stop - first, 0))
    punch = first[gap] + rank
    usable = ~(gaps.inside[gap] & _marks(matched)[punch])
    runs, _ = runs_of(world, punches, gap[usable], punch[usable], gaps.regulation, settings)
    run_in = first_of(runs.group, np.flatnonzero(runs.may_in), len(gaps))
    run_out = last_of(runs.group, np.flatnonzero(runs.may_out), len(gaps))
    there = np.flatnonzero((run_in >= 0) & (run_out > run_in))
    return Intervals(owner=gaps.person[there], start=runs.time[run_in[there]], end=runs.until[run_out[there]])


def _marks(matched: Matched) -> Bool:
    """Punches whose run is the mark of a session."""
    used = np.zeros(len(matched.runs) + 1, bool)  # the last entry is for marks without a run
    used[matched.attendance.run_in] = used[matched.attendance.run_out] = True
    punch, run = matched.held
    marks = np.zeros(len(matched.punches), bool)
    marks[punch[used[run]]] = True
    return marks


def _windows(gaps: Gaps, settings: Settings) -> tuple[Int64, Int64]:
    """As wide as a block's, but never beyond the middle between it and a session; both ends inclusive."""
    opens = gaps.start - settings.open_before[gaps.regulation]
    closes = gaps.end + settings.close_after[gaps.regulation]
    after_session, before_session = gaps.session_end != NO_TIME, gaps.session_start != NO_TIME
    middle = -(-(np.where(after_session, gaps.session_end, 0) + gaps.start) // 2)  # 2k >= end + start
    opens = np.where(after_session, np.maximum(opens, middle), opens)
    middle = -(-(gaps.end + np.where(before_session, gaps.session_start, 0)) // 2)
    return opens, np.where(before_session, np.minimum(closes, middle - 1), closes)


def _gaps(approved: Approved, sessions: Intervals) -> Gaps:
    """What of the overtime lies in no session, put together by date and by the sessions around it."""
    held = Intervals(owner=approved.person, start=approved.start, end=approved.end)
    pieces = pieces_of([held, sessions])
    free = pieces.take(np.flatnonzero(pieces.covers[:, 0] & ~pieces.covers[:, 1]))
    entry = latest(keyed(approved.person, approved.start), keyed(free.owner, free.start))
    session_end, day_before = _before(sessions, free)
    session_start = _after(sessions, free)
    first = np.flatnonzero(begins(free.owner, approved.day[entry], session_end, session_start))
    last = np.append(first[1:], len(free))[: len(first)] - 1
    before, after = session_end[first], session_start[first]
    return Gaps(
        person=free.owner[first].astype(np.int32),
        regulation=approved.regulation[entry[first]],
        start=free.start[first],
        end=free.end[last],
        session_end=before,
        session_start=after,
        inside=(before != NO_TIME) & (after != NO_TIME) & (day_before[first] >= after // DAY_SECONDS),
    )


def _before(sessions: Intervals, free: Pieces) -> tuple[Int64, Int64]:
    """The end of the session before each piece, and the latest date of all before it; `NO_TIME` for none."""
    ended = sessions.take(np.argsort(keyed(sessions.owner, sessions.end), kind="stable"))
    at = latest(keyed(ended.owner, ended.end), keyed(free.owner, free.start))
    latest_day = running_max(ended.owner, ended.start // DAY_SECONDS)
    return picked(ended.end, at, NO_TIME), picked(latest_day, at, NO_TIME)


def _after(sessions: Intervals, free: Pieces) -> Int64:
    """The start of the session after each piece, `NO_TIME` for none."""
    begun = sessions.take(np.argsort(keyed(sessions.owner, sessions.start), kind="stable"))
    at = np.searchsorted(keyed(begun.owner, begun.start), keyed(free.owner, free.end))
    if not len(begun):
        return np.full(len(free), NO_TIME, np.int64)
    near = np.minimum(at, len(begun) - 1)
    return np.where((at < len(begun)) & (begun.owner[near] == free.owner), begun.start[near], NO_TIME)
