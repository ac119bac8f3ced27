"""Tết and Giỗ Tổ Hùng Vương by the Vietnamese calendar, against two independent tables."""

import csv
from datetime import date
from itertools import pairwise
from pathlib import Path

import holidays
import pytest

from monitor.rules.lunar import YearRefused, lunar_year, lunar_years, next_tet
from tests.rules.national import on

VETTED = Path(__file__).parent.parent / "data" / "tet_2000_2050.csv"


def test_every_year_from_2000_to_2050_is_that_of_the_vetted_table() -> None:
    with VETTED.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    assert len(rows) == 51
    for row in rows:
        found = lunar_year(int(row["year"]))
        assert found.tet_on.isoformat() == row["ref_utc7"]
        assert found.hung_kings_on.isoformat() == row["hungkings_ref7"]


def test_every_tet_is_that_of_the_holidays_library() -> None:
    """The library's Vietnamese calendar is its own list of dates, kept by other people."""
    theirs = holidays.country_holidays("VN", years=range(1968, 2101), observed=False, language="vi")
    tet = theirs.get_named("Tết Nguyên Đán", lookup="startswith")
    assert sorted(tet) == [year.tet_on for year in lunar_years().values()]


def test_every_hung_kings_day_since_it_is_a_holiday_is_that_of_the_holidays_library() -> None:
    theirs = holidays.country_holidays("VN", years=range(2007, 2101), observed=False, language="vi")
    days = theirs.get_named("Ngày Giỗ Tổ Hùng Vương", lookup="startswith")
    assert sorted(days) == [lunar_year(year).hung_kings_on for year in range(2007, 2101)]


@pytest.mark.parametrize(
    ("vietnamese", "chinese"),
    [
        ("29/01/1968", "30/01/1968"),
        ("16/02/1969", "17/02/1969"),
        ("21/01/1985", "20/02/1985"),
        ("17/02/2007", "18/02/2007"),
        ("02/02/2030", "03/02/2030"),
        ("18/02/2053", "19/02/2053"),
    ],
)
def test_tet_is_counted_at_utc_7_where_the_chinese_new_year_differs(vietnamese: str, chinese: str) -> None:
    tet_on = lunar_year(on(chinese).year).tet_on
    assert tet_on == on(vietnamese)
    assert tet_on != on(chinese)


@pytest.mark.parametrize("day", ["04/04/2009", "24/04/2037", "13/04/2038"])
def test_hung_kings_day_is_counted_at_utc_7_where_the_chinese_month_is_a_day_later(day: str) -> None:
    assert lunar_year(on(day).year).hung_kings_on == on(day)


def test_the_table_has_every_year_from_1968_to_2100_within_the_bounds_of_the_moon() -> None:
    years = lunar_years()
    assert list(years) == list(range(1968, 2101))
    for year, anchors in years.items():
        assert date(year, 1, 20) <= anchors.tet_on <= date(year, 2, 21)
        assert date(year, 3, 29) <= anchors.hung_kings_on <= date(year, 4, 29)
        # Two or, with a leap month, three moons and nine days.
        assert (anchors.hung_kings_on - anchors.tet_on).days in {67, 68, 69, 96, 97, 98, 99}


def test_two_tets_are_twelve_or_thirteen_moons_apart() -> None:
    tets = [year.tet_on for year in lunar_years().values()]
    lengths = {(later - earlier).days for earlier, later in pairwise(tets)}
    assert lengths <= {353, 354, 355, 383, 384, 385}


@pytest.mark.parametrize("year", [1967, 2101])
def test_a_year_outside_the_table_is_refused_with_what_is_known(year: int) -> None:
    with pytest.raises(YearRefused) as refused:
        lunar_year(year)
    assert refused.value.code == "lunar_year_unknown"
    assert refused.value.values == {"year": year, "first": 1968, "last": 2100}


@pytest.mark.parametrize(
    ("today", "tet"),
    [("22/11/2026", "06/02/2027"), ("06/02/2027", "06/02/2027"), ("07/02/2027", "26/01/2028")],
)
def test_the_next_tet_is_the_first_one_that_is_not_over(today: str, tet: str) -> None:
    assert next_tet(on(today)) == on(tet)
