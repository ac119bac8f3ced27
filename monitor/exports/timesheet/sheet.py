"""A unit's month as any of the documents shows it, before it is Excel, PDF, CSV or JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from monitor.exports.timesheet.form import Form, Office

SPLIT = "\n"
"""Stands between the symbols of one day."""


class State(StrEnum):
    """How final a sheet is: verdicts still missing, all there but not closed, or sealed rows."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class DayKind(StrEnum):
    """What a column of the month is; a make-up day is a weekend day that is worked."""

    WORK = "work"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    SWAPPED = "swapped"
    MAKEUP = "makeup"

    @property
    def is_off(self) -> bool:
        """Whether the column is shaded."""
        return self not in {DayKind.WORK, DayKind.MAKEUP}


@dataclass(frozen=True, slots=True, kw_only=True)
class DayHead:
    """The head of a day's column: `letters` are T2 to CN, on a holiday the form's letter for it."""

    on: date
    letters: str
    kind: DayKind
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One person. `cells` by day: symbols, `SPLIT` between those that differ; `away` the days elsewhere.

    `totals` are units of công, one for each column of the form.
    """

    code: str
    name: str
    position: str
    cells: tuple[str, ...]
    away: frozenset[int]
    totals: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A session that a list beside the sheet tells of; `what` is a sentence in Vietnamese."""

    person: str
    name: str
    on: date
    session: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The seal under the rows: `code` is what is printed and asked for by `monitor verify --code`."""

    code: str
    seal: str
    closed_at: datetime
    closed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One unit's month on one form.

    `totals` is the line "Cộng". `missing` are the first of `missing_count` sessions without a verdict,
    `remarks` those that are late, early, half marked or absent; `behind`: a change waits to be computed.
    """

    form_name: str
    form: Form
    office: Office
    month: str
    unit: str
    unit_name: str
    agency: str
    days: tuple[DayHead, ...]
    lines: tuple[Line, ...]
    totals: tuple[float, ...]
    state: State
    behind: bool
    closing: Closing | None
    missing_count: int
    missing: tuple[Remark, ...]
    remarks: tuple[Remark, ...]
    check_url: str = ""

    @property
    def heading(self) -> dict[str, str]:
        """Values of the placeholders in the form's heading."""
        own = {"agency": self.agency, "unit": self.unit_name}
        return own | {"budget_code": self.office.budget_code, "address": self.office.address}


def number(value: float) -> int | float:
    """0.5 stays, 20.0 becomes 20."""
    return int(value) if value == int(value) else value


def vietnamese(value: float) -> str:
    """A number of công as it is written: 20,5; an empty cell for none."""
    return str(number(value)).replace(".", ",") if value else ""


def local_legend(sheet: Sheet) -> list[tuple[str, str]]:
    """The office's own symbols that occur on the sheet, with their meanings."""
    used = {symbol for line in sheet.lines for cell in line.cells for symbol in cell.split(SPLIT)}
    return [(line.symbol, line.meaning) for line in sheet.form.local_legend if line.symbol in used]


def month_words(month: str) -> str:
    """`2026-02` as the forms say it."""
    year, _, number_of_month = month.partition("-")
    return f"Tháng {number_of_month} năm {year}"


def column_sums(lines: Sequence[Line], columns: int) -> tuple[float, ...]:
    """The line "Cộng"."""
    return tuple(round(sum(line.totals[place] for line in lines), 4) for place in range(columns))
