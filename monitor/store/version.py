"""Whether anything in the database has changed: a token that is equal only while nothing has.

* SQLite: `PRAGMA data_version` of one connection that never writes. Its value differs whenever any other
  connection, of this process or another, has committed in between.
* PostgreSQL: the snapshot of the transactions that are visible. Two equal snapshots see the same rows,
  for a commit in between would have left the list of those still running, or raised its upper end.

So a token taken *before* rows were read says as long as it is current that they still are what they were.
"""

from threading import Lock
from typing import Any

from sqlalchemy import Engine, event, text


class DataVersion:
    """The token of one engine; threads may share it."""

    def __init__(self, engine: Engine) -> None:
        """Watch an engine; the connection for it is opened when first asked, and anew after a disposal."""
        self._engine = engine
        self._lock = Lock()
        self._watcher: Any = None
        self._opened = 0
        event.listen(engine, "engine_disposed", lambda _engine: self._close())

    def token(self) -> object:
        """The present token. Raises what the database raises."""
        if self._engine.dialect.name != "sqlite":
            with self._engine.connect() as connection:
                return connection.execute(text("SELECT CAST(pg_current_snapshot() AS text)")).scalar_one()
        with self._lock:
            if self._watcher is None:
                # Detached: no other part of the program can get it from the pool and write with it.
                self._watcher = self._engine.raw_connection()
                self._watcher.detach()
                self._opened += 1
            return self._opened, self._asked()

    def _asked(self) -> int:
        cursor = self._watcher.cursor()
        try:
            found: int = cursor.execute("PRAGMA data_version").fetchone()[0]
        finally:
            cursor.close()
        return found

    def _close(self) -> None:
        with self._lock:
            if self._watcher is not None:
                self._watcher.close()
                self._watcher = None
