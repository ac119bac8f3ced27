"""Working days of the calendar one date at a time: for check windows and drafts, not for verdicts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from monitor.rules.codes import DayKind

DAY = timedelta(days=1)
MONDAY_TO_FRIDAY = frozenset(range(1, 6))
PROPOSED = "P"
"""Status of a calendar row that never applies until it is confirmed as F or C (rules 2.3)."""


class CalendarEntry(Protocol):
    """What is read of a row of the calendar, stored, imported or drafted (rules 9, calendar.csv)."""

    @property
    def on_date(self) -> date:
        """The day the row is about."""

    @property
    def kind(self) -> str:
        """`off`, `makeup` or `work`: a DayKind."""

    @property
    def status(self) -> str:
        """F (decided), C (computed from the law) or P (proposed)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDays:
    """Which dates are worked: special days by date, ISO weekdays for all others.

    Raises ValueError when no weekday is worked, for then there is no next working day.
    """

    kinds: Mapping[date, str]
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY

    def __post_init__(self) -> None:
        """Refuse a week without work."""
        if not self.weekdays & frozenset(range(1, 8)):
            raise ValueError(self.weekdays)

    def works(self, on: date) -> bool:
        """Whether a date is a working day; a unit that works on a holiday keeps its weekdays (rules 2.4)."""
        kind = self.kinds.get(on)
        if kind in (DayKind.OFF, DayKind.MAKEUP):
            return kind == DayKind.MAKEUP
        return on.isoweekday() in self.weekdays

    def after(self, on: date, count: int = 1) -> list[date]:
        """The first working days after a date, in order."""
        return self._walk(on, count, DAY)

    def before(self, on: date, count: int = 1) -> list[date]:
        """The last working days before a date, in order."""
        return self._walk(on, count, -DAY)[::-1]

    def lone(self, first_on: date, last_on: date) -> list[date]:
        """Working days with a non-working day on either side.

        These are what the government likes to swap for a Saturday; whether it does, and for which,
        nobody can compute.
        """
        days = (first_on + DAY * n for n in range((last_on - first_on).days + 1))
        return [on for on in days if self.works(on) and not self.works(on - DAY) and not self.works(on + DAY)]

    def _walk(self, on: date, count: int, step: timedelta) -> list[date]:
        found: list[date] = []
        while len(found) < count:
            on += step
            if self.works(on):
                found.append(on)
        return found


def work_days(
    rows: Iterable[CalendarEntry], *, proposed: bool = False, weekdays: frozenset[int] = MONDAY_TO_FRIDAY
) -> WorkDays:
    """The working days that calendar rows make, with or without the rows that are only proposed.

    `rows` are those of one unit, national ones first and its own last: the last of a date wins (rules 2.3).
    """
    counted = (row for row in rows if proposed or row.status != PROPOSED)
    return WorkDays(kinds={row.on_date: row.kind for row in counted}, weekdays=weekdays)
