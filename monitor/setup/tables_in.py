"""Bytes of a CSV file or a workbook -> its table; what the bytes are decides, not the file's name."""

import csv
from collections.abc import Iterator
from io import StringIO

from monitor.setup.report import ImportRefused
from monitor.setup.table import Row, TableIn
from monitor.setup.workbook import read_workbook

SIZE_LIMIT = 64 * 1024 * 1024

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")  # .xlsx and .ods; .xls
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_table(data: bytes, wanted_sheet: str) -> TableIn:
    """The table in a file's bytes.

    Of a workbook with several filled sheets the one named `wanted_sheet` is read. Raises
    ImportRefused `file_not_utf8`, `file_utf16`, `file_not_csv`, `file_wrong_separator` or
    `file_empty`, or what `read_workbook` raises.
    """
    table = read_workbook(data, wanted_sheet) if data.startswith(_WORKBOOKS) else _csv(data)
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
