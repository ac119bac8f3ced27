"""The scheduler's lease: who holds it, taking it over, signs of life; one row (`SchedulerLease`)."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from monitor.store.tables import JobRun, SchedulerLease

LEASE = timedelta(seconds=30)
"""After so long without a sign of life another process may take the lease."""
ONLY = col(SchedulerLease.id) == 1


def database_now(session: Session) -> datetime:
    """The clock that holders share: the server's with PostgreSQL, the machine's with SQLite."""
    if session.connection().dialect.name != "postgresql":
        told = session.connection().execute(select(func.strftime("%Y-%m-%d %H:%M:%f", "now"))).scalar_one()
        return datetime.fromisoformat(told).replace(tzinfo=UTC)
    moment: datetime = session.connection().execute(select(func.clock_timestamp())).scalar_one()
    return moment.astimezone(UTC)


def next_token(known: int, now: datetime) -> int:
    """A token above every earlier one, those given after a backup that is put back included."""
    return max(known + 1, int(now.timestamp()))


def lease(session: Session) -> SchedulerLease | None:
    """The lease as it stands; None where no scheduler ever ran."""
    return session.scalars(select(SchedulerLease).where(ONLY)).first()


def take(session: Session, holder: str) -> int | None:
    """Take the lease unless another holder lives; gives the token, in a writing transaction.

    Runs that the former holder left behind are marked as failed: whoever takes over runs them again.
    """
    held = session.scalars(select(SchedulerLease).where(ONLY).with_for_update()).first()
    now = database_now(session)
    if held is None:
        session.add(SchedulerLease(token=next_token(0, now), holder=holder, taken_at=now, beat_at=now))
    elif held.holder and now - held.beat_at < LEASE:
        return None
    else:
        held.token, held.holder = next_token(held.token, now), holder
        held.taken_at = held.beat_at = now
    session.flush()
    left = update(JobRun).where(col(JobRun.finished_at).is_(None))
    session.connection().execute(left.values(finished_at=now, outcome="failed", detail=LEFT_BEHIND))
    return session.connection().execute(select(col(SchedulerLease.token)).where(ONLY)).scalar_one()


LEFT_BEHIND = "process_ended"
"""The detail of a run whose process ended before it did."""


def beat(session: Session, token: int) -> bool:
    """Give a sign of life; False when the lease is another's."""
    mine = update(SchedulerLease).where(ONLY, col(SchedulerLease.token) == token)
    return session.connection().execute(mine.values(beat_at=database_now(session))).rowcount == 1


def give_up(session: Session, token: int) -> None:
    """Let another take the lease at once."""
    mine = update(SchedulerLease).where(ONLY, col(SchedulerLease.token) == token)
    session.connection().execute(mine.values(holder=""))
