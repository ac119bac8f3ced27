"""The closed table of what can be imported: how each kind of file is read and applied."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from monitor.setup import (
    allowances,
    badges,
    calendar,
    coverage,
    excuses,
    findings,
    leave_types,
    people,
    regulation_file,
    regulations,
    roster,
    staffing,
    terminals,
    units,
)
from monitor.setup.changes import Counts
from monitor.setup.form import Column, read_lines
from monitor.setup.lines import Lines
from monitor.setup.spans import Site
from monitor.setup.tables_in import read_table
from monitor.setup.unit_row import UnitRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of file. `read` takes bytes, the kind's name, the file's name and `partial`."""

    read: Callable[[bytes, str, str, bool], Lines[Any]]
    apply: Callable[[Session, Lines[Any], Site], Counts]


def _table(
    columns: Sequence[Column],
    make: Callable[..., Any],
    apply: Callable[[Session, Lines[Any], Site], Counts],
) -> Kind:
    """A kind that comes as a table."""

    def read(data: bytes, kind: str, file: str, partial: bool) -> Lines[Any]:
        return read_lines(read_table(data, kind), file, columns, make, partial=partial)

    return Kind(read=read, apply=apply)


def _regulations(data: bytes, _kind: str, file: str, partial: bool) -> Lines[Any]:
    return regulation_file.read_regulations(data, file, partial=partial)


# In the order in which a new installation needs them.
TABLE: dict[str, Kind] = {
    "units": _table(units.COLUMNS, UnitRow, units.apply),
    "people": _table(people.COLUMNS, people.PersonRow, people.apply),
    "terminals": _table(terminals.COLUMNS, terminals.TerminalRow, terminals.apply),
    "badges": _table(badges.COLUMNS, badges.BadgeRow, badges.apply),
    "calendar": _table(calendar.COLUMNS, calendar.CalendarRow, calendar.apply),
    "leave_types": _table(leave_types.COLUMNS, leave_types.LeaveTypeRow, leave_types.apply),
    "excuses": _table(excuses.COLUMNS, excuses.ExcuseRow, excuses.apply),
    "roster": _table(roster.COLUMNS, roster.RosterRow, roster.apply),
    "allowances": _table(allowances.COLUMNS, allowances.AllowanceRow, allowances.apply),
    "findings": _table(findings.COLUMNS, findings.FindingRow, findings.apply),
    "coverage": _table(coverage.COLUMNS, coverage.CoverageRow, coverage.apply),
    "staffing": _table(staffing.COLUMNS, staffing.StaffingRow, staffing.apply),
    "regulations": Kind(read=_regulations, apply=regulations.apply),
}
