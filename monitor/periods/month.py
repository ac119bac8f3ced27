"""A calendar month as the days it has."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from monitor.periods.errors import PeriodRefused
from monitor.rules.wallclock import day_of

FORM = "YYYY-MM"


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month, e.g. `2026-02`, with its first and last day since 1970."""

    text: str
    first_day: int
    last_day: int

    @classmethod
    def of(cls, text: str) -> "Month":
        """Read `YYYY-MM`. Raises PeriodRefused `bad_month`."""
        try:
            first = date.fromisoformat(f"{text}-01")
        except ValueError:
            raise PeriodRefused("bad_month", value=text, form=FORM) from None
        if len(text) != len(FORM):  # fromisoformat takes 202602-01 and more besides
            raise PeriodRefused("bad_month", value=text, form=FORM)
        length = monthrange(first.year, first.month)[1]
        return cls(text=text, first_day=day_of(first), last_day=day_of(first) + length - 1)
