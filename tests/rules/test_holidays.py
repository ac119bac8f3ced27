"""The drafted year: what the law fixes, what is computed from it and what is only proposed."""

from collections.abc import Iterator
from datetime import date, timedelta

import holidays
import pytest

from monitor.rules.holidays import HOLIDAYS_LAW, IN_LIEU_LAW, DraftedDay, draft_year, unconfirmed_tet
from monitor.rules.lunar import YearRefused, lunar_year
from monitor.rules.workdays import work_days
from tests.rules.national import SHIPPED, Row, on

NOTICED_YEARS = range(2015, 2027)
"""The years whose notices are in the shipped calendar; 2027 is not announced yet."""

YEARS_TO_COME = range(2027, 2051)

SWAPPED_AWAY = {
    "02/01/2015", "16/02/2015", "29/04/2015", "31/12/2018", "29/04/2019", "29/04/2024", "02/05/2025",
    "02/01/2026", "31/08/2026", "23/11/2026",
}  # fmt: skip
"""Weekdays that a decision of the government swapped for a Saturday; the last is only proposed."""

LONE_AND_WORKED = {"27/04/2015", "07/04/2017", "03/04/2020", "27/01/2023", "19/04/2024"}
"""Working days between two days of rest that nobody swapped: why swaps are not drafted."""


def drafted(year: int, status: str) -> dict[date, str]:
    return {day.on_date: day.name for day in draft_year(year) if day.status == status}


def weekday_offs(days: set[date]) -> set[date]:
    return {day for day in days if day.isoweekday() <= 5}


def of_year(rows: tuple[Row, ...], year: int, kind: str = "off") -> set[date]:
    return {row.on_date for row in rows if row.kind == kind and row.on_date.year == year}


class TestWhatTheLawFixes:
    def test_the_fixed_holidays_and_hung_kings_day(self) -> None:
        assert drafted(2025, "F") == {
            on("01/01/2025"): "Tết Dương lịch",
            on("07/04/2025"): "Giỗ Tổ Hùng Vương",
            on("30/04/2025"): "Ngày Chiến thắng",
            on("01/05/2025"): "Quốc tế Lao động",
            on("02/09/2025"): "Quốc khánh",
        }

    def test_culture_day_is_paid_since_2026(self) -> None:
        assert on("24/11/2026") in drafted(2026, "F")
        assert on("24/11/2025") not in drafted(2025, "F")

    @pytest.mark.parametrize(
        ("year", "in_lieu"),
        [
            (2016, ["18/04/2016", "02/05/2016", "03/05/2016"]),
            (2017, ["02/01/2017", "02/05/2017", "04/09/2017"]),
            (2020, []),
            (2022, ["03/01/2022", "11/04/2022", "02/05/2022", "03/05/2022"]),
            (2023, ["02/01/2023", "02/05/2023", "03/05/2023", "04/09/2023"]),
            (2028, ["03/01/2028", "02/05/2028", "04/09/2028"]),
            (2029, ["03/09/2029"]),
        ],
    )
    def test_a_holiday_on_a_weekend_is_compensated_on_the_next_free_working_day(
        self, year: int, in_lieu: list[str]
    ) -> None:
        assert list(drafted(year, "C")) == [on(day) for day in in_lieu]

    def test_two_holidays_on_one_weekend_are_compensated_in_their_order(self) -> None:
        found = drafted(2023, "C")
        assert found[on("02/05/2023")] == "Nghỉ bù Giỗ Tổ Hùng Vương (29/04/2023)"
        assert found[on("03/05/2023")] == "Nghỉ bù Ngày Chiến thắng (30/04/2023)"


