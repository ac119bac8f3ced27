"""staffing.csv."""

from datetime import date

import pytest

from monitor.rules.wallclock import day_of
from monitor.store.queries.staffing import Minimum, minima
from monitor.store.session import reading
from tests.setup.conftest import Fault, Office

HEADER = "unit,session,people,valid_from,document\n"
DESK = "VP,Sáng,3,2026-01-05,QĐ 9\n"


def test_a_minimum_is_stored_with_every_column_and_marks_nobody(every_office: Office) -> None:
    assert every_office.load("staffing", HEADER + DESK).added == 1
    assert every_office.rows("SELECT session, people, document FROM minimum_staffing") == [
        ("Sáng", 3, "QĐ 9")
    ]
    assert every_office.marks() == set()


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("XX,,3,,\n", ("2", "unit", "unknown_unit")),
        ("VP,,-1,,\n", ("2", "people", "bad_number")),
        ("VP,,two,,\n", ("2", "people", "bad_number")),
        (DESK + DESK, ("3", "unit", "row_twice")),
    ],
)
def test_a_wrong_row_is_refused_with_its_place(office: Office, rows: str, fault: Fault) -> None:
    assert office.faults("staffing", HEADER + rows) == [fault]


def test_of_several_rows_the_one_that_began_last_counts_and_zero_ends_it(office: Office) -> None:
    office.load(
        "staffing", HEADER + DESK + "VP,,1,2026-01-01,\nVP,Sáng,5,2026-03-01,QĐ 10\nVP,,0,2026-04-01,\n"
    )
    unit = office.rows("SELECT id FROM unit WHERE code = 'VP'")[0][0]

    def held(month: int, session: str) -> Minimum | None:
        with reading(office.engine) as database:
            return minima(database, day_of(date(2026, month, 20))).of(unit, session)

    assert held(1, "Sáng") == Minimum(people=3, document="QĐ 9")
    assert held(1, "Chiều") == Minimum(people=1, document="")
    assert held(3, "Sáng") == Minimum(people=5, document="QĐ 10")
    assert held(4, "Chiều") is None
    assert held(4, "Sáng") == Minimum(people=5, document="QĐ 10")
