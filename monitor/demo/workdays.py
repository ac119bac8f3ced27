"""The demo's days: which are worked, and from when to when."""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from monitor.setup import shipped_calendar

SUMMER_BEGINS = (4, 16)
WINTER_BEGINS = (10, 16)
LONG_BREAK_DAYS = 5
WATCHED_WORKDAYS = 5
SATURDAY = 5
HOUR = 3600
MINUTE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Starts and ends of the two sessions, in seconds after midnight."""

    starts: tuple[int, int]
    ends: tuple[int, int]


WINTER = Hours(starts=(7 * HOUR + 1800, 13 * HOUR + 1800), ends=(11 * HOUR + 1800, 17 * HOUR))
SUMMER = Hours(starts=(7 * HOUR, 13 * HOUR + 1800), ends=(11 * HOUR + 1800, 17 * HOUR))


def hours_on(on: date) -> Hours:
    """Summer hours from 16 April to 15 October, winter hours otherwise."""
    return SUMMER if SUMMER_BEGINS <= (on.month, on.day) < WINTER_BEGINS else WINTER


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendar:
    """Days off besides weekends, and weekend days that are worked instead (rules 2.3)."""

    off: frozenset[date]
    makeup: frozenset[date]

    def works(self, on: date) -> bool:
        """Whether offices work on this date."""
        return on in self.makeup or (on.weekday() < SATURDAY and on not in self.off)

    def last_workday(self, on: date) -> date:
        """The latest working day up to and including this date."""
        while not self.works(on):
            on -= timedelta(days=1)
        return on

    def next_workday(self, on: date) -> date:
        """The first working day from this date on."""
        while not self.works(on):
            on += timedelta(days=1)
        return on

    def workdays_since_break(self, on: date) -> int:
        """Which working day after a long break (Tết, National Day) this is: 1 to 5, or 0 for a later one."""
        for count in range(1, WATCHED_WORKDAYS + 1):
            before = self.last_workday(on - timedelta(days=1))
            if (on - before).days > LONG_BREAK_DAYS:
                return count
            on = before
        return 0


def national_calendar(path: Path | None = None) -> WorkCalendar:
    """The shipped calendar's confirmed days for the whole country (rules 9, calendar.csv)."""
    with (path or shipped_calendar()).open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row.get("status") != "P" and not row.get("scope")]
    return WorkCalendar(off=_dates(rows, "off"), makeup=_dates(rows, "makeup"))


def _dates(rows: list[dict[str, str]], kind: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(row["date"]) for row in rows if row["kind"] == kind)
