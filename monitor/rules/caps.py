"""Caps on overtime: how much of a month's and a year's is used (Labour Code 107; Decree 145/2020, 60-62)."""

from dataclasses import dataclass
from enum import StrEnum

HOUR = 3600
WARN_PERCENT = 80


class CapLevel(StrEnum):
    """How near a cap is; said in words beside every colour."""

    BELOW = "below"
    NEAR = "near"
    REACHED = "reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """Whole hours that a month and a year may hold."""

    month_hours: int
    year_hours: int


PROFILES = {
    "labour_code": Caps(month_hours=40, year_hours=200),
    "labour_code_special": Caps(month_hours=40, year_hours=300),
    "public_duty": Caps(month_hours=40, year_hours=300),
}
"""Labour Code 107 (2), 107 (3), and urgent work of public duty (Decree 145/2020, 61)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Seconds used of a cap of whole hours."""

    used_seconds: int
    cap_hours: int

    @property
    def percent(self) -> int:
        """Whole per cent, rounded down: 100 is never said of less than the cap."""
        return self.used_seconds * 100 // (self.cap_hours * HOUR)

    @property
    def level(self) -> CapLevel:
        """`near` from 80 per cent on, `reached` from 100."""
        if self.used_seconds >= self.cap_hours * HOUR:
            return CapLevel.REACHED
        near = self.used_seconds * 100 >= self.cap_hours * HOUR * WARN_PERCENT
        return CapLevel.NEAR if near else CapLevel.BELOW


def worst(*uses: Use) -> CapLevel:
    """The level nearest to a cap, or beyond it."""
    order = tuple(CapLevel)
    return max((use.level for use in uses), key=order.index)
