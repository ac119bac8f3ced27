"""Moving an installation from SQLite to PostgreSQL: one transaction that copies, proves, then commits."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from sqlalchemy import Connection, Table, inspect, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from monitor import audit
from monitor.backup.errors import BackupRefused
from monitor.backup.manifest import Facts, facts_of
from monitor.backup.proving import found_wrong
from monitor.backup.references import check_rows, dangling
from monitor.backup.sqlite import SqliteStorage
from monitor.config import Settings
from monitor.store.canonical import TableHash, portions, table_hash
from monitor.store.copying import copy_in
from monitor.store.driver import sqlite3
from monitor.store.months import begin_months, oldest_day
from monitor.store.schema import migrate, require_current_schema
from monitor.store.session import open_database, transaction
from monitor.store.tables import metadata

OLDEST_SERVER = 15
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What was copied and found equal: each table's rows and hash, and the head of the trail that came."""

    tables: dict[str, TableHash]
    head: str
    seconds: float

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whereto, in whose name, and whether the copy is kept once it is proven."""

    to: str
    actor: str
    now: datetime
    keep: bool = True


def move(settings: Settings, asked: Asked, progress: Progress) -> Moved:
    """Copy everything into an empty PostgreSQL database and prove the copy equal.

    All of it is one transaction of the new database: whatever ends it before, a power cut included,
    leaves that database as empty as it was. Nobody can write to the old one meanwhile, and nothing in
    it changes. Raises BackupRefused `move_only_to_postgresql`, `move_not_empty`, `move_server_old`,
    `move_encoding`, `move_failed`, `move_unequal`, `move_unsound` and, while processes work on the old
    database, `database_in_use`; StoreError for an old schema.
    """
    began = time.monotonic()
    _require_kinds(settings.database_url, asked.to)
    SqliteStorage(settings.database_url).require_alone()
    try:
        tables, head = _moved(settings, asked, progress)
    except (SQLAlchemyError, sqlite3.Error, psycopg.Error) as error:
        # What the databases say may quote rows, so only its kind is told.
        raise BackupRefused("move_failed", why=_kind(error)) from error
    return Moved(tables=tables, head=head, seconds=time.monotonic() - began)


def _require_kinds(source: str, target: str) -> None:
    kinds = make_url(source).get_backend_name(), make_url(target).drivername
    if kinds != ("sqlite", "postgresql+psycopg"):
        raise BackupRefused("move_only_to_postgresql")


def _kind(error: Exception) -> str:
    return type(getattr(error, "orig", None) or error).__name__


def _moved(settings: Settings, asked: Asked, progress: Progress) -> tuple[dict[str, TableHash], str]:
    source = open_database(settings.database_url, anywhere=settings.database.anywhere)
    target = open_database(asked.to)
    try:
        require_current_schema(source)
        # A writer's transaction of the old database, for its lock alone.
        with transaction(source, keep=False) as old, target.connect() as there, there.begin() as all_of_it:
            _require_empty(there)
            migrate(asked.to, within=there)
            tables = _copied(old.connection(), there, progress)
            facts = facts_of(old)
            with Session(bind=there) as new:
                _prove(new, facts)
                _note(new, asked, tables, facts)
            if not asked.keep:
                all_of_it.rollback()
    finally:
        source.dispose()
        target.dispose()
    return tables, facts.head


def _require_empty(there: Connection) -> None:
    server = int(there.execute(text("SHOW server_version_num")).scalar_one()) // 10_000
    if server < OLDEST_SERVER:
        raise BackupRefused("move_server_old", server=server, oldest=OLDEST_SERVER)
    encoding = there.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise BackupRefused("move_encoding", encoding=encoding)
    if found := sorted(inspect(there).get_table_names()):
        raise BackupRefused("move_not_empty", tables=len(found), first=found[0])


def _copied(here: Connection, there: Connection, progress: Progress) -> dict[str, TableHash]:
    """Copy and compare table by table; those that others refer to first."""
    tables = metadata.sorted_tables
    quote = there.dialect.identifier_preparer.quote
    there.execute(text(f"TRUNCATE {', '.join(quote(table.name) for table in tables)}"))  # migrations add rows
    references = _drop_references(there)
    check_rows(there, on=False)
    if (oldest := oldest_day(here)) is not None:
        begin_months(there, oldest)
    found = {}
    for place, table in enumerate(tables):
        progress(place, len(tables))
        copy_in(there, table.name, list(table.columns), _rows(here, table))
        found[table.name] = _equal(here, there, table)
    for statement in references:
        there.execute(text(statement))
    check_rows(there, on=True)
    if lost := dangling(there):
        raise BackupRefused("move_unsound", why=lost)
    _follow_ids(here, there, tables)
    return found


def _rows(here: Connection, table: Table) -> Iterator[Sequence[Any]]:
    for rows in portions(here, table):
        yield from rows


def _equal(here: Connection, there: Connection, table: Table) -> TableHash:
    there.execute(text(f"ANALYZE {there.dialect.identifier_preparer.quote(table.name)}"))
    old, new = table_hash(here, table), table_hash(there, table)
    if old != new:
        raise BackupRefused("move_unequal", table=table.name, here=old.rows, there=new.rows)
    return new


_REFERENCES = text(
    "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE contype = 'f' AND conparentid = 0 AND connamespace = CAST(current_schema() AS regnamespace) "
    "ORDER BY 1, 2"
)


def _drop_references(there: Connection) -> list[str]:
    """Drop the foreign keys; gives what adds them again, each then checked for all rows at once."""
    found = there.execute(_REFERENCES).all()
    for table, name, _ in found:
        there.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    return [f"ALTER TABLE {table} ADD CONSTRAINT {name} {what}" for table, name, what in found]


def _follow_ids(here: Connection, there: Connection, tables: Sequence[Table]) -> None:
    """Let PostgreSQL count on from where SQLite had counted, rows deleted since included."""
    counted = {row[0]: row[1] for row in here.execute(text("SELECT name, seq FROM sqlite_sequence"))}
    for table in tables:
        name = {"table": there.dialect.identifier_preparer.quote(table.name)}
        column = "id" if "id" in table.columns else ""
        sequence = column and there.execute(_SEQUENCE, {**name, "column": column}).scalar()
        if not sequence:
            continue
        last = there.execute(text(f"SELECT max(id) FROM {name['table']}")).scalar() or 0  # noqa: S608 - our own table, quoted
        if last := max(int(last), int(counted.get(table.name, 0))):
            there.execute(_COUNTED, {"sequence": sequence, "last": last})


_SEQUENCE = text("SELECT pg_get_serial_sequence(:table, :column)")
_COUNTED = text("SELECT setval(CAST(:sequence AS regclass), :last)")


def _prove(new: Session, facts: Facts) -> None:
    """The copy's own whole: rows of every table, trail, people shown, seals of closed periods."""
    found = facts_of(new)
    why = "rows" if found != facts else found_wrong(new, facts)
    if why:
        raise BackupRefused("move_unsound", why=why)


def _note(new: Session, asked: Asked, tables: dict[str, TableHash], facts: Facts) -> None:
    detail = {
        "from": "sqlite",
        "to": "postgresql",
        "rows": facts.row_count,
        "head": facts.head,
        "tables": {name: f"{found.rows} {found.sha256}" for name, found in tables.items()},
    }
    audit.record(new, at=asked.now, actor=asked.actor, action="move", subject="installation", detail=detail)