class TestWhatIsOnlyProposed:
    def test_tet_is_two_days_before_mung_1_and_three_from_it(self) -> None:
        days = {day: name for day, name in drafted(2028, "P").items() if "Tết" in name}
        assert list(days) == [
            on(day)
            for day in (
                "24/01/2028", "25/01/2028", "26/01/2028", "27/01/2028", "28/01/2028",
            )
        ]  # fmt: skip
        assert days[on("26/01/2028")] == "Tết Âm lịch 2028, mùng 1"

    def test_weekend_days_of_tet_are_compensated_after_it(self) -> None:
        """Mùng 1 of 2027 is a Saturday."""
        found = drafted(2027, "P")
        assert [day for day, name in found.items() if "Nghỉ bù Tết" in name] == [
            on("09/02/2027"),
            on("10/02/2027"),
        ]

    def test_national_day_has_one_day_until_2020_and_a_second_beside_it_since_2021(self) -> None:
        assert not [day for day in drafted(2020, "P") if day.month == 9]
        seconds = [next(day for day in drafted(year, "P") if day.month == 9) for year in range(2021, 2028)]
        assert [f"{day:%d/%m}" for day in seconds] == [
            "03/09", "01/09", "01/09", "03/09", "01/09", "01/09", "03/09",
        ]  # fmt: skip

    def test_national_day_on_a_sunday_rests_until_tuesday_whatever_is_proposed_is_not_in_its_way(
        self,
    ) -> None:
        september = {day.on_date: day.status for day in draft_year(2029) if day.on_date.month == 9}
        assert september == {
            on("01/09/2029"): "P",
            on("02/09/2029"): "F",
            on("03/09/2029"): "C",
            on("04/09/2029"): "P",
        }

    def test_the_day_in_lieu_of_culture_day_is_not_settled(self) -> None:
        november = {day.on_date: day.status for day in draft_year(2029) if day.on_date.month == 11}
        assert november == {on("24/11/2029"): "F", on("26/11/2029"): "P"}

    def test_nothing_proposed_names_a_document_that_does_not_exist(self) -> None:
        documents = {
            day.document for year in range(2015, 2101) for day in draft_year(year) if day.status == "P"
        }
        assert documents == {"chưa có thông báo"}


@pytest.mark.parametrize("year", range(2015, 2101))
def test_every_draft_is_a_calendar_file_could_take(year: int) -> None:
    """In order, one row a date, all of the year; what stands in lieu is a weekday."""
    days = draft_year(year)
    assert [day.on_date for day in days] == sorted({day.on_date for day in days})
    assert {day.on_date.year for day in days} == {year}
    assert all(day.on_date.isoweekday() <= 5 for day in days if day.name.startswith("Nghỉ bù"))


@pytest.mark.parametrize("year", range(2015, 2101))
def test_there_are_as_many_free_weekdays_as_the_law_gives_days(year: int) -> None:
    """Eleven days since the second National Day, twelve with Culture Day: none is lost to a weekend."""
    lawful = 10 + (year >= 2021) + (year >= 2026)
    assert len(weekday_offs(draft_days(year))) == lawful


class TestAgainstTheNotices:
    @pytest.mark.parametrize("year", [*NOTICED_YEARS, 2027])
    def test_statutory_and_computed_rows_are_those_of_the_shipped_calendar(self, year: int) -> None:
        mine = {
            (day.on_date, day.name, day.document, day.status) for day in draft_year(year) if day.status != "P"
        }
        culture_day = on("24/11/2026").replace(year=year)
        theirs = {
            (row.on_date, row.name, row.document, row.status)
            for row in SHIPPED
            if row.on_date.year == year
            and (row.document in {HOLIDAYS_LAW, IN_LIEU_LAW} or row.on_date == culture_day)
        }
        assert mine == theirs

    @pytest.mark.parametrize("year", NOTICED_YEARS)
    def test_the_free_weekdays_are_those_of_the_notices_but_for_the_swaps(self, year: int) -> None:
        mine = weekday_offs(draft_days(year))
        swapped = {on(day) for day in SWAPPED_AWAY if on(day).year == year}
        assert weekday_offs(of_year(SHIPPED, year)) - swapped == mine
        assert not swapped & mine

    def test_every_drafted_day_is_a_day_off_of_the_shipped_calendar(self) -> None:
        mine = {day.on_date for year in NOTICED_YEARS for day in draft_year(year)}
        assert mine <= {row.on_date for row in SHIPPED if row.kind == "off"}

    def test_weekend_days_of_a_tet_break_are_days_off_too(self) -> None:
        """An office with Saturday sessions does not work on the Saturdays of a break."""
        assert {row.name for row in SHIPPED if row.on_date == on("14/02/2026")} == {
            "Cuối tuần trong kỳ nghỉ Tết Âm lịch 2026"
        }

    def test_the_list_of_swaps_is_that_of_the_shipped_calendar(self) -> None:
        swaps = {row.for_date for row in SHIPPED if row.kind == "makeup"}
        assert swaps == {on(day) for day in SWAPPED_AWAY}


