"""Writing records in place of those of the same days: what is equal is compared, not written."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import Column, Connection, Delete, Table, bindparam, delete, select
from sqlmodel import Session

from monitor.store.asking import Question, among
from monitor.store.bulk import COPIED_FROM, insert_rows, replace_rows
from monitor.store.queries.adjustments import Fresh
from monitor.store.queries.periods import RECORDS
from monitor.store.queries.stale import Span

Stored = tuple[Any, ...]
QUESTIONS = 4
"""Up to so many different spans of days are asked for one by one; more of them all at once."""
FEW_ROWS = 1_000
"""Up to so many rows SQLite compares itself as they are written: reading them all would take longer."""


def _stored_of(table: Table, columns: Iterable[Column[Any]]) -> Question:
    days = table.c.day.between(bindparam("first"), bindparam("last"))
    return Question(select(*columns).where(among(table.c.person_id, "people"), days))


def _forget_days_of(table: Table) -> Delete:
    days = table.c.day.between(bindparam("first"), bindparam("last"))
    return delete(table).where(table.c.person_id == bindparam("person"), days)


def _forget_row_of(table: Table) -> Delete:
    keys = (column == bindparam(f"key_{column.name}") for column in table.primary_key.columns)
    return delete(table).where(*keys)


_STORED = {table.name: _stored_of(table, table.columns) for table in RECORDS}
_STORED_KEYS = {table.name: _stored_of(table, table.primary_key.columns) for table in RECORDS}
_FORGET_DAYS = {table.name: _forget_days_of(table) for table in RECORDS}
_FORGET_ROW = {table.name: _forget_row_of(table) for table in RECORDS}


def rewrite(session: Session, fresh: Fresh) -> None:
    """Let the person-days of the spans have exactly these records."""
    named = zip(RECORDS, (fresh.sessions, fresh.days, fresh.overtime), strict=True)
    values = [(itemgetter(*table.columns.keys()), rows) for table, rows in named]
    rewrite_rows(session, fresh.spans, [[value(row) for row in rows] for value, rows in values])


def rewrite_rows(session: Session, spans: Sequence[Span], tables: Sequence[list[Stored]]) -> None:
    """As `rewrite`: whole rows in the order of their table's columns, for each of `RECORDS`."""
    if not spans:
        return
    for table, rows in zip(RECORDS, tables, strict=True):
        _rewrite(session, table, spans, rows)


def _rewrite(session: Session, table: Table, spans: Sequence[Span], fresh: list[Stored]) -> None:
    connection = session.connection()
    key = itemgetter(*range(len(table.primary_key.columns)))  # the key's columns come first
    if connection.dialect.name == "sqlite" and len(fresh) <= FEW_ROWS:
        kept = {key(row) for row in fresh}
        there = _stored(session, _STORED_KEYS[table.name], spans)
        _forget(connection, table, [row for row in there if row not in kept])
        replace_rows(connection, table, fresh)
        return
    found = list(_stored(session, _STORED[table.name], spans))
    if not found:
        insert_rows(connection, table, fresh)
        return
    # By the key, which comes first. Mostly all is as it was, and then nobody needs a set of it.
    found.sort()
    fresh.sort()
    if found == fresh:
        return
    stored = set(found)
    changed = [row for row in fresh if row not in stored]
    if len(changed) >= COPIED_FROM and 2 * len(changed) > len(stored):
        # Many, and most of it: whole days go at once, and what was equal is written again.
        _forget_days(connection, table, spans)
        insert_rows(connection, table, fresh)
        return
    kept = {key(row) for row in fresh}
    _forget(connection, table, [row for row in map(key, stored) if row not in kept])
    replace_rows(connection, table, changed)


def _stored(session: Session, question: Question, spans: Sequence[Span]) -> Iterable[Stored]:
    """What the spans have, whole rows or their keys."""
    people = defaultdict(list)
    for person, first, last in spans:
        people[first, last].append(person)
    if len(people) <= QUESTIONS:
        asked = (
            question.rows(session, people=ids, first=first, last=last)
            for (first, last), ids in people.items()
        )
        return chain.from_iterable(asked)
    ids = sorted({person for person, _, _ in spans})
    wanted = {(person, day) for person, first, last in spans for day in range(first, last + 1)}
    first, last = min(span[1] for span in spans), max(span[2] for span in spans)
    return (row for row in question.rows(session, people=ids, first=first, last=last) if row[:2] in wanted)


def _forget_days(connection: Connection, table: Table, spans: Iterable[Span]) -> None:
    rows = [{"person": person, "first": first, "last": last} for person, first, last in spans]
    connection.execute(_FORGET_DAYS[table.name], rows)


def _forget(connection: Connection, table: Table, gone: Iterable[Stored]) -> None:
    names = [f"key_{column.name}" for column in table.primary_key.columns]
    rows = [dict(zip(names, key, strict=True)) for key in sorted(gone)]
    if rows:
        connection.execute(_FORGET_ROW[table.name], rows)
