"""What administrators do to accounts: add, disable, reset, unlock, change roles, end log-ins, list.

Two rules hold for everybody, the command line included: nobody takes the last administrator away, and
nobody changes an account of their own. Only the loss of a second factor has a way back that is always
open: whoever has the machine may remove it at the command line, and the trail says so.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from monitor import audit
from monitor.accounts import attempts, sessions, slips
from monitor.accounts.credentials import credential_of, known_account, plain_name, stored_credential
from monitor.accounts.errors import AccountRefused
from monitor.accounts.own import clear_factor
from monitor.config import Settings
from monitor.store.tables import Account, Person, Unit
from monitor.store.tables.operations import ROLES

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
LONGEST_DISPLAY_NAME = 200
UNIT_ROLES = frozenset({"hr", "supervisor"})
"""Roles that see nothing without a unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who changes accounts, and when. `account_id` None: the command line, whose actor is `cli:` + a user."""

    actor: str
    settings: Settings
    now: datetime
    account_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to be added; `unit` and `person` are codes, '' for none."""

    user_name: str
    display_name: str
    role: str
    unit: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Slip:
    """What is printed and handed over: whoever has it can set the account's password, once."""

    user_name: str
    display_name: str
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An account as an administrator sees it."""

    id: int
    user_name: str
    display_name: str
    role: str
    unit: str
    disabled: bool
    has_password: bool
    has_factor: bool
    slip_until: datetime | None
    locked_until: datetime | None
    sessions: int


def add(session: Session, new: NewAccount, by: By) -> Slip:
    """Add an account; it can be used once its slip is.

    Raises AccountRefused `account_name_bad`, `account_exists`, `account_display_name`,
    `account_role_unknown`, `account_unit_needed`, `unknown_unit` or `account_person_unknown`.
    """
    name = plain_name(new.user_name)
    _check_new(session, name, new)
    account = Account(
        user_name=name,
        display_name=new.display_name.strip(),
        role=new.role,
        unit_id=_unit(session, new.unit),
        person_id=_person(session, new.person),
    )
    session.add(account)
    session.flush()
    _record(session, by, "account_add", account, {"role": new.role, "unit": new.unit, "person": new.person})
    return _slip(session, account, by)


def add_many(session: Session, new: Iterable[NewAccount], by: By) -> list[Slip]:
    """Add accounts; the caller's transaction keeps all of them or none. Raises as `add`."""
    return [add(session, one, by) for one in new]


def _check_new(session: Session, name: str, new: NewAccount) -> None:
    if not _NAME.fullmatch(name):
        raise AccountRefused("account_name_bad", user=new.user_name)
    if session.scalar(select(col(Account.id)).where(col(Account.user_name) == name)) is not None:
        raise AccountRefused("account_exists", user=name)
    if not 1 <= len(new.display_name.strip()) <= LONGEST_DISPLAY_NAME:
        raise AccountRefused("account_display_name", user=name)
    _check_role(new.role, new.unit)


def _check_role(role: str, unit: str) -> None:
    if role not in ROLES:
        raise AccountRefused("account_role_unknown", role=role, known=", ".join(ROLES))
    if role in UNIT_ROLES and not unit:
        raise AccountRefused("account_unit_needed", role=role)


def _unit(session: Session, code: str) -> int | None:
    found = session.scalar(select(col(Unit.id)).where(col(Unit.code) == code)) if code else None
    if code and found is None:
        raise AccountRefused("unknown_unit", unit=code)
    return found


def _person(session: Session, code: str) -> int | None:
    found = session.scalar(select(col(Person.id)).where(col(Person.code) == code)) if code else None
    if code and found is None:
        raise AccountRefused("account_person_unknown", person=code)
    return found


def _slip(session: Session, account: Account, by: By) -> Slip:
    token = slips.issue(session, account, by.settings, by.now)
    return Slip(
        user_name=account.user_name,
        display_name=account.display_name,
        token=token,
        expires_at=account.token_expires_at or by.now,
    )


def reset_password(session: Session, user_name: str, by: By) -> Slip:
    """Void the password, end every log-in, and give a slip for a new one; a second factor stays.

    Raises AccountRefused `account_unknown`, `account_disabled` or `account_own`.
    """
    account = _another(session, user_name, by)
    if account.disabled:
        raise AccountRefused("account_disabled", user=account.user_name)
    credential = credential_of(session, account.id or 0)
    credential.password_hash, credential.password_set_at = "", None
    _close(session, account)
    attempts.unlock(session, account.id or 0)
    _record(session, by, "account_reset_password", account, {})
    return _slip(session, account, by)


