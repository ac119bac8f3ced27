"""Overtime: the time somebody was present inside an approved entry, by the class of its date (rules 4.1)."""

import numpy as np

from monitor.rules.approved import Approved
from monitor.rules.arrays import expand, first_of, keyed, keyed_day, last_of, latest, member, picked
from monitor.rules.calendar import SATURDAY, calendar_rows, weekday_of
from monitor.rules.codes import DayKind, OvertimeClass
from monitor.rules.columns import (
    DAY_SECONDS,
    NO_TIME,
    Bool,
    CalendarRows,
    Int8,
    Int32,
    Int64,
    OvertimeRecords,
    PersonDays,
    World,
)
from monitor.rules.overtime_presence import Matched, present_around, present_in_sessions
from monitor.rules.plan import Plan
from monitor.rules.sweep import Intervals, Pieces, joined, pieces_of

NIGHT_ENDS, NIGHT_BEGINS = 6 * 3600, 22 * 3600
"""Night lasts from 22:00 to 06:00 (rules 4.1)."""
APPROVED, PRESENT, AT_WORK = range(3)
"""Layers of a sweep: what is approved, where the person was present, what a session has already."""


def overtime_of(
    world: World, plan: Plan, asked: PersonDays, approved: Approved, matched: Matched
) -> OvertimeRecords:
    """What the entries come to on the dates asked (rules 4.1); of their people all must be matched."""
    if not len(approved):
        return _none()
    people = np.zeros(len(world.people), bool)
    people[approved.person] = True
    sessions = plan.sessions.only(people[plan.sessions.person])
    held = Intervals(owner=sessions.person, start=sessions.start, end=sessions.end)
    own = present_in_sessions(plan, matched.attendance, people)
    present = joined(own, present_around(world, approved, held, matched, plan.settings))
    return _records(world, asked, approved, present, held)


def _none() -> OvertimeRecords:
    none, no_time = np.zeros(0, np.int32), np.zeros(0, np.int64)
    return OvertimeRecords(
        person=none,
        day=none,
        unit=none,
        entry=no_time,
        kind=np.zeros(0, np.int8),
        start=no_time,
        end=no_time,
        present_from=no_time,
        present_to=no_time,
        seconds=no_time,
        night_seconds=no_time,
    )


def _records(
    world: World, asked: PersonDays, approved: Approved, present: Intervals, sessions: Intervals
) -> OvertimeRecords:
    part, rank = expand((approved.end - 1) // DAY_SECONDS - approved.start // DAY_SECONDS + 1)
    day = (approved.start[part] // DAY_SECONDS + rank).astype(np.int32)
    wanted = member(np.unique(keyed_day(asked.person, asked.day)), keyed_day(approved.person[part], day))
    of, day = approved.take(part[wanted]), day[wanted]
    midnight = day.astype(np.int64) * DAY_SECONDS
    start, end = np.maximum(of.start, midnight), np.minimum(of.end, midnight + DAY_SECONDS)
    counted = _counted(Intervals(owner=of.person, start=start, end=end), midnight, present, sessions)
    row = latest(keyed(of.person, start), keyed(counted.owner, counted.start))
    every = np.arange(len(counted))
    first, last = first_of(row, every, len(of)), last_of(row, every, len(of))
    seconds = counted.end - counted.start
    return OvertimeRecords(
        person=of.person,
        day=day,
        unit=of.unit,
        entry=of.entry,
        kind=_classes(world, of.unit, day),
        start=start,
        end=end,
        present_from=picked(counted.start, first, NO_TIME),
        present_to=picked(counted.end, last, NO_TIME),
        seconds=_sums(row, seconds, len(of)),
        night_seconds=_sums(row, np.where(_at_night(counted.start), seconds, 0), len(of)),
    )


def _counted(approved: Intervals, midnight: Int64, present: Intervals, sessions: Intervals) -> Pieces:
    """The pieces approved with the person present and in no session, cut where night begins and ends."""
    bounds = [
        Intervals(owner=approved.owner, start=midnight + hour, end=midnight + hour)
        for hour in (NIGHT_ENDS, NIGHT_BEGINS)
    ]
    pieces = pieces_of([approved, present, sessions, *bounds])
    covers = pieces.covers
    return pieces.only(covers[:, APPROVED] & covers[:, PRESENT] & ~covers[:, AT_WORK])


def _at_night(time: Int64) -> Bool:
    clock = time % DAY_SECONDS
    night: Bool = (clock < NIGHT_ENDS) | (clock >= NIGHT_BEGINS)
    return night


def _sums(row: Int64, values: Int64, rows: int) -> Int64:
    found = np.zeros(rows, np.int64)
    np.add.at(found, row, values)
    return found


def _classes(world: World, unit: Int32, day: Int32) -> Int8:
    """The class of each unit's date: a day off is a holiday, but for days in lieu and days swapped away."""
    calendar = world.calendar
    weekend = weekday_of(day) >= SATURDAY
    plain = np.where(weekend, OvertimeClass.REST, OvertimeClass.WORKDAY).astype(np.int8)
    if not len(calendar):
        return plain
    row = calendar_rows(calendar, world.units, unit, day)
    off = np.where(_rest(calendar)[row], OvertimeClass.REST, OvertimeClass.HOLIDAY)
    special = np.where(calendar.kind[row] == DayKind.OFF, off, OvertimeClass.WORKDAY)
    return np.where(row >= 0, special, plain).astype(np.int8)


def _rest(calendar: CalendarRows) -> Bool:
    """Rows of days that are off in lieu of a holiday, or because another day of their scope is worked."""
    instead = (calendar.kind == DayKind.MAKEUP) & calendar.confirmed
    swapped = np.unique(keyed_day(calendar.scope[instead] + 1, calendar.for_day[instead]))
    rest: Bool = calendar.in_lieu | member(swapped, keyed_day(calendar.scope + 1, calendar.day))
    return rest
