"""The scheduler's lease: who holds it, taking it over, signs of life; one row (`SchedulerLease`)."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select, update
from sqlmodel import Session, col

from monitor.store.tables import JobRun, SchedulerLease

LEASE = timedelta(seconds=30)
"""After so long without a sign of life another process may take the lease."""
ONLY = col(SchedulerLease.id) == 1
_HELD = select(SchedulerLease).where(ONLY)
_HELD_ALONE = _HELD.with_for_update()
_TOKEN = select(col(SchedulerLease.token)).where(ONLY)
_STILL_MINE = (
    select(col(SchedulerLease.token))
    .where(col(SchedulerLease.token) == bindparam("mine"))
    .with_for_update(read=True)
)
_BEAT = (
    update(SchedulerLease)
    .where(ONLY, col(SchedulerLease.token) == bindparam("mine"))
    .values(beat_at=bindparam("now"))
)


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
    return session.scalars(_HELD).first()


def is_held(connection: Connection, token: int) -> bool:
    """Whether the token is still the newest, for as long as the connection's transaction lasts."""
    return connection.execute(_STILL_MINE, {"mine": token}).first() is not None


def take(session: Session, holder: str) -> int | None:
    """Take the lease unless another holder lives; gives the token, in a writing transaction.

    Runs that the former holder left behind are marked as failed: whoever takes over runs them again.
    """
    held = session.scalars(_HELD_ALONE).first()
    now = database_now(session)
    if held is None:
        session.add(SchedulerLease(token=next_token(0, now), holder=holder, taken_at=now, beat_at=now))
    elif held.holder and now - held.beat_at < LEASE:
        return None
    else:
        held.token, held.holder = next_token(held.token, now), holder
        held.taken_at = held.beat_at = now
    session.flush()
    session.connection().execute(_LEAVE_BEHIND, {"now": now})
    return session.connection().execute(_TOKEN).scalar_one()


LEFT_BEHIND = "process_ended"
"""The detail of a run whose process ended before it did."""
_LEAVE_BEHIND = (
    update(JobRun)
    .where(col(JobRun.finished_at).is_(None))
    .values(finished_at=bindparam("now"), outcome="failed", detail=LEFT_BEHIND)
)


def beat(session: Session, token: int) -> bool:
    """Give a sign of life; False when the lease is another's."""
    beaten = session.connection().execute(_BEAT, {"mine": token, "now": database_now(session)})
    return beaten.rowcount == 1


def give_up(session: Session, token: int) -> None:
    """Let another take the lease at once."""
    mine = update(SchedulerLease).where(ONLY, col(SchedulerLease.token) == token)
    session.connection().execute(mine.values(holder=""))
