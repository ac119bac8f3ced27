"""units.csv."""

import pytest

from tests.setup.conftest import LAST_MARKED, UNITS, Fault, Office

HEADER = "code,name,parent,public_facing,bloc,valid_from,valid_to\n"


def test_a_parent_may_stand_below_its_child(empty: Office) -> None:
    report = empty.load("units", HEADER + "VP,Văn phòng,SO,1,Khối 1,2020-01-01,\nSO,Sở Nội vụ,,,,,\n")
    assert (report.added, report.applied) == (2, True)
    query = (
        "SELECT u.code, u.name, p.code, u.public_facing, u.bloc, u.valid_from FROM unit u "
        "LEFT JOIN unit p ON p.id = u.parent_id ORDER BY u.code"
    )
    assert empty.rows(query) == [
        ("SO", "Sở Nội vụ", None, 0, "", None),
        ("VP", "Văn phòng", "SO", 1, "Khối 1", "2020-01-01"),
    ]


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("A,Đơn vị A,XX,,,,\n", ("2", "parent", "unknown_parent")),
        ("A,Đơn vị A,A,,,,\n", ("2", "parent", "unit_circle")),
        ("A,Đơn vị A,,,,2026-02-01,2026-01-31\n", ("2", "valid_to", "ends_before_start")),
        ("A,Đơn vị A,,,,,\nA,Đơn vị B,,,,,\n", ("3", "code", "row_twice")),
        ("A,Đơn vị A,,2,,,\n", ("2", "public_facing", "bad_choice")),
        (",Đơn vị A,,,,,\n", ("2", "code", "cell_empty")),
        ("A,,,,,,\n", ("2", "name", "cell_empty")),
        ("A,NguyÔn V¨n,,,,,\n", ("2", "name", "legacy_font")),
        ("A,Đơn\x07vị,,,,,\n", ("2", "name", "bad_characters")),
        ("A,Đơn vị A,,,,2026-02-30,\n", ("2", "valid_from", "bad_date")),
        ("A,Đơn vị A,,,,01/02/2026,\n", ("2", "valid_from", "bad_date")),
    ],
)
def test_a_wrong_row_is_refused_with_its_place(empty: Office, rows: str, fault: Fault) -> None:
    assert empty.faults("units", HEADER + rows) == [fault]


def test_a_circle_through_stored_units_is_refused_and_shown(office: Office) -> None:
    error = office.fault("units", "code,name,parent\nSO,Sở Nội vụ,VP\n")
    assert (error.place, error.column, error.code) == ("2", "parent", "unit_circle")
    assert error.values["path"] == "SO → VP → SO"


def test_every_member_of_a_circle_in_the_file_is_named(empty: Office) -> None:
    faults = empty.faults("units", "code,name,parent\nA,Một,B\nB,Hai,C\nC,Ba,B\n")
    assert faults == [("3", "parent", "unit_circle"), ("4", "parent", "unit_circle")]


def test_the_child_of_a_wrong_row_is_not_called_an_orphan(empty: Office) -> None:
    faults = empty.faults("units", HEADER + "A,Một,,7,,,\nB,Hai,A,,,,\n")
    assert faults == [("2", "public_facing", "bad_choice")]


def test_in_a_partial_import_the_child_of_a_refused_row_is_refused_as_well(empty: Office) -> None:
    report = empty.load("units", HEADER + "A,Một,,7,,,\nB,Hai,A,,,,\nC,Ba,,,,,\n", partial=True)
    assert [error.code for error in report.errors] == ["bad_choice", "unknown_parent"]
    assert empty.rows("SELECT code FROM unit") == [("C",)]


def test_moving_a_unit_marks_whoever_was_posted_below_it(office: Office) -> None:
    report = office.load("units", UNITS.replace("VP,Văn phòng,SO", "VP,Văn phòng,TT"))
    assert (report.changed, report.unchanged) == (1, 2)
    assert office.marks() == {("NV1", "2019-12-31", LAST_MARKED)}


def test_renaming_a_unit_marks_nobody(office: Office) -> None:
    assert office.load("units", UNITS.replace("Văn phòng", "Văn phòng Sở")).changed == 1
    assert office.marks() == set()


ORIGINS = "code,name,valid_from,predecessors,origin,origin_on,origin_document\n"
LINKS = (
    "SELECT u.code, p.code, o.kind, o.since, o.document FROM unit_origin o JOIN unit u ON u.id = o.unit_id "
    "JOIN unit p ON p.id = o.predecessor_id ORDER BY 1, 2"
)


def test_where_a_unit_comes_from_is_kept_with_its_date_and_document(empty: Office) -> None:
    rows = "A,Một,,,,,\nB,Hai,,,,,\nC,Ba,2025-07-01,A;B,merge,,NQ 1\nD,Bốn,,C,rename,2026-01-01,\n"

    assert empty.load("units", ORIGINS + rows).added == 4

    links = [("C", "A", "merge", "2025-07-01", "NQ 1"), ("C", "B", "merge", "2025-07-01", "NQ 1")]
    assert empty.rows(LINKS) == [*links, ("D", "C", "rename", "2026-01-01", "")]
    again = empty.load("units", ORIGINS + rows)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 4)
    without = empty.load("units", "code,name,valid_from\nC,Ba,2025-07-01\n")
    assert (without.changed, len(empty.rows(LINKS))) == (0, 3)
    changed = empty.load("units", ORIGINS + "C,Ba,2025-07-01,B,split,,NQ 2\nD,Bốn,,,,,\n")
    assert changed.changed == 2
    assert empty.rows(LINKS) == [("C", "B", "split", "2025-07-01", "NQ 2")]


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("A,Một,2025-07-01,X,merge,,\n", ("2", "predecessors", "unknown_predecessor")),
        ("A,Một,2025-07-01,A,merge,,\n", ("2", "predecessors", "own_predecessor")),
        ("A,Một,,,,,\nB,Hai,,A,merge,,\n", ("3", "origin_on", "origin_undated")),
        ("A,Một,,,,,\nB,Hai,2025-07-01,A,,,\n", ("3", "origin", "origin_missing")),
        ("A,Một,,,merge,,\n", ("2", "predecessors", "origin_of_nothing")),
        ("A,Một,,,,,\nB,Hai,,,,,\nC,Ba,2025-07-01,A;B,split,,\n", ("4", "predecessors", "origin_of_many")),
        ("A,Một,,,,,\nB,Hai,2025-07-01,A;A,merge,,\n", ("3", "predecessors", "code_twice")),
        ("A,Một,2025-07-01,B,became,,\n", ("2", "origin", "bad_choice")),
    ],
)
def test_an_origin_told_by_half_is_refused(empty: Office, rows: str, fault: Fault) -> None:
    assert fault in empty.faults("units", ORIGINS + rows)
