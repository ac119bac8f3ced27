"""The year that evidence is about: a calendar year, or the twelve months that end on a date."""

from dataclasses import dataclass
from datetime import date, timedelta

from monitor.periods import Month
from monitor.rules.wallclock import date_of, day_of

MONTHS = 12
EARLIEST, LATEST = 1990, 2190


def months_later(on: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    number = on.year * MONTHS + on.month - 1 + months
    year, month = divmod(number, MONTHS)
    after = date(year + (month + 1) // MONTHS, (month + 1) % MONTHS + 1, 1)
    return date(year, month + 1, min(on.day, (after - timedelta(days=1)).day))


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A calendar month as far as the period holds it; `whole`: all of it."""

    text: str
    days: range
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """First and last day, both since 1970 and inclusive; `year` where it is a calendar year."""

    first_day: int
    last_day: int
    year: int | None = None

    @property
    def days(self) -> range:
        """All days."""
        return range(self.first_day, self.last_day + 1)

    @property
    def text(self) -> str:
        """`2026`, or both dates."""
        dates = f"{date_of(self.first_day)}_{date_of(self.last_day)}"
        return dates if self.year is None else str(self.year)

    @property
    def months(self) -> tuple[Piece, ...]:
        """The calendar months that it touches, in order."""
        found, day = [], self.first_day
        while day <= self.last_day:
            month = Month.of(f"{date_of(day):%Y-%m}")
            days = range(day, min(month.last_day, self.last_day) + 1)
            found.append(
                Piece(text=month.text, days=days, whole=len(days) == month.last_day - month.first_day + 1)
            )
            day = days.stop
        return tuple(found)


def calendar_year(year: int) -> Period:
    """January to December. ValueError for a year that no record can be of."""
    if not EARLIEST <= year <= LATEST:
        raise ValueError(year)
    return Period(first_day=day_of(date(year, 1, 1)), last_day=day_of(date(year, 12, 31)), year=year)


def twelve_months_to(on: date) -> Period:
    """The twelve months whose last day is the date. ValueError as `calendar_year`."""
    calendar_year(on.year)
    first = months_later(on + timedelta(days=1), -MONTHS)
    return Period(first_day=day_of(first), last_day=day_of(on))
