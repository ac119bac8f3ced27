"""Night duty, Saturday reception and overtime: who is rostered, and the time off given for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from monitor.demo.absences import moment
from monitor.demo.agenda import Agenda
from monitor.demo.organisation import NIGHT_DUTY_UNITS, OFFICES, RECEPTION_UNIT
from monitor.demo.province import PARENTS
from monitor.demo.workdays import SATURDAY

RECEPTION_PEOPLE = 5
OVERTIME_UNIT = "SNV-VP"
OVERTIME_PEOPLE = 2
OFFICE_NAMES = {office.code: office.name for office in OFFICES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What a turn is: kind as in roster.csv, hours in seconds after midnight, and where."""

    kind: str
    hours: tuple[int, int]
    place: str


NIGHTS = {
    unit: Shift(kind="duty", hours=(17 * 3600, 31 * 3600), place=f"Trực cơ quan {OFFICE_NAMES[unit]}")
    for unit in NIGHT_DUTY_UNITS
}
SATURDAY_RECEPTION = Shift(
    kind="extra", hours=(7 * 3600 + 1800, 11 * 3600 + 1800), place=OFFICE_NAMES[RECEPTION_UNIT]
)
MONTH_END = Shift(kind="overtime", hours=(17 * 3600, 19 * 3600), place="Khóa sổ, báo cáo tháng")
CAMPAIGN_DAYS = 12
CAMPAIGNS = tuple(
    Shift(kind="overtime", hours=(17 * 3600, end), place="Chỉnh lý hồ sơ, nhập dữ liệu")
    for end in (20 * 3600, 20 * 3600 + 1800)
)
"""Twelve evenings of three hours come near the cap of a month, 40 hours; of three and a half they pass it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterEntry:
    """A row of roster.csv; `person` is the place in the list of people, `day` the work date's."""

    person: int
    day: int
    kind: str
    starts: datetime
    ends: datetime
    place: str
    document: str


def draw_roster(agenda: Agenda, units: NDArray[np.int16]) -> tuple[RosterEntry, ...]:
    """All roster entries of the span, each turn going to those who had the last one longest ago."""
    entries: list[RosterEntry] = []
    for unit in NIGHT_DUTY_UNITS:
        entries += _night_duty(agenda, _members(units, unit), unit)
    entries += _reception(agenda, _members(units, RECEPTION_UNIT))
    entries += _overtime(agenda, _members(units, OVERTIME_UNIT))
    return tuple(entries)


def _members(units: NDArray[np.int16], unit: str) -> NDArray[np.bool_]:
    """(days, people): posted in a unit or below it."""
    places = [place for place, office in enumerate(OFFICES) if unit in (office.code, PARENTS[office.code])]
    return np.isin(units, places)


def _night_duty(agenda: Agenda, members: NDArray[np.bool_], unit: str) -> Iterable[RosterEntry]:
    """One officer each night; the next morning is free, where it is a working day."""
    turns = _Turns(len(agenda.people))
    for day in range(agenda.span.days - 1):
        able = members[day] & _at_hand(agenda, day) & _at_hand(agenda, day + 1)
        for person in turns.take(able, day, 1):
            yield _entry(agenda, person, day, NIGHTS[unit])
            _free_session(agenda, person, day + 1, 0)


def _reception(agenda: Agenda, members: NDArray[np.bool_]) -> Iterable[RosterEntry]:
    """Five people each Saturday; each gets an afternoon off in the week after, one on each day."""
    turns = _Turns(len(agenda.people))
    for day in range(agenda.span.days):
        if not _is_ordinary_saturday(agenda, day):
            continue
        for turn, person in enumerate(turns.take(members[day], day, RECEPTION_PEOPLE)):
            yield _entry(agenda, person, day, SATURDAY_RECEPTION)
            _free_session(agenda, person, day + 2 + turn, 1)


def _overtime(agenda: Agenda, members: NDArray[np.bool_]) -> Iterable[RosterEntry]:
    """Two people of the office stay longer on the last working day of each month."""
    turns = _Turns(len(agenda.people))
    for day in range(agenda.span.days - 1):
        on = agenda.span.on(day)
        if agenda.worked[day] and agenda.calendar.next_workday(on + timedelta(days=1)).month != on.month:
            for person in turns.take(members[day] & agenda.free[day], day, OVERTIME_PEOPLE):
                yield _entry(agenda, person, day, MONTH_END)
    yield from _campaigns(agenda, members)


def _campaigns(agenda: Agenda, members: NDArray[np.bool_]) -> Iterable[RosterEntry]:
    """Each month two of them stay for many evenings from its beginning on."""
    turns = _Turns(len(agenda.people))
    months: dict[tuple[int, int], list[int]] = {}
    for day in np.flatnonzero(agenda.worked).tolist():
        on = agenda.span.on(day)
        months.setdefault((on.year, on.month), []).append(day)
    for days in months.values():
        chosen = turns.take(members[days[0]], days[0], len(CAMPAIGNS))
        for person, shift in zip(chosen, CAMPAIGNS, strict=False):
            able = [day for day in days if members[day, person] and agenda.free[day, person]]
            yield from (_entry(agenda, person, day, shift) for day in able[:CAMPAIGN_DAYS])


class _Turns:
    """Whose turn it is: those longest without one first, then by place in the list."""

    def __init__(self, people: int) -> None:
        self._latest = np.full(people, -1, dtype=np.int64)

    def take(self, able: NDArray[np.bool_], day: int, count: int) -> list[int]:
        places = np.flatnonzero(able)
        chosen = places[np.argsort(self._latest[places], kind="stable")[:count]]
        self._latest[chosen] = day
        return [int(place) for place in chosen]


def _at_hand(agenda: Agenda, day: int) -> NDArray[np.bool_]:
    """Nobody who is away or has another paper for the day; on days off, nobody on a long leave."""
    return np.asarray(agenda.free[day] if agenda.worked[day] else ~agenda.away[day].any(axis=0))


def _is_ordinary_saturday(agenda: Agenda, day: int) -> bool:
    """Not worked instead of another day, and not part of a holiday."""
    around = {agenda.span.on(day) + timedelta(days=days) for days in (-1, 0, 2)}
    is_saturday = agenda.span.on(day).weekday() == SATURDAY
    return is_saturday and not agenda.worked[day] and not around & agenda.calendar.off


def _free_session(agenda: Agenda, person: int, day: int, session: int) -> None:
    """A session of time off in lieu, where the person would work in it."""
    if day < agenda.span.days and agenda.free[day, person]:
        entered_at = moment(agenda.calendar.last_workday(agenda.span.on(day - 1)), 16 * 3600)
        agenda.book_hours(person, "compensatory", day, agenda.session(day, session), entered_at)


def _entry(agenda: Agenda, person: int, day: int, shift: Shift) -> RosterEntry:
    on = agenda.span.on(day)
    return RosterEntry(
        person=person,
        day=day,
        kind=shift.kind,
        starts=moment(on, shift.hours[0]),
        ends=moment(on, shift.hours[1]),
        place=shift.place,
        document=f"Lịch trực, lịch làm việc tháng {on:%m/%Y}",
    )
