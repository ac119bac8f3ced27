"""What cannot be judged yet: marks that may still come, and logs that are not complete (rules 4, 7)."""

from dataclasses import dataclass

import numpy as np

from monitor.rules.codes import Reason
from monitor.rules.columns import Bool, Columns, Int64, Ragged, UInt32, World
from monitor.rules.coverage import coverage_of, uncovered_lists
from monitor.rules.expectation import Sessions
from monitor.rules.lateness import Lateness
from monitor.rules.markwindows import MarkWindows


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Columns):
    """What was found of each session's own marks, and when they are due.

    `asks_*`: the session has to have the mark; `time_*`: the mark, `NO_TIME` where there is none;
    `lacks_*`: it has to have it and has none.
    `in_by` is start' + grace; `open_case` is False for sessions decided already (excused, exempt).
    `by_any`: any punch of the window will do (marks 1).
    """

    asks_in: Bool
    asks_out: Bool
    time_in: Int64
    time_out: Int64
    in_by: Int64
    by_any: Bool
    open_case: Bool
    lacks_in: Bool
    lacks_out: Bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """Reasons of the sessions that are pending (0: it can be judged), and their uncovered terminals."""

    reasons: UInt32
    uncovered: Ragged


def pending_of(
    world: World, sessions: Sessions, found: Found, windows: MarkWindows, lateness: Lateness, now: int
) -> Pending:
    """Which sessions, sorted by person and day, are pending at `now`, first reason that fits."""
    reasons = np.zeros(len(sessions), np.uint32)
    waits_in = _awaited(found, windows, reasons, sessions.start, now)
    left = found.open_case & (reasons == 0) & ~waits_in & lateness.is_early & (now < windows.out_to)
    reasons[left] = Reason.LEFT
    questions = _questions(found, windows, lateness, waits_in, found.open_case & ~waits_in & (reasons == 0))
    row, terminal, unbadged = _unanswered(world, sessions, questions)
    doubtful = np.zeros(len(sessions), bool)
    doubtful[row] = doubtful[unbadged] = True
    reasons[waits_in & ~doubtful] = Reason.NOT_IN_YET
    reasons[doubtful] = Reason.NO_DATA
    reasons[unbadged] |= np.uint32(Reason.NO_BADGE)
    return Pending(reasons=reasons, uncovered=uncovered_lists(row, terminal, len(sessions)))


def _awaited(found: Found, windows: MarkWindows, reasons: UInt32, start: Int64, now: int) -> Bool:
    """Fill `not_due` and `at_work`; the result is who is overdue while the window is still open."""
    still = (found.lacks_in & (now < windows.in_to)) | (found.lacks_out & (now < windows.out_to))
    still &= found.open_case
    markless = found.open_case & ((~found.asks_in & ~found.asks_out) | (found.by_any & ~found.lacks_in))
    waits = still & found.lacks_in
    reasons[still & ~waits] = Reason.AT_WORK
    reasons[(markless & (now < start)) | (waits & (now < found.in_by))] = Reason.NOT_DUE
    overdue: Bool = waits & (now >= found.in_by)
    return overdue


Question = tuple[Int64, Int64, Int64]
"""Rows, and the closed interval that every relevant terminal of each would have to cover."""


def _questions(
    found: Found, windows: MarkWindows, lateness: Lateness, overdue: Bool, judged: Bool
) -> list[Question]:
    """What has to be covered before somebody is called overdue, absent, late or gone early (rules 4)."""

    def ask(which: Bool, start: Int64, end: Int64) -> Question:
        rows = np.flatnonzero(which)
        return rows, start[rows], end[rows]

    return [
        ask(overdue, windows.in_from, found.in_by),
        ask(judged & found.lacks_in, windows.in_from, windows.in_to),
        ask(judged & found.lacks_out, windows.out_from, windows.out_to),
        ask(judged & lateness.is_late, windows.in_from, found.time_in),
        ask(judged & lateness.is_early, found.time_out, windows.out_to),
    ]


def _unanswered(world: World, sessions: Sessions, questions: list[Question]) -> tuple[Int64, Int64, Int64]:
    """Pairs (session, terminal that does not cover what is asked), and sessions without a terminal."""
    row = np.concatenate([rows for rows, _, _ in questions])
    start = np.concatenate([starts for _, starts, _ in questions])
    end = np.concatenate([ends for _, _, ends in questions])
    asked = np.flatnonzero(np.bincount(row, minlength=len(sessions)))  # sorted, each once
    covers, place = coverage_of(world, sessions.person[asked], sessions.unit[asked], sessions.day[asked])
    place_of = np.zeros(len(sessions), np.int64)
    place_of[asked] = place
    at, terminal = covers.failing(place_of[row], start, end)
    return row[at], terminal, asked[covers.no_badge[place]]
