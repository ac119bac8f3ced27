"""How files are read: encodings, headers, places, workbooks."""

from contextlib import suppress
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from monitor.setup import KINDS, ImportRefused
from tests.setup.conftest import BADGES, PEOPLE, UNITS, Office

ODS = "application/vnd.oasis.opendocument.spreadsheet"
OASIS = "urn:oasis:names:tc:opendocument:xmlns"
MANIFEST = f'<manifest:manifest xmlns:manifest="{OASIS}:manifest:1.0"/>'
CELL = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
CONTENT = (
    f'<office:document-content xmlns:office="{OASIS}:office:1.0" xmlns:table="{OASIS}:table:1.0" '
    f'xmlns:text="{OASIS}:text:1.0"><office:body><office:spreadsheet><table:table table:name="S">'
    "{}</table:table></office:spreadsheet></office:body></office:document-content>"
)


def book(rows: list[list[object]], sheet: str = "Sheet1") -> bytes:
    """A workbook with one sheet."""
    made = Workbook()
    page = made.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(row)
    return saved(made)


def saved(made: Workbook) -> bytes:
    target = BytesIO()
    made.save(target)
    return target.getvalue()


def refusal(office: Office, content: bytes, kind: str = "units") -> str:
    with pytest.raises(ImportRefused) as caught:
        office.load(kind, content)
    assert caught.value.values["file"]
    return caught.value.code


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(empty: Office) -> None:
    content = b"\xef\xbb\xbf" + UNITS.replace("\n", "\r\n").encode()
    assert empty.load("units", content).added == 3
    assert empty.rows("SELECT name FROM unit WHERE code = 'SO'") == [("Sở Nội vụ",)]


def test_other_encodings_are_refused_by_name_and_line(empty: Office) -> None:
    assert refusal(empty, UNITS.encode("utf-16")) == "file_utf16"
    with pytest.raises(ImportRefused) as caught:
        empty.load("units", b"code,name\nA,abc\nB,S\xf4ng\n")
    assert (caught.value.code, caught.value.values) == ("file_not_utf8", {"file": "units.csv", "line": 3})


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\n \n,,\n", "file_empty"),
        (b'code,name\nA,"open\n', "file_not_csv"),
        (b'code,name\nA,"x"y\n', "file_not_csv"),
        (b"code;name\nA;B\n", "file_wrong_separator"),
        (b"PK\x03\x04 no archive", "file_not_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 no workbook", "file_not_workbook"),
    ],
)
def test_what_cannot_be_read_at_all_is_refused(empty: Office, content: bytes, code: str) -> None:
    assert refusal(empty, content) == code


def test_a_missing_file_and_a_folder_are_refused(empty: Office, tmp_path: Path) -> None:
    for path, code in ((tmp_path / "none.csv", "file_missing"), (tmp_path, "file_unreadable")):
        with pytest.raises(ImportRefused) as caught:
            empty.load_path("units", path)
        assert caught.value.code == code


def test_an_unknown_column_is_refused_by_name(empty: Office) -> None:
    error = empty.fault("units", "code,name,colour\nA,Đơn vị A,red\n")
    assert (error.place, error.column, error.code) == ("1", "colour", "unknown_column")
    assert "colour" in error.text("vi")


def test_a_repeated_column_is_refused_by_name(empty: Office) -> None:
    assert empty.faults("units", "code,name,name\nA,B,C\n") == [("1", "name", "column_twice")]


def test_a_column_with_data_and_no_name_is_refused(empty: Office) -> None:
    assert empty.faults("units", "code,name,\nA,B,C\n") == [("1", "", "column_without_name")]
    assert empty.load("units", "code,name,\nA,B,\n").applied


def test_every_missing_column_that_must_not_be_empty_is_refused_by_name(empty: Office) -> None:
    assert empty.faults("people", "name\n") == [
        ("1", "code", "missing_column"),
        ("1", "unit", "missing_column"),
    ]


def test_a_file_with_a_header_only_is_fine(empty: Office) -> None:
    report = empty.load("units", "code,name")
    assert (report.rows, report.applied) == (0, True)


def test_blank_rows_are_skipped_and_do_not_move_the_line_numbers(empty: Office) -> None:
    assert empty.faults("units", "\ncode,name,parent\n\n,,\nA,Một,XX\n") == [
        ("5", "parent", "unknown_parent")
    ]


def test_line_numbers_are_right_behind_quoted_line_breaks(empty: Office) -> None:
    content = 'code,name,parent\nA,"Đơn vị\nA\nvà khác",\nB,Hai,XX\n'
    assert empty.faults("units", content) == [("5", "parent", "unknown_parent")]
    empty.load("units", content.replace("XX", "A"))
    assert empty.rows("SELECT name FROM unit WHERE code = 'A'") == [("Đơn vị A và khác",)]


@pytest.mark.parametrize("row", ["A", "A,Một,,", "A,Một,,SO"])
def test_a_line_with_too_few_or_too_many_cells_is_refused(empty: Office, row: str) -> None:
    faults = empty.faults("units", f"code,name,parent\n{row}\n")
    assert ("2", "", "cell_count") in faults


