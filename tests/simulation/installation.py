"""The product as the simulation runs it: one furnished file to begin from, and three processes on it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlmodel import Session

from monitor.config import Settings
from monitor.store import session as store_session
from monitor.store.driver import sqlite3
from monitor.store.schema import migrate
from monitor.store.session import open_database, transaction
from monitor.store.tables import (
    Badge,
    Person,
    Posting,
    RegulationSession,
    RegulationTarget,
    RegulationVersion,
    Terminal,
    Unit,
)
from tests.memory import memory_disk
from tests.simulation.oracle import END, START
from tests.simulation.storage import Process
from tests.simulation.terminals import EPOCH

PEOPLE = 7
NEWCOMER = 8
"""Somebody who has no badge until an id of another is given to him."""
BEGAN = date(2026, 2, 23)
SETTINGS = Settings.model_validate(
    {"terminals": {"allowed_networks": ["127.0.0.0/8"], "rush_windows": []}, "site": {}}
)
LOCAL = timedelta(hours=7)


def instant(seconds: int) -> datetime:
    """A wall-clock reading in Vietnam as an aware instant."""
    return (EPOCH + timedelta(seconds=seconds) - LOCAL).replace(tzinfo=UTC)


def port_of(terminal_id: int) -> int:
    """Where a made-up terminal is reached."""
    return 5_000 + terminal_id


class Installation:
    """A folder with the database; made once in a process, given a fresh file for every schedule."""

    def __init__(self, folder: Path) -> None:
        """Migrate and furnish the files to copy from."""
        self._eye: tuple[int, sqlite3.Connection] | None = None
        self.folder, self.path = folder, folder / "monitor.db"
        empty = folder / "empty.db"
        migrate(f"sqlite:///{empty}")
        for terminals in (2, 3):
            shutil.copy(empty, self._template(terminals))
            furnish(self._template(terminals), terminals)
        shutil.copy(empty, self.path)
        self.web, self.work, self.other = (Process(self.path) for _ in range(3))

    def _template(self, terminals: int) -> Path:
        return self.folder / f"office-{terminals}.db"

    def begin(self, terminals: int) -> None:
        """A fresh database, and processes that know nothing."""
        for process in (self.web, self.work, self.other):
            process.restart()
            process.sprung.clear()
        new = self.folder / "new.db"
        shutil.copyfile(self._template(terminals), new)
        self.let_go()
        new.replace(self.path)

    @property
    def has_log(self) -> bool:
        """Whether a write-ahead log lies beside the file."""
        return Path(f"{self.path}-wal").exists()

    def let_go(self) -> None:
        """Have nobody at the file, and nothing of it beside it, before another one takes its place.

        Whoever closed a connection afterwards would delete the other one's write-ahead log with its own.
        """
        for process in (self.web, self.work, self.other):
            process.engine.dispose()
        if self._eye is not None:
            self._eye[1].close()
            self._eye = None
        for ending in ("-journal", "-wal", "-shm"):
            Path(f"{self.path}{ending}").unlink(missing_ok=True)

    @property
    def eye(self) -> sqlite3.Connection:
        """A look at the file past the product; a new one when another file has taken its place."""
        now = self.path.stat().st_ino
        if self._eye is None or self._eye[0] != now:
            if self._eye is not None:
                self._eye[1].close()
            self._eye = now, sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, isolation_level=None)
        return self._eye[1]

    def close(self) -> None:
        """Let go of the file."""
        self.let_go()


def furnish(path: Path, terminals: int) -> None:
    """One unit, seven people with a badge and one without, two or three terminals, one session a day."""
    engine = open_database(f"sqlite:///{path}", anywhere=True)
    with transaction(engine) as session:
        session.add(Unit(id=1, code="VP", name="Văn phòng"))
        for place in range(1, NEWCOMER + 1):
            code = f"N{place}"
            session.add(Person(id=place, code=code, name=code, sort_key=code, search_key=code.lower()))
        session.flush()
        for place in range(1, NEWCOMER + 1):
            session.add(Posting(person_id=place, unit_id=1, role="staff", valid_from=BEGAN))
        for place in range(1, PEOPLE + 1):
            session.add(Badge(person_id=place, device_user_id=str(place)))
        _put_up(session, terminals)
        _regulate(session)
    engine.dispose()


def _put_up(session: Session, terminals: int) -> None:
    for place, (kind, push) in enumerate((("zk", False), ("zk", True), ("zk_push", True)), start=1):
        if place <= terminals:
            code, serial, port = f"M{place}", f"SN{place}", port_of(place)
            one = Terminal(id=place, code=code, name=code, kind=kind, push=push, serial=serial)
            one.host, one.port = "127.0.0.1", port
            session.add(one)


def _regulate(session: Session) -> None:
    title = "Giờ hành chính"
    session.add(
        RegulationVersion(
            id=1, code="hc", title=title, document="QĐ 1", valid_from=BEGAN, marks=2, grace_late_minutes=5
        )
    )
    session.flush()
    session.add(RegulationTarget(regulation_id=1, valid_from=BEGAN))
    hours = {"start_seconds": START, "end_seconds": END}
    session.add(RegulationSession(regulation_id=1, name="Ngày", weekdays="12345", cong=1, **hours))


@contextmanager
def in_memory() -> Iterator[Path]:
    """A folder that goes with its process, on a disk that is memory where there is one."""
    with TemporaryDirectory(prefix="monitor-simulation-", dir=memory_disk()) as folder:
        yield Path(folder)


@contextmanager
def unsynced(journal: str = "") -> Iterator[None]:
    """SQLite does not wait for the disk: no power is cut here.

    `journal`: WAL or DELETE, whatever the version: the flaw of older ones takes two threads, here is one.
    """
    sound = store_session.safe_journal
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store_session, "safe_journal", lambda version: (journal or sound(version)[0], "OFF"))
        yield
