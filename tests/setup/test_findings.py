"""findings.csv."""

import pytest

from tests.setup.conftest import Fault, Office

HEADER = "person,from,to,document\n"
FINDING = "NV1,2026-03-05 09:00:00,2026-03-05 09:30:00,Biên bản 4\n"


def test_a_finding_is_stored_with_every_column_and_marks_its_days(every_office: Office) -> None:
    assert every_office.load("findings", HEADER + FINDING).added == 1
    assert every_office.rows("SELECT ends - starts, document FROM exempt_finding") == [(1800, "Biên bản 4")]
    assert every_office.marks() == {("NV1", "2026-03-04", "2026-03-06")}


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("XX,2026-03-05 09:00,2026-03-05 09:30,BB\n", ("2", "person", "unknown_person")),
        ("NV1,2026-03-05 09:00,2026-03-05 08:30,BB\n", ("2", "to", "ends_before_start")),
        ("NV1,2026-03-05 09:00,2026-03-05 09:30,\n", ("2", "document", "cell_empty")),
        (FINDING + FINDING, ("3", "from", "row_twice")),
    ],
)
def test_a_wrong_row_is_refused_with_its_place(office: Office, rows: str, fault: Fault) -> None:
    assert office.faults("findings", HEADER + rows) == [fault]


def test_another_document_changes_the_row_and_marks_nobody(office: Office) -> None:
    office.load("findings", HEADER + FINDING)
    office.forget_marks()
    assert office.load("findings", HEADER + FINDING.replace("4\n", "5\n")).changed == 1
    assert office.marks() == set()
