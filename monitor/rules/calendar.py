"""Day types: which calendar row applies to a unit's day, and which weekday's sessions it makes."""

from collections.abc import Callable

import numpy as np

from monitor.rules.arrays import Integers, keyed_day, member
from monitor.rules.codes import DayKind
from monitor.rules.columns import NO_DAY, CalendarRows, Int32, Int64, Units

FRIDAY, SATURDAY = 5, 6
NO_WEEKDAY = 0
"""Stands for "no sessions" where an ISO weekday is expected (rules 2.4, kind `off`)."""


def weekday_of(day: Integers) -> Integers:
    """ISO weekday (1 = Monday) of each day; 1970-01-01 was a Thursday."""
    return (day + 3) % 7 + 1


def up_the_tree(units: Units, unit: Int32, find: Callable[[Int64, Int64], Int64]) -> Int64:
    """First answer of `find(rows, scopes)` on the way from each unit to the root, and then at -1.

    `find` gives a position or -1 per row asked; scope -1 is national or everybody (rules 2.2, 2.3).
    """
    found = np.full(len(unit), -1, np.int64)
    rows, scope = np.arange(len(unit)), unit.astype(np.int64)
    for _ in range(len(units) + 2):
        found[rows] = find(rows, scope)
        climbing = (found[rows] < 0) & (scope >= 0)
        rows, scope = rows[climbing], units.parent[scope[climbing]].astype(np.int64)
        if not len(rows):
            break
    return found


def calendar_rows(calendar: CalendarRows, units: Units, unit: Int32, day: Int32) -> Int64:
    """Position of the confirmed row that applies to each unit and day, -1 for none (rules 2.3)."""
    confirmed = np.flatnonzero(calendar.confirmed)
    keys = keyed_day(calendar.scope[confirmed] + 1, calendar.day[confirmed])
    order = np.argsort(keys)
    table, rows_of_table = keys[order], confirmed[order]

    def find(rows: Int64, scope: Int64) -> Int64:
        asked = keyed_day(scope + 1, day[rows])
        found = np.full(len(rows), -1, np.int64)
        hit = member(table, asked)
        found[hit] = rows_of_table[np.searchsorted(table, asked[hit])]
        return found

    return up_the_tree(units, unit, find)


def weekday_used(calendar: CalendarRows, row: Integers, day: Integers) -> Integers:
    """The ISO weekday whose sessions count on each day, `NO_WEEKDAY` when off (rules 2.4)."""
    weekday = weekday_of(day)
    if not len(calendar):
        return weekday
    swapped, kind = calendar.for_day[row], calendar.kind[row]
    of_makeup = np.where(swapped == NO_DAY, FRIDAY, weekday_of(swapped))
    special = np.where(kind == DayKind.OFF, NO_WEEKDAY, np.where(kind == DayKind.MAKEUP, of_makeup, weekday))
    return np.where(row >= 0, special, weekday)
