"""A PostgreSQL database: COPY out of one snapshot, into a schema of its own, exchanged in one transaction.

Our own program does it, since pg_dump need not be installed where the program runs.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from uuid import uuid4

from psycopg import sql
from sqlalchemy import Connection, Engine, inspect, make_url, text
from sqlmodel import Session

from monitor.backup.errors import BackupRefused
from monitor.backup.manifest import About, Facts, facts_of
from monitor.backup.references import check_rows, dangling
from monitor.store.copying import driver_cursor
from monitor.store.months import begin_months, first_month, whole_tables
from monitor.store.schema import VERSION_TABLE, migrate
from monitor.store.session import open_database

TABLES, SEQUENCES, MONTHS, PREFIX = "tables.json", "sequences.json", "months.json", "table/"
Add = Callable[[str, Iterable[bytes]], None]
_SETVAL = text("SELECT setval(pg_catalog.quote_ident(:name)::regclass, :value)")
_LAST_VALUES = text(
    "SELECT sequencename, last_value FROM pg_sequences "
    "WHERE schemaname = current_schema() AND last_value IS NOT NULL ORDER BY sequencename"
)
_OTHERS = text(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend' ORDER BY pid"
)
_FUNCTIONS = text(
    "SELECT p.oid::regprocedure::text, "
    "coalesce(array_to_string(p.proconfig, ' '), '') ~ 'search_path=' FROM pg_proc p "
    "WHERE p.pronamespace = CAST(:schema AS regnamespace) "
    "AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
)


class PostgresScratch:
    """A schema of its own, which a connection's search path makes the only one."""

    def __init__(self, url: str, schema: str) -> None:
        """Use a schema that exists and is empty."""
        self.schema, self._home_url = schema, url
        path = make_url(url).update_query_dict({"options": f"-csearch_path={schema}"})
        self.url = path.render_as_string(hide_password=False)
        self._columns: dict[str, list[str]] = {}

    def begin(self, about: About) -> None:
        """Make the tables as they were, and empty: migrations bring rows of their own."""
        migrate(self.url, to=about.schema)
        with _writing(self.url) as connection:
            names = [name for name in whole_tables(connection) if name != VERSION_TABLE]
            preparer = connection.dialect.identifier_preparer
            connection.execute(text(f"TRUNCATE {', '.join(map(preparer.quote, names))}"))
            check_rows(connection, on=False)

    def take(self, name: str, blocks: Iterable[bytes]) -> None:
        """Take the list of tables, the first month, the rows of a table, or how far the ids are counted."""
        if name == TABLES:
            self._columns = json.loads(b"".join(blocks))
        elif name == MONTHS:
            with _writing(self.url) as connection:
                begin_months(connection, date.fromisoformat(json.loads(b"".join(blocks))))
        elif name == SEQUENCES:
            with _writing(self.url) as connection:
                for sequence, value in json.loads(b"".join(blocks)).items():
                    connection.execute(_SETVAL, {"name": sequence, "value": value})
        elif (table := name.removeprefix(PREFIX)) != name and table in self._columns:
            with _writing(self.url) as connection:
                _copy_in(connection, table, self._columns[table], blocks)
        else:
            raise BackupRefused("backup_damaged")

    def end(self) -> None:
        """Nothing more comes: what triggers look up is looked up for all rows. Raises BackupRefused."""
        with _writing(self.url) as connection:
            check_rows(connection, on=True)
            lost = dangling(connection)
        if lost:
            raise BackupRefused("backup_unsound", why=lost)

    def install(self, stamp: str) -> str:
        """Move the former tables to a schema of their own and the new ones into their place, at once."""
        former = f"before_restore_{stamp.lower()}"
        with _writing(self._home_url) as connection:
            home = str(connection.execute(text("SELECT current_schema()")).scalar_one())
            had = bool(inspect(connection).get_table_names(schema=home))
            connection.execute(text(f"CREATE SCHEMA {former}"))
            _move(connection, home, former)
            _move(connection, self.schema, home)
            if not had:
                connection.execute(text(f"DROP SCHEMA {former}"))
        return former if had else ""


