"""The paper as a workbook: the table, the days compared, the names; no cell is a formula."""

from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from monitor.exports.timesheet.excel_formats import FONT
from monitor.inspections.paper import COLUMNS, Cell, Paper, word

WIDTHS = {"number": 5, "unit": 38, "checked_at": 16, "proposals": 22, "remedied": 18, "other": 12}
USUAL_WIDTH = 9
FIRST_ROW = 4


def as_xlsx(paper: Paper) -> bytes:
    """One workbook; the same paper gives the same cells."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.set_properties({"created": paper.made_at.replace(tzinfo=None)})
        formats = _formats(book)
        _table(book.add_worksheet(word("paper_sheet_table")), paper, formats)
        _list(book.add_worksheet(word("paper_sheet_days")), paper.compared, formats)
        if paper.people:
            rows = (people_heads(), *paper.people)
            _list(book.add_worksheet(word("paper_sheet_people")), rows, formats)
    return target.getvalue()


def people_heads() -> tuple[str, ...]:
    """The heads of the list of names."""
    return tuple(
        word(f"paper_people_{column}") for column in ("code", "name", "position", "unit", "day", "found")
    )


def _formats(book: xlsxwriter.Workbook) -> dict[str, Any]:
    made = {"font_name": FONT, "font_size": 11, "valign": "vcenter"}
    cell = {**made, "border": 1, "text_wrap": True}
    return {
        "line": book.add_format({**made, "text_wrap": False}),
        "title": book.add_format({**made, "bold": True, "font_size": 14}),
        "head": book.add_format({**cell, "bold": True, "align": "center"}),
        "text": book.add_format(cell),
        "number": book.add_format({**cell, "num_format": "#,##0"}),
        "rate": book.add_format({**cell, "num_format": "0.00"}),
        "sum": book.add_format({**cell, "bold": True}),
        "sum_number": book.add_format({**cell, "bold": True, "num_format": "#,##0"}),
        "sum_rate": book.add_format({**cell, "bold": True, "num_format": "0.00"}),
        **{f"depth_{n}": book.add_format({**cell, "indent": n}) for n in range(1, 6)},
    }


def _table(page: Any, paper: Paper, formats: dict[str, Any]) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.write_string(0, 0, paper.agency, formats["line"])
    page.write_string(1, 0, paper.title, formats["title"])
    page.write_string(2, 0, " ".join(paper.about), formats["line"])
    for column, (name, head) in enumerate(zip(COLUMNS, paper.heads, strict=True)):
        page.set_column(column, column, WIDTHS.get(name, USUAL_WIDTH))
        page.write_string(FIRST_ROW, column, head, formats["head"])
    page.repeat_rows(FIRST_ROW)
    page.freeze_panes(FIRST_ROW + 1, 2)
    for place, row in enumerate(paper.rows, start=FIRST_ROW + 1):
        for column, cell in enumerate(row.cells):
            indent = min(row.depth or 0, 5) if COLUMNS[column] == "unit" else 0
            _write(page, (place, column), cell, formats, summed=row.depth is None, indent=indent)
    for place, note in enumerate(paper.notes, start=FIRST_ROW + len(paper.rows) + 2):
        page.write_string(place, 0, note, formats["line"])


def _write(
    page: Any, at: tuple[int, int], cell: Cell, formats: dict[str, Any], *, summed: bool, indent: int
) -> None:
    before = "sum_" if summed else ""
    match cell:
        case None:
            page.write_string(*at, word("paper_not_enough"), formats["sum" if summed else "text"])
        case Decimal():
            page.write_number(*at, float(cell), formats[f"{before}rate"])
        case int():
            page.write_number(*at, cell, formats[f"{before}number"])
        case _:
            style = f"depth_{indent}" if indent else "sum" if summed else "text"
            page.write_string(*at, cell, formats[style])


def _list(page: Any, rows: tuple[tuple[str, ...], ...], formats: dict[str, Any]) -> None:
    page.set_column(0, len(rows[0]) - 1, 22)
    page.freeze_panes(1, 0)
    for place, row in enumerate(rows):
        for column, text in enumerate(row):
            page.write_string(place, column, text, formats["text" if place else "head"])
