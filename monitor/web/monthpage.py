"""The month grid as a page shows it: which lines, and their rows as compact HTML.

The rows are joined here and not in the template: 500 people make 16,000 cells, and a template's loop takes
four times as long for them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from monitor.exports.timesheet.grid import EARLY, LATE, MISSING, NO_DATA, OPEN, Grid, Mark
from monitor.exports.timesheet.sheet import SPLIT, DayHead, DayKind, Line
from monitor.text.vietnamese import fold

LETTERS = {LATE: "m", EARLY: "s", MISSING: "t", NO_DATA: "d", OPEN: "c"}
"""Small letters in a cell's corner: no symbol of a form is a small letter alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks for: a search without accents, and whether only what waits for somebody."""

    search: str
    to_do: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RowWords:
    """What rows need besides the grid: an annotation and a total in words, the address of a first day."""

    mark: Callable[[Mark], str]
    total: Callable[[float], str]
    address: Callable[[str, int], str]
    first_day: int


def chosen(grid: Grid, asked: Asked) -> list[int]:
    """The places of the lines to show."""
    wanted, to_do = fold(asked.search), grid.to_do
    return [
        place
        for place, line in enumerate(grid.sheet.lines)
        if (not asked.to_do or grid.person_ids[place] in to_do)
        and (not wanted or wanted in fold(line.name) or wanted in fold(line.code))
    ]


def rows(grid: Grid, places: Sequence[int], words: RowWords) -> Markup:
    """The body of the table."""
    maker = _Maker(words=words, off=[head.kind.is_off for head in grid.sheet.days])
    marks = _by_person(grid)
    found = [maker.row(grid.sheet.lines[place], marks.get(grid.person_ids[place], {})) for place in places]
    return Markup("\n".join(found))  # noqa: S704 - every text in it went through escape


def _by_person(grid: Grid) -> dict[int, dict[int, tuple[Mark, ...]]]:
    found: dict[int, dict[int, tuple[Mark, ...]]] = {}
    for (person, day), marks in grid.marks.items():
        found.setdefault(person, {})[day] = marks
    return found


@dataclass(slots=True, kw_only=True)
class _Maker:
    """Makes rows; a cell that was made once is kept, for a month has few different ones.

    `off`: which columns are shaded; shading says what the head's letters say.
    """

    words: RowWords
    off: Sequence[bool]
    cells: dict[tuple[bool, str], str] = field(default_factory=dict)

    def row(self, line: Line, marks: Mapping[int, tuple[Mark, ...]]) -> str:
        """One person; end tags that HTML does not need are left out, they would be a third of the page."""
        cells = [self.cells.get(key) or self._cell(key) for key in zip(self.off, line.cells, strict=True)]
        for day in line.away:
            cells[day] = "<td class=a>"
        for day, found in marks.items():
            cells[day] += "".join(_mark(mark, self.words) for mark in found)
        first = next((day for day in range(len(cells)) if day not in line.away), 0)
        address, code = escape(self.words.address(line.code, self.words.first_day + first)), escape(line.code)
        name = f'<a href="{address}" lang=vi>{escape(line.name)}</a> <small>{code}</small>'
        totals = "".join([f"<td class=q>{self.words.total(total)}" for total in line.totals])
        return f'<tr data-c="{code}"><th scope=row>{name}</th>{"".join(cells)}{totals}'

    def _cell(self, key: tuple[bool, str]) -> str:
        is_off, symbols = key
        made = ("<td class=o>" if is_off else "<td>") + (_symbols(symbols) if symbols else "")
        return self.cells.setdefault(key, made)


def _symbols(cell: str) -> str:
    parts = cell.split(SPLIT)
    if len(parts) == 1:
        return str(escape(cell))
    return "<span class=h>" + "".join(f"<b>{escape(part)}</b> " for part in parts) + "</span>"


def _mark(mark: Mark, words: RowWords) -> str:
    """A letter in the corner, and what it stands for, for those who hear the page."""
    return f"<sup>{LETTERS[mark.kind]}<i> {escape(words.mark(mark))}</i></sup>"


def head_kind(head: DayHead) -> str:
    """The class of a column's head."""
    return "o" if head.kind.is_off else "w" if head.kind is DayKind.MAKEUP else ""
