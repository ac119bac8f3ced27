"""A row written at once is, to the byte, what the library writes cell by cell."""

from io import BytesIO
from zipfile import ZipFile

import pytest
import xlsxwriter

from monitor.exports.timesheet.excel_page import Cell, RowPage

ROWS: list[list[str | int | float | None]] = [
    [1, "Nguyễn Thị Ánh", "+", None, "Ô\nP", 20.5, 0],
    [2, "=1+1", " P ", "", "<b>&\"'</b>", 1 / 3, -2],
    [3, "_x0041_", "\x0b+", "'+", "+", 1e-7, 123456789.25],
]


def written(*, at_once: bool) -> bytes:
    """The worksheet's own file, with a row by the library before and after."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        page = book.add_worksheet("A", RowPage)
        forms = [book.add_format({"bold": True}), book.add_format({"border": 1})]
        page.write_string(0, 0, "Họ tên", forms[0])
        for row, values in enumerate(ROWS, start=2):
            page.set_row(row, 12 + row)
            cells: list[Cell] = [(value, forms[column % 2]) for column, value in enumerate(values)]
            if at_once:
                page.put_row(row, cells)
            else:
                cell_by_cell(page, row, cells)
        page.set_row(6, 30)
        page.write_number(6, 1, 5, forms[1])
    with ZipFile(target) as parts:
        return parts.read("xl/worksheets/sheet1.xml")


def cell_by_cell(page: RowPage, row: int, cells: list[Cell]) -> None:
    for column, (value, form) in enumerate(cells):
        if value is None:
            page.write_blank(row, column, None, form)
        elif isinstance(value, str):
            page.write_string(row, column, value, form)
        else:
            page.write_number(row, column, value, form)


def test_a_row_at_once_is_the_same_to_the_byte() -> None:
    assert written(at_once=True) == written(at_once=False)


def test_markup_in_a_text_stays_text() -> None:
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        book.add_worksheet("A", RowPage).put_row(0, [("<r><t>x</t></r>", book.add_format())])
    with ZipFile(target) as parts:
        assert b"&lt;r&gt;&lt;t&gt;x" in parts.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(value: float) -> None:
    with xlsxwriter.Workbook(BytesIO(), {"constant_memory": True}) as book:
        page = book.add_worksheet("A", RowPage)
        form = book.add_format()
        with pytest.raises(ValueError, match=r"nan|inf"):
            page.put_row(0, [(value, form)])
