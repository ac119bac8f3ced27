"""Breaks and the working days to check around them, on the calendars of thirteen years of notices."""

from datetime import date, timedelta

import pytest

from monitor.rules.breaks import CheckWindow, WindowSettings, check_windows, tet_window, windows_on
from monitor.rules.holidays import draft_year
from monitor.rules.lunar import YearRefused
from monitor.rules.workdays import work_days
from tests.rules.national import SHIPPED, Row, on

TET_BREAKS = [
    # break, days, last working day before, first working day after, bridge day
    ("15/02/2015", "23/02/2015", 9, "14/02/2015", "24/02/2015", None),
    ("06/02/2016", "14/02/2016", 9, "05/02/2016", "15/02/2016", None),
    ("26/01/2017", "01/02/2017", 7, "25/01/2017", "02/02/2017", "03/02/2017"),
    ("14/02/2018", "20/02/2018", 7, "13/02/2018", "21/02/2018", None),
    ("02/02/2019", "10/02/2019", 9, "01/02/2019", "11/02/2019", None),
    ("23/01/2020", "29/01/2020", 7, "22/01/2020", "30/01/2020", "31/01/2020"),
    ("10/02/2021", "16/02/2021", 7, "09/02/2021", "17/02/2021", None),
    ("29/01/2022", "06/02/2022", 9, "28/01/2022", "07/02/2022", None),
    ("20/01/2023", "26/01/2023", 7, "19/01/2023", "27/01/2023", "27/01/2023"),
    ("08/02/2024", "14/02/2024", 7, "07/02/2024", "15/02/2024", "16/02/2024"),
    ("25/01/2025", "02/02/2025", 9, "24/01/2025", "03/02/2025", None),
    ("14/02/2026", "22/02/2026", 9, "13/02/2026", "23/02/2026", None),
    ("04/02/2027", "10/02/2027", 7, "03/02/2027", "11/02/2027", "12/02/2027"),
]


def window(year: int) -> CheckWindow:
    found = tet_window(SHIPPED, year)
    assert found is not None
    return found


def spans(windows: list[CheckWindow]) -> list[tuple[str, str, bool]]:
    return [(f"{w.break_first_on:%d/%m}", f"{w.break_last_on:%d/%m}", w.provisional) for w in windows]


def in_year(year: int, settings: WindowSettings | None = None) -> list[CheckWindow]:
    return check_windows(SHIPPED, date(year, 1, 1), date(year, 12, 31), settings or WindowSettings())


@pytest.mark.parametrize(("first", "last", "days", "before", "day_1", "bridge"), TET_BREAKS)
def test_the_window_of_every_tet_since_2015(
    first: str, last: str, days: int, before: str, day_1: str, bridge: str | None
) -> None:
    found = window(on(first).year)
    assert (found.break_first_on, found.break_last_on, found.break_days) == (on(first), on(last), days)
    assert found.before == (on(before),)
    assert found.first_day_on == on(day_1)
    assert found.bridge_on == (on(bridge) if bridge else None)
    assert found.provisional == (on(first).year == 2027)


def test_the_last_working_day_before_tet_2015_was_a_make_up_saturday() -> None:
    (before,) = window(2015).before
    assert (before, before.isoweekday()) == (on("14/02/2015"), 6)


def test_the_window_is_the_first_five_working_days_past_the_weekend() -> None:
    assert window(2023).after == tuple(
        on(day) for day in ("27/01/2023", "30/01/2023", "31/01/2023", "01/02/2023", "02/02/2023")
    )


def test_a_make_up_saturday_after_the_break_is_one_of_the_five_days() -> None:
    """30/04 and 01/05/2024 with Monday 29/04, worked on Saturday 04/05."""
    found = in_year(2024)[2]
    assert found.after[:3] == (on("02/05/2024"), on("03/05/2024"), on("04/05/2024"))
    assert found.bridge_on == on("04/05/2024")


def test_every_break_of_2025_and_no_ordinary_weekend() -> None:
    assert spans(in_year(2025)) == [
        ("25/01", "02/02", False),
        ("05/04", "07/04", False),
        ("30/04", "04/05", False),
        ("30/08", "02/09", False),
    ]


def test_a_single_holiday_in_mid_week_is_no_break() -> None:
    """01/01/2025 was a Wednesday, 18/04/2024 a Thursday."""
    assert not check_windows(SHIPPED, on("01/01/2025"), on("01/01/2025"))
    assert not check_windows(SHIPPED, on("18/04/2024"), on("18/04/2024"))


def test_a_break_that_reaches_into_the_range_is_told_whole() -> None:
    last_day, first_day = on("02/02/2025"), on("25/01/2025")
    whole = [window(2025)]
    assert check_windows(SHIPPED, last_day, last_day) == whole
    assert check_windows(SHIPPED, first_day, first_day) == whole
    day = timedelta(days=1)
    assert check_windows(SHIPPED, last_day + day, last_day + day) == []
    assert check_windows(SHIPPED, first_day - day, first_day - day) == []


def test_a_break_over_new_year_belongs_to_both_years() -> None:
    """29/12/2018 to 01/01/2019, with Monday 31/12 swapped for a Saturday."""
    across = ("29/12", "01/01", False)
    assert spans(in_year(2018))[-1] == spans(in_year(2019))[0] == across


