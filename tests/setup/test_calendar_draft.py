"""The draft of next year's calendar.csv."""

import csv
from io import StringIO

import pytest

from monitor.rules.lunar import YearRefused
from monitor.setup import shipped_calendar
from monitor.setup.calendar_draft import draft_calendar
from tests.setup.conftest import Office


def test_the_draft_has_the_columns_of_calendar_csv_and_says_what_is_only_proposed() -> None:
    lines = draft_calendar(2028).splitlines()
    assert lines[:3] == [
        "date,kind,name,for_date,scope,document,status",
        "2028-01-01,off,Tết Dương lịch,,,Bộ luật Lao động: ngày lễ hằng năm,F",
        "2028-01-03,off,Nghỉ bù Tết Dương lịch (01/01/2028),,,"
        "Bộ luật Lao động: nghỉ bù vào ngày làm việc kế tiếp,C",
    ]
    assert '2028-01-26,off,"Tết Âm lịch 2028, mùng 1",,,chưa có thông báo,P' in lines


NAMES = ("date", "kind", "name", "document", "status")


@pytest.mark.parametrize("year", [2016, 2027, 2028, 2029, 2100])
def test_a_draft_is_taken_as_it_is(office: Office, year: int) -> None:
    report = office.load("calendar", draft_calendar(year))
    assert (report.errors, report.applied, report.added) == ((), True, report.rows)
    stored = office.rows("SELECT on_date, kind, name, document, status FROM calendar_day ORDER BY on_date")
    drafted = [tuple(row[name] for name in NAMES) for row in csv.DictReader(StringIO(draft_calendar(year)))]
    assert stored == drafted


def test_a_draft_of_a_year_with_confirmed_rows_changes_only_what_it_proposes(office: Office) -> None:
    """What the law fixes reads the same in the draft as in the shipped calendar."""
    office.load_path("calendar", shipped_calendar())
    office.forget_marks()
    report = office.load("calendar", draft_calendar(2027))
    proposed = office.rows("SELECT count(*) FROM calendar_day WHERE status = 'P' AND on_date LIKE '2027%'")
    assert proposed == [(report.added + report.changed,)]
    assert office.marks() == set()


def test_confirming_a_row_of_the_draft_makes_it_count(office: Office) -> None:
    draft = draft_calendar(2026)
    office.load("calendar", draft)
    office.forget_marks()
    office.load("calendar", draft.replace("chưa có thông báo,P", "Thông báo 9441/TB-BNV,F"))
    assert {(first, last) for _, first, last in office.marks()} == {
        ("2026-02-14", "2026-02-21"),
        ("2026-08-31", "2026-09-02"),
    }


def test_a_year_that_cannot_be_drafted_is_refused() -> None:
    with pytest.raises(YearRefused, match="lunar_year_unknown"):
        draft_calendar(2101)