def reset_factor(session: Session, user_name: str, by: By) -> None:
    """Forget a lost second factor and end every log-in; the next log-in asks for a new one where one must be.

    Raises AccountRefused `account_unknown` or `account_own`.
    """
    account = _another(session, user_name, by)
    clear_factor(session, account.id or 0)
    _close(session, account)
    attempts.unlock(session, account.id or 0)
    _record(session, by, "account_reset_factor", account, {})


def disable(session: Session, user_name: str, by: By) -> None:
    """Close an account and end its log-ins at once; its slip is void.

    Raises AccountRefused `account_unknown`, `account_own` or `account_last_administrator`.
    """
    account = _another(session, user_name, by, last=_last_administrator(session))
    account.disabled, account.token_sha256, account.token_expires_at = True, None, None
    _close(session, account)
    _record(session, by, "account_disable", account, {})


def enable(session: Session, user_name: str, by: By) -> None:
    """Open a disabled account again, with the password that it had. Raises as `reset_factor`."""
    account = _another(session, user_name, by)
    account.disabled = False
    _record(session, by, "account_enable", account, {})


def unlock(session: Session, user_name: str, by: By) -> None:
    """Open an account that wrong tries closed. Raises AccountRefused `account_unknown`."""
    account = known_account(session, user_name)
    attempts.unlock(session, account.id or 0)
    _record(session, by, "account_unlock", account, {})


def change_role(session: Session, user_name: str, role: str, unit: str, by: By) -> None:
    """Give another role and unit (a code, '' for none); every log-in ends, so the new role binds at once.

    Raises AccountRefused `account_unknown`, `account_own`, `account_last_administrator`,
    `account_role_unknown`, `account_unit_needed` or `unknown_unit`.
    """
    _check_role(role, unit)
    last = None if role == "admin" else _last_administrator(session)
    account = _another(session, user_name, by, last=last)
    before = {"role_before": account.role, "unit_before": account.unit_id}
    account.role, account.unit_id = role, _unit(session, unit)
    _close(session, account)
    _record(session, by, "account_role", account, {"role": role, "unit": unit, **before})


def end_sessions(session: Session, user_name: str, by: By) -> int:
    """End every log-in of an account; gives how many. Raises AccountRefused `account_unknown`."""
    account = known_account(session, user_name)
    ended = sessions.end_all(session, account.id or 0)
    _record(session, by, "account_end_sessions", account, {"ended": ended})
    return ended


def _another(session: Session, user_name: str, by: By, last: int | None = None) -> Account:
    """The account to change, which is not the maker's own nor the one with the id `last`."""
    account = known_account(session, user_name)
    if by.account_id is not None and account.id == by.account_id:
        raise AccountRefused("account_own")
    if last is not None and account.id == last:
        raise AccountRefused("account_last_administrator", user=account.user_name)
    return account


def _last_administrator(session: Session) -> int | None:
    """The only working administrator, if there is but one.

    All administrators' rows are held, so that two who disable each other cannot both succeed.
    """
    working = col(Account.role) == "admin", ~col(Account.disabled)
    wanted = select(Account).where(*working).order_by(col(Account.id)).with_for_update()
    found = [account.id for account in session.scalars(wanted)]
    return found[0] if len(found) == 1 else None


def _close(session: Session, account: Account) -> None:
    session.flush()
    sessions.end_all(session, account.id or 0)


def listed(session: Session, settings: Settings, now: datetime) -> Sequence[Listed]:
    """All accounts, by name."""
    wanted = select(Account, col(Unit.code)).outerjoin(Unit, col(Unit.id) == col(Account.unit_id))
    rows = session.execute(wanted.order_by(col(Account.user_name))).all()
    return [_listed(session, account, unit or "", settings, now) for account, unit in rows]


def _listed(session: Session, account: Account, unit: str, settings: Settings, now: datetime) -> Listed:
    account_id = account.id or 0
    credential = stored_credential(session, account_id)
    waiting = account.token_sha256 is not None
    return Listed(
        id=account_id,
        user_name=account.user_name,
        display_name=account.display_name,
        role=account.role,
        unit=unit,
        disabled=account.disabled,
        has_password=bool(credential.password_hash),
        has_factor=bool(credential.factor_secret),
        slip_until=account.token_expires_at if waiting else None,
        locked_until=attempts.locked_until(session, account_id, now),
        sessions=len(sessions.sessions_of(session, account_id, settings, now)),
    )


def _record(session: Session, by: By, action: str, account: Account, detail: dict[str, object]) -> None:
    session.flush()
    subject = f"account:{account.user_name}"
    audit.record(session, at=by.now, actor=by.actor, action=action, subject=subject, detail=detail)
