"""A person's days as a page draws them: the calendar's cells, the habit view, the first arrivals."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.exports.timesheet.grid import EARLY, LATE, MISSING, NO_DATA, OPEN
from monitor.exports.timesheet.person import PersonSheet
from monitor.exports.timesheet.sheet import DayHead
from monitor.groups import Group, group_of_status
from monitor.rules.codes import Reason, SessionKind, Status
from monitor.rules.columns import DAY_SECONDS
from monitor.rules.wallclock import date_of
from monitor.store.queries.board import SessionRow
from monitor.store.queries.spans import Span
from monitor.web import daybar
from monitor.web.charts import Arrival
from monitor.web.daybar import Axis, Shape

Rows = Mapping[int, Sequence[SessionRow]]
"""The sessions of one person by day, each day's in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A day of the calendar: official symbols, and annotations that are never symbols.

    `group` None: nothing recorded. `head` None: the day is out of sight or without a posting.
    """

    day: int
    number: int
    symbols: tuple[str, ...]
    marks: tuple[str, ...]
    group: Group | None
    head: DayHead | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """A row of the habit view."""

    day: int
    axis: Axis
    shapes: tuple[Shape, ...]
    times: tuple[daybar.Stay, ...]
    group: Group


def weeks_of(days: range, sheet: PersonSheet | None, rows: Rows) -> tuple[tuple[Cell | None, ...], ...]:
    """The weeks of the month, Monday to Sunday; None where the month has no day."""
    on = date_of(days[0])
    return tuple(
        tuple(_cell(days[number - 1], sheet, rows) if number else None for number in week)
        for week in calendar.monthcalendar(on.year, on.month)
    )


def _cell(day: int, sheet: PersonSheet | None, rows: Rows) -> Cell:
    sessions = rows.get(day, ())
    own = [symbol for symbol in dict.fromkeys(one.symbol for one in sessions) if symbol]
    return Cell(
        day=day,
        number=date_of(day).day,
        symbols=tuple(own) if sheet is None else sheet.cells.get(day, ()),
        marks=marks_of(sessions),
        group=day_group(sessions) if sessions else None,
        head=None if sheet is None else sheet.heads.get(day),
    )


def marks_of(sessions: Sequence[SessionRow]) -> tuple[str, ...]:
    """The annotations of a day, as the month's grid has them."""
    pending = [one for one in sessions if one.status == Status.PENDING]
    found = {
        LATE: any(one.late_seconds for one in sessions),
        EARLY: any(one.early_seconds for one in sessions),
        MISSING: any(one.status in {Status.MISSING_IN, Status.MISSING_OUT} for one in sessions),
        NO_DATA: any(one.reasons & Reason.NO_DATA for one in pending),
        OPEN: any(not one.reasons & Reason.NO_DATA for one in pending),
    }
    return tuple(kind for kind, holds in found.items() if holds)


def day_group(sessions: Sequence[SessionRow]) -> Group:
    """The group of a day by its sessions."""
    reasons = 0
    for one in sessions:
        reasons |= one.reasons if one.status == Status.PENDING else 0
    late = sum(one.late_seconds for one in sessions)
    return group_of_status(min(one.status for one in sessions), reasons, late)


def habits_of(
    rows: Rows, excused: Sequence[Span], gaps: Mapping[int, Sequence[Span]], now: int
) -> tuple[Axis | None, tuple[Habit, ...]]:
    """One bar for each day with sessions, on the hours that all of them need; and the axis of a day 0."""
    if not rows:
        return None, ()
    clock = _hours(rows)
    found = []
    for day, sessions in rows.items():
        axis = _axis(day, clock, now)
        shapes = daybar.shapes(axis, sessions, excused, gaps)
        times = tuple(daybar.stays(sessions))
        found.append(Habit(day=day, axis=axis, shapes=shapes, times=times, group=day_group(sessions)))
    return _axis(0, clock, -1), tuple(found)


def _hours(rows: Rows) -> tuple[int, int]:
    """The first and the last second of the day that office sessions and their marks need, whole hours."""
    axes = [
        (day, daybar.axis_of(day, [one for one in sessions if one.kind == SessionKind.OFFICE], 0))
        for day, sessions in rows.items()
    ]
    first = min(axis.first - day * DAY_SECONDS for day, axis in axes)
    last = max(axis.last - day * DAY_SECONDS for day, axis in axes)
    return max(first, 0), min(last, DAY_SECONDS)


def _axis(day: int, clock: tuple[int, int], now: int) -> Axis:
    first, last = day * DAY_SECONDS + clock[0], day * DAY_SECONDS + clock[1]
    return Axis(first=first, last=last, now=now if first <= now <= last else None)


def first_arrivals(rows: Rows) -> list[Arrival]:
    """The mark that opens the day, of office sessions that begin it."""
    found = []
    for day, sessions in rows.items():
        first, midnight = sessions[0], day * DAY_SECONDS
        if first.kind == SessionKind.OFFICE and first.time_in is not None:
            late = bool(first.late_seconds)
            at, due = first.time_in - midnight, first.starts - midnight
            found.append(Arrival(day=day, at=at, due=due, late=late))
    return found
