"""The child process that opens a workbook: bytes on standard input, its sheets as JSON lines on output.

Started by its path, with nothing of the product imported: it is gone at the first sign of trouble.
Each line is a sheet: [name, [[row number, [cell, ...]], ...]]; a cell is text, or {"d": date},
{"t": date and time} in ISO form. Exit code 3 means a sheet that is too large, anything else but 0 that
this is no workbook.
"""

import json
import sys
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from io import BytesIO

from python_calamine import CalamineSheet, CalamineWorkbook

MEMORY_BYTES = 2 * 1024**3
CELL_LIMIT = 20_000_000
TOO_LARGE = 3
_HALF_SECOND = timedelta(milliseconds=500)


def main() -> None:
    """Open the workbook and write its sheets."""
    _limit()
    book = CalamineWorkbook.from_filelike(BytesIO(sys.stdin.buffer.read()))
    for name in book.sheet_names:
        line = [name, _rows(book.get_sheet_by_name(name))]
        sys.stdout.write(json.dumps(line) + "\n")


def _limit() -> None:
    """A stray cell at the far corner of a sheet makes the library ask for hundreds of gigabytes."""
    with suppress(ImportError, ValueError, OSError):  # Windows has no limits of this kind
        import resource  # noqa: PLC0415 - does not exist on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _rows(sheet: CalamineSheet) -> list[list[object]]:
    """Rows that are not blank, counted from A1, so that places are right when the first are empty."""
    if sheet.total_height * sheet.total_width > CELL_LIMIT:
        sys.exit(TOO_LARGE)
    rows = enumerate(sheet.to_python(skip_empty_area=False), start=1)
    return [[number, [_cell(value) for value in cells]] for number, cells in rows if any(map(_filled, cells))]


def _filled(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value is not None


def _cell(value: object) -> object:
    """A cell as JSON. An id that was typed as a number is the number's digits: 5.0 is "5"."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):  # kept as a fraction of a day, so a little beside the second
        return {"t": (value + _HALF_SECOND).replace(microsecond=0).isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, time):
        return value.strftime("%H:%M:%S")
    return str(value)


if __name__ == "__main__":
    main()
