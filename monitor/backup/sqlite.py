"""A SQLite file: copied while others write, put together apart, exchanged in one rename."""

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import make_url

from monitor.backup.errors import BackupRefused
from monitor.backup.files import blocks_of, sync_folder
from monitor.backup.manifest import About, Facts, facts_of
from monitor.store.driver import sqlite3
from monitor.store.session import BUSY_SECONDS, open_database, reading

PART = "database"
PAGES = 1_000
"""Copied at a time (4 MB): under the rollback journal a writer waits for so many, never for the whole."""
PAUSE_SECONDS = 0.002
PATIENCE_SECONDS = 30.0
"""After so long of beginning again, since others kept writing, the rest is copied in one go."""
Add = Callable[[str, Iterable[bytes]], None]


class _Interrupted(Exception):
    """The copy in steps took too long."""


def copy_online(source: Path, target: Path, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
    """A copy of the database as of one moment, by SQLite's backup interface, synced to the disk.

    In WAL mode a read transaction holds that moment. Under the rollback journal a write of another
    process makes the copy begin again; when that has gone on for too long, it is made in one step,
    during which writers wait.
    """
    until = time.monotonic() + patience_seconds

    def look(_status: int, _left: int, _total: int) -> None:
        if time.monotonic() > until:
            raise _Interrupted

    there = f"{source.resolve().as_uri()}?mode=rw"  # a file that is gone is not made anew
    with closing(sqlite3.connect(there, uri=True, timeout=BUSY_SECONDS, isolation_level=None)) as original:
        if original.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
            original.execute("BEGIN")
            original.execute("SELECT count(*) FROM sqlite_master").fetchone()
        try:
            _copy(original, target, PAGES, look)
        except _Interrupted:
            _copy(original, target, -1, None)


def _copy(
    original: sqlite3.Connection, target: Path, pages: int, look: Callable[[int, int, int], None] | None
) -> None:
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        original.backup(copy, pages=pages, progress=look, sleep=PAUSE_SECONDS)
        copy.execute("PRAGMA journal_mode = DELETE")
    with target.open("rb") as file:
        os.fsync(file.fileno())


class SqliteScratch:
    """A file of its own in a folder beside the database."""

    def __init__(self, folder: Path, target: Path) -> None:
        """Use a folder that is ours alone, on the target's disk."""
        self.path, self._target = folder / "copy.db", target

    @property
    def url(self) -> str:
        """The file as a database."""
        return f"sqlite:///{self.path}"

    def begin(self, about: About) -> None:
        """Nothing: the file brings its schema with it."""

    def take(self, name: str, blocks: Iterable[bytes]) -> None:
        """Write the file."""
        if name != PART:
            raise BackupRefused("backup_damaged")
        with self.path.open("xb") as file:
            for block in blocks:
                file.write(block)

    def end(self) -> None:
        """Nothing more comes. Raises BackupRefused `backup_damaged` when no file came."""
        if not self.path.exists():
            raise BackupRefused("backup_damaged")

    def install(self, stamp: str) -> str:
        """Exchange the files; whoever holds the former one open finds the new one at the next turn."""
        with self.path.open("rb") as file:
            os.fsync(file.fileno())
        if _is_empty(self._target):
            self.path.replace(self._target)
            sync_folder(self._target.parent)
            return ""
        former = self._target.with_name(f"{self._target.stem}.before-restore-{stamp}{self._target.suffix}")
        with _locked(self._target):
            _as_before(self.path, self._target)
            self._set_aside(former)
            self.path.replace(self._target)
            sync_folder(self._target.parent)
        return str(former)

    def _set_aside(self, former: Path) -> None:
        """Give the former file a second name; its journal goes along, or it would spoil the new one."""
        try:
            os.link(self._target, former)
        except OSError:  # a disk without links: a copy, so that the exchange stays one step
            shutil.copy2(self._target, former)
        for ending in ("-wal", "-shm", "-journal"):
            with suppress(FileNotFoundError):
                Path(f"{self._target}{ending}").replace(f"{former}{ending}")


class SqliteStorage:
    """The file of an installation."""

    kind = "sqlite"

    def __init__(self, url: str) -> None:
        """Take the file that a URL names."""
        self._path = Path(make_url(url).database or "")

    def dump(self, about: About, add: Add) -> Facts:  # noqa: ARG002 - as every storage
        """Copy the file, then send the copy. Raises BackupRefused `backup_no_room`."""
        self._require_room()
        with self._beside() as folder:
            copy = folder / "copy.db"
            copy_online(self._path, copy)
            add(PART, blocks_of(copy))
            engine = open_database(f"sqlite:///{copy}", anywhere=True)
            try:
                with reading(engine) as session:
                    return facts_of(session)
            finally:
                engine.dispose()

    def _require_room(self) -> None:
        needs = int(self._path.stat().st_size * 1.1)
        free = shutil.disk_usage(self._path.parent).free
        if free < needs:
            raise BackupRefused("backup_no_room", path=str(self._path.parent), mib=(needs - free) >> 20)

    @contextmanager
    def scratch(self) -> Iterator[SqliteScratch]:
        """A place beside the file: the exchange must be one rename on one disk."""
        with self._beside() as folder:
            yield SqliteScratch(folder, self._path)

    @contextmanager
    def _beside(self) -> Iterator[Path]:
        prefix = f".{self._path.name}-copy-"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=prefix, dir=self._path.parent, ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    def is_empty(self) -> bool:
        """Whether there is no file, or one in which nothing was ever made."""
        return _is_empty(self._path)

    def require_alone(self) -> None:
        """Raises BackupRefused `database_in_use` with the other processes' ids."""
        if others := _open_in(self._path):
            raise BackupRefused("database_in_use", processes=", ".join(map(str, others)))


def _is_empty(path: Path) -> bool:
    return not path.exists() or path.stat().st_size == 0


def _as_before(path: Path, former: Path) -> None:
    """Whoever restores may be another user than the one whom the program runs as."""
    was = former.stat()
    path.chmod(was.st_mode & 0o777)
    if os.name != "nt":
        with suppress(PermissionError):
            os.chown(path, was.st_uid, was.st_gid)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Nobody reads or writes meanwhile; a file that is too damaged for locks is taken as it is.

    Raises BackupRefused `database_in_use` when somebody does, and does not stop.
    """
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise BackupRefused("database_in_use", processes="?") from None
        except sqlite3.DatabaseError:
            pass  # not a database any more: that is why it is being replaced
        yield


def _open_in(path: Path) -> list[int]:
    """Ids of other processes that have a file open, as far as this system tells (Linux)."""
    found = set()
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if link.readlink() == path and int(link.parts[2]) != os.getpid():
                found.add(int(link.parts[2]))
    return sorted(found)
