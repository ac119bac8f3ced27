"""Days to check and to compare with, on the calendars of real years."""

from datetime import date

import pytest

from monitor.rules.breaks import tet_window
from monitor.rules.check_days import baseline_days, fridays, lunar_twins, marks_of
from monitor.rules.lunar import YearRefused, lunar_year
from monitor.rules.workdays import work_days
from tests.rules.national import SHIPPED, on

WORK = work_days(SHIPPED)


def marks(year: int) -> dict[date, str]:
    found = tet_window(SHIPPED, year)
    assert found is not None
    return marks_of(found)


def test_tet_2026_is_checked_on_six_days() -> None:
    assert {f"{day:%d/%m}": mark for day, mark in marks(2026).items()} == {
        "13/02": "before",
        "23/02": "day_1",
        "24/02": "",
        "25/02": "",
        "26/02": "",
        "27/02": "",
    }


def test_a_day_1_on_thursday_has_a_bridge_day_and_on_friday_is_its_own() -> None:
    assert [mark for mark in marks(2017).values() if mark] == ["before", "day_1", "bridge"]
    assert marks(2023)[on("27/01/2023")] == "day_1"
    assert "bridge" not in marks(2023).values()


def test_the_baseline_is_the_same_weekday_in_the_four_weeks_before() -> None:
    found = baseline_days(WORK, marks(2026), {})

    assert found[1] == (on("19/01/2026"), on("26/01/2026"), on("02/02/2026"), on("09/02/2026"))
    assert found[5] == (on("16/01/2026"), on("23/01/2026"), on("30/01/2026"), on("06/02/2026"))


def test_a_holiday_is_not_normal_and_an_earlier_week_stands_in() -> None:
    found = baseline_days(WORK, [on("08/01/2026")], {})

    # New Year is a Thursday; 02/01/2026 was swapped away.
    assert found[4] == (on("04/12/2025"), on("11/12/2025"), on("18/12/2025"), on("25/12/2025"))


def test_a_make_up_saturday_is_compared_with_the_weekday_it_stands_for() -> None:
    saturday = on("14/02/2015")

    found = baseline_days(WORK, [saturday], {saturday: 1})

    assert list(found) == [1]
    assert all(day.isoweekday() == 1 for day in found[1])


@pytest.mark.parametrize("year", range(2016, 2028))
def test_mung_6_stands_beside_mung_6(year: int) -> None:
    for day, twin in lunar_twins(list(marks(year)), year).items():
        assert day - lunar_year(year).tet_on == twin - lunar_year(year - 1).tet_on


def test_tet_2030_is_counted_from_the_vietnamese_new_year() -> None:
    """The Chinese calendar has it a day later: 03/02/2030."""
    assert lunar_twins([on("07/02/2030")], 2030) == {on("07/02/2030"): on("18/02/2029")}
    assert lunar_year(2030).tet_on == on("02/02/2030")


def test_a_year_without_a_known_tet_is_refused() -> None:
    with pytest.raises(YearRefused):
        lunar_twins([date(2101, 2, 1)], 2101)


def test_fridays_that_are_worked() -> None:
    assert fridays(WORK, on("01/01/2026"), on("31/01/2026")) == [
        on("09/01/2026"),
        on("16/01/2026"),
        on("23/01/2026"),
        on("30/01/2026"),
    ]


def test_nothing_to_check_has_no_baseline() -> None:
    assert baseline_days(WORK, [], {}) == {}
