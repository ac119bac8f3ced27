"""Workers of a Dask cluster (extra `scale`): only this module knows Dask."""

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from distributed import Client, Future, KilledWorker, Security, secede
from distributed.comm import CommClosedError

from monitor.config import Fanout
from monitor.fanout.turn import Lost

log = logging.getLogger(__name__)

CONNECT_SECONDS = 10
LOOK_SECONDS = 1.0
FETCH_SECONDS = 300
"""What a task gave is brought within these."""
TRIES = 3
"""How many workers may die under a task before it is done here."""
GONE = (KilledWorker, CommClosedError, TimeoutError, OSError)
"""What a lost worker or scheduler looks like; a task's own error of this kind comes again when done here."""


class Cluster:
    """The cluster behind a scheduler's address; when it cannot be reached, everything is done here."""

    def __init__(self, where: Fanout) -> None:
        """Connect when entered."""
        self._where = where
        self._client: Client | None = None

    def __enter__(self) -> Self:
        try:
            self._client = Client(
                self._where.scheduler,
                timeout=CONNECT_SECONDS,
                security=_security(self._where),
                set_as_default=False,
            )
        except GONE:
            log.warning("no cluster, tasks are done here", extra={"event": "fanout_no_cluster"})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            self._client.close(timeout=CONNECT_SECONDS)

    @property
    def count(self) -> int:
        """Threads of the cluster's workers, each of which does a task."""
        return sum(worker["nthreads"] for worker in self._workers())

    @property
    def lives(self) -> bool:
        """Whether its scheduler can be reached."""
        return self._client is not None and self._client.status == "running"

    def places(self, resource: str) -> int:
        """How many tasks that mostly wait its workers take at once: those started for it, and for so many."""
        return int(sum(worker["resources"].get(resource, 0) for worker in self._workers()))

    def give(self, task: Callable[[Any], Any], key: object) -> "Awaited":
        """Give a task to a worker of the scheduler's choice."""
        return self._submit(task, key, retries=TRIES)

    def give_beside(self, task: Callable[[Any], Any], key: object, resource: str) -> "Awaited":
        """Give a task that mostly waits to a worker started for it; it takes no computation's turn there."""
        return self._submit(_beside, task, key, resources={resource: 1})

    def _submit(self, task: Callable[..., Any], *values: object, **how: object) -> "Awaited":
        if self._client is None or not self.lives:
            raise Lost
        return Awaited(self._client.submit(task, *values, pure=False, **how), self)

    def _workers(self) -> list[dict[str, Any]]:
        """What the scheduler tells of each worker; none when it cannot be asked."""
        client = self._client
        if client is None or client.scheduler is None or not self.lives:
            return []
        try:
            # What `scheduler_info` keeps is replaced every other second by an answer without workers.
            told = client.sync(client.scheduler.identity, n_workers=-1, callback_timeout=CONNECT_SECONDS)
        except GONE:
            return []
        return list(told["workers"].values())


def _beside(task: Callable[[Any], Any], key: object) -> Any:
    secede()
    return task(key)


class Awaited:
    """A task that was given out; its result stays with the worker until it is asked for.

    Nothing here waits without end: whoever asks a client that has lost its scheduler, or was closed by
    another thread, may never be answered.
    """

    def __init__(self, future: "Future[Any]", cluster: Cluster) -> None:
        """Listen for its end."""
        self._future, self._cluster = future, cluster
        self._over = threading.Event()
        future.add_done_callback(lambda _: self._over.set())

    def ended(self, seconds: float) -> bool:
        """Wait for its end for a moment; whether it came, well or not."""
        return self._over.wait(seconds)

    def result(self) -> Any:
        """Its result, waited for while there is a scheduler. Raises Lost, or what the task raises."""
        try:
            while not self.ended(LOOK_SECONDS):
                if not self._cluster.lives:
                    raise Lost
            return self._future.result(timeout=FETCH_SECONDS)
        except GONE as error:
            raise Lost from error
        except BaseException as error:
            if self._future.status in {"cancelled", "lost"}:
                raise Lost from error
            raise
        finally:
            self._future.release()

    def forget(self) -> None:
        """Have nobody do it any more."""
        self._future.release()


def _security(where: Fanout) -> Security | None:
    if not where.scheduler.startswith("tls://"):
        return None  # loopback: the configuration refuses any other address without TLS
    return Security(
        require_encryption=True,
        tls_ca_file=str(where.ca_file),
        tls_client_cert=str(where.certificate_file),
        tls_client_key=str(where.key_file),
    )
