"""Parts of pages that are kept while they stay true: until anything is committed or the minute is over.

A part is kept for the scope it was made for, so nobody is given what another scope may see. That nothing
changed is what the database itself says (store.version), not a list of places that might change something.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

from flask import Flask, current_app
from sqlalchemy import Engine

from monitor.store.queries.tree import Tree, tree
from monitor.store.session import reading
from monitor.store.version import DataVersion
from monitor.web.context import site

KEY = "kept_parts"
MINUTE = 60
MOST_PARTS = 128

Part = TypeVar("Part")


@dataclass(slots=True)
class _Place(Generic[Part]):
    """Where one part is kept; whoever makes it holds the lock, so that it is made once."""

    lock: Lock = field(default_factory=Lock)
    part: Part | None = None


class Kept(Generic[Part]):
    """The parts of one application; threads share it."""

    def __init__(self, engine: Engine) -> None:
        """Nothing is kept yet."""
        self._version = DataVersion(engine)
        self._lock = Lock()
        self._state: Hashable = None
        self._places: dict[Hashable, _Place[Part]] = {}

    def part(self, key: Hashable, minute: int, make: Callable[[], Part]) -> Part:
        """What `make` gives, made now or when it was first asked for in this state of the database.

        `make` must read in a transaction that it begins itself, after the token was taken.
        """
        place = self._place(key, (self._version.token(), minute))
        with place.lock:
            if place.part is None:
                place.part = make()
            return place.part

    def _place(self, key: Hashable, state: Hashable) -> _Place[Part]:
        with self._lock:
            if state != self._state:
                self._state, self._places = state, {}
            place = self._places.get(key)
            if place is None:
                place = _Place()
                if len(self._places) < MOST_PARTS:
                    self._places[key] = place
            return place


def install(app: Flask, engine: Engine) -> None:
    """Give the application a place for parts."""
    app.extensions[KEY] = Kept(engine)


def kept_parts() -> Kept[object]:
    """The parts of the application that answers this request."""
    found: Kept[object] = current_app.extensions[KEY]
    return found


def kept_part(key: Hashable, make: Callable[[], Part]) -> Part:
    """A part by a key of its own, in this minute of the application that answers this request."""
    parts: Kept[Part] = current_app.extensions[KEY]
    return parts.part(key, site().wall_clock() // MINUTE, make)


def units_now() -> Tree:
    """The tree of units, which every request needs and hardly any changes."""
    return kept_part("units", _read_units)


def _read_units() -> Tree:
    # In a transaction of its own: one that was begun before the token was taken may see less than it says.
    with reading(site().engine) as database:
        return tree(database)
