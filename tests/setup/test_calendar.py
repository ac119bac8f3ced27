"""calendar.csv, and the national calendar that is shipped."""

import csv
from datetime import date

import pytest

from monitor.setup import shipped_calendar
from tests.setup.conftest import Fault, Office

HEADER = "date,kind,name,for_date,scope,document,status\n"
SWAP = "2026-01-02,off,Nghỉ hoán đổi,,,12729,F\n2026-01-10,makeup,Làm bù,2026-01-02,,12729,F\n"


def test_a_swap_is_stored_with_its_pair(office: Office) -> None:
    assert office.load("calendar", HEADER + SWAP).added == 2
    query = "SELECT on_date, kind, for_date, unit_id, status FROM calendar_day ORDER BY on_date"
    assert office.rows(query) == [
        ("2026-01-02", "off", None, None, "F"),
        ("2026-01-10", "makeup", "2026-01-02", None, "F"),
    ]


def test_the_make_up_day_may_stand_before_the_day_it_is_for(office: Office) -> None:
    first, second = SWAP.splitlines(keepends=True)
    assert office.load("calendar", HEADER + second + first).applied


def test_one_date_may_have_a_row_for_each_scope(office: Office) -> None:
    rows = "2026-09-02,off,Quốc khánh,,,,\n2026-09-02,work,Trực lễ,,TT,,\n"
    assert office.load("calendar", HEADER + rows).added == 2


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("2026-09-02,holiday,,,,,\n", ("2", "kind", "bad_choice")),
        ("2026-09-02,off,,,,,X\n", ("2", "status", "bad_choice")),
        ("2026-09-02,off,,,XX,,\n", ("2", "scope", "unknown_unit")),
        ("2026-09-02,off,,,,,\n2026-09-02,work,,,,,\n", ("3", "date", "row_twice")),
        ("2026-01-09,makeup,,,,,\n", ("2", "date", "makeup_not_on_weekend")),
        ("2026-01-10,makeup,,2026-01-03,,,\n", ("2", "for_date", "swapped_day_on_weekend")),
        ("2026-01-10,makeup,,2026-01-02,,,\n", ("2", "for_date", "swap_without_pair")),
        (
            "2026-01-02,off,,,TT,,\n2026-01-10,makeup,,2026-01-02,,,\n",
            ("3", "for_date", "swap_without_pair"),
        ),
        (
            "2026-01-02,off,,,,,P\n2026-01-10,makeup,,2026-01-02,,,F\n",
            ("3", "for_date", "swap_without_pair"),
        ),
    ],
)
def test_a_wrong_row_is_refused_with_its_place(office: Office, rows: str, fault: Fault) -> None:
    faults = office.faults("calendar", HEADER + rows)
    assert faults[0] == fault
    assert len(faults) == 1 or fault[2] == "swapped_day_on_weekend"


def test_a_stored_day_off_is_pair_enough(office: Office) -> None:
    first, second = SWAP.splitlines(keepends=True)
    office.load("calendar", HEADER + first)
    assert office.load("calendar", HEADER + second).applied


def test_a_day_off_that_a_stored_make_up_day_stands_for_is_not_taken_away(office: Office) -> None:
    office.load("calendar", HEADER + SWAP)
    assert office.faults("calendar", HEADER + "2026-01-02,work,,,,,\n") == [
        ("2", "for_date", "swap_without_pair")
    ]


def test_days_close_together_are_one_mark_for_everybody(office: Office) -> None:
    office.load("calendar", HEADER + SWAP + "2026-09-02,off,Quốc khánh,,,,\n")
    assert office.marks() == {
        (person, first, last)
        for person in ("NV1", "NV2")
        for first, last in (("2026-01-01", "2026-01-11"), ("2026-09-01", "2026-09-03"))
    }


def test_a_proposed_day_marks_nobody_until_it_is_confirmed(office: Office) -> None:
    office.load("calendar", HEADER + "2027-02-08,off,Tết,,,,P\n")
    assert office.marks() == set()
    assert office.load("calendar", HEADER + "2027-02-08,off,Tết,,,,F\n").changed == 1
    assert office.marks() == {(person, "2027-02-07", "2027-02-09") for person in ("NV1", "NV2")}


def test_the_shipped_calendar_is_taken_whole_and_again_unchanged(every_office: Office) -> None:
    first = every_office.load_path("calendar", shipped_calendar())
    again = every_office.load_path("calendar", shipped_calendar())
    assert (first.errors, first.applied, first.added) == ((), True, first.rows)
    assert again.unchanged == first.rows


def test_the_shipped_calendar_holds_each_years_holidays_and_every_swap_with_its_pair() -> None:
    with shipped_calendar().open(encoding="utf-8", newline="") as source:
        rows = {date.fromisoformat(row["date"]): row for row in csv.DictReader(source)}
    for year in range(2015, 2028):
        fixed = [date(year, 1, 1), date(year, 4, 30), date(year, 5, 1), date(year, 9, 2)]
        assert all(rows[on]["kind"] == "off" for on in fixed)
    swaps = {on: row for on, row in rows.items() if row["kind"] == "makeup"}
    assert len(swaps) == 10
    assert all(rows[date.fromisoformat(row["for_date"])]["kind"] == "off" for row in swaps.values())
    assert rows[date(2026, 8, 22)]["for_date"] == "2026-08-31"
    assert {on for on, row in rows.items() if row["status"] == "P"} >= {date(2026, 11, 28), date(2027, 2, 8)}
