"""Who is away when and why: the excuses on record, and what they leave of each person's days."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from monitor.demo.organisation import OFFICES
from monitor.demo.province import Person, top_unit
from monitor.demo.span import Span
from monitor.demo.workdays import WorkCalendar, hours_on

SYMBOLS = {office.code: office.symbol for office in OFFICES if office.symbol}
DAY_ENDS = time(23, 59, 59)
PAPERS = {
    "leave": "Giấy nghỉ phép số {number}/GNP-{symbol}",
    "sick": "Giấy chứng nhận nghỉ việc hưởng BHXH số {number}",
    "child_sick": "Giấy chứng nhận nghỉ việc hưởng BHXH số {number}",
    "maternity": "Quyết định số {number}/QĐ-{symbol}",
    "business_trip": "Công lệnh số {number}/CL-{symbol}",
    "meeting": "Giấy mời số {number}/GM-UBND",
    "training": "Quyết định cử đi bồi dưỡng số {number}/QĐ-{symbol}",
    "compensatory": "Phiếu nghỉ bù số {number}/PNB-{symbol}",
    "personal_paid": "Đơn nghỉ việc riêng số {number}/ĐXN-{symbol}",
    "unpaid": "Đơn nghỉ không lương số {number}/ĐXN-{symbol}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Excuse:
    """A row of excuses.csv; `person` is the place in the list of people."""

    person: int
    type: str
    starts: datetime
    ends: datetime
    status: str
    document: str
    document_on: date
    entered_at: datetime


class Agenda:
    """Booked absences, and each person's days as they leave them.

    `posted`: (days, people), holds a posting. `free`: likewise, a working day of the posting without
    any excuse so far. `away`: (days, 2,
    people), session wholly excused. `starts`, `ends`: (days, 2, people), seconds after midnight from
    and to when the person is expected, after excuses and allowances.
    """

    def __init__(
        self, people: tuple[Person, ...], span: Span, calendar: WorkCalendar, units: NDArray[np.int16]
    ) -> None:
        """Begin with nobody away."""
        self.people = people
        self.span = span
        self.calendar = calendar
        self.excuses: list[Excuse] = []
        self.worked = np.array([calendar.works(span.on(day)) for day in range(span.days)])
        self.posted = units >= 0
        self.free = self.posted & self.worked[:, None]
        self.away = np.zeros((span.days, 2, len(people)), dtype=np.bool_)
        hours = [hours_on(span.on(day)) for day in range(span.days)]
        self.starts = _each(np.array([each.starts for each in hours]), len(people))
        self.ends = _each(np.array([each.ends for each in hours]), len(people))
        self._numbers: Counter[tuple[str, str]] = Counter()

    def book_days(
        self, person: int, type_: str, days: tuple[int, int], entered_at: datetime, status: str = "approved"
    ) -> None:
        """An excuse for whole days, both inclusive and counted from the span's beginning."""
        first, last = days
        interval = (self._moment(first, time()), self._moment(last, DAY_ENDS))
        self._book(person, type_, interval, entered_at, status)
        within = slice(max(0, first), last + 1)
        self.free[within, person] = False
        if status == "approved":
            self.away[within, :, person] = True

    def book_hours(
        self, person: int, type_: str, day: int, hours: tuple[int, int], entered_at: datetime
    ) -> None:
        """An excuse within one day, from and to seconds after midnight (rules 5)."""
        midnight = self._moment(day, time())
        interval = (midnight + timedelta(seconds=hours[0]), midnight + timedelta(seconds=hours[1]))
        self._book(person, type_, interval, entered_at, "approved")
        self.free[day, person] = False
        for session in (0, 1):
            self._cover(person, day, session, hours)

    def session(self, day: int, session: int) -> tuple[int, int]:
        """Start and end of a day's session in seconds after midnight."""
        hours = hours_on(self.span.on(day))
        return hours.starts[session], hours.ends[session]

    def last_day(self, person: int, first: int, workdays: int) -> int:
        """The day that ends at most so many working days from `first`, as long as the person is free."""
        last, left = first, workdays - 1
        for day in range(first + 1, self.span.days):
            if not left or (self.worked[day] and not self.free[day, person]):
                break
            if self.worked[day]:
                last, left = day, left - 1
        return last

    def _moment(self, day: int, at: time) -> datetime:
        return datetime.combine(self.span.on(day), at)

    def _cover(self, person: int, day: int, session: int, hours: tuple[int, int]) -> None:
        start, end = self.session(day, session)
        if hours[0] <= start and end <= hours[1]:
            self.away[day, session, person] = True
        elif hours[0] <= start < hours[1]:
            self.starts[day, session, person] = hours[1]
        elif hours[0] < end <= hours[1]:
            self.ends[day, session, person] = hours[0]

    def _book(
        self, person: int, type_: str, interval: tuple[datetime, datetime], entered_at: datetime, status: str
    ) -> None:
        top = top_unit(self.people[person].postings[-1].unit)
        self._numbers[top, type_] += 1
        document = PAPERS[type_].format(number=self._numbers[top, type_], symbol=SYMBOLS[top])
        self.excuses.append(
            Excuse(
                person=person,
                type=type_,
                starts=interval[0],
                ends=interval[1],
                status=status,
                document=document,
                document_on=entered_at.date(),
                entered_at=entered_at,
            )
        )


def _each(by_day: NDArray[np.int64], people: int) -> NDArray[np.int64]:
    """(days, 2) repeated for each person: (days, 2, people)."""
    return np.repeat(by_day[:, :, None], people, axis=2)
