"""HTML tables, which many programs save under the name .xls -> lines.

Read with one pass of a simple pattern: the tables of such programs are plain, and a pattern without
nesting cannot be made to take long.
"""

import html
import re
from collections.abc import Iterator

from devices.errors import BadReply
from devices.files.layout import FileLine

SIZE_LIMIT_BYTES = 32 * 1024 * 1024
CELL_LIMIT = 5_000_000  # more than so many bytes can spell out, but cells may span
_COLUMN_LIMIT = 16_384  # as in a workbook
_HEAD = 4096
_TOKEN = re.compile(r"<(/?)([a-zA-Z]++)([^<>]*+)>|([^<]+)")
_SPAN = re.compile(r"\b(col|row)span\s*=\s*[\"']?\s*([0-9]{1,4})", re.IGNORECASE)


def is_html(data: bytes) -> bool:
    """Whether a file begins like HTML and has a table."""
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith(b"<") and b"<table" in data.lower()


def html_lines(text: str) -> list[FileLine]:
    """The rows of all tables that are not blank, their cells with TABs between them.

    A cell that spans rows stands in each of them, one that spans columns in the first of them. Raises
    BadReply `workbook_too_large`.
    """
    if len(text) > SIZE_LIMIT_BYTES:
        raise _too_large()
    lines: list[FileLine] = []
    spanning: dict[int, tuple[str, int]] = {}
    cells = 0
    for number, row in enumerate(_rows(text), start=1):
        placed = _placed(row, spanning)
        cells += len(placed)
        if cells > CELL_LIMIT:
            raise _too_large()
        line = "\t".join(placed)
        if line.strip():
            lines.append(FileLine(number, line.encode(), line))
    return lines


def _too_large() -> BadReply:
    return BadReply("workbook_too_large", cells=CELL_LIMIT, limit_megabytes=SIZE_LIMIT_BYTES // 2**20)


_Cell = tuple[str, int, int]
"""Text, columns and rows that it spans."""


def _rows(text: str) -> Iterator[list[_Cell]]:
    """The cells of each row; what stands outside of cells is nothing."""
    row: list[_Cell] = []
    words: list[str] | None = None
    for closing, name, attributes, words_found in (token.groups("") for token in _TOKEN.finditer(text)):
        tag = name.lower()
        if words_found or tag == "br":
            if words is not None:
                words.append(words_found or " ")
        elif tag in {"td", "th", "tr", "table"}:
            if words is not None:
                row[-1] = (_text(words), *row[-1][1:])
            words = None
            if tag in {"tr", "table"} and row:
                yield row
                row = []
            elif tag in {"td", "th"} and not closing:
                row.append(("", *_spans(attributes)))
                words = []
    if words is not None:
        row[-1] = (_text(words), *row[-1][1:])
    if row:
        yield row


def _text(words: list[str]) -> str:
    return " ".join(html.unescape("".join(words)).split())


def _spans(attributes: str) -> tuple[int, int]:
    spans = {"col": 1, "row": 1}
    for which, count in _SPAN.findall(attributes):
        spans[which.lower()] = max(int(count), 1)
    return spans["col"], spans["row"]


def _placed(row: list[_Cell], spanning: dict[int, tuple[str, int]]) -> list[str]:
    """The texts of a row in their columns; `spanning` holds, by column, what still reaches down."""
    placed: list[str] = []
    for text, columns, rows in row:
        _reach_down(placed, spanning)
        if len(placed) + columns > _COLUMN_LIMIT:
            raise _too_large()
        for offset in range(columns):
            shown = "" if offset else text
            if rows > 1:
                spanning[len(placed)] = (shown, rows - 1)
            placed.append(shown)
    _reach_down(placed, spanning)
    return placed


def _reach_down(placed: list[str], spanning: dict[int, tuple[str, int]]) -> None:
    """Fill the columns that a cell of a row above reaches down to."""
    while (found := spanning.pop(len(placed), None)) is not None:
        text, rows = found
        if rows > 1:
            spanning[len(placed)] = (text, rows - 1)
        placed.append(text)
