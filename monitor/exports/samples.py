"""Files to write over: the header, a few rows of a small commune, and a sheet that explains the columns."""

from collections.abc import Mapping
from io import BytesIO

import xlsxwriter

from monitor.exports.stored import COLUMNS, TOML, written_columns
from monitor.setup.form import Column
from monitor.text import sentence
from monitor.text.sentences import SENTENCES

NARROW, WIDE = 18, 90
"""Widths in characters."""

ROWS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "units": (
        ("UBND", "UBND xã Tân Phú", "", "0", "chính quyền", "2025-07-01", "", "", "", "", ""),
        ("UBND-VP", "Văn phòng HĐND và UBND", "UBND", "0", "", "2025-07-01", "", "", "", "", ""),
        (
            *("UBND-PVHCC", "Trung tâm Phục vụ hành chính công", "UBND", "1", "", "2025-07-01", ""),
            *("", "", "", ""),
        ),
    ),
    "people": (
        ("CB001", "Nguyễn Thị Hạnh", "UBND-VP", "Chánh Văn phòng", "head", "2025-07-01", ""),
        ("CB002", "Phạm Minh Đức", "UBND-VP", "Chuyên viên", "staff", "2025-07-01", ""),
        ("CB003", "Lê Thị Hường", "UBND-PVHCC", "Phó Giám đốc", "deputy", "2025-07-01", ""),
    ),
    "terminals": (
        (
            *("CONG1", "Cổng chính", "zk", "192.168.1.201", "4370", "", ""),
            *("UBND", "Asia/Ho_Chi_Minh", "", "0", "", "", "2025-07-01"),
        ),
    ),
    "badges": (
        ("CB001", "*", "1", "", ""),
        ("CB002", "*", "2", "", ""),
        ("CB003", "CONG1", "3", "2025-07-01", ""),
    ),
    "calendar": (
        ("2031-01-22", "off", "Nghỉ Tết", "", "", "Thông báo số 1/TB", "F"),
        ("2031-03-14", "off", "Nghỉ hoán đổi", "", "", "Công văn số 2/UBND", "F"),
        ("2031-03-15", "makeup", "Làm bù", "2031-03-14", "", "Công văn số 2/UBND", "F"),
    ),
    "leave_types": (("party_course", "Học chính trị", "HC", "1", "1", "1", "0"),),
    "staffing": (("UBND-PVHCC", "", "2", "2025-07-01", "Quy chế làm việc số 3"),),
}

REGULATION = """\
# Một quy chế (phiên bản) là một khối [[regulation]] và các ca [[regulation.session]] của nó.
[[regulation]]
code = "gio-hanh-chinh"            # mã; phiên bản sau của cùng quy chế giữ nguyên mã
valid_from = 2026-01-01            # áp dụng từ ngày này
applies_to = ["*"]                 # "*": mọi người; "unit:MÃ": đơn vị và cấp dưới; "person:MÃ": một người
title = "Giờ hành chính"
document = "Quyết định số 12/QĐ-UBND"
marks = 4                          # số lần chấm mỗi ngày: 4, 2, 1; 0: miễn chấm công
grace_late_minutes = 5
grace_early_minutes = 0

[[regulation.session]]
name = "Sáng"
weekdays = [1, 2, 3, 4, 5]         # 1: thứ Hai … 7: Chủ nhật
start = "07:30"
end = "11:30"
cong = 0.5

[[regulation.session]]
name = "Chiều"
weekdays = [1, 2, 3, 4, 5]
start = "13:30"
end = "17:30"
cong = 0.5
"""


def sample_file(kind: str, language: str) -> tuple[bytes, str]:
    """A file of the kind with rows to write over, and its suffix."""
    if kind == TOML:
        return REGULATION.encode(), ".toml"
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        _write_rows(book, kind)
        _write_columns(book, kind, language)
    return target.getvalue(), ".xlsx"


def explained(kind: str, column: Column, language: str) -> str:
    """What a column holds, and whether it must be there."""
    code = f"column_{kind}_{column.name}"
    what = sentence(code if code in SENTENCES else f"column_{column.name}", {}, language)
    return sentence("column_required" if column.required else "column_optional", {"what": what}, language)


def _write_rows(book: xlsxwriter.Workbook, kind: str) -> None:
    """The sheet that an import reads: it has the kind's name."""
    sheet = book.add_worksheet(kind)
    bold, words = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    names = written_columns(kind)
    sheet.set_column(0, len(names) - 1, NARROW, words)
    for place, name in enumerate(names):
        sheet.write_string(0, place, name, bold)
    for number, row in enumerate(ROWS[kind], start=1):
        for place, cell in enumerate(row):
            sheet.write_string(number, place, cell, words)
    sheet.freeze_panes(1, 0)


def _write_columns(book: xlsxwriter.Workbook, kind: str, language: str) -> None:
    sheet = book.add_worksheet(sentence("sample_explained", {}, language))
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, NARROW)
    sheet.set_column(1, 1, WIDE, wrapped)
    for place, code in enumerate(("sample_column", "sample_meaning")):
        sheet.write_string(0, place, sentence(code, {}, language), bold)
    shown = [column for column in COLUMNS[kind] if column.name in written_columns(kind)]
    for number, column in enumerate(shown, start=1):
        sheet.write_string(number, 0, column.name)
        sheet.write_string(number, 1, explained(kind, column, language))
    sheet.write_string(len(shown) + 2, 0, sentence("sample_note_title", {}, language), bold)
    sheet.write_string(len(shown) + 2, 1, sentence("sample_note", {}, language))
