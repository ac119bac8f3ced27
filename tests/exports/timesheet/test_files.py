"""The documents themselves: Excel, PDF, CSV and JSON, opened again and compared with the sheet."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from monitor.config import ConfigError
from monitor.exports.formats import FORMULA_SIGNS
from monitor.exports.timesheet import pdf
from monitor.exports.timesheet.excel import as_xlsx
from monitor.exports.timesheet.form import Print
from monitor.exports.timesheet.open_formats import as_csv, as_json
from monitor.exports.timesheet.pdf import as_pdf
from monitor.exports.timesheet.sheet import Sheet
from monitor.store.session import StoreError
from tests.conftest import ON_SQLITE
from tests.exports.timesheet.conftest import HOSTILE, HOSTILE_UNIT, MARCH, MakeSheets
from tests.security.hostile import payloads

ZONE = "Asia/Ho_Chi_Minh"
BODY = 13
"""The first person's row: heading 3, title 3, a blank row, heads 4, and rows count from 1."""


def opened(sheets: list[Sheet], *, whole: bool = False) -> Any:
    return openpyxl.load_workbook(io.BytesIO(as_xlsx(sheets, ZONE, MARCH, whole=whole)))


def texts(page: Any) -> list[str]:
    return [str(cell.value) for row in page.iter_rows() for cell in row if cell.value is not None]


def printed(sheets: list[Sheet], tmp_path: Path, **style: str) -> bytes:
    return as_pdf(sheets, ZONE, MARCH, style=Print(**style), folder=tmp_path)


def test_every_cell_of_the_excel_sheet_is_what_the_rows_say(sheets: MakeSheets) -> None:
    (sheet,) = sheets()
    page = opened([sheet])["XA-VP"]
    first = next(row for row in range(1, page.max_row) if page.cell(row, 1).value == 1)
    heads = [page.cell(first - 3, column).value for column in range(3, 31)]
    assert heads == [str(day) for day in range(1, 29)]
    assert [page.cell(first - 2, column).value for column in (3, 4, 9)] == ["CN", "T2", "T7"]
    assert [page.cell(first - 1, column).value for column in (1, 2, 31, 32, 33)] == [
        "A",
        "B",
        "32",
        "33",
        "34",
    ]
    for place, line in enumerate(sheet.lines):
        row = [page.cell(first + place, column).value for column in range(1, 34)]
        assert row == [place + 1, line.name, *(cell or None for cell in line.cells), *line.totals]
    foot = first + len(sheet.lines)
    assert page.cell(foot, 2).value == "Cộng"
    assert [page.cell(foot, column).value for column in (31, 32, 33)] == [53.5, 0.5, 2]


@ON_SQLITE
def test_the_form_is_whole_and_ready_to_print(sheets: MakeSheets) -> None:
    page = opened(sheets())["XA-VP"]
    found = texts(page)
    for text in (
        *("Đơn vị: UBND xã Thanh Bình", "Bộ phận: Văn phòng HĐND và UBND", "Mẫu số C01-HD"),
        *("BẢNG CHẤM CÔNG", "Tháng 02 năm 2026", "NGƯỜI CHẤM CÔNG", "PHỤ TRÁCH BỘ PHẬN"),
        *("THỦ TRƯỞNG ĐƠN VỊ", "- Ốm, điều dưỡng: Ô", "- Nghỉ lễ, Tết: L", "- Vắng không lý do: KP"),
        "Chưa chốt công: số liệu còn có thể thay đổi, chưa có mã kiểm tra.",
    ):
        assert text in found
    assert "- Đi công tác: CT" not in found  # the office's own symbols only where they occur
    setup = page.page_setup
    assert (setup.orientation, setup.paperSize, setup.fitToHeight) == ("landscape", 9, 0)
    first = next(row for row in range(1, page.max_row) if page.cell(row, 1).value == 1)
    assert page.print_title_rows == f"${first - 4}:${first - 1}"
    assert {cell.font.name for row in page.iter_rows() for cell in row if cell.value is not None} == {
        "Times New Roman"
    }


@ON_SQLITE
def test_shading_follows_the_calendar(sheets: MakeSheets) -> None:
    page = opened(sheets())["XA-VP"]
    first = next(row for row in range(1, page.max_row) if page.cell(row, 1).value == 1)
    shaded = [day for day in range(1, 29) if page.cell(first, day + 2).fill.fgColor.rgb == "FFD9D9D9"]
    assert shaded == [1, 6, 8, 14, 15, 16, 17, 18, 19, 20, 21, 22, 28]
    striped = [day for day in range(1, 29) if page.cell(first + 3, day + 2).fill.patternType == "lightUp"]
    assert striped == list(range(12, 29))


@ON_SQLITE
def test_nothing_of_the_data_becomes_a_formula(sheets: MakeSheets) -> None:
    book = opened(sheets("XA", with_remarks=True), whole=True)
    kinds = {cell.data_type for page in book for row in page.iter_rows() for cell in row}
    assert "f" not in kinds
    assert HOSTILE in texts(book["XA-KT"])
    assert f"Bộ phận: {HOSTILE_UNIT}" in texts(book["XA-KT"])


