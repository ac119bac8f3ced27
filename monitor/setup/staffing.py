"""staffing.csv: the least number of people where the public is served (rules 9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from monitor.setup.cells import OPEN_START, day, text, whole
from monitor.setup.changes import Counts, compare, ids, stored_rows, write
from monitor.setup.form import Column
from monitor.setup.lines import Lines
from monitor.setup.spans import Site

MOST_PEOPLE = 9_999


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffingRow:
    """A row of staffing.csv; `session` "" is every session without a row of its own."""

    unit: str
    session: str
    people: int
    valid_from: date
    document: str


COLUMNS = (
    Column("unit", text, required=True),
    Column("session", text, default=""),
    Column("people", whole(0, MOST_PEOPLE), required=True),
    Column("valid_from", day, default=OPEN_START),
    Column("document", text, default=""),
)


def apply(session: Session, lines: Lines[StaffingRow], _site: Site) -> Counts:
    """Check and store the rows. They are shown beside the records and change none, so nobody is marked."""
    units = ids(session, "unit")
    lines.refuse_unknown("unit", "unit", units, lambda row: row.unit)
    lines.refuse_twice("unit", lambda row: (row.unit, row.session, row.valid_from))
    mentioned = {units[line.item.unit] for line in lines.good}
    rows = stored_rows(session, "minimum_staffing", "unit_id", mentioned)
    changes = compare(
        lines.good,
        lambda row: (units[row.unit], row.session, row.valid_from),
        lambda row: _values(row, units),
        {(row["unit_id"], row["session"], row["valid_from"]): row for row in rows},
    )
    return write(session, "minimum_staffing", changes)


def _values(row: StaffingRow, units: Mapping[str, int]) -> dict[str, Any]:
    return {
        "unit_id": units[row.unit],
        "session": row.session,
        "people": row.people,
        "valid_from": row.valid_from,
        "document": row.document,
    }
