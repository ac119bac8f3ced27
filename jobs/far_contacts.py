"""Contacts with terminals made by the workers of a cluster that were started for it; kept by this process.

A worker of `dask worker … --resources terminals=16` says by that that it reaches the terminals' network, and
how many it reads at once. It is told a terminal's id, reads the database as a role that can only read, makes
the contact as this process would, and gives back what came. Only this process stores, under the lease's
fence: whatever becomes of workers, a log is stored once or not at all, and read again.
"""

import logging
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from jobs.context import JobContext
from monitor.config import Fanout, Settings
from monitor.fanout import clustered
from monitor.fanout.database import reading_at, url_for
from monitor.fanout.turn import Lost
from monitor.intake import PullReport, pull
from monitor.intake.pull import Contacted, contact, keep, list_is_due, wanted_of
from monitor.store.queries.lease import database_now
from monitor.store.session import reading

if TYPE_CHECKING:
    from monitor.fanout.cluster import Awaited, Cluster

log = logging.getLogger(__name__)

RESOURCE = "terminals"
MOST_AT_ONCE = 256
"""Readings under way, each with a thread here that waits for it."""
KEPT_AT_ONCE = 4
"""Logs taken from workers and stored at once: a great one takes some 20 MB, and the others may wait there."""
LOOK_SECONDS = 1.0
RECONNECT_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What a worker is told: which database to read, which terminal to contact, and how contacts are made.

    `ahead` is how far our clock is before the database's, by which both go: a worker's own may be wrong, and
    the terminal's is judged by it. No comm key, no password, no punch.
    """

    url: str
    terminal_id: int
    settings: Settings
    list_users: bool
    ahead: timedelta


def contact_far(key: Key) -> Contacted:
    """A worker's task: it only reads, so it may run twice, or half and once more elsewhere."""
    with reading_at(key.url) as session:
        wanted = wanted_of(session, key.terminal_id, key.settings, list_users=key.list_users)
        wrong = database_now(session) - datetime.now(UTC)
    return contact(wanted, lambda: datetime.now(UTC) + wrong + key.ahead)


class FarContacts:
    """Who makes contacts: workers started for it, or this process where there are none or all are lost."""

    def __init__(self) -> None:
        """Connect when first asked."""
        self._lock = threading.Lock()
        self._keeping = threading.BoundedSemaphore(KEPT_AT_ONCE)
        self._where = Fanout()
        self._cluster: Cluster | None = None
        self._again_at = self._looked_at = 0.0
        self._places = 0

    def places(self, settings: Settings) -> int:
        """How many readings may be under way."""
        far = self._far_places(settings.fanout)
        return min(far, MOST_AT_ONCE) if far else settings.terminals.read_at_once

    def pull(self, context: JobContext, terminal_id: int) -> PullReport:
        """Have a terminal read and store its log; what no worker brings is read here."""
        given = self._given(context, terminal_id)
        if given is not None and self._came(given, context.settings):
            with self._keeping:
                contacted = _result(given, terminal_id)
                if contacted is not None:
                    return keep(context.engine, terminal_id, contacted)
        with _places_here(context.settings.terminals.read_at_once):
            return pull(context.engine, terminal_id, settings=context.settings, clock=context.clock)

    def close(self) -> None:
        """Hang up."""
        with self._lock:
            self._hang_up()

    def _given(self, context: JobContext, terminal_id: int) -> "Awaited | None":
        cluster = self._cluster
        if cluster is None or not self._far_places(context.settings.fanout):
            return None
        with suppress(Lost), self._keeping:
            return cluster.give_beside(contact_far, _key(context, terminal_id), RESOURCE)
        return None

    def _came(self, given: "Awaited", settings: Settings) -> bool:
        """Wait for a task while there is somebody to do it, and time to do it twice; whether it ended."""
        until = time.monotonic() + 2 * settings.terminals.deadline_seconds + RECONNECT_SECONDS
        while not given.ended(LOOK_SECONDS):
            if time.monotonic() > until or not self._far_places(settings.fanout):
                log.warning("no worker reads a terminal, it is read here", extra={"event": "contact_lost"})
                given.forget()
                return False
        return True

    def _far_places(self, where: Fanout) -> int:
        """Places of the workers started for it, looked up once a second for all who ask; 0 without any."""
        with self._lock:
            now = time.monotonic()
            if self._where != where:
                self._hang_up()
                self._where, self._again_at = where, 0.0
            if where.scheduler and not self._cluster_lives() and now >= self._again_at:
                self._hang_up()
                self._cluster = clustered(where).__enter__()
                self._again_at = time.monotonic() + RECONNECT_SECONDS
            if self._cluster is not None and now >= self._looked_at + LOOK_SECONDS:
                self._places, self._looked_at = self._cluster.places(RESOURCE), time.monotonic()
            return self._places

    def _cluster_lives(self) -> bool:
        return self._cluster is not None and self._cluster.lives

    def _hang_up(self) -> None:
        if self._cluster is not None:
            self._cluster.__exit__(None, None, None)
        self._cluster, self._places, self._looked_at = None, 0, 0.0


def _key(context: JobContext, terminal_id: int) -> Key:
    now = context.clock()
    with reading(context.engine) as session:
        ahead = now - database_now(session)
        listed = list_is_due(session, terminal_id, now)
    return Key(
        url=url_for(context.engine, context.settings.fanout),
        terminal_id=terminal_id,
        settings=Settings(terminals=context.settings.terminals, folder=context.settings.folder),
        list_users=listed,
        ahead=ahead,
    )


def _result(given: "Awaited", terminal_id: int) -> Contacted | None:
    """What a worker brought; None when it was lost, or could not do what this process perhaps can."""
    try:
        brought: Contacted = given.result()
    except Exception:
        about = {"event": "contact_lost", "terminal_id": terminal_id}
        log.warning("a worker could not read a terminal, it is read here", exc_info=True, extra=about)
        return None
    return brought


@cache
def _places_here(count: int) -> threading.BoundedSemaphore:
    """So many contacts are made here at once, even when all workers are lost at the same moment."""
    return threading.BoundedSemaphore(count)
