"""The arithmetic of a report: totals that must reconcile, computed rates, and how sure a rate is."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import sqrt

from monitor.inspections.errors import InspectionRefused

FEWEST_PEOPLE = 5
LEAST_COVERAGE = Decimal(95)
"""Below either, a rate says more about chance or about terminals than about people."""
SURE_95 = 1.959963984540054
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """People (or person-days) of a list, each counted once under `expected`.

    `expected` = `present` + `absent` + `no_data`, `absent` = `excused` + `unexcused`. Of those present:
    `present_at` the clock time of the check, `late`, `early`, and `unmarked` without a mark on arrival.
    Exempt people and those without a session that day are not expected.
    """

    expected: int = 0
    present: int = 0
    absent: int = 0
    excused: int = 0
    unexcused: int = 0
    no_data: int = 0
    present_at: int = 0
    late: int = 0
    early: int = 0
    unmarked: int = 0

    @property
    def known(self) -> int:
        """Those about whom there is data."""
        return self.expected - self.no_data

    @property
    def on_time(self) -> int:
        """Those who came with a mark, and not late."""
        return self.present - self.late - self.unmarked

    @property
    def enough(self) -> bool:
        """Whether rates may be told: enough people, and data about nearly all of them."""
        covered = percent(self.known, self.expected)
        return self.known >= FEWEST_PEOPLE and covered is not None and covered >= LEAST_COVERAGE


def reconciled(totals: Totals) -> Totals:
    """The same totals, once they add up.

    Raises InspectionRefused `totals_presence` or `totals_absence` naming the difference, `totals_part`
    where a part is larger than its whole.
    """
    told = totals.present + totals.absent + totals.no_data
    if told != totals.expected:
        values = {"present": totals.present, "absent": totals.absent, "no_data": totals.no_data}
        difference = totals.expected - told
        raise InspectionRefused(
            "totals_presence", expected=totals.expected, told=told, difference=difference, **values
        )
    if totals.excused + totals.unexcused != totals.absent:
        difference = totals.absent - totals.excused - totals.unexcused
        values = {"excused": totals.excused, "unexcused": totals.unexcused}
        raise InspectionRefused("totals_absence", absent=totals.absent, difference=difference, **values)
    parts = (totals.present_at, totals.late + totals.unmarked, totals.early)
    if max(parts) > totals.present or min(parts) < 0:
        raise InspectionRefused("totals_part", present=totals.present, part=max(parts))
    return totals


def added(totals: Iterable[Totals]) -> Totals:
    """The sum, part by part."""
    every, names = tuple(totals), Totals.__slots__
    return Totals(**{name: sum(getattr(one, name) for one in every) for name in names})


def percent(part: int, whole: int) -> Decimal | None:
    """A share in per cent, to two places, halves away from nought; None of nobody."""
    if not whole:
        return None
    return (Decimal(100 * part) / Decimal(whole)).quantize(HUNDREDTH, ROUND_HALF_UP)


def wilson(part: int, whole: int) -> tuple[Decimal, Decimal] | None:
    """Between which per cent the rate behind a count lies with 95 % (Wilson's score interval)."""
    if not whole:
        return None
    share, z = part / whole, SURE_95
    middle = share + z * z / (2 * whole)
    reach = z * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    scale = 1 + z * z / whole
    low, high = max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)
    return _hundredths(low), _hundredths(high)


def _hundredths(share: float) -> Decimal:
    return Decimal(100 * share).quantize(HUNDREDTH, ROUND_HALF_UP)
