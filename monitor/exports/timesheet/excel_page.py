"""A worksheet that takes a whole row at once: the people's rows are nearly all of a workbook's cells.

Cell by cell the library asks of each anew where it is, what type it has and what must be escaped; that
takes six times as long. What is written is the same to the byte, which a test holds.
"""

from collections.abc import Sequence
from math import isfinite
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

Cell = tuple[str | int | float | None, Any]
"""What stands in a cell, None for nothing, and its format."""

SHORT = 8
"""Letters of a text that is worth remembering: symbols, not names."""


class RowPage(Worksheet):  # type: ignore[misc]  # the library has no types
    """A worksheet of a book with `constant_memory`."""

    previous_row: int
    """The row that the library still holds."""

    def __init__(self) -> None:
        """Nothing is remembered yet."""
        super().__init__()
        self._tails: dict[tuple[object, int], str] = {}
        self._letters: list[str] = []

    def put_row(self, row: int, cells: Sequence[Cell]) -> None:
        """Write a row from its first column on, below all rows so far; `set_row` may have given its height.

        Texts are written as texts and numbers as numbers, whatever they look like.
        """
        if row > self.previous_row:
            self._write_single_row(row)  # the one before, which the library still holds
        self._check_dimensions(row, 0)
        self._check_dimensions(row, len(cells) - 1)
        if row in self.row_info:
            self._write_row(row, None, self.row_info[row])
        else:
            self._write_row(row, None)
        while len(self._letters) < len(cells):
            self._letters.append(xl_col_to_name(len(self._letters)))
        number = row + 1
        written = [
            f'<c r="{letters}{number}"{self._tail(*cell)}'
            for letters, cell in zip(self._letters, cells, strict=False)
        ]
        self.fh.write("".join(written))
        self._xml_end_tag("row")
        self.previous_row = row + 1  # this one is done

    def _tail(self, value: str | int | float | None, form: Any) -> str:
        """A cell from its format on."""
        key = value, id(form)
        if (known := self._tails.get(key)) is not None:
            return known
        style = f' s="{form._get_xf_index()}"'
        if value is None:
            tail = f"{style}/>"
        elif isinstance(value, str):
            tail = f"{style}{self._text(value)}"
        else:
            tail = f"{style}{_number(value)}"
        if not isinstance(value, str) or len(value) <= SHORT:
            self._tails[key] = tail
        return tail

    def _text(self, value: str) -> str:
        escaped = self._escape_data(self._escape_control_characters(value[: self.xls_strmax // 2]))
        space = "" if escaped == escaped.strip() else ' xml:space="preserve"'
        return f' t="inlineStr"><is><t{space}>{escaped}</t></is></c>'


def _number(value: float) -> str:
    if not isfinite(value):
        raise ValueError(value)
    return f"><v>{value:.16G}</v></c>"
