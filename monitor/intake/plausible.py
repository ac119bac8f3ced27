"""Whether a punch's time can be true: by the terminal's history, the present, and what people decided."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from monitor.rules.columns import Bool
from monitor.rules.wallclock import DAY_SECONDS, day_of, seconds_of, text_of
from monitor.store.queries import quarantine
from monitor.store.queries.clocks import suspicion
from monitor.store.queries.log import Identities, numbered, stored_log
from monitor.store.tables import Terminal

FUTURE_TOLERANCE = timedelta(minutes=10)
CLOCK_RESET_ENDS = seconds_of(datetime(2001, 1, 1))  # noqa: DTZ001 - a terminal's wall clock
"""A clock that lost its battery starts again in the year 2000 (terminals: failure mode 5)."""
FUTURE = "in_the_future"
SET_BACK = frozenset({"clock_reset", "before_installation"})
"""Reasons that tell of a clock which had lost its time when somebody punched."""
DECIDED = "decided"
"""Stands for the reason of a record that a person has found untrue already: it is not asked again."""

Reasons = NDArray[np.object_]


def doubts(session: Session, terminal: Terminal, records: Identities, received_at: datetime) -> Reasons:
    """Reason code per record, '' where the time can be true."""
    times = records.device_time
    reasons = _implausible(times, terminal, latest_time(terminal, received_at))
    if FUTURE in reasons:
        # Asked only now: hundreds of terminals deliver every few seconds, and nearly all are plausible.
        reasons = _implausible(times, terminal, trusted_latest(session, terminal, received_at))
    doubtful = np.flatnonzero(reasons != "")
    if len(doubtful):
        reasons[doubtful[_stored_already(session, terminal, records.take(doubtful))]] = ""
    reasons[_found_untrue(session, terminal, records)] = DECIDED
    return reasons


def latest_time(terminal: Terminal, now: datetime) -> int:
    """The latest reading of a terminal's clock that can be true by ours."""
    local = now.astimezone(ZoneInfo(terminal.timezone)).replace(tzinfo=None)
    return seconds_of(local + FUTURE_TOLERANCE)


def trusted_latest(session: Session, terminal: Terminal, now: datetime) -> int:
    """The same by the clock that is to be trusted: where most terminals agree against ours, by theirs.

    Where theirs are the earlier ones ours still counts: nothing is doubted for a clock that is fast.
    """
    doubt = suspicion(session, now)
    return latest_time(terminal, now) + (0 if doubt is None else max(0, doubt.offset_seconds))


def earliest_time(terminal: Terminal) -> int:
    """The earliest reading that can be true."""
    installed = terminal.installed_on
    return CLOCK_RESET_ENDS if installed is None else max(CLOCK_RESET_ENDS, day_of(installed) * DAY_SECONDS)


def _implausible(times: NDArray[np.int64], terminal: Terminal, latest: int) -> Reasons:
    found = np.full(len(times), "", dtype=object)
    found[times > latest] = FUTURE
    found[times < earliest_time(terminal)] = "before_installation"
    found[times < CLOCK_RESET_ENDS] = "clock_reset"
    return found


def _stored_already(session: Session, terminal: Terminal, doubtful: Identities) -> Bool:
    """Which doubtful records are punches by now: somebody released them, or their time came true."""
    known, asked = numbered(stored_log(session, terminal.id or 0, **doubtful.span()), doubtful)
    return np.isin(asked, known)


def _found_untrue(session: Session, terminal: Terminal, records: Identities) -> Bool:
    """Which records a person dismissed, or gave another time."""
    untrue = quarantine.found_untrue(session, terminal.id or 0)
    if not untrue:
        return np.zeros(len(records), bool)
    times = ((user, seconds_in(shown)) for user, shown in untrue)
    known, asked = numbered(Identities.of((user, at) for user, at in times if at is not None), records)
    return np.isin(asked, known)


def seconds_in(shown: str) -> int | None:
    """The wall-clock seconds of `YYYY-MM-DD HH:MM:SS`; None for what is no such time."""
    try:
        found = datetime.fromisoformat(shown)
    except ValueError:
        return None
    return None if found.tzinfo or text_of(seconds_of(found)) != shown else seconds_of(found)
