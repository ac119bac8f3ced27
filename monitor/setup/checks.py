"""Checks that the rows of several files have in common."""

from datetime import date
from typing import Protocol, TypeVar

from monitor.rules.wallclock import text_of
from monitor.setup.lines import Lines


class Dated(Protocol):
    """A row with a validity; None is open."""

    @property
    def valid_from(self) -> date | None:
        """The first day."""

    @property
    def valid_to(self) -> date | None:
        """The last day, inclusive (rules 2.1)."""


class Timed(Protocol):
    """A row with an interval of wall-clock seconds."""

    @property
    def starts(self) -> int:
        """Its begin."""

    @property
    def ends(self) -> int:
        """Its end."""


D = TypeVar("D", bound=Dated)
W = TypeVar("W", bound=Timed)


def check_period(lines: Lines[D]) -> None:
    """Refuse a validity that ends before it begins."""
    for line in lines.read:
        first, last = line.item.valid_from, line.item.valid_to
        if first is not None and last is not None and last < first:
            lines.refuse(line, "valid_to", "ends_before_start", start=first.isoformat(), end=last.isoformat())


def check_interval(lines: Lines[W], least_seconds: int = 0) -> None:
    """Refuse an interval that ends before it begins, or is shorter than it may be."""
    for line in lines.read:
        starts, ends = line.item.starts, line.item.ends
        if ends - starts < least_seconds:
            code = "ends_before_start" if ends < starts else "interval_empty"
            lines.refuse(line, "to", code, start=text_of(starts), end=text_of(ends))