def test_the_whole_agency_has_a_summary_and_a_sheet_for_each_unit(sheets: MakeSheets) -> None:
    book = opened(sheets("XA", with_remarks=True), whole=True)
    assert book.sheetnames == ["Tổng hợp", "XA-KT", "XA-VP", "Ghi chú"]
    rows = [[cell.value for cell in row] for row in book["Tổng hợp"].iter_rows()]
    assert rows[1][:6] == ["XA-KT", HOSTILE_UNIT, 1, 7, 0, 0]
    assert rows[2][2:7] == [5, 53.5, 0.5, 2, "Chưa chốt"]
    remarks = [[cell.value for cell in row] for row in book["Ghi chú"].iter_rows()]
    assert remarks[1] == ["XA-VP", "AN", "Lê Văn An", "03/02/2026", "Sáng", "đi muộn 20 phút"]


@ON_SQLITE
def test_names_of_worksheets_are_mended_and_unique(sheets: MakeSheets) -> None:
    (sheet,) = sheets()
    codes = ("A/B:C", "a_b_c", "'" + "X" * 40)
    book = opened([replace(sheet, unit=code) for code in codes])
    assert book.sheetnames == ["A_B_C", "a_b_c~2", "X" * 31]


def test_a_closed_month_carries_its_code_and_a_picture_to_scan(
    sheets: MakeSheets, close: Callable[[], str], tmp_path: Path
) -> None:
    before = printed(sheets(), tmp_path)
    seal = close()
    sheet = sheets()[0]
    page = opened([sheet])["XA-VP"]
    assert sheet.closing is not None
    assert f"Mã kiểm tra: {sheet.closing.code}" in texts(page)
    assert "Đã chốt công lúc 08:00 02/03/2026, người chốt: cli:lan." in texts(page)
    with zipfile.ZipFile(io.BytesIO(as_xlsx([sheet], ZONE, MARCH, whole=False))) as parts:
        assert parts.read("xl/media/image1.png").startswith(b"\x89PNG")
    assert json.loads(as_json([sheet]))["units"][0]["seal"] == seal
    assert printed([sheet], tmp_path) != before


@ON_SQLITE
def test_the_same_month_prints_the_same_bytes(sheets: MakeSheets, tmp_path: Path) -> None:
    first, second = (printed(sheets("XA", with_remarks=True), tmp_path) for _ in range(2))
    assert first == second
    assert first.startswith(b"%PDF-1.7")
    later = as_pdf(sheets("XA"), ZONE, MARCH + timedelta(days=1), style=Print(), folder=tmp_path)
    assert later != first


@ON_SQLITE
def test_an_unknown_font_is_refused_rather_than_replaced(sheets: MakeSheets, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        printed(sheets(), tmp_path, font="Times New Roman")
    assert (refused.value.code, refused.value.values["font"]) == ("sheet_font_missing", "Times New Roman")


@ON_SQLITE
def test_a_pdf_of_too_many_people_is_refused(
    sheets: MakeSheets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "MOST_PEOPLE", 4)
    with pytest.raises(StoreError) as refused:
        printed(sheets(), tmp_path)
    assert refused.value.code == "sheet_too_long_for_pdf"


@ON_SQLITE
def test_csv_has_one_row_for_each_person_and_unit(sheets: MakeSheets) -> None:
    content = as_csv(sheets("XA"))
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [(row["unit"], row["person"]) for row in rows][:2] == [("XA-KT", "DUC"), ("XA-VP", "HANH")]
    an = next(row for row in rows if row["person"] == "AN")
    assert (an["d04"], an["d05"], an["d29"], an["c32"], an["state"]) == ("+/P", "P", "", "14", "open")
    assert rows[0]["name"] == f"'{HOSTILE}"  # a spreadsheet must not take it for a formula


@ON_SQLITE
def test_json_has_the_keys_that_are_documented(sheets: MakeSheets) -> None:
    month = json.loads(as_json(sheets("XA")))
    assert list(month) == ["schema", "form", "month", "columns", "units"]
    unit = month["units"][1]
    an = next(person for person in unit["people"] if person["person"] == "AN")
    assert an["days"]["2026-02-04"] == ["+", "P"]
    assert "2026-02-08" not in an["days"]
    assert (an["totals"], unit["totals"]) == ({"32": 14, "33": 0, "34": 0}, {"32": 53.5, "33": 0.5, "34": 2})
    schema = (Path(__file__).parents[3] / "docs" / "timesheet-schema.md").read_text(encoding="utf-8")
    for part in (month, unit, an, unit["days"][0], month["columns"][0]):
        assert [key for key in part if f"`{key}`" not in schema] == []


@ON_SQLITE
def test_a_thousand_hostile_names_and_codes_stay_text_in_every_document(
    sheets: MakeSheets, tmp_path: Path
) -> None:
    (sheet,) = sheets()
    line = sheet.lines[0]
    crowd = tuple(replace(line, name=text, code=text, position=text) for text in payloads(1_000))
    crowded = replace(sheet, lines=crowd, unit_name=crowd[7].name, agency=crowd[40].name)

    kinds = {cell.data_type for page in opened([crowded]) for row in page.iter_rows() for cell in row}
    table = list(csv.reader(io.StringIO(as_csv([crowded]).decode("utf-8-sig"), newline="")))

    assert "f" not in kinds
    assert len(table) == 1_001
    assert [row[at] for row in table[1:] for at in (2, 3, 4, 5) if row[at].startswith(FORMULA_SIGNS)] == []
    people = json.loads(as_json([crowded]))["units"][0]["people"]
    assert [one["name"] for one in people] == [one.name for one in crowd]
    assert printed([crowded], tmp_path).startswith(b"%PDF-")
