"""Workers that are processes of this machine."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Any, Self

from monitor.fanout.turn import Given, Lost


class Pool:
    """Processes of this machine; when one of them dies, all are started anew for what comes next."""

    def __init__(self, workers: int) -> None:
        """Start none yet: they are, with the first task."""
        self.count = workers
        self._pool = self._fresh()

    def _fresh(self) -> ProcessPoolExecutor:
        # Spawned, not forked: this process's connections and threads must not be inherited.
        return ProcessPoolExecutor(self.count, mp_context=multiprocessing.get_context("spawn"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def give(self, task: Callable[[Any], Any], key: object) -> Given:
        """Give a task to the next process that is free."""
        try:
            return _FromPool(self._pool.submit(task, key))
        except BrokenProcessPool:
            self._pool.shutdown(cancel_futures=True)
            self._pool = self._fresh()
            return _FromPool(self._pool.submit(task, key))


class _FromPool:
    def __init__(self, future: "Future[Any]") -> None:
        self._future = future

    def result(self) -> Any:
        try:
            return self._future.result()
        except (BrokenProcessPool, CancelledError) as error:
            raise Lost from error
