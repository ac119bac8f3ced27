"""Which days of whom a change touches: the spans that are marked stale with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.rules.wallclock import DAY_SECONDS, EPOCH_DATE, day_of

HORIZON_DAYS = 400

Days = tuple[int, int]
"""First and last day since 1970, inclusive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What an import must know of its installation: the zone, and the last day worth marking."""

    zone: str
    last_day: int

    def days(self, first: date | None, last: date | None) -> Days:
        """The days that a validity touches; an open end reaches to the edge.

        A session may run past midnight and neighbouring blocks cut each other's windows (rules 3),
        so the day before and the day after are touched as well.
        """
        start = EPOCH_DATE if first is None else max(EPOCH_DATE, first)
        end = self.last_day if last is None else day_of(last) + 1
        return max(0, day_of(start) - 1), min(end, self.last_day)

    def days_of_seconds(self, starts: int, ends: int) -> Days:
        """The days that an interval of wall-clock seconds touches, and those beside it."""
        return max(0, starts // DAY_SECONDS - 1), min(ends // DAY_SECONDS + 1, self.last_day)


def site_at(now: datetime, zone: str) -> Site:
    """The site at a moment; days more than 400 days ahead are recomputed when they come near."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return Site(zone=zone, last_day=day_of(today + timedelta(days=HORIZON_DAYS)))


def joined(spans: Iterable[Days], gap_days: int = 0) -> list[Days]:
    """The same days in fewer spans: those at most `gap_days` apart are one. Empty ones are dropped."""
    found: list[Days] = []
    for first, last in sorted(span for span in spans if span[0] <= span[1]):
        if found and first <= found[-1][1] + 1 + gap_days:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found
