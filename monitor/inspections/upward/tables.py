"""The tables of reports, cell by cell as printed: counts as they are, rates computed, never typed."""

from collections.abc import Iterator
from dataclasses import dataclass

from monitor.exports.aggregates import EVERYBODY, HIDDEN
from monitor.inspections.minutes_paper import plain
from monitor.inspections.paper import vietnamese, word
from monitor.inspections.totals import percent
from monitor.inspections.upward.gathering import Gathered
from monitor.inspections.upward.handling import Handling
from monitor.inspections.upward.lines import UnitLine
from monitor.rules.wallclock import date_of

Row = tuple[str, ...]
FIGURES = (
    *("number", "unit", "expected", "present", "present_rate", "absent", "excused", "unexcused"),
    *("unexcused_rate", "late", "early", "no_data"),
)
FULL = (
    *("number", "unit", "checked_at", "expected", "no_data", "present", "present_rate", "absent", "excused"),
    *("unexcused", "unexcused_rate", "late", "early", "other", "heads", "proposals", "remedied"),
)
"""As `paper.COLUMNS`: the table of the days after Tết has them in this order."""
PUBLIC = (EVERYBODY, "on_time", "late", "early", "excused", "absent")
"""Statuses whose counts of people are told to the public, if they may be."""
WIDTHS = {
    "number": 9,
    "unit": 32,
    "checked_at": 22,
    "proposals": 26,
    "remedied": 22,
    "code": 20,
    **dict.fromkeys(("present_rate", "unexcused_rate", "heads"), 14),
}
"""Millimetres; a rate and a word of nine letters' height fit without breaking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Rows beginning with the heads; widths in millimetres; `summed`: the last row sums the others up."""

    rows: tuple[Row, ...]
    widths: tuple[int, ...]
    summed: bool


def counted(number: int) -> str:
    """1.234."""
    return f"{number:,}".replace(",", ".")


def _heads(columns: tuple[str, ...], width: int) -> tuple[Row, tuple[int, ...]]:
    heads = tuple(word(f"paper_column_{column}") for column in columns)
    return heads, tuple(WIDTHS.get(column, width) for column in columns)


def _name(line: UnitLine) -> str:
    return plain(line.unit.name) if line.unit is not None else word("upward_own_people")


def figures_grid(found: Gathered) -> Grid:
    """The table of a report set upright: counts and rates of each sub-unit, and their sum."""
    heads, widths = _heads(FIGURES, 12)
    rows = [_figures(str(number), _name(line), line) for number, line in enumerate(_lines(found), start=1)]
    return Grid(
        rows=(heads, *rows, _figures("", word("paper_whole"), _whole(found))), widths=widths, summed=True
    )


def _lines(found: Gathered) -> tuple[UnitLine, ...]:
    return found.table.lines if found.table is not None else ()


def _whole(found: Gathered) -> UnitLine:
    if found.table is None:
        msg = "a report with a table has one"
        raise ValueError(msg)
    return found.table.whole


def _figures(number: str, name: str, line: UnitLine) -> Row:
    totals = line.totals
    rates = (_rate(totals.present, line), _rate(totals.unexcused, line))
    counts = (totals.absent, totals.excused, totals.unexcused)
    rest = (totals.late, totals.early, totals.no_data)
    return (
        *(number, name, counted(totals.expected), counted(totals.present), rates[0]),
        *(*map(counted, counts), rates[1], *map(counted, rest)),
    )


def _rate(part: int, line: UnitLine) -> str:
    """A share of those with data; words instead where there is too little of it."""
    totals = line.totals
    return vietnamese(percent(part, totals.known)) if totals.enough else word("upward_too_few")


def full_grid(found: Gathered) -> Grid:
    """The table over all units with every column of the official one; proposals are left to people."""
    heads, widths = _heads(FULL, 12)
    first, last = (f"{date_of(day):%d/%m/%Y}" for day in found.days)
    checked = first if first == last else f"{first} – {last}"
    rows = [
        _full((str(n), _name(line), checked), line, found) for n, line in enumerate(_lines(found), start=1)
    ]
    whole = _full(("", word("paper_whole"), checked), _whole(found), found)
    return Grid(rows=(heads, *rows, whole), widths=widths, summed=True)


def _full(named: Row, line: UnitLine, found: Gathered) -> Row:
    totals, leads = line.totals, line.leads
    handled = _handled(line, found)
    known = (totals.expected, totals.no_data, totals.present)
    return (
        *(*named, *map(counted, known)),
        *(_rate(totals.present, line), *map(counted, (totals.absent, totals.excused, totals.unexcused))),
        *(_rate(totals.unexcused, line), counted(totals.late), counted(totals.early)),
        str(handled.findings) if handled.findings else "",
        f"{leads.present}/{leads.expected}" if leads.expected else "–",
        "",
        f"{handled.closed}/{handled.findings}" if handled.findings else "",
    )


def _handled(line: UnitLine, found: Gathered) -> Handling:
    """The findings of a line's units, those below them too."""
    below = (
        frozenset({found.asked.unit.id})
        if line.unit is None
        else found.asked.units.below_in_bloc(line.unit.id)
    )
    mine = [one for unit, one in found.handled.items() if unit in below]
    return Handling(findings=sum(one.findings for one in mine), closed=sum(one.closed for one in mine))


def people_grid(found: Gathered) -> Grid:
    """People with nothing against them, for readers who may see their names."""
    columns = ("number", "name", "position", "unit", "attended")
    heads = tuple(word(f"upward_column_{column}") for column in columns)
    units = found.asked.units.units
    rows = [
        (str(number), plain(one.name), plain(one.position), plain(units[one.unit_id].name), str(one.attended))
        for number, one in enumerate(found.spotless or (), start=1)
    ]
    return Grid(rows=(heads, *rows), widths=(10, 45, 38, 50, 22), summed=False)


def public_grid(found: Gathered) -> Grid:
    """People by unit and status; a count that would single anybody out is a dash."""
    heads = (word("upward_column_unit"), *(word(f"upward_public_{status}") for status in PUBLIC))
    return Grid(rows=(heads, *_public_rows(found)), widths=(63, *(17,) * len(PUBLIC)), summed=False)


def _public_rows(found: Gathered) -> Iterator[Row]:
    table = found.public
    if table is None:
        return
    shown = {found.asked.unit.id, *found.asked.units.children.get(found.asked.unit.id, ())}
    codes = {found.asked.units.units[one].code for one in shown}
    for _code, rows in table[table["unit"].isin(codes)].groupby("unit", sort=False):
        told = dict(zip(rows["status"], rows["people"], strict=True))
        cells = [told.get(status, HIDDEN) for status in PUBLIC]

        yield plain(rows["unit_name"].iloc[0]), *("–" if cell == HIDDEN else str(cell) for cell in cells)
