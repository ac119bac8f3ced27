"""coverage.csv."""

import pytest
from sqlalchemy import text

from tests.setup.conftest import Fault, Office

HEADER = "terminal,from,to\n"


def test_an_interval_is_stored_as_declared_and_marks_the_badge_holders_there(every_office: Office) -> None:
    report = every_office.load("coverage", HEADER + "T1,2026-01-05 00:00:00,2026-01-06 23:59:59\n")
    assert report.added == 1
    assert every_office.rows("SELECT source, ends - starts FROM coverage_interval") == [
        ("declared", 2 * 86_400 - 1)
    ]
    assert every_office.marks() == {(person, "2026-01-04", "2026-01-07") for person in ("NV1", "NV2")}


def test_only_people_with_a_badge_there_are_marked_and_adjoining_days_once(office: Office) -> None:
    rows = "".join(f"T2,2026-01-{day:02} 00:00,2026-01-{day:02} 23:59\n" for day in range(5, 9))
    assert office.load("coverage", HEADER + rows).added == 4
    assert office.marks() == {("NV2", "2026-01-04", "2026-01-09")}


def test_overlapping_intervals_are_taken(office: Office) -> None:
    rows = "T1,2026-01-05 00:00,2026-01-06 00:00\nT1,2026-01-05 12:00,2026-01-07 00:00\n"
    assert office.load("coverage", HEADER + rows).added == 2


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("XX,2026-01-05 00:00,2026-01-06 00:00\n", ("2", "terminal", "unknown_terminal")),
        ("T1,2026-01-06 00:00,2026-01-05 00:00\n", ("2", "to", "ends_before_start")),
        ("T1,,2026-01-05 00:00\n", ("2", "from", "cell_empty")),
        ("T1,2026-01-05 00:00,\n", ("2", "to", "cell_empty")),
        (
            "T1,2026-01-05 00:00,2026-01-06 00:00\nT1,2026-01-05 00:00:00,2026-01-07 00:00\n",
            ("3", "from", "row_twice"),
        ),
    ],
)
def test_a_wrong_row_is_refused_with_its_place(office: Office, rows: str, fault: Fault) -> None:
    assert office.faults("coverage", HEADER + rows) == [fault]


def test_a_shortened_interval_marks_the_days_that_are_no_longer_covered(office: Office) -> None:
    office.load("coverage", HEADER + "T1,2026-01-05 00:00,2026-01-20 00:00\n")
    office.forget_marks()
    assert office.load("coverage", HEADER + "T1,2026-01-05 00:00,2026-01-06 00:00\n").changed == 1
    assert ("NV1", "2026-01-04", "2026-01-21") in office.marks()


def test_intervals_that_pulls_brought_are_left_alone(office: Office) -> None:
    with office.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO coverage_interval (terminal_id, starts, ends, source) "
                "SELECT id, 1767571200, 1767571300, 'pull' FROM terminal WHERE code = 'T1'"
            )
        )
    assert office.load("coverage", HEADER + "T1,2026-01-05 00:00,2026-01-06 00:00\n").added == 1
    assert office.rows("SELECT source FROM coverage_interval ORDER BY source") == [("declared",), ("pull",)]
