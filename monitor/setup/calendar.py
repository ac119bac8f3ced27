"""calendar.csv: holidays, swapped days and their make-up days (rules 2.3, 9)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping
from sqlmodel import Session

from monitor.setup.cells import day, one_of, text
from monitor.setup.changes import Change, Counts, compare, ids, stored_rows, write
from monitor.setup.form import Column
from monitor.setup.lines import Line, Lines
from monitor.setup.spans import Days, Site, joined
from monitor.store.queries import stale

SATURDAY = 6
PROPOSED = "P"
WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRow:
    """A row of calendar.csv; `scope` None is the whole country."""

    on_date: date
    kind: str
    name: str
    for_date: date | None
    scope: str | None
    document: str
    status: str


Place = tuple[date, str | None]
"""Date and scope: what tells a row from every other."""

COLUMNS = (
    Column("date", day, required=True, field="on_date"),
    Column("kind", one_of("off", "makeup", "work"), required=True),
    Column("name", text, default=""),
    Column("for_date", day),
    Column("scope", text),
    Column("document", text, default=""),
    Column("status", one_of("F", "C", PROPOSED), default="F"),
)


def shipped_calendar() -> Path:
    """The national calendar that comes with the product, 2015 to 2027, in the form of calendar.csv."""
    return Path(__file__).parent.parent / "data" / "calendar_vn.csv"


def apply(session: Session, lines: Lines[CalendarRow], site: Site) -> Counts:
    """Check and store the rows."""
    units = ids(session, "unit")
    lines.refuse_unknown("scope", "unit", units, lambda row: row.scope)
    lines.refuse_twice("date", lambda row: (row.on_date, row.scope))
    _check_weekdays(lines)
    scopes: dict[int | None, str | None] = {None: None, **{key: code for code, key in units.items()}}
    stored = {(row["on_date"], scopes[row["unit_id"]]): row for row in stored_rows(session, "calendar_day")}
    lines.settle(lambda: _check_pairs(lines, stored))
    changes = compare(
        lines.good, lambda row: (row.on_date, row.scope), lambda row: _values(row, units), stored
    )
    counts = write(session, "calendar_day", changes)
    touched = (days for change in changes for days in _touched(change, site))
    for first, last in joined(touched, gap_days=WEEK):  # one mark a person for each, so not too many
        stale.mark_everyone(session, first, last)
    return counts


def _values(row: CalendarRow, units: Mapping[str, int]) -> dict[str, Any]:
    return {
        "on_date": row.on_date,
        "kind": row.kind,
        "name": row.name,
        "for_date": row.for_date,
        "unit_id": units[row.scope] if row.scope else None,
        "document": row.document,
        "status": row.status,
    }


def _check_weekdays(lines: Lines[CalendarRow]) -> None:
    """What is worked instead is a Saturday or Sunday, what was swapped away is a working weekday."""
    for line in lines.read:
        row = line.item
        if row.kind == "makeup" and row.on_date.isoweekday() < SATURDAY:
            lines.refuse(line, "date", "makeup_not_on_weekend", date=row.on_date.isoformat())
        if row.kind == "makeup" and row.for_date is not None and row.for_date.isoweekday() >= SATURDAY:
            lines.refuse(line, "for_date", "swapped_day_on_weekend", date=row.for_date.isoformat())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A day of the calendar as it will be; `line` is None when it is stored and stays."""

    kind: str
    for_date: date | None
    status: str
    line: Line[CalendarRow] | None


def _check_pairs(lines: Lines[CalendarRow], stored: Mapping[Place, RowMapping]) -> None:
    """A make-up day that names the day it stands for needs that day off, as firmly decided as itself.

    A row that takes such a day away from a stored make-up day is the one to blame.
    """
    days = {
        place: _Entry(kind=row["kind"], for_date=row["for_date"], status=row["status"], line=None)
        for place, row in stored.items()
    }
    for line in lines.good:
        row = line.item
        entry = _Entry(kind=row.kind, for_date=row.for_date, status=row.status, line=line)
        days[row.on_date, row.scope] = entry
    for (on_date, scope), entry in days.items():
        if entry.kind != "makeup" or entry.for_date is None:
            continue
        pair = days.get((entry.for_date, scope))
        if pair is not None and pair.kind == "off" and (entry.status == PROPOSED or pair.status != PROPOSED):
            continue
        blamed = entry.line or (pair.line if pair is not None else None)
        if blamed is not None:
            values = {"date": on_date.isoformat(), "for_date": entry.for_date.isoformat()}
            lines.refuse(blamed, "for_date", "swap_without_pair", **values)


def _touched(change: Change[CalendarRow], site: Site) -> Iterator[Days]:
    """The days around a date whose entry counts now or did; proposed ones never apply (rules 2.3)."""
    before = change.before
    proposed = change.values["status"] == PROPOSED and (before is None or before["status"] == PROPOSED)
    if change.touches() and not proposed:
        yield site.days(change.line.item.on_date, change.line.item.on_date)
