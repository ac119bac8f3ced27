"""Parts of pages that are kept while they stay true: until anything is committed or the minute is over.

A part is kept for the scope it was made for, so nobody is given what another scope may see. That nothing
changed is what the database itself says (store.version), not a list of places that might change something.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

from flask import Flask, current_app, g, has_request_context, request
from sqlalchemy import Engine

from monitor.store.queries.tree import Tree, tree
from monitor.store.session import reading
from monitor.store.version import DataVersion
from monitor.web.context import site

KEY, LOGINS = "kept_parts", "kept_logins"
MINUTE = 60
MOST_PARTS, MOST_LOGINS = 128, 1_024
ONLY_READS = frozenset({"GET", "HEAD"})

Part = TypeVar("Part")


@dataclass(slots=True)
class _Place(Generic[Part]):
    """Where one part is kept; whoever makes it holds the lock, so that it is made once."""

    lock: Lock = field(default_factory=Lock)
    part: Part | None = None


class Kept(Generic[Part]):
    """The parts of one application; threads share it."""

    def __init__(self, version: DataVersion, most: int = MOST_PARTS) -> None:
        """Nothing is kept yet; `most` parts will be at once."""
        self._version, self._most = version, most
        self._lock = Lock()
        self._state: Hashable = None
        self._places: dict[Hashable, _Place[Part]] = {}

    def part(self, key: Hashable, minute: int, make: Callable[[], Part]) -> Part:
        """What `make` gives, made now or when it was first asked for in this state of the database.

        `make` must read in a transaction that it begins itself, after the token was taken. None is not kept.
        """
        place = self._place(key, (self._token(), minute))
        with place.lock:
            found = place.part
            if found is None:
                found = place.part = make()
        if found is None:
            self._forget(key, place)
        return found

    def _token(self) -> object:
        """The token of this moment; a request that only reads keeps to that of its first question.

        So it sees the database as it stood when it came or later, never as it stood before.
        """
        if not has_request_context() or request.method not in ONLY_READS:
            return self._version.token()
        if "data_version" not in g:
            g.data_version = self._version.token()
        return g.data_version

    def _forget(self, key: Hashable, place: _Place[Part]) -> None:
        with self._lock:
            if self._places.get(key) is place:
                del self._places[key]

    def _place(self, key: Hashable, state: Hashable) -> _Place[Part]:
        with self._lock:
            if state != self._state:
                self._state, self._places = state, {}
            place = self._places.get(key)
            if place is None:
                place = _Place()
                if len(self._places) < self._most:
                    self._places[key] = place
            return place


def install(app: Flask, engine: Engine) -> None:
    """Give the application its places: one for parts of pages, one for who is logged in."""
    version = DataVersion(engine)
    app.extensions[KEY], app.extensions[LOGINS] = Kept(version), Kept(version, MOST_LOGINS)


def kept_part(key: Hashable, make: Callable[[], Part]) -> Part:
    """A part by a key of its own, in this minute of the application that answers this request."""
    return _kept(KEY, key, make)


def kept_login(key: Hashable, make: Callable[[], Part]) -> Part:
    """What is known of a log-in; kept apart, so that neither readers nor pages crowd the others out."""
    return _kept(LOGINS, key, make)


def _kept(place: str, key: Hashable, make: Callable[[], Part]) -> Part:
    parts: Kept[Part] = current_app.extensions[place]
    return parts.part(key, site().wall_clock() // MINUTE, make)


def units_now() -> Tree:
    """The tree of units, which every request needs and hardly any changes."""
    return kept_part("units", _read_units)


def _read_units() -> Tree:
    # In a transaction of its own: one that was begun before the token was taken may see less than it says.
    with reading(site().engine) as database:
        return tree(database)
