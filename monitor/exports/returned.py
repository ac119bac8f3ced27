"""An uploaded table given back as a workbook, with what is wrong written beside and upon its cells."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from monitor.setup import RowError
from monitor.setup.cells import as_text
from monitor.setup.tables_in import read_table
from monitor.text import sentence

CELL = re.compile(r"([A-Z]{1,3})?([0-9]{1,7})")
WIDE = 60
USUAL = 15
"""Widths in characters."""
Place = tuple[int, int | None]
"""Row from 1, column from 0 (None: the whole row)."""


def with_errors(data: bytes, kind: str, errors: Iterable[RowError], language: str) -> bytes:
    """The table in `data` as one sheet: a comment on each wrong cell, and a last column that says it all.

    Cells are written as text, so nothing that was typed becomes a formula. Raises ImportRefused when the
    bytes are no table; then there is nothing to give back.
    """
    table = read_table(data, kind)
    told = _told(errors, [as_text(cell).strip() for cell in table.rows[0].cells], language)
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet(kind)
        bold, wrong = book.add_format({"bold": True}), book.add_format({"bg_color": "#FFE0DB"})
        last = max(len(row.cells) for row in table.rows)
        heading = table.rows[0].number
        for row in table.rows:
            for index, cell in enumerate(row.cells):
                form = bold if row.number == heading else wrong if (row.number, index) in told else None
                sheet.write_string(row.number - 1, index, as_text(cell), form)
        sheet.write_string(heading - 1, last, sentence("register_errors_column", {}, language), bold)
        sheet.set_column(0, last - 1, USUAL)
        sheet.set_column(last, last, WIDE)
        _write_errors(sheet, told, last)
    return target.getvalue()


def _told(errors: Iterable[RowError], header: Sequence[str], language: str) -> Mapping[Place, list[str]]:
    """What is wrong, by place; a text file's errors name the column, a workbook's the cell."""
    found: defaultdict[Place, list[str]] = defaultdict(list)
    for error in errors:
        matched = CELL.fullmatch(error.place.rpartition("!")[2])
        if matched is None:
            continue
        column = header.index(error.column) if error.column in header else None
        found[int(matched[2]), column].append(sentence(error.code, error.values, language))
    return found


def _write_errors(sheet: Worksheet, told: Mapping[Place, list[str]], last: int) -> None:
    by_row: defaultdict[int, list[str]] = defaultdict(list)
    for (row, column), words in told.items():
        by_row[row] += words
        if column is not None:
            sheet.write_comment(row - 1, column, "\n".join(words))
    for row, words in by_row.items():
        sheet.write_string(row - 1, last, "; ".join(words))
