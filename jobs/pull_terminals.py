"""Read the terminals that are due, and those somebody asked for; one dead one never delays another."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from jobs.context import JobContext
from jobs.far_contacts import FarContacts
from jobs.pull_times import Timetable, timetable_of
from monitor.config import Settings
from monitor.intake import PullReport
from monitor.store.queries.pulls import PullState, claim_requests, close_requests, pull_states
from monitor.store.session import reading, transaction

log = logging.getLogger(__name__)

ROUND_SECONDS = 8.0
"""How long a round waits for its readings; shorter than the grace of a process that is told to end."""
BETWEEN_PUSHES = timedelta(minutes=1)
"""A delivery that only asks for a reading (strict mode) is answered no more often than this."""

Reader = Callable[[JobContext, int], PullReport]
Places = Callable[[Settings], int]
FAR = FarContacts()


def read(context: JobContext, terminal_id: int) -> PullReport:
    """Read one terminal, here or by a worker started for it, and tell those who asked."""
    report = FAR.pull(context, terminal_id)
    with transaction(context.engine) as session:
        close_requests(session, terminal_id, report.pull_id)
    return report


class Rounds:
    """Rounds of readings, called as a job; a reading that outlasts its round goes on beside the next.

    A contact is a child process or a bounded wait, so a thread each will do. They are daemons: a
    reading that is cut off with its process has stored nothing, and is made again.
    """

    def __init__(
        self, reader: Reader = read, *, round_seconds: float = ROUND_SECONDS, places: Places = FAR.places
    ) -> None:
        """Begin with no reading under way."""
        self._reader, self._places = reader, places
        self._round_seconds = round_seconds
        self._under_way: set[int] = set()
        self._failed: list[bool] = []
        self._changed = threading.Condition()

    def __call__(self, context: JobContext) -> str:
        """Begin what is wanted, as places come free, and say what has ended; what is left stays due."""
        places = self._places(context.settings)
        until = time.monotonic() + self._round_seconds
        timetable = timetable_of(context.settings)
        with self._changed:
            for terminal_id, urgent in self._wanted(context, timetable).items():
                if not self._waited(until, lambda: len(self._under_way) < places):
                    break
                if urgent or not timetable.is_rush(context.clock()):
                    self._begin(context, terminal_id)
            self._waited(until, lambda: not self._under_way)
            return self._told()

    def _wanted(self, context: JobContext, timetable: Timetable) -> dict[int, bool]:
        """Terminals in the order in which to begin, and whether a person waits for it."""
        now = context.clock()
        with transaction(context.engine) as session:
            asked = claim_requests(session, now, self._under_way)
        with reading(context.engine) as session:
            states = [state for state in pull_states(session) if state.terminal_id not in self._under_way]
        due = [
            state
            for state in states
            if timetable.is_due(state, now)
            or (asked.get(state.terminal_id) is False and _may_follow(state, now))
        ]
        due.sort(key=lambda state: state.last_tried_at or now)
        urgent = {terminal_id: True for terminal_id, by_person in asked.items() if by_person}
        return urgent | {state.terminal_id: state.terminal_id in urgent for state in due}

    def _begin(self, context: JobContext, terminal_id: int) -> None:
        self._under_way.add(terminal_id)
        threading.Thread(target=self._read, args=(context, terminal_id), daemon=True).start()

    def _read(self, context: JobContext, terminal_id: int) -> None:
        failed = True
        try:
            failed = bool(self._reader(context, terminal_id).error_code)
        except Exception:
            # The other readings must go on; the terminal stays due.
            about = {"event": "reading_failed", "terminal_id": terminal_id}
            log.exception("reading a terminal failed", extra=about)
        with self._changed:
            self._under_way.discard(terminal_id)
            self._failed.append(failed)
            self._changed.notify_all()

    def _waited(self, until: float, done: Callable[[], bool]) -> bool:
        """Wait for something until the round is over; whether it came."""
        return self._changed.wait_for(done, timeout=max(until - time.monotonic(), 0))

    def _told(self) -> str:
        """What ended since the last round."""
        ended, self._failed = self._failed, []
        more = f", {len(self._under_way)} under way" if self._under_way else ""
        return f"{len(ended)} read, {sum(ended)} failed{more}"


def _may_follow(state: PullState, now: datetime) -> bool:
    return state.last_tried_at is None or now - state.last_tried_at >= BETWEEN_PUSHES


run = Rounds()
