"""Writing records in place of those of the same days: what is equal is read and compared, not written."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Delete, Select, Table, bindparam, delete, select
from sqlmodel import Session

from monitor.store.bulk import insert_rows
from monitor.store.queries.adjustments import Fresh
from monitor.store.queries.arrays import several
from monitor.store.queries.periods import RECORDS
from monitor.store.queries.stale import Span

Stored = tuple[Any, ...]
QUESTIONS = 4
"""Up to so many different spans of days are asked for one by one; more of them all at once."""


def _stored_of(table: Table) -> Select[*tuple[Any, ...]]:
    days = table.c.day.between(bindparam("first"), bindparam("last"))
    return select(table).where(table.c.person_id.in_(several("people")), days)


def _forget_days_of(table: Table) -> Delete:
    days = table.c.day.between(bindparam("first"), bindparam("last"))
    return delete(table).where(table.c.person_id == bindparam("person"), days)


def _forget_row_of(table: Table) -> Delete:
    keys = (column == bindparam(f"key_{column.name}") for column in table.primary_key.columns)
    return delete(table).where(*keys)


_STORED = {table.name: _stored_of(table) for table in RECORDS}
_FORGET_DAYS = {table.name: _forget_days_of(table) for table in RECORDS}
_FORGET_ROW = {table.name: _forget_row_of(table) for table in RECORDS}


def rewrite(session: Session, fresh: Fresh) -> None:
    """Let the person-days of the spans have exactly these records."""
    if not fresh.spans:
        return
    connection = session.connection()
    for table, rows in zip(RECORDS, (fresh.sessions, fresh.days, fresh.overtime), strict=True):
        values = itemgetter(*table.columns.keys())
        _rewrite(connection, table, fresh.spans, [values(row) for row in rows])


def _rewrite(connection: Connection, table: Table, spans: Sequence[Span], fresh: Sequence[Stored]) -> None:
    stored = set(_stored(connection, table, spans))
    wanted = set(fresh)
    gone, added = stored - wanted, [row for row in fresh if row not in stored]
    if 2 * len(gone) > len(stored):
        # Most of it: whole days go at once, and what was equal is written again.
        _forget_days(connection, table, spans)
        insert_rows(connection, table, fresh)
        return
    _forget(connection, table, gone)
    insert_rows(connection, table, added)


def _stored(connection: Connection, table: Table, spans: Sequence[Span]) -> Iterator[Stored]:
    """What the spans have, whole rows."""
    people = defaultdict(list)
    for person, first, last in spans:
        people[first, last].append(person)
    if len(people) <= QUESTIONS:
        for (first, last), ids in people.items():
            yield from _asked(connection, table, ids, first, last)
        return
    ids = sorted({person for person, _, _ in spans})
    wanted = {(person, day) for person, first, last in spans for day in range(first, last + 1)}
    first, last = min(span[1] for span in spans), max(span[2] for span in spans)
    yield from (row for row in _asked(connection, table, ids, first, last) if row[:2] in wanted)


def _asked(
    connection: Connection, table: Table, people: Sequence[int], first: int, last: int
) -> Iterable[Stored]:
    asked = {"people": people, "first": first, "last": last}
    found = connection.execute(_STORED[table.name], asked)
    # The driver's own tuples: numbers and text need nothing done to them, and there are many.
    rows: Sequence[Stored] = found.cursor.fetchall()
    return rows


def _forget_days(connection: Connection, table: Table, spans: Iterable[Span]) -> None:
    rows = [{"person": person, "first": first, "last": last} for person, first, last in spans]
    connection.execute(_FORGET_DAYS[table.name], rows)


def _forget(connection: Connection, table: Table, gone: Iterable[Stored]) -> None:
    names = [f"key_{column.name}" for column in table.primary_key.columns]
    rows = [dict(zip(names, row, strict=False)) for row in sorted(gone)]  # the key's columns come first
    if rows:
        connection.execute(_FORGET_ROW[table.name], rows)
