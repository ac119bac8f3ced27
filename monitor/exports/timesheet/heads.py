"""The heads of a month's columns: which days are off for a unit, and why (rules 2.3)."""

from collections.abc import Sequence
from datetime import date

from monitor.exports.timesheet.sheet import DayHead, DayKind
from monitor.periods import Month
from monitor.rules.calendar import FRIDAY, SATURDAY
from monitor.rules.wallclock import date_of
from monitor.store.queries.timesheets import CalendarEntry, MonthCalendar
from monitor.store.queries.tree import Tree
from monitor.text import sentence


def days_of(month: Month) -> range:
    """The month's days since 1970."""
    return range(month.first_day, month.last_day + 1)


def day_heads(calendar: MonthCalendar, units: Tree, unit_id: int, month: Month) -> tuple[DayHead, ...]:
    """One head for each day of the month."""
    dates = (date_of(day) for day in days_of(month))
    return tuple(_head(on, calendar.entry(units, unit_id, on)) for on in dates)


def _head(on: date, entry: CalendarEntry | None) -> DayHead:
    letters = sentence(f"weekday_short_{on.isoweekday()}", {})
    return DayHead(on=on, letters=letters, kind=_kind(on, entry), name=entry.name if entry else "")


def _kind(on: date, entry: CalendarEntry | None) -> DayKind:
    """A weekend inside a break stays a weekend; a day off for which another is worked is no holiday."""
    is_weekend = on.isoweekday() >= SATURDAY
    if entry and entry.kind == "makeup":
        return DayKind.MAKEUP
    if is_weekend:
        return DayKind.WEEKEND
    if entry is None or entry.kind == "work":
        return DayKind.WORK
    return DayKind.SWAPPED if entry.swapped else DayKind.HOLIDAY


def weekdays_used(calendar: MonthCalendar, units: Tree, unit_id: int, month: Month) -> Sequence[int]:
    """The ISO weekday whose sessions count on each day: of a make-up day that of the day it stands for."""
    dates = (date_of(day) for day in days_of(month))
    return [_weekday(on, calendar.entry(units, unit_id, on)) for on in dates]


def _weekday(on: date, entry: CalendarEntry | None) -> int:
    if entry is None or entry.kind != "makeup":
        return on.isoweekday()
    return entry.for_date.isoweekday() if entry.for_date else FRIDAY
