"""Bytes of a CSV file or a workbook -> rows of cells, each with the place where a person finds it."""

import csv
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO, StringIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from monitor.setup.report import ImportRefused

Cell = str | date | datetime
"""Text, or a date or time of a workbook; numbers and truth values are already text."""

SIZE_LIMIT = 64 * 1024 * 1024
UNPACKED_LIMIT = 8 * SIZE_LIMIT
CELL_LIMIT = 20_000_000

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not blank. `number` counts lines or sheet rows from 1."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableIn:
    """A file's rows, the header first.

    `sheet` is "" for a text file; `exact` says that every row must have as many cells as the header
    (a shorter line of a text file is a broken one).
    """

    sheet: str
    rows: tuple[Row, ...]
    exact: bool

    def place(self, number: int, index: int = 0) -> str:
        """Where a cell is: "7" in a text file, "Sheet1!B7" in a workbook."""
        return f"{self.sheet}!{_letters(index)}{number}" if self.sheet else str(number)


def read_table(data: bytes, wanted_sheet: str) -> TableIn:
    """The table in a file's bytes; what the bytes are decides, not the file's name.

    Of a workbook with several filled sheets the one named `wanted_sheet` is read. Raises
    ImportRefused `file_too_large`, `file_not_utf8`, `file_utf16`, `file_not_csv`,
    `file_not_workbook`, `file_which_sheet` or `file_empty`.
    """
    if len(data) > SIZE_LIMIT:
        raise ImportRefused("file_too_large", limit_megabytes=SIZE_LIMIT // 2**20)
    table = _workbook(data, wanted_sheet) if data.startswith((_ZIP, _OLE)) else _csv(data)
    if not table.rows:
        raise ImportRefused("file_empty")
    return table


def decode_text(data: bytes) -> str:
    """UTF-8 text, a byte order mark taken off. Raises ImportRefused `file_utf16` or `file_not_utf8`."""
    if data.startswith(_UTF16_MARKS):
        raise ImportRefused("file_utf16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ImportRefused("file_not_utf8", line=line) from None


def _csv(data: bytes) -> TableIn:
    rows = tuple(_csv_rows(decode_text(data)))
    header = rows[0].cells if rows else ()
    if len(header) == 1 and any(mark in str(header[0]) for mark in ";\t"):
        raise ImportRefused("file_wrong_separator")
    return TableIn(sheet="", rows=rows, exact=True)


def _csv_rows(text: str) -> Iterator[Row]:
    """Rows with the number of their first line: a quoted cell may run over several."""
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    number = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Row(number, tuple(cells))
            number = reader.line_num + 1
    except csv.Error as error:
        raise ImportRefused("file_not_csv", line=number) from error


def _workbook(data: bytes, wanted_sheet: str) -> TableIn:
    """The one filled sheet of a workbook, or the one of several that has the wanted name."""
    _check_unpacked(data)
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        sheets = {name: _sheet_rows(book.get_sheet_by_name(name)) for name in book.sheet_names}
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise ImportRefused("file_not_workbook") from error
    filled = {name: rows for name, rows in sheets.items() if rows}
    name = wanted_sheet if wanted_sheet in filled else next(iter(filled), wanted_sheet)
    if len(filled) > 1 and name != wanted_sheet:
        raise ImportRefused("file_which_sheet", sheets=", ".join(filled), wanted=wanted_sheet)
    return TableIn(sheet=name, rows=filled.get(name, ()), exact=False)


def _check_unpacked(data: bytes) -> None:
    """A small archive can unpack to more than memory holds; its own directory says how much."""
    if not data.startswith(_ZIP):
        return
    try:
        sizes = [entry.file_size for entry in zipfile.ZipFile(BytesIO(data)).infolist()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ImportRefused("file_not_workbook") from error
    if sum(sizes) > UNPACKED_LIMIT:
        raise ImportRefused("file_too_large", limit_megabytes=UNPACKED_LIMIT // 2**20)


def _sheet_rows(sheet: CalamineSheet) -> tuple[Row, ...]:
    """Rows from A1 on, so that places are right even when the first rows or columns are empty."""
    if sheet.total_height * sheet.total_width > CELL_LIMIT:
        raise ImportRefused("file_too_large", limit_megabytes=SIZE_LIMIT // 2**20)
    found = enumerate(sheet.to_python(skip_empty_area=False), start=1)
    rows = (Row(number, tuple(_cell(value) for value in cells)) for number, cells in found)
    return tuple(row for row in rows if not is_blank(row.cells))


def is_blank(cells: Sequence[Cell]) -> bool:
    """Whether there is nothing in any of them."""
    return not any(cell.strip() if isinstance(cell, str) else True for cell in cells)


def _cell(value: object) -> Cell:
    """A workbook's value: an id typed as a number is the number's digits, so 5.0 is "5"."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date):  # a datetime is one, too
        return value
    if isinstance(value, time):
        return value.strftime("%H:%M:%S")
    return str(value)


def _letters(index: int) -> str:
    """Column letters of a workbook: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
