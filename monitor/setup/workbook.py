"""Workbooks -> rows of cells, opened by a child process that may fail without taking us along."""

import json
import os
import subprocess  # the library that reads workbooks ends its whole process on some damaged ones
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

from monitor.setup.report import ImportRefused
from monitor.setup.table import Cell, Row, TableIn
from monitor.setup.workbook_child import CELL_LIMIT, TOO_LARGE

DEADLINE_SECONDS = 120
_CHILD = Path(__file__).with_name("workbook_child.py")
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "SYSTEMROOT", "TEMP", "TMP")


def read_workbook(data: bytes, wanted_sheet: str) -> TableIn:
    """The one filled sheet of a workbook, or the one of several that has the wanted name.

    Raises ImportRefused `file_not_workbook`, `file_sheet_too_large` or `file_which_sheet`.
    """
    filled = {name: rows for name, rows in _sheets(data).items() if rows}
    name = wanted_sheet if wanted_sheet in filled else next(iter(filled), wanted_sheet)
    if len(filled) > 1 and name != wanted_sheet:
        raise ImportRefused("file_which_sheet", sheets=", ".join(filled), wanted=wanted_sheet)
    return TableIn(sheet=name, rows=filled.get(name, ()), exact=False)


def _sheets(data: bytes) -> dict[str, tuple[Row, ...]]:
    """Every sheet by name."""
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
        raise ImportRefused("file_not_workbook") from error
    if told.returncode == TOO_LARGE:
        raise ImportRefused("file_sheet_too_large", cells=CELL_LIMIT)
    if told.returncode != 0:
        raise ImportRefused("file_not_workbook")
    return {name: _rows(rows) for name, rows in map(json.loads, told.stdout.splitlines())}


def _rows(rows: list[Any]) -> tuple[Row, ...]:
    return tuple(Row(number, tuple(_cell(value) for value in cells)) for number, cells in rows)


def _cell(value: str | dict[str, str]) -> Cell:
    """A cell as the child wrote it."""
    if isinstance(value, str):
        return value
    return datetime.fromisoformat(value["t"]) if "t" in value else date.fromisoformat(value["d"])
