"""A table's rows as bytes that are the same on every database, and their hash: for proving copies equal."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, Text, select

AT_ONCE = 10_000
SEPARATORS = (",", ":")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableHash:
    """How many rows a table has, and the SHA-256 of all of them."""

    rows: int
    sha256: str


def table_hash(connection: Connection, table: Table) -> TableHash:
    """The hash of a table's rows in order of its key, read in portions.

    The bytes are one JSON array without spaces that has an array for each row, columns in the order
    of the table class: instants as ISO 8601 in UTC, dates as ISO, bytes in hexadecimal.
    """
    digest, count = hashlib.sha256(b"["), 0
    for rows in portions(connection, table):
        told = json.dumps([*map(tuple, rows)], ensure_ascii=False, separators=SEPARATORS, default=_as_text)
        digest.update(("," if count else "").encode() + told[1:-1].encode())
        count += len(rows)
    digest.update(b"]")
    return TableHash(rows=count, sha256=digest.hexdigest())


def portions(connection: Connection, table: Table) -> Iterator[Sequence[Any]]:
    """All rows of a table in order of its key, some thousands at a time."""
    bytewise = connection.dialect.name == "postgresql"  # SQLite compares text so without being asked
    keys = [_by_bytes(column) if bytewise else column for column in table.primary_key.columns]
    ordered = select(table).order_by(*keys)
    yield from connection.execute(ordered, execution_options={"yield_per": AT_ONCE}).partitions()


def _by_bytes(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Text in the order of its bytes, whatever language the server was set up for."""
    return column.collate("C") if isinstance(column.type, Text) else column


def _as_text(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(type(value).__name__)
