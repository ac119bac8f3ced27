"""Statements in the driver's own words: to SQLite past SQLAlchemy, which takes longer over one than it.

A delivery of punches and the refresh after it say seventy, most of them about a few rows, at 20 µs each for
SQLAlchemy. Whoever listens to an engine still hears every one, and errors are SQLAlchemy's.
"""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from monitor.store.driver import sqlite3

Row = tuple[Any, ...]


def fetched(connection: Connection, statement: str, values: Row) -> list[Row]:
    """The driver's own rows. Raises SQLAlchemy's errors."""
    if not _may_be_past(connection):
        return list(connection.exec_driver_sql(statement, values).cursor.fetchall())
    try:
        rows: list[Row] = _driver(connection).execute(statement, values).fetchall()
    except sqlite3.Error as error:
        raise _told(connection, statement, values, error) from error
    return rows


def changed(connection: Connection, statement: str, values: Row | list[Row]) -> int:
    """How many rows a statement changed; said once, or once for each row of a list.

    Raises SQLAlchemy's errors.
    """
    if not _may_be_past(connection):
        return connection.exec_driver_sql(statement, values).rowcount
    driver = _driver(connection)
    try:
        if isinstance(values, list) and len(values) > 1:
            return driver.executemany(statement, values).rowcount
        return driver.execute(statement, values[0] if isinstance(values, list) else values).rowcount
    except sqlite3.Error as error:
        raise _told(connection, statement, values, error) from error


def _may_be_past(connection: Connection) -> bool:
    """Whether it is SQLite, in a transaction that SQLAlchemy has begun, and nobody listens."""
    dialect, heard = connection.dialect, connection.dispatch
    return (
        dialect.name == "sqlite"
        and connection.in_transaction()
        and not (heard.before_cursor_execute or heard.after_cursor_execute)
        and not (dialect.dispatch.do_execute or dialect.dispatch.do_executemany)
    )


def _driver(connection: Connection) -> sqlite3.Connection:
    driver: Any = connection.connection.driver_connection
    found: sqlite3.Connection = driver
    return found


def _told(
    connection: Connection, statement: str, values: Row | list[Row], error: sqlite3.Error
) -> BaseException:
    """An error as SQLAlchemy would raise it, after letting go of a connection that is none any more."""
    said: Any = error  # an error of the dialect's own driver, which its types do not know
    if connection.dialect.is_disconnect(said, None, None):
        connection.invalidate(error)
    return DBAPIError.instance(
        statement, values, error, sqlite3.Error, connection.engine.hide_parameters, dialect=connection.dialect
    )
