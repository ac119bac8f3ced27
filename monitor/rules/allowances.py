"""Minutes a person may use in working time: moving start' and end', or spent on either (rules 6)."""

from dataclasses import dataclass

import numpy as np

from monitor.rules.arrays import begins, expand, first_of, last_of
from monitor.rules.codes import AllowanceWhere, SessionKind
from monitor.rules.columns import Allowances, Bool, Columns, Int32, Int64
from monitor.rules.expectation import Sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed(Columns):
    """Per session: start' and end' after allowances of `start` and `end`.

    `day` numbers the session's person-day, ascending; `either` are the seconds of that day to be
    spent on lateness or early leaving of its `eligible` sessions.
    """

    due_from: Int64
    due_to: Int64
    day: Int64
    either: Int64
    eligible: Bool


def allowed(
    allowances: Allowances, sessions: Sessions, whole: Bool, due_from: Int64, due_to: Int64
) -> Allowed:
    """The allowances of sessions sorted by person and start; due times are those after excuses."""
    if not len(allowances):
        none = np.zeros(len(sessions), np.int64)
        return Allowed(due_from=due_from, due_to=due_to, day=none, either=none, eligible=~whole)
    day = np.cumsum(begins(sessions.person, sessions.day)) - 1
    first_rows = np.searchsorted(day, np.arange(int(day.max(initial=-1)) + 1))
    person, date = sessions.person[first_rows], sessions.day[first_rows]
    eligible = (sessions.kind == SessionKind.OFFICE) & ~whole
    rows, days = np.flatnonzero(eligible), len(first_rows)
    first, last = first_of(day, rows, days), last_of(day, rows, days)
    some = np.flatnonzero(first >= 0)
    first, last = first[some], last[some]
    later = seconds_on(allowances, AllowanceWhere.START, person, date)[some]
    sooner = seconds_on(allowances, AllowanceWhere.END, person, date)[some]
    due_from, due_to = due_from.copy(), due_to.copy()
    moved = due_from[first] + later
    due_from[first] = np.where(later > 0, np.minimum(moved, sessions.end[first]), due_from[first])
    moved = due_to[last] - sooner
    due_to[last] = np.where(sooner > 0, np.maximum(moved, sessions.start[last]), due_to[last])
    either = seconds_on(allowances, AllowanceWhere.EITHER, person, date)[day]
    return Allowed(due_from=due_from, due_to=due_to, day=day, either=either, eligible=eligible)


def seconds_on(allowances: Allowances, where: AllowanceWhere, person: Int32, day: Int32) -> Int64:
    """Seconds of one kind that each person may use on each day; several add up."""
    if not len(allowances):
        return np.zeros(len(person), np.int64)
    order = np.argsort(allowances.person, kind="stable")
    order = order[allowances.where[order] == where]
    holders = allowances.person[order]
    first = np.searchsorted(holders, person)
    row, rank = expand(np.searchsorted(holders, person, side="right") - first)
    at = order[first[row] + rank]
    valid = (allowances.first_day[at] <= day[row]) & (day[row] <= allowances.last_day[at])
    seconds = np.bincount(row[valid], weights=allowances.seconds[at[valid]], minlength=len(person))
    return seconds.astype(np.int64)


def spent(allowance: Allowed, late: Int64, early: Int64) -> tuple[Int64, Int64]:
    """Seconds of `either` spent on lateness from first to last, then on early leaving (rules 6)."""
    if not allowance.either.any():
        return allowance.either, allowance.either
    on_late = _in_turn(allowance.either, allowance.day, np.where(allowance.eligible, late, 0))
    used = np.bincount(allowance.day, weights=on_late).astype(np.int64)[allowance.day]
    on_early = _in_turn(allowance.either - used, allowance.day, np.where(allowance.eligible, early, 0))
    return on_late, on_early


def _in_turn(purse: Int64, day: Int64, wanted: Int64) -> Int64:
    """What each row gets of its day's purse, rows served in order."""
    total = np.cumsum(wanted) - wanted
    before = total - total[np.searchsorted(day, day)]
    return np.clip(purse - before, 0, wanted)
