"""Faults of storage: at its n-th operation a process is killed, refused, or overtaken by another one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from monitor.store import session as store_session
from monitor.store.driver import sqlite3
from monitor.store.session import open_database

ERRORS = {
    "disk_full": "database or disk is full",
    "io_error": "disk I/O error",
    "busy": "database is locked",
}
MOST_PAGES = 1_073_741_823


class Killed(BaseException):
    """The process has ended here, as by SIGKILL: nothing of it goes on."""


class _Cursor(sqlite3.Cursor):
    """Says each statement to its connection before it is executed, whoever executes it."""

    def execute(self, statement: str, *values: Any) -> "_Cursor":
        connection: Any = self.connection
        connection.step(statement)
        super().execute(statement, *values)
        return self


class _Watched(sqlite3.Connection):
    """A connection of a simulated process: below SQLAlchemy, which the product also goes past."""

    step: Callable[[str], None] = staticmethod(lambda _statement: None)

    def cursor(self, *_: Any) -> _Cursor:  # type: ignore[override]  # nobody asks for another kind
        return super().cursor(_Cursor)

    def execute(self, *asked: Any) -> _Cursor:
        return self.cursor().execute(*asked)


class Process:
    """One process of the installation, as far as storage sees it: its engine and its connections.

    Operations are statements, and the moments before and after each commit.
    """

    def __init__(self, path: Path) -> None:
        """Open the database without waiting for locks: simulated processes take turns in one thread."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(store_session, "BUSY_SECONDS", 0)
            self.engine: Engine = open_database(f"sqlite:///{path}", anywhere=True)
        self.path, self._left, self._kind = path, 0, ""
        self._act: Callable[[], None] | None = None
        self._dead, self.commits = False, 0
        self.sprung: list[str] = []
        event.listen(self.engine, "do_connect", self._connecting)
        event.listen(self.engine, "connect", self._connected)
        self._commit = self.engine.dialect.do_commit
        setattr(self.engine.dialect, "do_commit", self._committing)  # noqa: B010 - no event comes after a commit

    def arm(self, kind: str, operation: int, act: Callable[[], None] | None = None) -> None:
        """Let something happen at the n-th operation from now on: `kill`, one of ERRORS, or an act."""
        self._kind, self._left, self._act = kind, operation, act

    @property
    def armed(self) -> bool:
        """Whether it has still to happen."""
        return bool(self._kind)

    def restart(self) -> None:
        """A new process: nothing is known but what is in the file."""
        self._kind, self._dead = "", False
        self.engine.dispose()

    def _connecting(self, _dialect: Any, _record: Any, _arguments: Any, named: dict[str, Any]) -> None:
        named["factory"] = _Watched

    def _connected(self, connection: "_Watched", _record: Any) -> None:
        connection.step = self._step  # after what the product says to a new connection: registered after it

    def _committing(self, connection: Any) -> None:
        self._step("COMMIT")
        self._commit(connection)
        self.commits += 1
        self._step("COMMITTED")

    def _step(self, what: str) -> None:
        if self._dead:
            raise Killed
        if not self._kind:
            return
        self._left -= 1
        # Once a commit is done there is nothing left that could be refused.
        if self._left > 0 or (what == "COMMITTED" and self._kind in ERRORS):
            return
        kind, act, self._kind = self._kind, self._act, ""
        self.sprung.append(kind)
        if kind == "kill":
            self._dead = True
            raise Killed
        if act is not None:
            act()
        else:
            raise sqlite3.OperationalError(ERRORS[kind])


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program writes, and does not end."""
    other = sqlite3.connect(path, isolation_level=None, timeout=0)
    try:
        other.execute("BEGIN IMMEDIATE")
        yield
    finally:
        other.close()


@contextmanager
def gone(path: Path) -> Iterator[None]:
    """The file is not there, as with a disk that is not mounted."""
    away = path.with_suffix(".away")
    path.rename(away)
    try:
        yield
    finally:
        away.replace(path)


@contextmanager
def no_room(process: Process, spare: int) -> Iterator[None]:
    """The file can grow by so many pages only: SQLite itself finds the disk full."""

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + spare}")

    event.listen(process.engine, "checkout", limit)
    try:
        yield
    finally:
        event.remove(process.engine, "checkout", limit)
        process.engine.dispose()
