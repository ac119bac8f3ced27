"""A file's table: rows of cells, each with the place where a person finds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

Cell = str | date | datetime
"""Text, or a date or time of a workbook; numbers and truth values are already text."""


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


def is_blank(cells: Sequence[Cell]) -> bool:
    """Whether there is nothing in any of them."""
    return not any(cell.strip() if isinstance(cell, str) else True for cell in cells)


def _letters(index: int) -> str:
    """Column letters of a workbook: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
