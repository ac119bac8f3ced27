"""What calls need not ask the database again: who was let in just now, and whose polls say nothing new.

All of it lives in this process, for some minutes at most. Nothing is stored by it and nothing proven: a
delivery is admitted again in the transaction that stores it, and a poll that is not noted proves no hours.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

Thing = TypeVar("Thing")
MOST_TERMINALS = 4_096


@dataclass(frozen=True, slots=True, eq=False)
class Known(Generic[Thing]):
    """A thing that is true of one kind of call between two moments of our clock."""

    call: Hashable
    since: datetime
    until: datetime
    thing: Thing


class Heard(Generic[Thing]):
    """Something about each serial number, of those that were told last."""

    def __init__(self, most: int = MOST_TERMINALS) -> None:
        """Nothing is known yet."""
        self._most = most
        self._known: OrderedDict[str, Known[Thing] | object] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, serial: str, call: Hashable, now: datetime) -> Thing | None:
        """What is known for such a call; None where it must be asked, as after our clock was set back."""
        found = self.state(serial)
        if not isinstance(found, Known) or found.call != call or not found.since <= now < found.until:
            return None
        thing: Thing = found.thing
        return thing

    def state(self, serial: str) -> object:
        """What `keep` is told, so that nothing is kept which was asked before it was forgotten."""
        with self._lock:
            return self._known.get(serial)

    def keep(self, serial: str, known: Known[Thing], *, asked_in: object) -> None:
        """Remember it, unless something has changed since the state in which it was asked."""
        with self._lock:
            if self._known.get(serial) is asked_in:
                self._put(serial, known)

    def forget(self, serial: str) -> None:
        """Something has changed."""
        with self._lock:
            self._put(serial, object())

    def _put(self, serial: str, known: object) -> None:
        self._known[serial] = known
        self._known.move_to_end(serial)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
