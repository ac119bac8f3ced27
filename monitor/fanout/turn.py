"""Giving tasks out, some ahead of the one whose result comes next, and doing here what nobody else does."""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar

log = logging.getLogger(__name__)

Key = TypeVar("Key")
Result = TypeVar("Result")
AHEAD = 2
"""Tasks given out for each worker: one it works on and one that waits for it."""


class Lost(Exception):
    """Whoever did a task is gone; the task itself may be sound."""


class Given(Protocol):
    """A task that was given out."""

    def result(self) -> Any:
        """Its result, waited for. Raises Lost, or what the task raises."""


class Workers(Protocol):
    """Others who do tasks."""

    @property
    def count(self) -> int:
        """How many they are now."""

    def give(self, task: Callable[[Any], Any], key: object) -> Given:
        """Give a task out. Raises Lost when nobody is there."""


class Map(Protocol):
    """What does tasks: gives their results in the order of the keys."""

    def __call__(self, task: Callable[[Key], Result], keys: Iterable[Key], /) -> Iterator[Result]:
        """Do a task for each key. Raises what a task raises."""


def here(task: Callable[[Key], Result], keys: Iterable[Key]) -> Iterator[Result]:
    """One task after the other, in this process."""
    for key in keys:
        yield task(key)


def in_turn(workers: Workers) -> Map:
    """Let others do tasks, with few results waiting at a time, so that memory stays bounded."""

    def doing(task: Callable[[Key], Result], keys: Iterable[Key], /) -> Iterator[Result]:
        waiting: deque[tuple[Key, Given | None]] = deque()
        for key in keys:
            waiting.append((key, _given(workers, task, key)))
            if len(waiting) >= AHEAD * max(workers.count, 1):
                yield _result(task, *waiting.popleft())
        while waiting:
            yield _result(task, *waiting.popleft())

    return doing


def _given(workers: Workers, task: Callable[[Any], Any], key: object) -> Given | None:
    try:
        return workers.give(task, key)
    except Lost:
        return None


def _result(task: Callable[[Key], Result], key: Key, given: Given | None) -> Result:
    if given is not None:
        try:
            done: Result = given.result()
        except Lost:
            log.warning("a worker was lost, its task is done here", extra={"event": "fanout_worker_lost"})
        else:
            return done
    return task(key)
