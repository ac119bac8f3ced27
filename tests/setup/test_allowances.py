"""allowances.csv."""

import pytest

from tests.setup.conftest import LAST_MARKED, Fault, Office
from tests.setup.test_regulations import OFFICE

HEADER = "person,kind,minutes,where,valid_from,valid_to,document\n"
NURSING = "NV2,nursing,60,end,2026-01-05,2026-06-30,Đơn 7\n"


def test_an_allowance_is_stored_with_every_column_and_marks_its_days(every_office: Office) -> None:
    assert every_office.load("allowances", HEADER + NURSING).added == 1
    assert every_office.rows("SELECT kind, minutes, place, document FROM allowance") == [
        ("nursing", 60, "end", "Đơn 7")
    ]
    assert every_office.marks() == {("NV2", "2026-01-04", "2026-07-01")}


def test_several_allowances_of_one_day_are_taken(office: Office) -> None:
    assert office.load("allowances", HEADER + NURSING + "NV2,other,30,start,2026-01-05,,\n").added == 2


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("XX,nursing,60,end,,,\n", ("2", "person", "unknown_person")),
        ("NV1,rest,60,end,,,\n", ("2", "kind", "bad_choice")),
        ("NV1,nursing,0,end,,,\n", ("2", "minutes", "bad_number")),
        ("NV1,nursing,1441,end,,,\n", ("2", "minutes", "bad_number")),
        ("NV1,nursing,1.5,end,,,\n", ("2", "minutes", "bad_number")),
        ("NV1,nursing,60,middle,,,\n", ("2", "where", "bad_choice")),
        ("NV1,nursing,60,end,2026-02-01,2026-01-01,\n", ("2", "valid_to", "ends_before_start")),
        (NURSING + NURSING, ("3", "person", "row_twice")),
    ],
)
def test_a_wrong_row_is_refused_with_its_place(office: Office, rows: str, fault: Fault) -> None:
    assert office.faults("allowances", HEADER + rows) == [fault]


def test_an_opened_end_marks_the_days_that_it_adds(office: Office) -> None:
    office.load("allowances", HEADER + NURSING)
    office.forget_marks()
    office.load("allowances", HEADER + NURSING.replace("2026-06-30", ""))
    assert ("NV2", "2026-01-04", LAST_MARKED) in office.marks()


def test_another_document_changes_the_row_and_marks_nobody(office: Office) -> None:
    office.load("allowances", HEADER + NURSING)
    office.forget_marks()
    assert office.load("allowances", HEADER + NURSING.replace("Đơn 7", "Đơn 8")).changed == 1
    assert office.marks() == set()


def test_an_allowance_over_the_length_of_the_longest_working_day_is_refused(office: Office) -> None:
    office.load("regulations", OFFICE)
    assert office.load("allowances", HEADER + NURSING.replace("60", "450")).applied
    error = office.fault("allowances", HEADER + NURSING.replace("60", "451"))
    assert (error.place, error.column, error.code) == ("2", "minutes", "allowance_over_day")
    assert "450" in error.text("vi")
    assert error.text("vi").startswith("allowances.csv")
