"""Runs that go on for too long: a thread cannot be ended, so the process is, and started again."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from monitor.store.session import transaction
from monitor.store.tables import JobRun

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 1.0
HUNG = "deadline"
"""The detail of a run that was ended for its length."""
EXIT_CODE = 70


class Watch:
    """Knows the runs under way; its thread ends the process over one that outlasts its deadline."""

    def __init__(
        self, engine: Engine, clock: Callable[[], datetime], end: Callable[[int], object] = os._exit
    ) -> None:
        """`clock` is the machine's; `end` ends the process at once, without waiting for any thread."""
        self._engine, self._clock, self._end = engine, clock, end
        self._under_way: dict[int, tuple[str, float]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def over(self, run_id: int, job: str, deadline_seconds: float) -> Iterator[None]:
        """Watch over one run."""
        with self._lock:
            self._under_way[run_id] = (job, time.monotonic() + deadline_seconds)
        try:
            yield
        finally:
            with self._lock:
                self._under_way.pop(run_id, None)

    def look(self) -> bool:
        """Whether a run had to be ended."""
        with self._lock:
            late = [(run, job) for run, (job, until) in self._under_way.items() if time.monotonic() > until]
        for run_id, job in late:
            log.error("job %s hangs", job, extra={"event": "job_hung", "job": job})
            self._note(run_id)
        if late:
            self._end(EXIT_CODE)
        return bool(late)

    def _note(self, run_id: int) -> None:
        """Say in its row what became of it; a database that hangs as well must not keep us."""
        try:
            with transaction(self._engine) as session:
                row = session.get_one(JobRun, run_id)
                row.finished_at, row.outcome, row.detail = self._clock(), "failed", HUNG
        except SQLAlchemyError:
            log.exception("the hung run is not marked", extra={"event": "job_hung"})

    @contextmanager
    def looking(self, seconds: float = LOOK_EVERY_SECONDS) -> Iterator[None]:
        """Look every so often, from a thread of its own."""
        ended = threading.Event()

        def go_on() -> None:
            while not ended.wait(seconds):
                self.look()

        thread = threading.Thread(target=go_on, name="deadlines", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
