"""Lines compared with what is stored, and the difference written in bulk."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import RowMapping, Table, bindparam, insert, select, update
from sqlmodel import Session

from monitor.setup.lines import Line
from monitor.store.tables import metadata

T = TypeVar("T")
Values = dict[str, Any]
CHUNK = 5000
MOST_DIFFERENCES = 200
"""Told one by one; of a file that changes more, its hash and the counts must do."""

UNTOLD = frozenset(
    {
        ("terminal", "comm_key"),
        ("terminal", "push_key"),
        ("excuse", "type_code"),
        ("excuse", "document"),
        ("allowance", "kind"),
        ("allowance", "document"),
    }
)
"""Secrets, and why somebody is away: the audit trail tells that they changed, never what they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Generic[T]):
    """What one line comes to: the columns to store, and the stored row (None: there is none yet)."""

    line: Line[T]
    values: Values
    before: RowMapping | None

    @property
    def fresh(self) -> bool:
        """Whether nothing is stored under the line's identity."""
        return self.before is None

    def touches(self, *columns: str) -> bool:
        """Whether any of the columns (all, if none is named) is new or differs."""
        if self.before is None:
            return True
        return any(self.before[name] != self.values[name] for name in columns or self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many lines were added, changed something, or were stored already."""

    added: int
    changed: int
    unchanged: int


def table_of(name: str) -> Table:
    """A table by name."""
    return metadata.tables[name]


def ids(session: Session, table: str) -> dict[str, int]:
    """Code -> id of every unit, person or terminal."""
    columns = table_of(table).c
    rows = session.connection().execute(select(columns.code, columns.id))
    return {row.code: row.id for row in rows}


def stored_rows(
    session: Session, table: str, column: str = "", among: Collection[Any] = ()
) -> list[RowMapping]:
    """Rows of a table as mappings: all, or those whose column holds one of some values."""
    source = table_of(table)
    query = select(source).order_by(*source.primary_key.columns)
    if not column:
        return list(session.connection().execute(query).mappings())
    found: list[RowMapping] = []
    wanted = sorted(among)
    for start in range(0, len(wanted), CHUNK):
        part = query.where(source.c[column].in_(wanted[start : start + CHUNK]))
        found += session.connection().execute(part).mappings()
    return found


def compare(
    lines: Iterable[Line[T]],
    identity: Callable[[T], Hashable],
    values: Callable[[T], Values],
    stored: Mapping[Any, RowMapping],
) -> list[Change[T]]:
    """Each line beside the stored row of the same identity."""
    return [
        Change(line=line, values=values(line.item), before=stored.get(identity(line.item))) for line in lines
    ]


def write(session: Session, table: str, changes: Sequence[Change[T]]) -> Counts:
    """Store what is new and what differs. Updates go first: they may give up what a new row takes."""
    added = [change for change in changes if change.fresh]
    changed = [change for change in changes if not change.fresh and change.touches()]
    remember_differences(session, table, changed)
    update_rows(session, table, [{"id": c.before["id"], **c.values} for c in changed if c.before is not None])
    insert_rows(session, table, [change.values for change in added])
    return Counts(added=len(added), changed=len(changed), unchanged=len(changes) - len(added) - len(changed))


def remember_differences(session: Session, table: str, changed: Iterable[Change[T]]) -> None:
    """Keep what changes, before and after, for the audit entry of this transaction (`differences`)."""
    session.info.setdefault("differences", []).extend(_difference(table, change) for change in changed)


def differences(session: Session) -> list[Values]:
    """What this transaction has changed so far: table, row, and each column's value before and after."""
    found: list[Values] = session.info.get("differences", [])
    return found[:MOST_DIFFERENCES]


def _difference(table: str, change: Change[T]) -> Values:
    before: Mapping[Any, Any] = change.before or {}
    names = [name for name, value in change.values.items() if before[name] != value]
    return {
        "table": table,
        "id": before["id"],
        "before": {name: "…" if (table, name) in UNTOLD else before[name] for name in names},
        "after": {name: "…" if (table, name) in UNTOLD else change.values[name] for name in names},
    }


def insert_rows(session: Session, table: str, rows: Sequence[Values]) -> None:
    """Insert rows that all have the same columns."""
    if rows:
        session.connection().execute(insert(table_of(table)), rows)


def update_rows(session: Session, table: str, rows: Sequence[Values]) -> None:
    """Update rows by `id`; all have the same columns."""
    if not rows:
        return
    source = table_of(table)
    assignments: Values = {name: bindparam(f"new_{name}") for name in rows[0] if name != "id"}
    statement = update(source).where(source.c.id == bindparam("row_id")).values(assignments)
    renamed = [
        {"row_id" if name == "id" else f"new_{name}": value for name, value in row.items()} for row in rows
    ]
    session.connection().execute(statement, renamed)