class PostgresStorage:
    """The database of an installation."""

    kind = "postgresql"

    def __init__(self, url: str) -> None:
        """Take the database that a URL names."""
        self._url = url

    def dump(self, about: About, add: Add) -> Facts:  # noqa: ARG002 - as every storage
        """Send every table as of one moment: a read-only transaction of one snapshot."""
        engine = open_database(self._url)
        try:
            return _dumped(engine, add)
        finally:
            engine.dispose()

    @contextmanager
    def scratch(self) -> Iterator[PostgresScratch]:
        """A schema in the same database, dropped afterwards with what is left in it."""
        schema = f"monitor_copy_{uuid4().hex[:12]}"
        with _writing(self._url) as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        try:
            yield PostgresScratch(self._url, schema)
        finally:
            with _writing(self._url) as connection:
                connection.execute(text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))

    def is_empty(self) -> bool:
        """Whether the schema that the program works in has no tables."""
        with _writing(self._url) as connection:
            return not inspect(connection).get_table_names()

    def require_alone(self) -> None:
        """Raises BackupRefused `database_in_use` with the other sessions' ids."""
        with _writing(self._url) as connection:
            others = [str(row[0]) for row in connection.execute(_OTHERS)]
        if others:
            raise BackupRefused("database_in_use", processes=", ".join(others))


def _dumped(engine: Engine, add: Add) -> Facts:
    with engine.connect().execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    ) as connection:
        tables = _tables(connection)
        columns = {name: [one["name"] for one in inspect(connection).get_columns(name)] for name in tables}
        add(TABLES, [json.dumps(columns).encode()])
        if (first := first_month(connection)) is not None:
            add(MONTHS, [json.dumps(first.isoformat()).encode()])
        for table in tables:
            add(PREFIX + table, _copy_out(connection, table, columns[table]))
        counted = {row[0]: row[1] for row in connection.execute(_LAST_VALUES)}
        add(SEQUENCES, [json.dumps(counted).encode()])
        with Session(bind=connection) as session:
            return facts_of(session)


def _tables(connection: Connection) -> list[str]:
    """All tables, those that others refer to first; triggers in place of foreign keys are off meanwhile."""
    whole = set(whole_tables(connection)) - {VERSION_TABLE}
    ordered = inspect(connection).get_sorted_table_and_fkc_names()
    return [name for name, _ in ordered if name is not None and name in whole]


def _named(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _copy_out(connection: Connection, table: str, columns: list[str]) -> Iterator[bytes]:
    # A query, for a table of partitions gives nothing by itself.
    wanted = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(_named(columns), sql.Identifier(table))
    with driver_cursor(connection) as cursor, cursor.copy(wanted) as copy:
        for block in copy:
            yield bytes(block)


def _copy_in(connection: Connection, table: str, columns: list[str], blocks: Iterable[bytes]) -> None:
    wanted = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _named(columns))
    with driver_cursor(connection) as cursor, cursor.copy(wanted) as copy:
        for block in blocks:
            copy.write(block)


def _move(connection: Connection, source: str, target: str) -> None:
    """Move all tables, with what belongs to them, and the functions that their triggers call."""
    quote = connection.dialect.identifier_preparer.quote
    for table in inspect(connection).get_table_names(schema=source):
        place = f"{quote(source)}.{quote(table)}"
        connection.execute(text(f"ALTER TABLE {place} SET SCHEMA {quote(target)}"))
    for function, finds_by_itself in connection.execute(_FUNCTIONS, {"schema": source}).all():
        if finds_by_itself:  # as one with its owner's rights must: its tables go with it
            path = f"{quote(target)}, pg_temp"
            connection.execute(text(f"ALTER FUNCTION {function} SET search_path = {path}"))
        connection.execute(text(f"ALTER FUNCTION {function} SET SCHEMA {quote(target)}"))


@contextmanager
def _writing(url: str) -> Iterator[Connection]:
    """A transaction on a connection that is closed afterwards."""
    engine = open_database(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()