def test_every_fault_of_a_row_and_of_a_file_is_told_at_once(office: Office) -> None:
    content = "person,terminal,device_user_id,valid_from\nXX,YY,1,\nNV1,T1,,soon\n"
    assert sorted(office.faults("badges", content)) == [
        ("2", "person", "unknown_person"),
        ("2", "terminal", "unknown_terminal"),
        ("3", "device_user_id", "cell_empty"),
        ("3", "valid_from", "bad_date"),
    ]


def test_a_workbook_says_the_same_as_the_text_file(office: Office, empty: Office) -> None:
    rows: list[list[object]] = [list(line.split(",")) for line in BADGES.splitlines()]
    rows[1][2], rows[1][3] = 1, date(2020, 1, 1)  # a number and a date, as people type them
    rows[2][2] = 2.0
    report = office.load("badges", book(rows))
    assert (report.unchanged, report.errors) == (2, ())
    people: list[list[object]] = [list(line.split(",")) for line in PEOPLE.splitlines()]
    people[1][5] = datetime(2020, 1, 1)
    assert office.load("people", book(people)).unchanged == 2


def test_leading_zeros_of_a_text_cell_stay(office: Office) -> None:
    office.load("badges", book([["person", "terminal", "device_user_id"], ["NV1", "T1", "007"]]))
    assert office.rows("SELECT count(*) FROM badge WHERE device_user_id = '007'") == [(1,)]


def test_times_of_a_workbook_are_taken_to_the_second_midnight_too(office: Office) -> None:
    header: list[object] = ["terminal", "from", "to"]
    row: list[object] = ["T1", datetime(2026, 1, 5), datetime(2026, 1, 5, 7, 29, 59)]
    assert office.load("coverage", book([header, row])).errors == ()
    same = "terminal,from,to\nT1,2026-01-05 00:00:00,2026-01-05 07:29:59\n"
    assert office.load("coverage", same).unchanged == 1


def test_a_date_with_a_time_is_no_date(office: Office) -> None:
    rows: list[list[object]] = [["date", "kind"], [datetime(2026, 1, 5, 7, 30), "off"]]
    assert office.faults("calendar", book(rows)) == [("Sheet1!A2", "date", "bad_date")]


def test_the_place_in_a_workbook_is_its_cell(empty: Office) -> None:
    rows: list[list[object]] = [[], ["code", "name", "parent"], [], ["A", "Một", "XX"]]
    assert empty.faults("units", book(rows, "Đơn vị")) == [("Đơn vị!C4", "parent", "unknown_parent")]


def test_of_several_filled_sheets_the_one_named_like_the_kind_is_read(empty: Office) -> None:
    made = Workbook()
    first = made.active
    assert first is not None
    first.append(["code", "name"])
    other = made.create_sheet("notes")
    other.append(["something else"])
    with pytest.raises(ImportRefused) as caught:
        empty.load("units", saved(made))
    assert caught.value.code == "file_which_sheet"
    first.title = "units"
    assert empty.load("units", saved(made)).applied


def test_a_sheet_with_a_stray_cell_at_its_far_corner_is_refused(empty: Office) -> None:
    made = Workbook()
    page = made.active
    assert page is not None
    page["A1"], page["B1"], page["XFD1048576"] = "code", "name", "x"
    assert refusal(empty, saved(made)) in {"file_sheet_too_large", "file_not_workbook"}


def test_an_open_document_sheet_is_read_like_any_other(empty: Office) -> None:
    cells = "".join(
        f"<table:table-row>{''.join(CELL.format(text) for text in row)}</table:table-row>"
        for row in (("code", "name"), ("A", "Một"))
    )
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        archive.writestr("mimetype", ODS)
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("content.xml", CONTENT.format(cells))
    assert empty.load("units", target.getvalue()).added == 1
    assert empty.rows("SELECT code, name FROM unit") == [("A", "Một")]


def test_an_unknown_kind_of_file_is_refused(empty: Office) -> None:
    assert refusal_of_kind(empty, "salaries") == "import_unknown_kind"


def refusal_of_kind(office: Office, kind: str) -> str:
    with pytest.raises(ImportRefused) as caught:
        office.load(kind, "a\n")
    return caught.value.code


GARBAGE = st.one_of(
    st.binary(max_size=300),
    st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail),
    st.text(max_size=200).map(str.encode),
    st.text(alphabet='code,name\n"[]=0-9:. ', max_size=200).map(str.encode),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(KINDS), content=GARBAGE)
def test_no_bytes_whatever_end_in_a_traceback(empty: Office, kind: str, content: bytes) -> None:
    with suppress(ImportRefused):
        assert empty.load(kind, content, dry_run=True).rows >= 0


WORKBOOK = book([["code", "name", "parent"], ["A", "Một", ""], ["B", "Hai", "A"]])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, len(WORKBOOK) - 1), cut=st.booleans(), byte=st.integers(0, 255))
def test_no_damaged_workbook_ends_in_a_traceback(empty: Office, at: int, cut: bool, byte: int) -> None:
    damaged = WORKBOOK[:at] if cut else WORKBOOK[:at] + bytes([byte]) + WORKBOOK[at + 1 :]
    with suppress(ImportRefused):
        assert empty.load("units", damaged, dry_run=True).rows >= 0
