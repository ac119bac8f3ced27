"""From when to when the demo's made-up history goes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from monitor.demo.workdays import WorkCalendar

FUTURE_DAYS = 14
FIRST_MONTH_ALONE = 2  # in January the year before is shown too, or there would be nothing to see
TERMINAL_LOST_AT = timedelta(hours=18, minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """`begins` to `ends`, both inclusive; `now` is the naive local moment the demo shows."""

    begins: date
    now: datetime
    ends: date

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.ends - self.begins).days + 1

    def on(self, index: int) -> date:
        """The date of a day counted from `begins`."""
        return self.begins + timedelta(days=index)

    def index(self, on: date) -> int:
        """The day counted from `begins`; negative before."""
        return (on - self.begins).days


def span_until(now: datetime) -> Span:
    """From 1 January of the year of `now` (naive, local) to two weeks after it."""
    year = now.year if now.month >= FIRST_MONTH_ALONE else now.year - 1
    return Span(begins=date(year, 1, 1), now=now, ends=now.date() + timedelta(days=FUTURE_DAYS))


def present_workday(calendar: WorkCalendar, now: datetime) -> date:
    """The working day whose morning the demo shows: today, or the latest one before."""
    return calendar.last_workday(now.date())


def lost_at(calendar: WorkCalendar, now: datetime) -> datetime:
    """When the broken terminal was last heard of: the evening of the working day before the present one."""
    evening = calendar.last_workday(present_workday(calendar, now) - timedelta(days=1))
    return datetime.combine(evening, datetime.min.time()) + TERMINAL_LOST_AT
