"""The database: opening it safely, and transactions."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from monitor.refusal import Refusal
from monitor.store.driver import sqlite3
from monitor.store.place import network_disk

log = logging.getLogger(__name__)

BUSY_SECONDS = 15
"""So long a statement waits for others; well below the scheduler's lease (`queries.lease`)."""


class StoreError(Refusal):
    """The database cannot be used as it is."""


STATEMENTS = 500
"""So many stay prepared: a refresh alone asks fifty different ones, and the driver's custom is a hundred."""
LOG_PAGES = 8_000
"""A commit that makes a write-ahead log this long (32 MB) empties it: no job has (`empty_log`)."""
LOG_BYTES = 32 << 20
"""A log that one large transaction made longer is cut to this when it is begun again."""
UNHEARD: Mapping[str, int] = MappingProxyType(
    {
        "connect_timeout": 10,
        "keepalives_idle": 20,
        "keepalives_interval": 10,
        "keepalives_count": 4,
        "tcp_user_timeout": 60_000,
    }
)
"""When a PostgreSQL server counts as gone (libpq's names; seconds, the last in milliseconds).

One that loses its power says nothing: by the system's own rule who waits for it would wait for hours.
What the URL says comes first.
"""


def open_database(url: str, *, anywhere: bool = False) -> Engine:
    """An engine for a SQLite or PostgreSQL URL, with the settings that keep data safe.

    Raises StoreError `database_folder_missing` when a SQLite file's folder does not exist,
    `database_on_network_disk` when it lies on one, unless it may lie `anywhere`, and
    `journal_mode_refused` when SQLite does not take the safe journal mode.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        ours = {name: value for name, value in UNHEARD.items() if name not in parsed.query}
        return create_engine(url, pool_pre_ping=True, connect_args=ours)
    path = parsed.database or ":memory:"
    if path != ":memory:":
        _require_place(Path(path), anywhere=anywhere)
    return _open_sqlite(url, path)


def _require_place(path: Path, *, anywhere: bool) -> None:
    if not path.parent.is_dir():
        raise StoreError("database_folder_missing", folder=str(path.parent))
    disk = "" if anywhere else network_disk(path)
    if disk:
        raise StoreError("database_on_network_disk", path=str(path), disk=disk)


def _open_sqlite(url: str, path: str) -> Engine:
    """SQLite with foreign keys, a full sync per commit and explicit transactions."""
    arguments = {"timeout": BUSY_SECONDS, "check_same_thread": False, "cached_statements": STATEMENTS}
    engine = create_engine(url, module=sqlite3, connect_args=arguments)
    journal, synchronous = safe_journal(sqlite3.sqlite_version_info)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where we say so, below
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        if path != ":memory:":
            mode = connection.execute(f"PRAGMA journal_mode = {journal}").fetchone()[0]
            if mode.upper() != journal:
                raise StoreError("journal_mode_refused", wanted=journal, got=mode)
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        if journal == "WAL":
            connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
            connection.execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")

    if path != ":memory:":
        _follow_the_file(engine, Path(path))

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that turns from reading to writing fails at once when another
        # writer is busy, whatever the timeout; so writers take the lock when they begin.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _follow_the_file(engine: Engine, path: Path) -> None:
    """Drop connections to a file that another has taken the place of, as a restore does.

    One that was there and is gone is not made anew: SQLite would make an empty one, and with a write-ahead
    log take the log that was left behind for its own and begin it again.
    """
    seen = path.exists()

    @event.listens_for(engine, "do_connect")
    def require(*_: object) -> None:
        if seen and not path.exists():
            msg = "unable to open database file"
            raise sqlite3.OperationalError(msg)

    @event.listens_for(engine, "connect")
    def note(_connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        nonlocal seen
        seen = True
        record.info["file"] = _identity(path)

    @event.listens_for(engine, "checkout")
    def look(_connection: sqlite3.Connection, record: ConnectionPoolEntry, _proxy: object) -> None:
        if record.info.get("file") != _identity(path):
            raise DisconnectionError


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def safe_journal(version: tuple[int, ...]) -> tuple[str, str]:
    """Journal and synchronous mode for a linked SQLite version.

    Versions before 3.51.3 can corrupt a WAL database when two connections write and checkpoint at
    the same instant; the fix was ported back to 3.50.7 and 3.44.6, and 3.52.0 was withdrawn.
    """
    fixed = (
        (version >= (3, 51, 3) and version[:3] != (3, 52, 0))
        or (version[:2] == (3, 50) and version >= (3, 50, 7))
        or (version[:2] == (3, 44) and version >= (3, 44, 6))
    )
    return ("WAL", "FULL") if fixed else ("DELETE", "EXTRA")


def empty_log(engine: Engine) -> None:
    """Take over into the file what lies in SQLite's write-ahead log, as far as no reader needs it there.

    A commit that does so, by SQLite's custom each that finds 1,000 pages, takes twice as long: so jobs do it
    between commits, and nobody waits. Without such a log nothing happens.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")


@contextmanager
def transaction(engine: Engine, *, keep: bool = True) -> Iterator[Session]:
    """A session that commits all of its work at the end, or nothing of it; with `keep` False, nothing."""
    with writing(engine) as connection:
        with within(connection) as session:
            yield session
        if not keep:
            connection.rollback()


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that writes, committed at the end, or not at all."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


@contextmanager
def within(connection: Connection) -> Iterator[Session]:
    """A session in a transaction that somebody else ends."""
    with Session(bind=connection) as session:
        yield session
        session.flush()


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session for reading; nothing done in it is kept."""
    with engine.connect() as connection, Session(bind=connection) as session:
        yield session
