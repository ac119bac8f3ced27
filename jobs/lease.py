"""Who may run the jobs: a lease in the database, and a fence that refuses the writes of whoever lost it."""

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from monitor.store.queries import lease as rows

log = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
TRY_SECONDS = 5.0


class Fenced(Exception):
    """The lease is another's: nothing of this transaction was kept."""


class Lease:
    """One process's claim; `token` 0 while it has none.

    Every commit on the engine asks, in its own transaction, whether the token is still the newest. With
    PostgreSQL the row stays locked against a change until the commit is done; SQLite's writers are alone
    anyway. So a holder that was cut off, asleep or replaced can finish what it was doing, and keeps nothing.
    """

    def __init__(self, engine: Engine, holder: str = "") -> None:
        """Stand before an engine that only this process's jobs use."""
        self._engine, self.holder = engine, holder or f"{socket.gethostname()}:{os.getpid()}"
        self.token = 0

    def take(self) -> bool:
        """Take the lease, unless its holder lives."""
        with self._unfenced() as session:
            token = rows.take(session, self.holder)
        self.token = token or 0
        return token is not None

    def beat(self) -> bool:
        """Give a sign of life; False when the lease was lost for good."""
        with self._unfenced() as session:
            return rows.beat(session, self.token)

    def give_up(self) -> None:
        """Let another one take it at once."""
        with self._unfenced() as session:
            rows.give_up(session, self.token)

    def held_by(self) -> str:
        """Who holds it, '' for nobody."""
        with self._unfenced() as session:
            held = rows.lease(session)
            return "" if held is None else held.holder

    @contextmanager
    def fence(self) -> Iterator[None]:
        """Within, nothing is committed on the engine without the lease. Commits raise Fenced."""
        event.listen(self._engine, "commit", self._require)
        try:
            yield
        finally:
            event.remove(self._engine, "commit", self._require)

    def _require(self, connection: Connection) -> None:
        if connection.get_execution_options().get("unfenced", False):
            return
        if not rows.is_held(connection, self.token):
            raise Fenced

    @contextmanager
    def _unfenced(self) -> Iterator[Session]:
        options = {"writes": True, "unfenced": True}
        with (
            self._engine.connect().execution_options(**options) as connection,
            connection.begin(),
            Session(bind=connection) as session,
        ):
            yield session
            session.flush()


@contextmanager
def beating(lease: Lease, lost: Callable[[], None], *, seconds: float = BEAT_SECONDS) -> Iterator[None]:
    """Give signs of life from a thread of its own, until the block ends or the lease is lost.

    A beat that fails because the database is busy is made up for by the next; meanwhile others may take
    the lease, and the next beat tells so.
    """
    ended = threading.Event()

    def go_on() -> None:
        while not ended.wait(seconds):
            try:
                alive = lease.beat()
            except SQLAlchemyError:
                log.warning("no sign of life written", exc_info=True, extra={"event": "beat_failed"})
                continue
            if not alive:
                log.error("the lease is another's", extra={"event": "lease_lost"})
                lost()
                return

    thread = threading.Thread(target=go_on, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
