"""Who is logged in: begun, found again, renewed, ended. The browser's key is stored as its hash only."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, delete, or_, select, update
from sqlmodel import Session, col

from monitor.accounts.errors import AccountRefused
from monitor.config import Settings
from monitor.store.tables import Account, LoginSession

KEY_BYTES = 32
NOTED_EVERY = timedelta(minutes=1)
"""The last use is written at most this often: a page that is read need not write."""
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Where a log-in comes from, as its owner will recognise it."""

    address: str = ""
    browser: str = ""


def key_hash(key: str) -> str:
    """SHA-256 of a browser's key; it has 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(key.encode()).hexdigest()


def begin(session: Session, account: Account, method: str, visit: Visit, now: datetime) -> tuple[str, int]:
    """Log an account in that was proven by any method; gives the browser's new key and the session's id.

    The one way in, whatever proved the account: `password`, `ldap` (the directory's), `slip`, `oidc`, each
    perhaps with `+factor`, `oidc+mfa` (the provider checked both), or `development`. Raises AccountRefused
    `account_disabled`.
    """
    if account.disabled:
        raise AccountRefused("account_disabled", user=account.user_name)
    key = secrets.token_urlsafe(KEY_BYTES)
    row = LoginSession(
        key_sha256=key_hash(key),
        account_id=account.id or 0,
        method=method,
        began_at=now,
        seen_at=now,
        fresh_at=now,
        address=visit.address[:LONGEST_NAME],
        browser=visit.browser[:LONGEST_NAME],
    )
    session.add(row)
    session.flush()
    return key, row.id or 0


def resume(
    session: Session, key: str, settings: Settings, now: datetime
) -> tuple[Account, LoginSession] | None:
    """The account and session of a browser's key; None when it is over, or its account is disabled."""
    found = select(Account, LoginSession).join(Account, col(Account.id) == col(LoginSession.account_id))
    row = session.execute(found.where(col(LoginSession.key_sha256) == key_hash(key))).first()
    if row is None or row[0].disabled or is_over(row[1], settings, now):
        return None
    return row[0], row[1]


def is_over(row: LoginSession, settings: Settings, now: datetime) -> bool:
    """Whether time has ended the session."""
    idle, lasted = now - row.seen_at, now - row.began_at
    return idle > timedelta(minutes=settings.accounts.idle_minutes) or lasted > timedelta(
        hours=settings.accounts.longest_hours
    )


def note_use(session: Session, session_id: int, now: datetime) -> None:
    """Somebody used the session; a page that refreshes itself must not call this."""
    session.connection().execute(
        update(LoginSession).where(col(LoginSession.id) == session_id).values(seen_at=now)
    )


def renew(session: Session, session_id: int, now: datetime) -> str:
    """A new key for a session whose holder has just proven to be there; the old key is worth nothing.

    Raises AccountRefused `session_over` when the session ended meanwhile.
    """
    key = secrets.token_urlsafe(KEY_BYTES)
    changed = update(LoginSession).where(col(LoginSession.id) == session_id)
    done = session.connection().execute(changed.values(key_sha256=key_hash(key), fresh_at=now))
    if done.rowcount != 1:
        raise AccountRefused("session_over")
    return key


def is_fresh(row: LoginSession, settings: Settings, now: datetime) -> bool:
    """Whether its holder proved to be there lately enough for what matters."""
    return now - row.fresh_at <= timedelta(minutes=settings.accounts.step_up_minutes)


def end(session: Session, account_id: int, session_id: int) -> bool:
    """End one session of an account; False when it has none with this id."""
    return (
        _delete(session, col(LoginSession.account_id) == account_id, col(LoginSession.id) == session_id) > 0
    )


def end_all(session: Session, account_id: int, but: int | None = None) -> int:
    """End every session of an account, save the one with the id `but`; gives how many."""
    wanted = [col(LoginSession.account_id) == account_id]
    if but is not None:
        wanted.append(col(LoginSession.id) != but)
    return _delete(session, *wanted)


def sessions_of(
    session: Session, account_id: int, settings: Settings, now: datetime
) -> Sequence[LoginSession]:
    """The running sessions of an account, the last used first."""
    wanted = select(LoginSession).where(col(LoginSession.account_id) == account_id)
    rows = session.scalars(wanted.order_by(col(LoginSession.seen_at).desc(), col(LoginSession.id).desc()))
    return [row for row in rows if not is_over(row, settings, now)]


def forget_ended(session: Session, settings: Settings, now: datetime) -> int:
    """Delete the rows of sessions that time has ended; gives how many."""
    idle = now - timedelta(minutes=settings.accounts.idle_minutes)
    longest = now - timedelta(hours=settings.accounts.longest_hours)
    return _delete(session, or_(col(LoginSession.seen_at) < idle, col(LoginSession.began_at) < longest))


def _delete(session: Session, *wanted: ColumnElement[bool]) -> int:
    done: CursorResult[object] = session.connection().execute(delete(LoginSession).where(*wanted))
    return done.rowcount