def test_every_swap_was_of_a_lone_working_day_but_not_every_lone_day_was_swapped() -> None:
    lone = set(lone_days())
    assert {on(day) for day in SWAPPED_AWAY} <= lone
    assert lone - {on(day) for day in SWAPPED_AWAY} == {on(day) for day in LONE_AND_WORKED}


def lone_days() -> Iterator[date]:
    days: list[DraftedDay] = [day for year in range(2015, 2028) for day in draft_year(year)]
    work = work_days(days, proposed=True)
    return iter(work.lone(on("01/01/2015"), on("31/12/2026")))


class TestAgainstTheHolidaysLibrary:
    def test_it_knows_every_confirmed_day_off_but_one_swap(self) -> None:
        """The notice of the swap 02/01 for 10/01/2026 came on 25/12/2025, too late for the library."""
        offs = (row for row in SHIPPED if row.kind == "off" and not row.name.startswith("Cuối tuần"))
        confirmed = {row.on_date for row in offs if row.status != "P"}
        assert confirmed - library_days(2015, 2027) == {on("02/01/2026")}

    def test_it_frees_no_weekday_that_the_shipped_calendar_works(self) -> None:
        offs = {row.on_date for row in SHIPPED if row.kind == "off"}
        assert weekday_offs(library_days(2015, 2027)) <= offs

    def test_it_knows_the_same_make_up_saturdays_but_one(self) -> None:
        theirs = set(holidays.country_holidays("VN", years=range(2014, 2028)).weekend_workdays)
        mine = {row.on_date for row in SHIPPED if row.kind == "makeup" and row.status != "P"}
        assert mine ^ {day for day in theirs if day >= min(mine)} == {on("10/01/2026")}

    @pytest.mark.parametrize("year", YEARS_TO_COME)
    def test_it_drafts_the_same_free_weekdays_for_every_year_to_come(self, year: int) -> None:
        assert weekday_offs(draft_days(year)) == weekday_offs(library_days(year, year))

    def test_it_names_other_weekend_days_of_the_same_rests(self) -> None:
        """It has one day of Tết before mùng 1 and four from it, and puts a Sunday's neighbour on Monday."""
        for year in YEARS_TO_COME:
            for day in draft_days(year) ^ library_days(year, year):
                from_mung_1 = (day - lunar_year(year).tet_on).days
                assert day.isoweekday() > 5
                assert from_mung_1 in {-2, 3} or (day.month, day.day, day.isoweekday()) == (9, 1, 6)


def draft_days(year: int) -> set[date]:
    return {day.on_date for day in draft_year(year)}


def library_days(first: int, last: int) -> set[date]:
    found = holidays.country_holidays("VN", years=range(first, last + 1))
    return {day for day in found if first <= day.year <= last}


class TestUnconfirmedTet:
    def test_next_years_tet_is_not_confirmed_in_the_shipped_calendar(self) -> None:
        assert unconfirmed_tet(SHIPPED, on("22/11/2026")) == 2027

    def test_one_confirmed_day_off_is_enough(self) -> None:
        rows = (*SHIPPED, Row(on("08/02/2027"), "off"))
        assert unconfirmed_tet(rows, on("22/11/2026")) is None

    def test_a_make_up_day_or_an_old_tet_confirms_nothing(self) -> None:
        rows = (Row(on("17/02/2026"), "off"), Row(on("07/02/2027"), "makeup"))
        assert unconfirmed_tet(rows, on("22/11/2026")) == 2027

    @pytest.mark.parametrize("year", NOTICED_YEARS)
    def test_every_tet_with_a_notice_counts_as_confirmed(self, year: int) -> None:
        assert unconfirmed_tet(SHIPPED, lunar_year(year).tet_on - timedelta(days=60)) is None

    def test_on_mung_1_itself_it_is_still_this_years_tet(self) -> None:
        assert unconfirmed_tet((), on("06/02/2027")) == 2027
        assert unconfirmed_tet((), on("07/02/2027")) == 2028


@pytest.mark.parametrize(("year", "code"), [(2014, "draft_year_too_early"), (2101, "lunar_year_unknown")])
def test_a_year_that_cannot_be_drafted_is_refused(year: int, code: str) -> None:
    with pytest.raises(YearRefused) as refused:
        draft_year(year)
    assert refused.value.code == code
    assert refused.value.values["year"] == year
