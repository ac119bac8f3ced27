"""excuses.csv."""

import pytest

from monitor.rules.wallclock import text_of
from tests.setup.conftest import Fault, Office

HEADER = "person,type,from,to,status,document,document_date,entered_at\n"
TRIP = (
    "NV1,business_trip,2026-02-03 07:30:00,2026-02-04 17:00:00,approved,45/QĐ,2026-02-02,2026-02-02 09:15\n"
)


def test_an_excuse_is_stored_with_every_column(every_office: Office) -> None:
    assert every_office.load("excuses", HEADER + TRIP).added == 1
    query = (
        "SELECT type_code, starts, ends, status, document, CAST(document_date AS TEXT), entered_at "
        "FROM excuse"
    )
    kind, starts, ends, status, document, dated, entered = every_office.rows(query)[0]
    assert (kind, status, document, dated) == ("business_trip", "approved", "45/QĐ", "2026-02-02")
    assert [text_of(s) for s in (starts, ends, entered)] == [
        "2026-02-03 07:30:00",
        "2026-02-04 17:00:00",
        "2026-02-02 09:15:00",
    ]


def test_an_excuse_without_status_is_approved(office: Office) -> None:
    office.load("excuses", "person,type,from,to\nNV1,leave,2026-02-03 07:30,2026-02-03 07:30\n")
    assert office.rows("SELECT status, document_date, entered_at FROM excuse") == [("approved", None, None)]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("XX,leave,2026-02-03 07:30,2026-02-03 11:30,,,,\n", ("2", "person", "unknown_person")),
        ("NV1,holiday,2026-02-03 07:30,2026-02-03 11:30,,,,\n", ("2", "type", "unknown_excuse_type")),
        ("NV1,leave,2026-02-03 11:30,2026-02-03 07:30,,,,\n", ("2", "to", "ends_before_start")),
        ("NV1,leave,2026-02-03,2026-02-03 11:30,,,,\n", ("2", "from", "bad_time")),
        ("NV1,leave,2026-02-03T07:30,2026-02-03 11:30,,,,\n", ("2", "from", "bad_time")),
        ("NV1,leave,2026-02-03 07:30,2026-02-03 24:00,,,,\n", ("2", "to", "bad_time")),
        ("NV1,leave,2026-02-03 07:30,2026-02-03 11:30,maybe,,,\n", ("2", "status", "bad_choice")),
        ("NV1,leave,2026-02-03 07:30,2026-02-03 11:30,,,soon,\n", ("2", "document_date", "bad_date")),
        ("NV1,leave,2026-02-03 07:30,2026-02-03 11:30,,,,2026-02-03\n", ("2", "entered_at", "bad_time")),
    ],
)
def test_a_wrong_row_is_refused_with_its_place(office: Office, row: str, fault: Fault) -> None:
    assert office.faults("excuses", HEADER + row) == [fault]


def test_an_unknown_type_names_the_known_ones(office: Office) -> None:
    error = office.fault("excuses", HEADER + TRIP.replace("business_trip", "trip"))
    assert "business_trip" in error.text("vi")
    assert "compensatory" in error.text("en")


def test_the_same_person_type_and_start_twice_are_refused(office: Office) -> None:
    assert office.faults("excuses", HEADER + TRIP + TRIP) == [("3", "from", "row_twice")]


def test_a_shortened_excuse_marks_the_days_that_it_gave_up(office: Office) -> None:
    office.load("excuses", HEADER + TRIP)
    assert office.marks() == {("NV1", "2026-02-02", "2026-02-05")}
    office.forget_marks()
    assert office.load("excuses", HEADER + TRIP.replace("2026-02-04 17", "2026-02-03 17")).changed == 1
    assert office.marks() == {("NV1", "2026-02-02", "2026-02-05")}
