"""Lunar anchors of the Vietnamese year: the solar dates of Tết and of Giỗ Tổ Hùng Vương."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from monitor.refusal import Refusal
from monitor.rules.lunar_table import TET_AND_HUNG_KINGS


class YearRefused(Refusal, ValueError):
    """A year that nothing is known about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LunarYear:
    """What the law takes from the lunar calendar in one solar year (Labour Code 112)."""

    tet_on: date
    """Mùng 1 tháng Giêng, at UTC+7."""
    hung_kings_on: date
    """Mùng 10 tháng Ba, at UTC+7."""


@cache
def lunar_years() -> Mapping[int, LunarYear]:
    """Every year of the table, 1968 to 2100."""
    return dict(_read(line) for line in TET_AND_HUNG_KINGS.splitlines())


def lunar_year(year: int) -> LunarYear:
    """The anchors of a solar year. Raises YearRefused `lunar_year_unknown` outside 1968 to 2100."""
    years = lunar_years()
    if year not in years:
        raise YearRefused("lunar_year_unknown", year=year, first=min(years), last=max(years))
    return years[year]


def next_tet(today: date) -> date:
    """The first Tết (mùng 1) on or after a date. Raises YearRefused as `lunar_year` does."""
    this_year = lunar_year(today.year).tet_on
    return this_year if this_year >= today else lunar_year(today.year + 1).tet_on


def _read(line: str) -> tuple[int, LunarYear]:
    year, tet, hung_kings = line.split()
    tet_on, hung_kings_on = (date.fromisoformat(f"{year}-{on}") for on in (tet, hung_kings))
    return int(year), LunarYear(tet_on=tet_on, hung_kings_on=hung_kings_on)
