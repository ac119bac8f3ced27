"""Wrong tries, counted for all processes together: a growing pause, then a lock-out.

A try is counted before its secret is checked and the count is taken back when it was right: however many
requests come at once, no more than the limit are ever checked.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from monitor.accounts.profiles import Profile
from monitor.store.tables import Attempt

FREE_TRIES = 3
LONGEST_PAUSE = timedelta(seconds=60)
FORGOTTEN_AFTER = timedelta(hours=1)
ADDRESS_FACTOR = 10
"""A whole office may sit behind one address: it has ten times an account's tries, and no pauses."""
BUCKETS = 1024
"""Names that nobody has share this many counters, so that inventing names fills no table."""


def name_key(user_name: str) -> str:
    """The counter of a name that nobody has."""
    digest = hashlib.sha256(user_name.encode()).digest()
    return f"name:{int.from_bytes(digest[:4]) % BUCKETS}"


def address_key(address: str) -> str:
    """The counter of a source address; of IPv6 its /64, which one reader has to himself."""
    try:
        found = ip_address(address)
    except ValueError:
        return "address:?"
    if isinstance(found, IPv6Address):
        return f"address:{ip_network((found, 64), strict=False).network_address}"
    return f"address:{found}"


def admit(session: Session, keys: Sequence[str], profile: Profile, now: datetime) -> bool:
    """Count one try under each key; False when one of them is closed, and then nothing is counted."""
    _forget(session, now, profile)
    rows = [_locked(session, key, now) for key in sorted(keys)]
    if any(row.blocked_until is not None and row.blocked_until > now for row in rows):
        return False
    for row in rows:
        row.failures += 1
        row.last_at = now
        row.blocked_until = _closed_until(row, profile, now)
    session.flush()
    return True


def _locked(session: Session, key: str, now: datetime) -> Attempt:
    """The counter of a key, held until the transaction ends.

    The update that changes nothing takes the lock in the same statement. Inserting or leaving it, and then
    reading it, would find nothing when another's right try deletes the counter in between.
    """
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    new = dialect.insert(Attempt).values({"key": key, "failures": 0, "last_at": now})
    session.connection().execute(new.on_conflict_do_update(index_elements=["key"], set_={"key": key}))
    return session.get_one(Attempt, key, populate_existing=True)


def _forget(session: Session, now: datetime, profile: Profile) -> None:
    """Old counters go, so that the table holds the last hours only."""
    old = now - max(FORGOTTEN_AFTER, 2 * profile.lockout)
    session.connection().execute(delete(Attempt).where(col(Attempt.last_at) < old))


def _closed_until(row: Attempt, profile: Profile, now: datetime) -> datetime | None:
    if row.key.startswith("address:"):
        return now + profile.lockout if row.failures >= ADDRESS_FACTOR * profile.lockout_failures else None
    if row.failures >= profile.lockout_failures:
        return now + profile.lockout
    over = row.failures - FREE_TRIES
    return now + min(timedelta(seconds=2**over), LONGEST_PAUSE) if over >= 0 else None


def succeed(session: Session, keys: Sequence[str]) -> None:
    """The try was right: its account starts afresh, its address gets this one try back."""
    for key in sorted(keys):
        row = session.scalars(select(Attempt).where(col(Attempt.key) == key).with_for_update()).first()
        if row is None:
            continue
        if key.startswith("address:"):
            row.failures, row.blocked_until = max(row.failures - 1, 0), None
        else:
            session.delete(row)
    session.flush()


def take_back(session: Session, keys: Sequence[str]) -> None:
    """The try could not be judged, so it counts for nothing; earlier ones still do."""
    for key in sorted(keys):
        row = session.scalars(select(Attempt).where(col(Attempt.key) == key).with_for_update()).first()
        if row is not None:
            row.failures, row.blocked_until = max(row.failures - 1, 0), None
    session.flush()


def closes(session: Session, key: str, profile: Profile) -> bool:
    """Whether the last counted try of an account was the one that closed it."""
    row = session.get(Attempt, key)
    return row is not None and row.failures == profile.lockout_failures


def unlock(session: Session, account_id: int) -> None:
    """Open an account at once, whatever was tried."""
    keys = (f"account:{account_id}", f"factor:{account_id}")
    session.connection().execute(delete(Attempt).where(col(Attempt.key).in_(keys)))


def locked_until(session: Session, account_id: int, now: datetime) -> datetime | None:
    """Until when an account is closed by wrong tries; None when it is open."""
    keys = (f"account:{account_id}", f"factor:{account_id}")
    wanted = select(col(Attempt.blocked_until)).where(col(Attempt.key).in_(keys))
    ends = [end for end in session.scalars(wanted) if end is not None and end > now]
    return max(ends, default=None)
