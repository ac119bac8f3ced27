"""roster.csv."""

import pytest

from tests.setup.conftest import Fault, Office

HEADER = "person,kind,from,to,place,document\n"
DUTY = "NV1,duty,2026-03-05 17:00:00,2026-03-05 21:00:00,Trụ sở,Lịch trực 3\n"


def test_an_entry_is_stored_with_every_column_and_marks_its_days(every_office: Office) -> None:
    assert every_office.load("roster", HEADER + DUTY).added == 1
    assert every_office.rows("SELECT kind, place, document, ends - starts FROM roster_entry") == [
        ("duty", "Trụ sở", "Lịch trực 3", 4 * 3600)
    ]
    assert every_office.marks() == {("NV1", "2026-03-04", "2026-03-06")}


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("XX,duty,2026-03-05 17:00,2026-03-05 21:00,,\n", ("2", "person", "unknown_person")),
        ("NV1,party,2026-03-05 17:00,2026-03-05 21:00,,\n", ("2", "kind", "bad_choice")),
        ("NV1,duty,2026-03-05 17:00,2026-03-05 17:00,,\n", ("2", "to", "interval_empty")),
        ("NV1,duty,2026-03-05 17:00,2026-03-05 16:00,,\n", ("2", "to", "ends_before_start")),
        (DUTY + "NV1,extra,2026-03-05 20:59:59,2026-03-05 22:00,,\n", ("3", "from", "roster_overlap")),
        (DUTY + "NV1,duty,2026-03-05 18:00,2026-03-05 19:00,,\n", ("3", "from", "roster_overlap")),
        (DUTY + DUTY, ("3", "from", "row_twice")),
        ("NV1,overtime,2026-03-07 06:00,2026-03-08 06:00:01,,\n", ("2", "to", "overtime_too_long")),
    ],
)
def test_a_wrong_row_is_refused_with_its_place(office: Office, rows: str, fault: Fault) -> None:
    assert office.faults("roster", HEADER + rows) == [fault]


def test_an_overlap_with_a_stored_entry_is_refused_and_shows_it(office: Office) -> None:
    office.load("roster", HEADER + DUTY)
    error = office.fault("roster", HEADER + "NV1,extra,2026-03-05 16:00,2026-03-05 18:00,,\n")
    assert error.code == "roster_overlap"
    assert error.values["other"] == "duty 2026-03-05 17:00:00 → 2026-03-05 21:00:00"


@pytest.mark.parametrize(
    "row",
    [
        "NV1,extra,2026-03-05 21:00,2026-03-05 22:00,,\n",
        "NV2,duty,2026-03-05 17:00,2026-03-05 21:00,,\n",
        "NV1,overtime,2026-03-05 17:00,2026-03-05 21:00,,\n",
        "NV1,release,2026-03-05 17:00,2026-03-05 21:00,,\n",
        "NV1,release,2026-03-05 17:00,2026-03-09 21:00,,\n",
        "NV1,overtime,2026-03-07 06:00,2026-03-08 06:00,,\n",
    ],
)
def test_what_adds_no_second_session_at_that_time_is_taken(office: Office, row: str) -> None:
    assert office.load("roster", HEADER + DUTY + row).added == 2


def test_a_shortened_duty_makes_room_for_another_in_the_same_file(office: Office) -> None:
    office.load("roster", HEADER + DUTY)
    rows = "NV1,extra,2026-03-05 19:00,2026-03-05 22:00,,\n" + DUTY.replace("21:00:00", "19:00:00")
    report = office.load("roster", HEADER + rows)
    assert (report.added, report.changed, report.applied) == (1, 1, True)
