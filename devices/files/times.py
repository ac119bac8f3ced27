"""Times as people and programs write them: both orders of day and month, both clocks, Excel's numbers."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from devices.errors import BadReply
from devices.files.layout import FileLine

DAY_FIRST = "dmy"
MONTH_FIRST = "mdy"
ORDERS = (DAY_FIRST, MONTH_FIRST)
_EITHER = "either"
_YEAR_FIRST = "ymd"
_MONTHS = 12
_DAYS = 31
_DAY_SECONDS = 86_400
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of a workbook, as a wall clock
_YEAR_FIRST_DATE = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_YEAR_LAST_DATE = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})")
_CLOCK = re.compile(  # Vietnamese Windows writes SA and CH for AM and PM, and people write 7h53
    r"([0-9]{1,2})[:hH]([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,6})?)?(?:\s*(AM|PM|SA|CH))?", re.IGNORECASE
)
_SERIAL = re.compile(r"([34567][0-9]{4})(\.[0-9]{1,20})?")  # 1982 to 2119
_FRACTION = re.compile(r"0?\.[0-9]{1,20}")


class WrittenDate(NamedTuple):
    """Year and the other two numbers in the order in which they were written."""

    year: int
    first: int
    second: int
    year_first: bool

    @property
    def shows(self) -> str:
        """Which order this date proves: `ymd`, `dmy`, `mdy`, `either`, or '' when it tells nothing."""
        if self.year_first:
            return _YEAR_FIRST
        if self.first == self.second or not 0 < min(self.first, self.second) <= _MONTHS:
            return ""
        if max(self.first, self.second) <= _MONTHS:
            return _EITHER
        if max(self.first, self.second) > _DAYS:
            return ""
        return DAY_FIRST if self.first > _MONTHS else MONTH_FIRST

    def on(self, order: str) -> date:
        """The day that is meant. Raises ValueError for one that does not exist."""
        if self.year_first or order == MONTH_FIRST:
            return date(self.year, self.first, self.second)
        return date(self.year, self.second, self.first)


class Clock(NamedTuple):
    """A time of day as it was written, 12-hour times already as 24-hour ones; it may be impossible."""

    hour: int
    minute: int
    second: int


class Stamp(NamedTuple):
    """A date and a time of day as they were written."""

    day: WrittenDate
    clock: Clock

    def at(self, order: str) -> datetime:
        """The wall-clock reading that is meant. Raises ValueError for one that does not exist."""
        day = self.day.on(order)
        return datetime(day.year, day.month, day.day, *self.clock)  # noqa: DTZ001 - a wall clock


def read_stamp(text: str) -> Stamp | None:
    """A date with a time behind it, or a workbook's number of one; None for anything else."""
    day, clock = _halves(text)
    if clock:
        written, time = read_date(day), read_clock(clock)
        return Stamp(written, time) if written and time else None
    serial = _SERIAL.fullmatch(text.strip())
    return _stamp_of_serial(serial[0]) if serial and serial[2] else None


def read_date(text: str) -> WrittenDate | None:
    """A date in figures, or a workbook's number of one; a midnight behind it does not matter."""
    day, clock = _halves(text)
    if clock and read_clock(clock) != Clock(0, 0, 0):
        return None
    if found := _YEAR_FIRST_DATE.fullmatch(day):
        return WrittenDate(int(found[1]), int(found[3]), int(found[4]), year_first=True)
    if found := _YEAR_LAST_DATE.fullmatch(day):
        return WrittenDate(int(found[4]), int(found[1]), int(found[3]), year_first=False)
    return _stamp_of_serial(day).day if _SERIAL.fullmatch(day) and "." not in day else None


def read_clock(text: str) -> Clock | None:
    """A time of day, 24-hour or 12-hour, with or without seconds, or a workbook's fraction of a day."""
    text = text.strip()
    if _FRACTION.fullmatch(text):
        return _clock_of(round(float(text) * _DAY_SECONDS))
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    hour, half = int(found[1]), (found[4] or "").upper()
    if half:
        if not 0 < hour <= _MONTHS:
            return Clock(99, 0, 0)  # there is no 13 PM: impossible, and told so
        hour = hour % 12 + (12 if half in {"PM", "CH"} else 0)
    return Clock(hour, int(found[2]), int(found[3] or 0))


def _halves(text: str) -> tuple[str, str]:
    """What stands before and behind the first space or T; two spaces in between are usual."""
    parts = text.replace("T", " ", 1).split(maxsplit=1)
    return (parts[0] if parts else "", parts[1] if len(parts) > 1 else "")


def _clock_of(seconds: int) -> Clock:
    return Clock(seconds // 3600, seconds // 60 % 60, seconds % 60)


def _stamp_of_serial(serial: str) -> Stamp:
    """A workbook's number of days since 1899-12-30, to the second."""
    moment = _SERIAL_ZERO + timedelta(seconds=round(float(serial) * _DAY_SECONDS))
    day = WrittenDate(moment.year, moment.month, moment.day, year_first=True)
    return Stamp(day, Clock(moment.hour, moment.minute, moment.second))


def order_of(dates: Iterable[tuple[FileLine, WrittenDate]], layout: str, usual: str = "") -> str:
    """The one order of days and months in a file, from the dates that leave no doubt.

    `usual` is the order to take when no date settles it; '' when nobody can know. Raises BadReply
    `date_order_ambiguous` with the first doubtful line, `date_order_mixed` with the line that
    contradicts an earlier one: so does a workbook in which some dates are dates and others text, for
    then a program has already taken some of them for what they are not.
    """
    first: dict[str, int] = {}
    typed = False
    for line, day in dates:
        first.setdefault(day.shows, line.number)
        typed = typed or bool(line.sheet)
    proven = [order for order in ORDERS if order in first]
    if typed and _YEAR_FIRST in first and _EITHER in first:
        _refuse_mixed(layout, first[_YEAR_FIRST], first[_EITHER])
    if typed and _YEAR_FIRST in first and proven:
        _refuse_mixed(layout, first[_YEAR_FIRST], first[proven[0]])
    if len(proven) > 1:
        _refuse_mixed(layout, *(first[order] for order in proven))
    if proven or _EITHER not in first:
        return proven[0] if proven else ""
    if not usual:
        raise BadReply("date_order_ambiguous", line=first[_EITHER], layout=layout)
    return usual


def _refuse_mixed(layout: str, one: int, other: int) -> None:
    raise BadReply("date_order_mixed", line=max(one, other), other=min(one, other), layout=layout)
