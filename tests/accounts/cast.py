"""Accounts that tests share, a clock to be set, and the phone that makes codes."""

from datetime import UTC, datetime, timedelta
from functools import cache

import pyotp
from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.accounts import Door, Visit, own
from monitor.accounts.hashing import hash_password
from monitor.accounts.profiles import Scheme, profile_of
from monitor.config import Settings
from monitor.store.session import reading, transaction
from monitor.store.tables import Account, AuditEntry, Credential

NOW = datetime(2026, 2, 24, 7, 20, tzinfo=UTC)
PASSWORD = "bốn con ngựa ăn sáng"  # noqa: S105 - a password of these tests alone
ANOTHER = "thuyền về bến muộn 9 giờ"
HOME = Visit(address="10.1.2.3", browser="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0")


class Clock:
    """A clock that tests set."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_seconds(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def settings_of(**accounts: object) -> Settings:
    """A configuration with a fixed secret."""
    return Settings.model_validate({"web": {"secret_key": "k" * 32}, "accounts": accounts})


def door(engine: Engine, settings: Settings, now: datetime = NOW, address: str = HOME.address) -> Door:
    """Where a proof is checked."""
    visit = Visit(address=address, browser=HOME.browser)
    return Door(engine=engine, settings=settings, visit=visit, now=now)


def add_account(engine: Engine, user_name: str, role: str = "staff") -> Account:
    """An account without password."""
    with transaction(engine) as session:
        account = Account(user_name=user_name, display_name=user_name.title(), role=role)
        session.add(account)
        session.flush()
        session.refresh(account)
        session.expunge(account)
        return account


@cache
def hash_of(password: str, scheme: Scheme) -> str:
    """A password's hash, made once."""
    return hash_password(password, scheme)


def give_password(
    engine: Engine, user_name: str, settings: Settings, password: str = PASSWORD, now: datetime = NOW
) -> Account:
    """Set an account's password, straight in the table."""
    scheme = profile_of(settings).scheme
    with transaction(engine) as session:
        account = session.scalars(select(Account).where(col(Account.user_name) == user_name)).one()
        known = session.get(Credential, account.id) or Credential(account_id=account.id or 0)
        known.password_hash, known.password_set_at = hash_of(password, scheme), now
        session.add(known)
        session.flush()
        session.expunge(account)
        return account


def give_factor(engine: Engine, account: Account, settings: Settings, now: datetime) -> pyotp.TOTP:
    """Set an account's second factor; gives the phone."""
    begun = own.begin_factor(door(engine, settings, now), account)
    phone = pyotp.TOTP(begun.secret)
    own.confirm_factor(door(engine, settings, now), account, begun, phone.at(now))
    return phone


def trail(engine: Engine) -> list[tuple[str, str]]:
    """Actor and action of every entry of the audit trail."""
    with reading(engine) as session:
        entries = session.scalars(select(AuditEntry).order_by(col(AuditEntry.id)))
        return [(entry.actor, entry.action) for entry in entries]


def trail_text(engine: Engine) -> str:
    """Everything that the audit trail says."""
    with reading(engine) as session:
        rows = session.connection().execute(select(AuditEntry)).all()
        return "\n".join(str(tuple(row)) for row in rows)