class TestProposedRows:
    def test_what_only_a_proposal_makes_is_provisional(self) -> None:
        """23/11/2026 swapped for 28/11 was proposed; without it 24/11 is a single Tuesday."""
        (found,) = check_windows(SHIPPED, on("01/11/2026"), on("30/11/2026"))
        assert (found.break_first_on, found.break_last_on) == (on("21/11/2026"), on("24/11/2026"))
        assert found.after[3] == on("28/11/2026")
        assert found.provisional

    def test_a_confirmed_window_stands_beside_what_a_proposal_would_make_of_it(self) -> None:
        friday, monday = Row(on("04/09/2026"), "off"), Row(on("07/09/2026"), "off", "P")
        found = check_windows([friday, monday], on("01/09/2026"), on("30/09/2026"))
        assert spans(found) == [("04/09", "06/09", False), ("04/09", "07/09", True)]

    def test_a_proposal_that_changes_nothing_in_a_window_leaves_it_alone(self) -> None:
        friday, later = Row(on("04/09/2026"), "off"), Row(on("16/09/2026"), "off", "P")
        assert spans(check_windows([friday, later], on("01/09/2026"), on("30/09/2026"))) == [
            ("04/09", "06/09", False)
        ]

    def test_a_proposed_make_up_day_among_the_five_days_makes_a_second_window(self) -> None:
        friday, saturday = Row(on("04/09/2026"), "off"), Row(on("12/09/2026"), "makeup", "P")
        sure, maybe = check_windows(
            [friday, saturday], on("01/09/2026"), on("30/09/2026"), WindowSettings(after_days=6)
        )
        assert (sure.provisional, sure.after[-1]) == (False, on("14/09/2026"))
        assert (maybe.provisional, maybe.after[-1]) == (True, on("12/09/2026"))

    def test_of_two_windows_of_tet_the_confirmed_one_counts(self) -> None:
        rows = [*SHIPPED, *(Row(on(day), "off") for day in ("04/02/2027", "05/02/2027"))]
        found = tet_window(rows, 2027)
        assert found is not None
        assert spans([found]) == [("04/02", "07/02", False)]


class TestUnits:
    def test_a_row_of_the_unit_counts_after_the_national_one(self) -> None:
        """A reception that works on the day in lieu has no break of three days."""
        national, own = Row(on("07/09/2026"), "off"), Row(on("07/09/2026"), "work")
        span = on("01/09/2026"), on("30/09/2026")
        assert len(check_windows([national], *span)) == 1
        assert check_windows([national, own], *span) == []

    def test_a_unit_that_works_on_a_holiday_keeps_its_weekend(self) -> None:
        assert not work_days([Row(on("06/09/2026"), "work")]).works(on("06/09/2026"))

    def test_with_a_six_day_week_a_saturday_is_worked_and_may_be_the_bridge_day(self) -> None:
        settings = WindowSettings(weekdays=frozenset(range(1, 7)))
        found = tet_window(draft_year(2017), 2017, settings)
        assert found is not None
        assert (found.first_day_on, found.bridge_on) == (on("02/02/2017"), on("04/02/2017"))
        assert check_windows(SHIPPED, on("13/10/2025"), on("19/10/2025"), settings) == []


class TestSettings:
    def test_how_many_days_are_checked_is_a_setting(self) -> None:
        found = in_year(2025, WindowSettings(after_days=2, before_days=3))[0]
        assert found.before == (on("22/01/2025"), on("23/01/2025"), on("24/01/2025"))
        assert found.after == (on("03/02/2025"), on("04/02/2025"))

    def test_how_long_a_break_must_be_is_a_setting(self) -> None:
        assert spans(in_year(2025, WindowSettings(break_days=5))) == [
            ("25/01", "02/02", False),
            ("30/04", "04/05", False),
        ]

    @pytest.mark.parametrize("wrong", [{"after_days": 0}, {"before_days": -1}, {"break_days": 0}])
    def test_a_setting_without_sense_is_refused(self, wrong: dict[str, int]) -> None:
        with pytest.raises(ValueError, match="WindowSettings"):
            WindowSettings(**wrong)  # type: ignore[arg-type]  # mypy reads weekdays into the mapping

    def test_a_week_without_a_working_day_is_refused(self) -> None:
        with pytest.raises(ValueError, match="frozenset"):
            work_days([], weekdays=frozenset())


class TestWindowsOfADay:
    @pytest.mark.parametrize("day", ["24/01/2025", "03/02/2025", "07/02/2025"])
    def test_the_day_before_and_the_five_after_are_watched(self, day: str) -> None:
        assert windows_on(SHIPPED, on(day)) == [window(2025)]

    @pytest.mark.parametrize("day", ["23/01/2025", "29/01/2025", "10/02/2025", "16/10/2025"])
    def test_days_farther_off_and_the_break_itself_are_not(self, day: str) -> None:
        assert windows_on(SHIPPED, on(day)) == []

    def test_a_day_may_be_after_one_break_and_before_another(self) -> None:
        friday, next_friday = Row(on("04/09/2026"), "off"), Row(on("11/09/2026"), "off")
        found = windows_on([friday, next_friday], on("10/09/2026"))
        assert spans(found) == [("04/09", "06/09", False), ("11/09", "13/09", False)]

    def test_it_finds_what_a_search_of_the_whole_calendar_finds(self) -> None:
        every = check_windows(SHIPPED, on("01/01/2015"), on("31/12/2027"))
        day = on("15/12/2014")
        while day.year < 2028:
            assert windows_on(SHIPPED, day) == [w for w in every if w.watches(day)], day
            day += timedelta(days=1)

    def test_without_days_before_only_the_days_after_are_watched(self) -> None:
        settings = WindowSettings(before_days=0)
        assert windows_on(SHIPPED, on("24/01/2025"), settings) == []
        assert len(windows_on(SHIPPED, on("03/02/2025"), settings)) == 1


def test_a_tet_without_rows_has_no_window() -> None:
    """Mùng 1 of 2027 is a Saturday: without its rows an ordinary weekend."""
    assert tet_window((), 2027) is None


def test_a_tet_that_is_not_known_is_refused() -> None:
    with pytest.raises(YearRefused):
        tet_window((), 2101)
