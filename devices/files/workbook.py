"""Workbooks, .xlsx and the old .xls -> cells or lines, opened by a child process that may fail without us."""

import json
import os
import subprocess  # the library that reads workbooks ends its whole process on some damaged ones
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from devices.errors import BadReply
from devices.files.layout import FileLine
from devices.files.workbook_child import CELL_LIMIT, TOO_LARGE

Cell = str | date | datetime

SIZE_LIMIT_BYTES = 64 * 1024 * 1024
DEADLINE_SECONDS = 120
_SIGNATURES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_CHILD = Path(__file__).with_name("workbook_child.py")
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "SYSTEMROOT", "TEMP", "TMP")


def is_workbook(data: bytes) -> bool:
    """Whether a file begins like a workbook, whatever its name."""
    return data.startswith(_SIGNATURES)


def workbook_lines(data: bytes) -> list[FileLine]:
    """The rows of all sheets that are not blank, their cells with TABs between them.

    Raises BadReply `workbook_too_large` or `workbook_unreadable`.
    """
    return [
        FileLine(number, text.encode(), text, sheet)
        for sheet, rows in workbook_sheets(data)
        for number, cells in rows
        for text in ["\t".join(" ".join(str(cell).split()) for cell in cells)]
    ]


def workbook_sheets(data: bytes) -> Iterator[tuple[str, list[tuple[int, list[Cell]]]]]:
    """Every sheet by name: the numbers (from 1) of its rows that are not blank, and their cells.

    A number that is whole is its digits. Raises BadReply `workbook_too_large` or `workbook_unreadable`.
    """
    for name, rows in map(json.loads, _sheets(data).splitlines()):
        yield name, [(number, [_cell(value) for value in cells]) for number, cells in rows]


def _cell(told: str | dict[str, str]) -> Cell:
    """A cell as the child wrote it."""
    if isinstance(told, str):
        return told
    return datetime.fromisoformat(told["t"]) if "t" in told else date.fromisoformat(told["d"])


def _sheets(data: bytes) -> bytes:
    """What the child tells of the workbook."""
    if len(data) > SIZE_LIMIT_BYTES:
        raise _too_large()
    try:
        told = subprocess.run(  # noqa: S603 - a fixed command; the file goes over the pipe
            (sys.executable, "-P", str(_CHILD)),
            input=data,
            capture_output=True,
            timeout=DEADLINE_SECONDS,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BadReply("workbook_unreadable") from error
    if told.returncode == TOO_LARGE:
        raise _too_large()
    if told.returncode != 0:
        raise BadReply("workbook_unreadable")
    return told.stdout


def _too_large() -> BadReply:
    return BadReply("workbook_too_large", cells=CELL_LIMIT, limit_megabytes=SIZE_LIMIT_BYTES // 2**20)
