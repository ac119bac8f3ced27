"""The child process that opens a workbook: bytes on standard input, its sheets as JSON lines on output.

Started by its path, with nothing of the product imported: it is gone at the first sign of trouble.
Each line is a sheet: [name, [[row number, [cell, ...]], ...]]; a cell is text, or {"d": date},
{"t": date and time} in ISO form. Exit code 3 means a workbook that is too large, anything else but 0 that
this is no workbook.
"""

import json
import sys
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from io import BytesIO
from zipfile import ZipFile, is_zipfile

from python_calamine import CalamineSheet, CalamineWorkbook

MEMORY_BYTES = 2 * 1024**3
UNPACKED_LIMIT_BYTES = 1024**3
CELL_LIMIT = 20_000_000
TOO_LARGE = 3
_HALF_SECOND = timedelta(milliseconds=500)


def main() -> None:
    """Open the workbook and write its sheets."""
    _limit()
    data = BytesIO(sys.stdin.buffer.read())
    if is_zipfile(data) and sum(part.file_size for part in ZipFile(data).infolist()) > UNPACKED_LIMIT_BYTES:
        sys.exit(TOO_LARGE)
    data.seek(0)
    book = CalamineWorkbook.from_filelike(data)
    cells = 0
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        cells += sheet.total_height * sheet.total_width
        if cells > CELL_LIMIT:
            sys.exit(TOO_LARGE)
        sys.stdout.write(json.dumps([name, _rows(sheet)]) + "\n")


def _limit() -> None:
    """A stray cell at the far corner of a sheet makes the library ask for hundreds of gigabytes."""
    with suppress(ImportError, ValueError, OSError):  # Windows has no limits of this kind
        import resource  # noqa: PLC0415 - does not exist on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _rows(sheet: CalamineSheet) -> list[tuple[int, list[object]]]:
    """Rows that are not blank, counted from A1, so that places are right when the first are empty."""
    rows = enumerate(sheet.to_python(skip_empty_area=False), start=1)
    told = ((number, [_cell(value) for value in cells]) for number, cells in rows)
    return [(number, cells) for number, cells in told if any(map(_filled, cells))]


def _filled(cell: object) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else True


def _cell(value: object) -> object:
    """A cell as JSON. An id that was typed as a number is the number's digits: 5.0 is "5"."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.12f}".rstrip("0")
    return "" if value is None else _time_or_text(value)


def _time_or_text(value: object) -> object:
    """A date, a time or a length of time, to the second: as a fraction of a day it is a little beside it."""
    if isinstance(value, datetime):
        return {"t": (value + _HALF_SECOND).replace(microsecond=0).isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, time):
        return (datetime.combine(date.min, value) + _HALF_SECOND).strftime("%H:%M:%S")
    if isinstance(value, timedelta):
        return str(timedelta(seconds=round(value.total_seconds())))
    return str(value)


if __name__ == "__main__":
    main()
