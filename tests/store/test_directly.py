"""Statements in the driver's own words: heard by whoever listens, SQLAlchemy's errors, both storages."""

from contextlib import closing

import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from monitor.store.directly import changed, fetched
from monitor.store.driver import sqlite3
from monitor.store.session import open_database, reading, transaction
from tests.office import rows


def place(engine: Engine) -> str:
    return "?" if engine.dialect.name == "sqlite" else "%s"


def driver(connection: Connection) -> sqlite3.Connection:
    found = connection.connection.driver_connection
    assert isinstance(found, sqlite3.Connection)
    return found


def put(engine: Engine) -> str:
    return f"INSERT INTO fact (key, value) VALUES ({place(engine)}, {place(engine)})"


@pytest.mark.parametrize("listened", [False, True])
def test_rows_are_fetched_and_those_changed_counted(engine: Engine, listened: bool) -> None:
    heard: list[str] = []
    if listened:
        event.listen(engine, "before_cursor_execute", lambda *told: heard.append(told[2]))
    ask = f"SELECT value FROM fact WHERE key LIKE {place(engine)} ORDER BY key"
    with transaction(engine) as session:
        connection = session.connection()
        assert changed(connection, put(engine), ("a1", "một")) == 1
        assert changed(connection, put(engine), [("a2", "hai")]) == 1
        assert changed(connection, put(engine), [("a3", "ba"), ("a4", "bốn")]) == 2
        assert fetched(connection, ask, ("a%",)) == [("một",), ("hai",), ("ba",), ("bốn",)]
    assert [one for one in heard if "fact" in one] == [put(engine)] * 3 * listened + [ask] * listened


@pytest.mark.parametrize("kind", ["do_execute", "do_executemany", "after_cursor_execute"])
def test_whoever_listens_hears_each(sqlite_url: str, kind: str) -> None:
    engine, heard = open_database(sqlite_url), []
    event.listen(engine, kind, lambda *told: heard.append([one for one in told if isinstance(one, str)]))
    with transaction(engine) as session:
        changed(session.connection(), put(engine), [("a", "1"), ("b", "2")])
        fetched(session.connection(), "SELECT 1", ())
    engine.dispose()
    assert [put(engine)] in heard if kind != "do_execute" else ["SELECT 1"] in heard


def test_outside_of_a_transaction_one_begins(sqlite_url: str) -> None:
    engine = open_database(sqlite_url)
    with engine.connect() as connection:
        changed(connection, put(engine), ("a", "1"))
        assert connection.in_transaction()
        connection.rollback()
    assert rows(engine, "SELECT * FROM fact WHERE key = 'a'") == []
    engine.dispose()


def test_a_refused_row_is_an_error_of_sqlalchemy_and_nothing_stays(engine: Engine) -> None:
    with pytest.raises(IntegrityError, match="INSERT INTO fact") as told, transaction(engine) as session:
        changed(session.connection(), put(engine), [("a", "1"), ("b", "2"), ("a", "3")])
    assert isinstance(told.value.orig, engine.dialect.loaded_dbapi.IntegrityError)
    assert rows(engine, "SELECT * FROM fact WHERE key IN ('a', 'b')") == []


def test_a_file_that_somebody_else_holds_is_an_error_of_sqlalchemy(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.store.session.BUSY_SECONDS", 0)
    engine = open_database(sqlite_url)
    with closing(sqlite3.connect(str(engine.url.database), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(OperationalError, match="locked"), reading(engine) as session:
            changed(session.connection(), put(engine), ("a", "1"))
    engine.dispose()


def test_a_connection_that_was_closed_is_not_used_again(sqlite_url: str) -> None:
    engine = open_database(sqlite_url)
    with engine.connect() as connection:
        fetched(connection, "SELECT 1", ())
        driver(connection).close()
        with pytest.raises(ProgrammingError, match="closed"):
            fetched(connection, "SELECT 1", ())
    with engine.connect() as connection:
        assert fetched(connection, "SELECT 1", ()) == [(1,)]
    engine.dispose()


def test_a_statement_that_fails_on_the_way_is_told(sqlite_url: str) -> None:
    engine = open_database(sqlite_url)
    with reading(engine) as session:
        driver(session.connection()).create_function("fail", 1, lambda _: 1 / 0)
        with pytest.raises(OperationalError, match="user-defined function"):
            fetched(session.connection(), "SELECT fail(value) FROM json_each('[1]')", ())
    engine.dispose()
