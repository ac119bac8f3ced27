"""PostgreSQL's binary COPY: rows into a table as fast as the driver can send them."""

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import Connection as PsycopgConnection
from psycopg import Cursor, sql
from sqlalchemy import Column, Connection
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]  # SQLAlchemy's own lacks annotations


def copy_in(
    connection: Connection,
    table: str,
    columns: Sequence[Column[Any]],
    rows: Iterable[Sequence[object]],
) -> int:
    """Append rows, in the order of the columns, in the connection's transaction. Returns how many.

    Values are Python's own (int, str, bytes, bool, float, date, aware datetime, None): binary COPY
    converts nothing. Raises what the driver raises; then the transaction is lost.
    """
    named = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
    wanted = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(sql.Identifier(table), named)
    sent = 0
    with driver_cursor(connection) as cursor, cursor.copy(wanted) as copy:
        copy.set_types([column.type.compile(_DIALECT).lower() for column in columns])
        for row in rows:
            copy.write_row(row)
            sent += 1
    return sent


def driver_cursor(connection: Connection) -> Cursor[tuple[object, ...]]:
    """The driver's own cursor, in the transaction of the connection: only it speaks COPY."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, PsycopgConnection):
        msg = "COPY is PostgreSQL's"
        raise TypeError(msg)
    return driver.cursor()
