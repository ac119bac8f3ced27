"""Counts of sessions by what became of them, and what may honestly be said of them as a rate."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from math import sqrt
from operator import attrgetter

from monitor.rules.codes import Reason
from monitor.rules.wallclock import weekday_of

UNKNOWN = int(Reason.NO_DATA | Reason.NO_BADGE | Reason.NO_REGULATION)
"""Reasons of a pending session that waits for data or set-up, not for the clock."""

WEEK = 7
SPARK_WEEKS = 12
SURE = 1.959964
"""Standard deviations on either side that hold 95 % of a normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Sessions (rules 4) by what became of them; each is in exactly one of the counts up to `waiting`.

    `marred` are late, early or both, `no_data` pending for want of data, a badge or a regulation,
    `waiting` pending until their time has come. `late` and `early` are times beyond grace, whatever
    else the session lacked, but for absences; seconds are what counts (rules 4).
    """

    on_time: int = 0
    marred: int = 0
    missing: int = 0
    absent: int = 0
    excused: int = 0
    exempt: int = 0
    no_data: int = 0
    waiting: int = 0
    late: int = 0
    late_seconds: int = 0
    early: int = 0
    early_seconds: int = 0
    worked_seconds: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        """Both together."""
        return total((self, other))

    @property
    def decided(self) -> int:
        """Sessions that had to be attended and have a verdict."""
        return self.on_time + self.marred + self.missing + self.absent

    @property
    def sessions(self) -> int:
        """All of them."""
        return self.decided + self.excused + self.exempt + self.no_data + self.waiting

    @property
    def perfect(self) -> bool:
        """Whether there were sessions to attend, all were on time, and nothing is unknown."""
        return self.on_time == self.decided > 0 and not (self.late or self.early or self.no_data)


NONE = Figures()
_NAMES = tuple(one.name for one in fields(Figures))
_VALUES = attrgetter(*_NAMES)


def total(parts: Iterable[Figures]) -> Figures:
    """All parts together."""
    sums = map(sum, zip(*map(_VALUES, parts), strict=True))
    return Figures(**dict(zip(_NAMES, sums, strict=False)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Honesty:
    """From when on a rate is shown: so many people, and so large a part of the sessions decided."""

    least_people: int = 5
    least_coverage_percent: float = 95.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Sessions on time among those decided: shares of 1, with the interval that 95 % of samples hold."""

    on_time: int
    decided: int
    share: float
    low: float
    high: float


def rate_of(found: Figures, people: int, honesty: Honesty) -> Rate | None:
    """The share of sessions on time; None where the figures do not carry one."""
    known = found.decided + found.no_data
    covered = found.decided * 100 >= honesty.least_coverage_percent * known
    if not found.decided or not covered or people < honesty.least_people:
        return None
    low, high = wilson(found.on_time, found.decided)
    share = found.on_time / found.decided
    return Rate(on_time=found.on_time, decided=found.decided, share=share, low=low, high=high)


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a share (E. B. Wilson, 1927); it holds the share and stays within [0, 1]."""
    share, square = successes / trials, SURE * SURE
    middle = share + square / (2 * trials)
    half = SURE * sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    whole = 1 + square / trials
    return max(0.0, min((middle - half) / whole, share)), min(1.0, max((middle + half) / whole, share))


def weeks_to(last_day: int, weeks: int = SPARK_WEEKS) -> list[range]:
    """The days of so many weeks, Monday to Sunday, oldest first; the last one holds `last_day`."""
    monday = last_day - weekday_of(last_day) + 1
    starts = range(monday - WEEK * (weeks - 1), monday + 1, WEEK)
    return [range(start, start + WEEK) for start in starts]


def same_weeks_before(days: range) -> range:
    """As many days with the same weekdays, in the weeks before: the nearest that do not overlap."""
    back = -(-len(days) // WEEK) * WEEK
    return range(days.start - back, days.stop - back)
