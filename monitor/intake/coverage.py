"""For which hours a terminal's log is known to be complete here: every extension and every gap (rules 7)."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.rules.wallclock import DAY_SECONDS
from monitor.store.queries import stale
from monitor.store.queries.push import last_pushed
from monitor.store.queries.terminals import last_interval
from monitor.store.tables import CoverageInterval

CLOCK_JUMP_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What a good read tells about completeness, in the terminal's own clock.

    `oldest` is the oldest plausible record it still holds (None for an empty log), `read_at` its
    clock at reading. `broken` says that its counter fell, its serial changed or its clock jumped;
    `known_from` is its clock when it was last found to have lost its time, None if it never was.
    """

    oldest: int | None
    read_at: int
    broken: bool
    known_from: int | None = None


def extend(session: Session, terminal_id: int, pull_id: int, contact: Contact) -> None:
    """Add what a completed read covers, and mark whom it may concern.

    From the oldest record still held, or from the previous coverage's end where the log reached
    back that far, to the terminal's clock. A broken log covers only from its own oldest record on. What
    lies before a contact that found its clock to have lost its time is never covered by a later one: the
    punches of those hours may be among the records without a true time.
    """
    previous = None if contact.broken else last_interval(session, terminal_id, "pull")
    start = contact.read_at if contact.oldest is None else min(contact.oldest, contact.read_at)
    if contact.known_from is not None:
        start = min(max(start, contact.known_from), contact.read_at)
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


def break_push(session: Session, terminal_id: int, broken_at: int) -> None:
    """Open a gap before `broken_at`, when a terminal lost records that it may not have delivered.

    A terminal delivers in order: up to the last punch that it pushed before, nothing was lost.
    """
    known = last_interval(session, terminal_id, "push")
    if known is None or known.ends < broken_at or known.starts >= broken_at:
        return
    ends, delivered = known.ends, last_pushed(session, terminal_id, broken_at)
    known.ends = max(known.starts, min(delivered or known.starts, broken_at))
    session.add(known)
    declare(session, terminal_id, broken_at, ends, source="push")
    _mark(session, terminal_id, known.ends, broken_at)


def _prolong(session: Session, interval: CoverageInterval, start: int, end: int) -> None:
    """Stretch an interval; only the days it gains are marked."""
    gains = [(interval.ends, end)] if end > interval.ends else []
    gains += [(start, interval.starts)] if start < interval.starts else []
    for gain_from, gain_to in gains:
        _mark(session, interval.terminal_id, gain_from, gain_to)
    interval.starts, interval.ends = min(start, interval.starts), max(end, interval.ends)
    session.add(interval)


def declare(  # noqa: PLR0913 - one argument per column
    session: Session,
    terminal_id: int,
    start: int,
    end: int,
    *,
    source: str,
    pull_id: int | None = None,
    import_id: int | None = None,
) -> None:
    """Add an interval of its own."""
    session.add(
        CoverageInterval(
            terminal_id=terminal_id,
            starts=start,
            ends=end,
            source=source,
            pull_id=pull_id,
            import_id=import_id,
        )
    )
    _mark(session, terminal_id, start, end)


def withdraw(session: Session, import_id: int) -> list[tuple[int, int]]:
    """Take back what was claimed for a file; gives the intervals that went."""
    claimed = select(CoverageInterval).where(col(CoverageInterval.import_id) == import_id)
    gone = []
    for interval in session.scalars(claimed).all():
        _mark(session, interval.terminal_id, interval.starts, interval.ends)
        gone.append((interval.starts, interval.ends))
        session.delete(interval)
    session.flush()
    return gone


def _mark(session: Session, terminal_id: int, start: int, end: int) -> None:
    stale.mark_badge_holders(session, terminal_id, start // DAY_SECONDS, end // DAY_SECONDS)
