"""What a sheet is asked for, and what the sheets of all units have in common."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from monitor.exports.timesheet.form import Form, Forms
from monitor.exports.timesheet.sheet import Line
from monitor.periods import Month
from monitor.rules.regulation import OfficeSession
from monitor.rules.wallclock import day_of
from monitor.store.queries.arrays import Positions
from monitor.store.queries.timesheets import MonthCalendar
from monitor.store.queries.tree import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for: a form, a month, as of when, and whether the list of remarks comes along.

    `check_url` is where the QR leads, '' for a QR that only names the form, unit, month and code.
    """

    form_name: str
    forms: Forms
    month: Month
    now: datetime
    zone: str
    with_remarks: bool = False
    check_url: str = ""

    @property
    def form(self) -> Form:
        """The form by its name."""
        return self.forms.named(self.form_name)

    @property
    def is_over(self) -> bool:
        """Whether the month's last day has passed."""
        return day_of(self.now.astimezone(ZoneInfo(self.zone)).date()) > self.month.last_day


@dataclass(frozen=True, kw_only=True)
class Common:
    """What every unit's sheet needs, read once."""

    wanted: Wanted
    tree: Tree
    units: Positions
    calendar: MonthCalendar
    regulations: dict[int, tuple[OfficeSession, ...]]

    @cached_property
    def counted(self) -> frozenset[str]:
        """The symbols that any column of the form counts."""
        return frozenset[str]().union(*(column.symbols for column in self.wanted.form.columns))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The people of a sheet, and their ids in the same order; `is_pending`: verdicts may be missing."""

    person_ids: list[int]
    lines: tuple[Line, ...]
    is_pending: bool = True
