"""excuses.csv: records that explain being away (rules 5, 9)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, select
from sqlmodel import Session

from monitor.setup.cells import day, moment, one_of, text
from monitor.setup.changes import Change, Counts, compare, ids, stored_rows, table_of, write
from monitor.setup.checks import check_interval
from monitor.setup.form import Column
from monitor.setup.lines import Lines
from monitor.setup.spans import Days, Site
from monitor.store.queries import stale

Identity = tuple[int, str, int]
"""Person id, type, start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcuseRow:
    """A row of excuses.csv; times are seconds since 1970 of the installation's clock."""

    person: str
    type: str
    starts: int
    ends: int
    status: str
    document: str
    document_date: date | None
    entered_at: int | None


COLUMNS = (
    Column("person", text, required=True),
    Column("type", text, required=True),
    Column("from", moment, required=True, field="starts"),
    Column("to", moment, required=True, field="ends"),
    Column("status", one_of("approved", "pending", "rejected"), default="approved"),
    Column("document", text, default=""),
    Column("document_date", day),
    Column("entered_at", moment),
)


def apply(session: Session, lines: Lines[ExcuseRow], site: Site) -> Counts:
    """Check and store the rows. Excuses may overlap: they are merged when they are used."""
    people = ids(session, "person")
    check_interval(lines)
    lines.refuse_unknown("person", "person", people, lambda row: row.person)
    _check_types(session, lines)
    lines.refuse_twice("from", lambda row: (row.person, row.type, row.starts))
    mentioned = {people[line.item.person] for line in lines.good}
    stored = _stored(session, mentioned)
    changes = compare(
        lines.good,
        lambda row: (people[row.person], row.type, row.starts),
        lambda row: _values(row, people),
        stored,
    )
    counts = write(session, "excuse", changes)
    stale.mark(session, _touched(changes, site))
    return counts


def _stored(session: Session, people: Collection[int]) -> dict[Identity, RowMapping]:
    """What is stored, by identity: the excuse that counts before one that was rejected.

    One that was withdrawn by hand is history: a file neither finds nor revives it.
    """
    entry = table_of("excuse_entry").c
    withdrawn = select(entry.excuse_id).where(entry.withdrawn_at.is_not(None))
    gone = set(session.connection().scalars(withdrawn))
    rows = [row for row in stored_rows(session, "excuse", "person_id", people) if row["id"] not in gone]
    rows.sort(key=lambda row: row["status"] != "rejected")
    return {(row["person_id"], row["type_code"], row["starts"]): row for row in rows}


def _check_types(session: Session, lines: Lines[ExcuseRow]) -> None:
    """A type that the office's catalogue does not have is refused, naming those that it has."""
    known = sorted(row["code"] for row in stored_rows(session, "excuse_type"))
    for line in lines.read:
        if line.item.type not in known:
            lines.refuse(line, "type", "unknown_excuse_type", value=line.item.type, known=", ".join(known))


def _values(row: ExcuseRow, people: Mapping[str, int]) -> dict[str, Any]:
    return {
        "person_id": people[row.person],
        "type_code": row.type,
        "starts": row.starts,
        "ends": row.ends,
        "status": row.status,
        "document": row.document,
        "document_date": row.document_date,
        "entered_at": row.entered_at,
    }


def _touched(changes: Iterable[Change[ExcuseRow]], site: Site) -> Iterator[tuple[int, *Days]]:
    """Days of the excuse as it is now and as it was."""
    for change in changes:
        if change.touches():
            starts, ends = change.values["starts"], change.values["ends"]
            longest = ends if change.before is None else max(ends, change.before["ends"])
            yield change.values["person_id"], *site.days_of_seconds(starts, longest)
