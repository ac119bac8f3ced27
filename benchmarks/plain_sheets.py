"""The other side of `bench_sheets`: the same sheets by openpyxl, cell by cell, as a plain script does."""

import io

import openpyxl
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from monitor.exports.timesheet.sheet import Sheet


def plainly(sheets: list[Sheet]) -> bytes:
    """The people's rows of the same sheets by openpyxl, formatted likewise."""
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]  # a new book has one
    side = Side(style="thin")
    font, border = Font(name="Times New Roman", size=11), Border(left=side, right=side, top=side, bottom=side)
    middle, grey = Alignment(horizontal="center", wrap_text=True), PatternFill("solid", fgColor="D9D9D9")
    for sheet in sheets:
        page = book.create_sheet(sheet.unit)
        for place, line in enumerate(sheet.lines, start=1):
            for column, value in enumerate((place, line.name, *line.cells, *line.totals), start=1):
                cell = page.cell(place, column, value or None)
                cell.font, cell.border, cell.alignment = font, border, middle
                if 2 < column <= 2 + len(sheet.days) and sheet.days[column - 3].kind.is_off:
                    cell.fill = grey
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def people_rows(content: bytes) -> list[list[object]]:
    """The rows that begin with a person's number, over all units' sheets; nothing and 0 are one."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    return [
        [value or None for value in row]
        for name in book.sheetnames
        if name.startswith("S")
        for row in book[name].iter_rows(values_only=True)
        if isinstance(row[0], int | float)
    ]
