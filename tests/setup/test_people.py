"""people.csv."""

import pytest

from tests.setup.conftest import LAST_MARKED, PEOPLE, Fault, Office

HEADER = "code,name,unit,position,role,valid_from,valid_to\n"


def test_a_person_has_a_key_to_sort_and_one_to_search_by(office: Office) -> None:
    assert office.rows("SELECT code FROM person ORDER BY sort_key") == [("NV1",), ("NV2",)]
    assert office.rows("SELECT search_key FROM person ORDER BY code") == [
        ("nguyen van an",),
        ("tran thi anh",),
    ]


def test_several_rows_of_one_person_are_postings_and_the_latest_names(office: Office) -> None:
    rows = "NV3,Lê Đức,VP,,,2022-01-01,2023-12-31\nNV3,Lê Minh Đức,TT,Phó,deputy,2024-01-01,\n"
    report = office.load("people", HEADER + rows)
    assert (report.added, report.changed) == (2, 0)
    assert office.rows("SELECT name FROM person WHERE code = 'NV3'") == [("Lê Minh Đức",)]
    query = (
        "SELECT u.code, p.role, p.valid_from, p.valid_to FROM posting p JOIN unit u ON u.id = p.unit_id "
        "JOIN person s ON s.id = p.person_id WHERE s.code = 'NV3' ORDER BY p.valid_from"
    )
    assert office.rows(query) == [
        ("VP", "staff", "2022-01-01", "2023-12-31"),
        ("TT", "deputy", "2024-01-01", None),
    ]


def test_a_posting_without_a_first_day_is_open_in_the_past(office: Office) -> None:
    office.load("people", "code,name,unit\nNV3,Lê Đức,VP\n")
    assert office.rows("SELECT valid_from FROM posting ORDER BY id DESC LIMIT 1") == [("1900-01-01",)]


def test_a_name_in_decomposed_form_is_stored_composed_with_single_spaces(office: Office) -> None:
    office.load("people", "code,name,unit\nNV3,  Le\u0302   Đư\u0301c ,VP\n")
    assert office.rows("SELECT name FROM person WHERE code = 'NV3'") == [("Lê Đức",)]


def test_posts_in_different_units_may_run_side_by_side(office: Office) -> None:
    assert office.load("people", HEADER + "NV1,Nguyễn Văn An,TT,Kiêm nhiệm,staff,2022-01-01,\n").applied


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("NV3,Lê Đức,XX,,,,\n", ("2", "unit", "unknown_unit")),
        ("NV3,Lê Đức,VP,,boss,,\n", ("2", "role", "bad_choice")),
        ("NV3,Lê Đức,VP,,,2026-02-01,2026-01-01\n", ("2", "valid_to", "ends_before_start")),
        ("NV1,Nguyễn Văn An,VP,,,2025-01-01,\n", ("2", "valid_from", "posting_overlap")),
        (
            "NV3,Lê Đức,VP,,,2026-01-01,2026-02-01\nNV3,Lê Đức,VP,,,2026-02-01,\n",
            ("3", "valid_from", "posting_overlap"),
        ),
        ("NV3,Lê Đức,VP,,,2026-01-01,\nNV3,Lê Đức,VP,,,2026-01-01,\n", ("3", "code", "row_twice")),
        ("NV3,Leâ Ñöùc,VP,,,,\n", ("2", "name", "legacy_font")),
    ],
)
def test_a_wrong_row_is_refused_with_its_place(office: Office, rows: str, fault: Fault) -> None:
    assert office.faults("people", HEADER + rows) == [fault]


def test_a_posting_that_ended_leaves_room_for_the_next_one_in_the_same_unit(office: Office) -> None:
    ended = PEOPLE.replace("2020-01-01,\n", "2020-01-01,2025-12-31\n")
    report = office.load("people", ended + "NV1,Nguyễn Văn An,VP,Chuyên viên chính,,2026-01-01,\n")
    assert (report.added, report.changed, report.unchanged) == (1, 1, 1)


def test_in_a_partial_import_a_refused_end_still_blocks_what_would_follow(office: Office) -> None:
    rows = "NV1,Nguyễn Văn An,VP,,boss,2020-01-01,2025-12-31\nNV1,Nguyễn Văn An,VP,,,2026-01-01,\n"
    report = office.load("people", HEADER + rows, partial=True)
    assert [error.code for error in report.errors] == ["bad_choice", "posting_overlap"]
    assert office.rows("SELECT count(*) FROM posting") == [(2,)]


def test_an_ended_posting_marks_what_it_was_and_what_it_is(office: Office) -> None:
    office.load("people", PEOPLE.replace("2020-01-01,\n", "2020-01-01,2025-12-31\n"))
    assert office.marks() == {
        ("NV1", "2019-12-31", "2026-01-01"),
        ("NV1", "2019-12-31", LAST_MARKED),
    }


def test_a_new_name_or_position_changes_the_row_and_marks_nobody(office: Office) -> None:
    renamed = PEOPLE.replace("Nguyễn Văn An", "Nguyễn Văn Ân").replace("Thanh tra viên", "Phó Chánh")
    report = office.load("people", renamed)
    assert (report.changed, report.unchanged) == (2, 0)
    assert office.rows("SELECT name FROM person WHERE code = 'NV1'") == [("Nguyễn Văn Ân",)]
    assert office.marks() == set()
