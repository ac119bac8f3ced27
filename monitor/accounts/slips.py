"""One-time slips: how an account gets its first password, or a new one. Nobody else ever knows a password."""

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from monitor import audit
from monitor.accounts import attempts, hashing, passwords, sessions
from monitor.accounts.credentials import account_named, credential_of, plain_name
from monitor.accounts.proving import NOBODY, Door
from monitor.accounts.tokens import new_token, token_hash
from monitor.config import Settings
from monitor.store.session import transaction
from monitor.store.tables import Account

NO_TOKEN = token_hash("")


def issue(session: Session, account: Account, settings: Settings, now: datetime) -> str:
    """A new slip for an account; an earlier one is worth nothing any more. Only its hash is kept."""
    token = new_token()
    account.token_sha256 = token_hash(token)
    account.token_expires_at = now + timedelta(hours=settings.accounts.slip_hours)
    session.add(account)
    session.flush()
    return token


def redeem(door: Door, user_name: str, token: str, password: str) -> Account | None:
    """Set a password with a slip; the slip is used up. None when name or slip is wrong, ended or closed.

    Raises PasswordRefused when the password breaks rules; the slip then stays good.
    """
    with transaction(door.engine) as session:
        account = account_named(session, user_name)
        own = attempts.name_key(plain_name(user_name)) if account is None else f"account:{account.id}"
        keys = (own, attempts.address_key(door.visit.address))
        if not attempts.admit(session, keys, door.profile, door.now):
            return None
    with transaction(door.engine) as session:
        account = account_named(session, user_name)
        if account is None or not _fits(account, token, door.now):
            _record(session, door, "slip_refused", account)
            return None
        attempts.succeed(session, keys)
    return _activate(door, user_name, token, password)


def _fits(account: Account, token: str, now: datetime) -> bool:
    expected = account.token_sha256 or NO_TOKEN
    right = hmac.compare_digest(token_hash(token), expected) and expected != NO_TOKEN
    expires = account.token_expires_at
    return right and not account.disabled and (expires is None or now < expires)


def _activate(door: Door, user_name: str, token: str, password: str) -> Account | None:
    """Check and set the password and use the slip up, all or nothing; None when another was quicker."""
    with transaction(door.engine) as session:
        account = account_named(session, user_name)
        if account is None or not _fits(account, token, door.now):
            return None
        passwords.check(password, door.profile, context_of(account, door.settings))
        if not _use_up(session, account, token):
            return None
        set_password(session, account, password, door)
        sessions.end_all(session, account.id or 0)
        _record(session, door, "slip_used", account)
        session.refresh(account)
        session.expunge(account)
        return account


def _use_up(session: Session, account: Account, token: str) -> bool:
    """Clear the token; False when another request was quicker."""
    mine = col(Account.id) == account.id, col(Account.token_sha256) == token_hash(token)
    cleared = update(Account).where(*mine).values(token_sha256=None, token_expires_at=None)
    return session.connection().execute(cleared).rowcount == 1


def set_password(session: Session, account: Account, password: str, door: Door) -> None:
    """Keep the hash of a password that was checked before."""
    credential = credential_of(session, account.id or 0)
    credential.password_hash = hashing.hash_password(password, door.profile.scheme)
    credential.password_set_at = door.now
    session.flush()


def context_of(account: Account, settings: Settings) -> Iterable[str]:
    """Words that others would try first for this account."""
    return (account.user_name, account.display_name, settings.site.name)


def _record(session: Session, door: Door, action: str, account: Account | None) -> None:
    name = NOBODY if account is None else account.user_name
    detail = {"address": door.visit.address}
    audit.record(session, at=door.now, actor=name, action=action, subject=f"account:{name}", detail=detail)
