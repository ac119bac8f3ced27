"""For which hours a terminal's log is known to be complete here: every extension and every gap (rules 7)."""

from dataclasses import dataclass

from sqlmodel import Session

from monitor.rules.wallclock import DAY_SECONDS
from monitor.store.queries import stale
from monitor.store.queries.terminals import last_interval
from monitor.store.tables import CoverageInterval

CLOCK_JUMP_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What a good read tells about completeness, in the terminal's own clock.

    `oldest` is the oldest plausible record it still holds (None for an empty log), `read_at` its
    clock at reading. `broken` says that its counter fell, its serial changed or its clock jumped.
    """

    oldest: int | None
    read_at: int
    broken: bool


def extend(session: Session, terminal_id: int, pull_id: int, contact: Contact) -> None:
    """Add what a completed read covers, and mark whom it may concern.

    From the oldest record still held, or from the previous coverage's end where the log reached
    back that far, to the terminal's clock. A broken log covers only from its own oldest record on.
    """
    previous = None if contact.broken else last_interval(session, terminal_id, "pull")
    start = contact.read_at if contact.oldest is None else min(contact.oldest, contact.read_at)
    if previous is not None and (contact.oldest is None or start <= previous.ends <= contact.read_at):
        _prolong(session, previous, start, contact.read_at)
    else:
        declare(session, terminal_id, start, contact.read_at, source="pull", pull_id=pull_id)


def extend_push(session: Session, terminal_id: int, oldest: int, proven: int) -> None:
    """Add what a push channel has proven to be complete: from its oldest delivered punch to `proven`.

    It goes on from the previous interval unless this serial number's deliveries began after it.
    """
    previous = last_interval(session, terminal_id, "push")
    if previous is not None and oldest <= previous.ends:
        _prolong(session, previous, min(oldest, previous.starts), max(proven, previous.ends))
    elif oldest <= proven:
        declare(session, terminal_id, oldest, proven, source="push")


def _prolong(session: Session, interval: CoverageInterval, start: int, end: int) -> None:
    """Stretch an interval; only the days it gains are marked."""
    gains = [(interval.ends, end)] if end > interval.ends else []
    gains += [(start, interval.starts)] if start < interval.starts else []
    for gain_from, gain_to in gains:
        _mark(session, interval.terminal_id, gain_from, gain_to)
    interval.starts, interval.ends = min(start, interval.starts), max(end, interval.ends)
    session.add(interval)


def declare(
    session: Session, terminal_id: int, start: int, end: int, *, source: str, pull_id: int | None = None
) -> None:
    """Add an interval of its own."""
    session.add(
        CoverageInterval(terminal_id=terminal_id, starts=start, ends=end, source=source, pull_id=pull_id)
    )
    _mark(session, terminal_id, start, end)


def _mark(session: Session, terminal_id: int, start: int, end: int) -> None:
    stale.mark_badge_holders(session, terminal_id, start // DAY_SECONDS, end // DAY_SECONDS)
