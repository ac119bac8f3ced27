"""The year's leave, sickness, trips and meetings, drawn day by day."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

import numpy as np

from monitor.demo.agenda import Agenda
from monitor.demo.province import Person
from monitor.demo.streams import Stream, stream

HOLIDAY_MONTHS = range(6, 9)
DOCUMENT_LATE_SHARE = 0.07
QUARTER = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How often a person begins an absence of one type on a free day, and what it takes.

    `form`: `days` (up to `workdays`), `half` (one session), or some hours of one session: at its
    `start`, in its `middle` or at its `end` (rules 5).
    `foreseen`: entered before it begins; otherwise on its first day.
    """

    type: str
    daily_share: float
    form: Literal["days", "half", "start", "middle", "end"] = "days"
    workdays: int = 1
    foreseen: bool = True


KINDS = (
    Kind(type="sick", daily_share=0.0022, workdays=3, foreseen=False),
    Kind(type="child_sick", daily_share=0.0008, workdays=2, foreseen=False),
    Kind(type="leave", daily_share=0.0075, workdays=4),
    Kind(type="leave", daily_share=0.0015, form="half"),
    Kind(type="business_trip", daily_share=0.0060, workdays=2),
    Kind(type="business_trip", daily_share=0.0035, form="half"),
    Kind(type="meeting", daily_share=0.0050, form="start"),
    Kind(type="business_trip", daily_share=0.0012, form="end"),
    Kind(type="meeting", daily_share=0.0020, form="half"),
    Kind(type="meeting", daily_share=0.0008, form="middle"),
    Kind(type="training", daily_share=0.0006, workdays=5),
    Kind(type="personal_paid", daily_share=0.0002, workdays=3),
    Kind(type="unpaid", daily_share=0.0001, workdays=2),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """A row of allowances.csv; `person` is the place in the list of people."""

    person: int
    kind: str
    minutes: int
    where: str
    valid_from: date
    valid_to: date
    document: str


def draw_absences(agenda: Agenda, seed: int) -> None:
    """Book everything that chance brings, on each working day of the span."""
    for day in np.flatnonzero(agenda.worked):
        rng = stream(seed, Stream.AGENDA, agenda.span.on(int(day)))
        for kind in KINDS:
            share = kind.daily_share * _season(agenda, int(day), kind)
            draws = rng.random(len(agenda.people))
            for person in np.flatnonzero(agenda.free[day] & (draws < share)):
                _begin(agenda, rng, kind, int(person), int(day))


def _season(agenda: Agenda, day: int, kind: Kind) -> float:
    """Leave is taken in summer and beside Tết."""
    if kind.type != "leave":
        return 1.0
    on = agenda.span.on(day)
    if agenda.calendar.workdays_since_break(on):
        return 2.5
    return 1.7 if on.month in HOLIDAY_MONTHS else 0.8


def _begin(agenda: Agenda, rng: np.random.Generator, kind: Kind, person: int, day: int) -> None:
    entered_at = _entered(agenda, rng, kind, day)
    if kind.form == "days":
        last = agenda.last_day(person, day, int(rng.integers(1, kind.workdays + 1)))
        agenda.book_days(person, kind.type, (day, last), entered_at)
        return
    session = agenda.session(day, int(rng.integers(0, 2)))
    agenda.book_hours(person, kind.type, day, _hours(rng, kind, session), entered_at)


def _hours(rng: np.random.Generator, kind: Kind, session: tuple[int, int]) -> tuple[int, int]:
    """Which part of a session an absence takes, in seconds after midnight."""
    start, end = session
    some = int(rng.integers(6, 11)) * QUARTER
    return {
        "half": session,
        "start": (start, start + some),
        "middle": (start + 2 * QUARTER, start + some),
        "end": (end - some, end),
    }[kind.form]


def _entered(agenda: Agenda, rng: np.random.Generator, kind: Kind, day: int) -> datetime:
    """When HR wrote it down: some working days before, on the morning itself, or now and then too late."""
    on = agenda.span.on(day)
    if kind.foreseen:
        on = agenda.calendar.last_workday(on - timedelta(days=int(rng.integers(1, 6))))
        return moment(on, 8 * 3600 + int(rng.integers(0, 8 * 3600)))
    late = rng.random() < DOCUMENT_LATE_SHARE
    return moment(on + timedelta(days=2 * late), 7 * 3600 + int(rng.integers(900, 2 * 3600)))


def moment(on: date, seconds: int) -> datetime:
    """A naive moment, seconds after a date's midnight."""
    return datetime.combine(on, time()) + timedelta(seconds=seconds)


def book_families(agenda: Agenda) -> tuple[Allowance, ...]:
    """Two maternity leaves, and the nursing minutes of three mothers (rules 6)."""
    year = agenda.span.begins.year
    returning = _mother(agenda.people, "SNV-CCVC")
    _maternity(agenda, returning, date(year - 1, 11, 3), date(year, 5, 2))
    _maternity(agenda, _mother(agenda.people, "XDL-VHXH"), date(year, 8, 10), date(year + 1, 2, 9))
    periods = (
        (returning, "start", date(year, 5, 3), date(year, 12, 31)),
        (_mother(agenda.people, "HCC-TN"), "either", date(year, 1, 5), date(year, 7, 31)),
        (_mother(agenda.people, "PTG-VHXH"), "end", date(year, 7, 1), date(year + 1, 1, 31)),
    )
    return tuple(_nursing(agenda, *period) for period in periods)


def _mother(people: tuple[Person, ...], unit: str) -> int:
    """The first woman among the ordinary staff of a unit."""
    return next(place for place, person in enumerate(people) if _is_woman_of(person, unit))


def _is_woman_of(person: Person, unit: str) -> bool:
    return person.woman and person.role == "staff" and person.postings[0].unit == unit


def _maternity(agenda: Agenda, person: int, first: date, last: date) -> None:
    entered_at = moment(agenda.calendar.last_workday(first - timedelta(days=5)), 9 * 3600)
    first_day, last_day = agenda.span.index(first), agenda.span.index(last)
    if first_day < agenda.span.days:
        agenda.book_days(person, "maternity", (first_day, last_day), entered_at)


def _nursing(agenda: Agenda, person: int, where: str, first: date, last: date) -> Allowance:
    days = slice(max(0, agenda.span.index(first)), max(0, agenda.span.index(last) + 1))
    if where == "end":
        agenda.ends[days, 1, person] -= 3600
    else:
        agenda.starts[days, 0, person] += 3600
    return Allowance(
        person=person,
        kind="nursing",
        minutes=60,
        where=where,
        valid_from=first,
        valid_to=last,
        document="Đơn đề nghị bố trí giờ làm việc khi nuôi con dưới 12 tháng tuổi",
    )
