"""Writers that wait for each other are committed together: one commit for all who came meanwhile.

A commit on SQLite waits until nobody reads, and costs several waits for the disk; when hundreds of
terminals deliver at once, one commit each is what they would queue for. Who is served here still hears
only of what has been committed.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine
from sqlmodel import Session

from monitor.store.session import transaction, within, writing

Result = TypeVar("Result")
Work = Callable[[Session], Result]
"""What is to be done in a session that writes. It may be done again, in another transaction."""

MOST_TOGETHER = 64
LONGEST_SECONDS = 0.5
"""So long others are taken along: the first of them waits for its commit all the while."""
GAP_SECONDS = 0.1
"""Between two transactions of a queue other processes get their turn: one that waits for SQLite's lock
sleeps up to so long before it looks again, and would find it taken every time."""


@dataclass(slots=True, eq=False)
class _Waiting(Generic[Result]):
    """A work, and what came of it once it is over; `woken` then, or when it is its thread's turn to lead."""

    work: Work[Result]
    woken: threading.Event = field(default_factory=threading.Event)
    over: bool = False
    result: Result | None = None
    error: BaseException | None = None

    def outcome(self) -> Result:
        if self.error is not None:
            raise self.error
        return self.result  # type: ignore[return-value]  # None only where the work gives it


class Together:
    """The way to write for the threads of one process: one transaction at a time.

    Whoever finds nobody writing leads: it does the work of all who wait, those who come while it does
    so included, and commits. A work that fails is told so alone; the others are done again without it.
    Works of one transaction see what those before them wrote, as if each had been committed.
    """

    def __init__(
        self, engine: Engine, *, clock: Callable[[], float], pause: Callable[[float], object]
    ) -> None:
        """Nobody waits yet; `clock` gives seconds that only ever grow, `pause` lets some of them pass."""
        self.engine = engine
        self._clock, self._pause = clock, pause
        self._lock = threading.Lock()
        self._queue: deque[_Waiting[Any]] = deque()
        self._led = False

    def do(self, work: Work[Result]) -> Result:
        """What a work gives, once committed. Raises what it or the database raises; then nothing is kept."""
        mine = _Waiting(work)
        with self._lock:
            self._queue.append(mine)
            leads, self._led = not self._led, True
        if not leads:
            mine.woken.wait()
            if not mine.over:
                self._pause(GAP_SECONDS)
        if not mine.over:
            self._lead(mine)
        return mine.outcome()

    @property
    def waiting(self) -> int:
        """How many nobody serves yet."""
        return len(self._queue)

    def _lead(self, mine: _Waiting[Any]) -> None:
        """Serve who waits until one's own work is over, then let the one who has waited longest lead."""
        try:
            while not mine.over:
                group = self._next()
                while group:
                    group = self._attempt(group)
        finally:
            with self._lock:
                self._led = bool(self._queue)
                if self._queue:
                    self._queue[0].woken.set()

    def _attempt(self, group: list[_Waiting[Any]]) -> list[_Waiting[Any]]:
        """One transaction of a group, which grows while it is young; gives those to be done again."""
        done = -1
        try:
            with writing(self.engine) as connection:
                done, until = 0, self._clock() + LONGEST_SECONDS
                while done < len(group):
                    _do(group[done], connection)
                    done += 1
                    if done == len(group) < MOST_TOGETHER and self._clock() < until:
                        group += self._next()
        except Exception as error:
            return self._failed(group, done, error)
        except BaseException as error:  # this thread or process ends: nobody may wait for it
            _end(group, error)
            raise
        _end(group)
        return []

    def _failed(self, group: list[_Waiting[Any]], done: int, error: Exception) -> list[_Waiting[Any]]:
        """Tell those who failed; gives the others.

        Where no transaction could begin (`done` is -1), each who waits would only wait as long in vain.
        """
        if 0 <= done < len(group):
            _end([group.pop(done)], error)
            return group
        while done < 0 and (further := self._next()):
            group += further
        _end(group, error)
        return []

    def _next(self) -> list[_Waiting[Any]]:
        """Whoever has waited longest, alone; nobody when nobody waits. Only the leader may ask."""
        with self._lock:
            return [self._queue.popleft()] if self._queue else []


def _do(one: _Waiting[Any], connection: Connection) -> None:
    # A session of its own each: what one has loaded another must not take for what is stored.
    with within(connection) as session:
        one.result = one.work(session)


def _end(group: list[_Waiting[Any]], error: BaseException | None = None) -> None:
    for one in group:
        one.error, one.over = error, True
        one.woken.set()


def committed(store: Engine | Together, work: Work[Result]) -> Result:
    """What a work gives, after its commit: in a transaction of its own, or together with others."""
    if isinstance(store, Together):
        return store.do(work)
    with transaction(store) as session:
        return work(session)
