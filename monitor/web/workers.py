"""Who makes a large file that a page hands over: the configured workers, as for the command line."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from monitor.config import Fanout
from monitor.fanout import HERE
from monitor.fanout.database import alone
from monitor.web.context import site

_POOL = threading.BoundedSemaphore(1)
"""Worker processes are started for each file: those of one at a time, however many readers ask at once."""


@contextmanager
def workers() -> Iterator[Fanout]:
    """Those of the cluster, or processes of this machine; while they make another file, this process."""
    where = site().settings.fanout
    if where.scheduler or alone(where):
        yield where
        return
    mine = _POOL.acquire(blocking=False)
    try:
        yield where if mine else HERE
    finally:
        if mine:
            _POOL.release()
