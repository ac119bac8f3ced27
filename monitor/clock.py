"""The present moment as the program sees it: the machine's clock, or the demo's."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.config import Settings


def clock_of(settings: Settings) -> Callable[[], datetime]:
    """A clock giving aware instants in UTC.

    Outside the demo it is the machine's. `[demo] now` is the moment (local, unless it names a zone)
    at which the demo's clock stands still (`frozen`) or from which it has run since `started`
    (seconds since 1970, real time). Raises ValueError when `now` is not an ISO date and time.
    """
    if not settings.demo.now:
        return _present
    start = datetime.fromisoformat(settings.demo.now)
    if start.tzinfo is None:
        start = start.replace(tzinfo=ZoneInfo(settings.site.timezone))
    start = start.astimezone(UTC)
    if settings.demo.frozen:
        return lambda: start
    return lambda: start + timedelta(seconds=time.time() - settings.demo.started)


def _present() -> datetime:
    return datetime.now(UTC)
