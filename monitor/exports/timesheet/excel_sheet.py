"""One unit's official sheet in Excel, written row by row from the top: A4 landscape, ready to print.

Every text is written as a string and every total as a number: nothing of the data can be a formula.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from monitor.exports.timesheet.excel_formats import Format, Formats
from monitor.exports.timesheet.excel_page import Cell
from monitor.exports.timesheet.form import filled
from monitor.exports.timesheet.qr import as_png
from monitor.exports.timesheet.sheet import (
    Line,
    Sheet,
    State,
    month_words,
    number,
)
from monitor.exports.timesheet.words import (
    code_to_scan,
    legends,
    notes,
    signing_date,
    state_lines,
    word,
)

A4 = 9
NAME_WIDTH, POSITION_WIDTH, DAY_WIDTH, TOTAL_WIDTH = 25, 14, 3.6, 8.5
LINE_HEIGHT, SPLIT_HEIGHT, HEAD_HEIGHT = 18, 12.5, 64
MARGINS = {"left": 0.4, "right": 0.4, "top": 0.5, "bottom": 0.6}
LEGEND_ACROSS = 4
NOTE_LETTERS = 150
"""What fits into one line of a note."""


def write_sheet(page: Any, sheet: Sheet, formats: Formats, zone: str) -> None:
    """Fill an empty worksheet that is laid out."""
    _Writer(page=page, sheet=sheet, formats=formats).write(zone)


def lay_out(page: Any) -> None:
    """A4 landscape, one page wide, numbered."""
    page.set_landscape()
    page.set_paper(A4)
    page.set_margins(**MARGINS)
    page.fit_to_pages(1, 0)
    page.set_footer("&C&9&P / &N")


@dataclass(slots=True, kw_only=True)
class _Writer:
    """Where the next row goes; rows above are already on disk and cannot be changed."""

    page: Any
    sheet: Sheet
    formats: Formats
    row: int = 0
    shades: list[Format] = field(init=False)
    """The formats of the days' cells."""

    def __post_init__(self) -> None:
        """Shade the days off."""
        off, usual = self.formats.cell_off, self.formats.cell
        self.shades = [off if head.kind.is_off else usual for head in self.sheet.days]

    @property
    def leading(self) -> int:
        """Columns before the first day."""
        return 3 if self.sheet.form.position_title else 2

    @property
    def first_total(self) -> int:
        return self.leading + len(self.sheet.days)

    @property
    def last(self) -> int:
        return self.first_total + len(self.sheet.form.columns) - 1

    def write(self, zone: str) -> None:
        self._columns()
        self._heading()
        head = self.row
        self._head()
        self.page.repeat_rows(head, self.row - 1)
        self.page.freeze_panes(self.row, self.leading)
        for place, line in enumerate(self.sheet.lines, start=1):
            self._line(place, line)
        self._sums()
        self._legend()
        self._signatures()
        self._foot(zone)
        self.page.print_area(0, 0, self.row, self.last)

    def _columns(self) -> None:
        page = self.page
        page.set_column(0, 0, 5)
        page.set_column(1, 1, NAME_WIDTH)
        if self.leading > 2:  # noqa: PLR2004 - number, name, and the position between
            page.set_column(2, 2, POSITION_WIDTH)
        page.set_column(self.leading, self.first_total - 1, DAY_WIDTH)
        page.set_column(self.first_total, self.last, TOTAL_WIDTH)

    def _heading(self) -> None:
        """The office on the left, the form's name and legal line on the right, the title below."""
        form, sheet, formats = self.sheet.form, self.sheet, self.formats
        left = [filled(line, sheet.heading) for line in form.heading]
        right = [(form.number, formats.center_bold), (form.legal, formats.center_italic)]
        middle = self.leading + len(sheet.days) // 2
        for place in range(max(len(left), len(right))):
            if place < len(left):
                self._across(0, middle - 1, left[place], formats.line)
            if place < len(right):
                self._across(middle, self.last, *right[place])
            self.row += 1
        self._whole_row(form.title, formats.title, 24)
        self._whole_row(month_words(sheet.month), formats.center_bold)
        if form.has_number:
            self._whole_row(word("sheet_number"), formats.right)
        if sheet.state is State.DRAFT:
            self._whole_row(word("sheet_draft"), formats.draft)
        self.row += 1

    def _across(self, first: int, last: int, text: str, form: Format) -> None:
        """A text over some columns of the present row."""
        if first == last:
            self.page.write_string(self.row, first, text, form)
            return
        self.page.merge_range(self.row, first, self.row, last, "", form)
        self.page.write_string(self.row, first, text, form)

    def _whole_row(self, text: str, form: Format, height: float = LINE_HEIGHT) -> None:
        self.page.set_row(self.row, height)
        self._across(0, self.last, text, form)
        self.row += 1

    def _head(self) -> None:
        """Four rows: titles, days and column titles, days of the week, letters and numbers."""
        form, formats, days = self.sheet.form, self.formats, self.sheet.days
        titles = [word("sheet_line_number"), word("sheet_name"), form.position_title][: self.leading]
        for place in range(self.leading):
            self.page.write_blank(self.row, place, None, formats.head_upper)
        self._across(self.leading, self.first_total - 1, word("sheet_days"), formats.head)
        self._across(self.first_total, self.last, form.totals_title, formats.head)
        self.row += 1
        self.page.set_row(self.row, HEAD_HEIGHT)
        upper = [(text, formats.head_inner) for text in titles]
        columns = [(column.title, formats.head_upper) for column in form.columns]
        self._texts([*upper, *self._by_day([str(head.on.day) for head in days]), *columns])
        blanks = [("", formats.head_inner)] * self.leading, [("", formats.head_inner)] * len(form.columns)
        self._texts([*blanks[0], *self._by_day([head.letters for head in days]), *blanks[1]])
        letters = [(letter, formats.head_number) for letter in "ABC"[: self.leading]]
        numbers = [(str(column.number), formats.head_number) for column in form.columns]
        ids = [
            (str(head.on.day), formats.head_number_off if head.kind.is_off else formats.head_number)
            for head in days
        ]
        self._texts([*letters, *ids, *numbers])

    def _by_day(self, texts: Sequence[str]) -> list[tuple[str, Format]]:
        heads = zip(texts, self.sheet.days, strict=True)
        return [
            (text, self.formats.head_off if day.kind.is_off else self.formats.head) for text, day in heads
        ]

    def _texts(self, cells: Sequence[tuple[str, Format]]) -> None:
        for column, (text, form) in enumerate(cells):
            self.page.write_string(self.row, column, text, form)
        self.row += 1

    def _line(self, place: int, line: Line) -> None:
        formats = self.formats
        most = max(len(cell.split()) for cell in line.cells)  # symbols and, of overtime, hours below
        self.page.set_row(self.row, LINE_HEIGHT if most <= 1 else SPLIT_HEIGHT * most)
        texts = (line.name, line.position)[: self.leading - 1]
        cells: list[Cell] = [(place, formats.number), *((text, formats.name) for text in texts)]
        cells += [
            (cell, form) if cell else (None, formats.away if column in line.away else form)
            for column, (cell, form) in enumerate(zip(line.cells, self.shades, strict=True))
        ]
        cells += [(number(total), formats.number) for total in line.totals]
        self.page.put_row(self.row, cells)
        self.row += 1

    def _sums(self) -> None:
        self.page.set_row(self.row, LINE_HEIGHT)
        self.page.write_blank(self.row, 0, None, self.formats.sum)
        self.page.write_string(self.row, 1, word("sheet_sum"), self.formats.sum_name)
        for column in range(2, self.leading):
            self.page.write_blank(self.row, column, None, self.formats.sum)
        for column, head in enumerate(self.sheet.days, start=self.leading):
            off = self.formats.sum_off if head.kind.is_off else self.formats.cell
            self.page.write_blank(self.row, column, None, off)
        for column, total in enumerate(self.sheet.totals, start=self.first_total):
            self.page.write_number(self.row, column, number(total), self.formats.sum)
        self.row += 2

    def _legend(self) -> None:
        """What the symbols mean, which days are off, and what splitting and stripes mean."""
        for title, pairs in legends(self.sheet):
            self._whole_row(title, self.formats.line)
            self._pairs(pairs)
        for note in notes(self.sheet):
            self._whole_row(note, self.formats.plain, LINE_HEIGHT * (1 + len(note) // NOTE_LETTERS))

    def _pairs(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Meanings and symbols, several across."""
        edges = _parts(self.last + 1, LEGEND_ACROSS)
        for start in range(0, len(pairs), LEGEND_ACROSS):
            part = pairs[start : start + LEGEND_ACROSS]
            for (first, last), (symbol, meaning) in zip(edges, part, strict=False):
                self._across(first, last, f"- {meaning}: {symbol}", self.formats.line)
            self.row += 1

    def _signatures(self) -> None:
        form, formats = self.sheet.form, self.formats
        self.row += 1
        half = self.leading + len(self.sheet.days) // 2
        self._across(half, self.last, signing_date(self.sheet), formats.center_italic)
        self.row += 1
        for texts, style in (
            (form.signatories, formats.center_bold),
            ([form.signature] * len(form.signatories), formats.center_italic),
        ):
            for (first, last), text in zip(_parts(self.last + 1, len(texts)), texts, strict=True):
                self._across(first, last, text, style)
            self.row += 1
        self.row += 4

    def _foot(self, zone: str) -> None:
        """How final the sheet is; of a closed month the code, readable and as a picture to scan."""
        lines = state_lines(self.sheet, zone)
        if code := code_to_scan(self.sheet):
            self.page.insert_image(self.row, 0, "ma-kiem-tra.png", {"image_data": as_png(code)})
        column = 2 if code else 0
        for line in lines:
            self._across(column, self.last, line, self.formats.line)
            self.row += 1
        self.row += 2 if code else 0


def _parts(columns: int, parts: int) -> list[tuple[int, int]]:
    """Columns divided into parts of about the same number: first and last of each."""
    edges = [columns * part // parts for part in range(parts + 1)]
    return [(first, after - 1) for first, after in pairwise(edges)]
