"""Tokens of other programs: made by an administrator, shown once, good for a role in a subtree until a day.

A program has no account of its own: an administrator's or HR's answers for it, and it never sees more than
that account may. What ends the account, or its right to the unit, ends the token with the next request.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session, col

from monitor import audit
from monitor.access import Action, Scope, scope_of
from monitor.accounts.administration import By
from monitor.accounts.errors import AccountRefused
from monitor.store.queries.tree import Tree
from monitor.store.tables import Account, ApiToken, Unit
from monitor.store.tables.api import TOKEN_ROLES

PREFIX = "chamcong_"
"""Before every token, so that one that was left in a file is found and known for what it is."""
TOKEN_BYTES = 32
LONGEST_NAME, MOST_DAYS = 100, 730
OWNERS = frozenset({"admin", "hr"})
NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """What is asked for: the program's name, whose eyes it has, who answers for it, for how many days."""

    name: str
    role: str
    unit: str
    owner: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MadeToken:
    """A token as it is shown, this once."""

    number: int
    name: str
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedToken:
    """A token as an administrator sees it. `state`: `live`, `expired`, `revoked`, `owner_gone`."""

    number: int
    name: str
    role: str
    unit: str
    owner: str
    state: str
    made_by: str
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program that proved its token: what the trail calls it, and what it may see today."""

    number: int
    name: str
    scope: Scope

    @property
    def actor(self) -> str:
        """The name in the audit trail."""
        return f"token:{self.number}:{self.name}"


def token_hash(token: str) -> str:
    """SHA-256 of a token; it has 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def add_token(session: Session, new: NewToken, by: By, units: Tree) -> MadeToken:
    """Make a token in the caller's transaction.

    Raises AccountRefused `token_name`, `token_role`, `token_days`, `token_unit_needed`, `unknown_unit`,
    `token_owner`, `token_owner_sees_less`.
    """
    name, unit = " ".join(new.name.split()), units.by_code(new.unit) if new.unit else None
    if not (1 <= len(name) <= LONGEST_NAME and name.isprintable()):
        raise AccountRefused("token_name", most=LONGEST_NAME)
    if new.role not in TOKEN_ROLES:
        raise AccountRefused("token_role", value=new.role, known=", ".join(TOKEN_ROLES))
    if not 1 <= new.days <= MOST_DAYS:
        raise AccountRefused("token_days", most=MOST_DAYS)
    if new.unit and unit is None:
        raise AccountRefused("unknown_unit", unit=new.unit)
    if unit is None and new.role != "technician":
        raise AccountRefused("token_unit_needed", role=new.role)
    token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    row = ApiToken(
        name=name,
        role=new.role,
        unit_id=None if unit is None else unit.id,
        owner_id=_owner(session, new.owner),
        token_sha256=token_hash(token),
        made_by=by.actor,
        made_at=by.now,
        expires_at=by.now + timedelta(days=new.days),
    )
    if not _owner_covers(session, row, by.now, units):
        raise AccountRefused("token_owner_sees_less", user=new.owner)
    session.add(row)
    session.flush()
    about: dict[str, object] = {"role": new.role, "unit": new.unit, "owner": new.owner}
    about["expires_at"] = row.expires_at.isoformat()
    _record(session, by, "token_add", row, about)
    return MadeToken(number=row.id or 0, name=name, token=token, expires_at=row.expires_at)


def revoke_token(session: Session, number: int, by: By) -> str:
    """End a token at once, in the caller's transaction; gives its program's name.

    Raises AccountRefused `token_unknown`, `token_revoked_already`.
    """
    row = session.get(ApiToken, number)
    if row is None:
        raise AccountRefused("token_unknown", number=number)
    if row.revoked_at is not None:
        raise AccountRefused("token_revoked_already", number=number)
    row.revoked_at, row.revoked_by = by.now, by.actor
    session.add(row)
    _record(session, by, "token_revoke", row, {})
    return row.name


def program_of(session: Session, token: str, now: datetime, units: Tree) -> Program | None:
    """Whose token it is, if it still holds."""
    wanted = select(ApiToken).where(col(ApiToken.token_sha256) == token_hash(token))
    row = session.scalars(wanted).one_or_none()
    if row is None or _state(session, row, now, units) != "live":
        return None
    return Program(number=row.id or 0, name=row.name, scope=_scope(session, row, now, units))


def is_noted(session: Session, program: Program, now: datetime) -> bool:
    """Whether the last use that is written down is recent enough."""
    row = session.get_one(ApiToken, program.number)
    return row.last_used_at is not None and now - row.last_used_at < NOTED_EVERY


def note_use(session: Session, program: Program, now: datetime) -> None:
    """Write down that a token was used."""
    mine = update(ApiToken).where(col(ApiToken.id) == program.number)
    session.connection().execute(mine.values(last_used_at=now))


def listed_tokens(session: Session, now: datetime, units: Tree) -> Sequence[ListedToken]:
    """Every token, those that hold first, the newest before others."""
    wanted = (
        select(col(ApiToken.id), col(Unit.code), col(Account.user_name))
        .join(Account, col(Account.id) == col(ApiToken.owner_id))
        .outerjoin(Unit, col(Unit.id) == col(ApiToken.unit_id))
    )
    told = {row[0] or 0: (row[1] or "", row[2]) for row in session.connection().execute(wanted)}
    found = [_listed(session, row, told, now, units) for row in session.scalars(select(ApiToken))]
    return sorted(found, key=lambda one: (one.state != "live", -one.number))


def _listed(
    session: Session, row: ApiToken, told: dict[int, tuple[str, str]], now: datetime, units: Tree
) -> ListedToken:
    unit, owner = told[row.id or 0]
    return ListedToken(
        number=row.id or 0,
        name=row.name,
        role=row.role,
        unit=unit,
        owner=owner,
        state=_state(session, row, now, units),
        made_by=row.made_by,
        made_at=row.made_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )


def _state(session: Session, row: ApiToken, now: datetime, units: Tree) -> str:
    if row.revoked_at is not None:
        return "revoked"
    if now >= row.expires_at:
        return "expired"
    return "live" if _owner_covers(session, row, now, units) else "owner_gone"


def _owner(session: Session, user_name: str) -> int:
    """The account that answers for the program."""
    wanted = select(Account).where(col(Account.user_name) == user_name)
    found = session.scalars(wanted).one_or_none()
    if found is None or found.disabled or found.role not in OWNERS:
        raise AccountRefused("token_owner", user=user_name)
    return found.id or 0


def _owner_covers(session: Session, row: ApiToken, now: datetime, units: Tree) -> bool:
    """Whether the account that answers for a token is there and may see, today, all that the token may."""
    owner = session.get(Account, row.owner_id)
    if owner is None or owner.disabled or owner.role not in OWNERS:
        return False
    answering = scope_of(session, owner, now.date(), units)
    if row.role == "technician":
        if row.unit_id is None:
            return answering.may(Action.SEE_TERMINALS) and answering.tended is None
        return all(answering.tends_terminal(unit) for unit in units.below_in_bloc(row.unit_id))
    return row.unit_id is not None and units.below_in_bloc(row.unit_id) <= answering.units_of(units)


def _scope(session: Session, row: ApiToken, now: datetime, units: Tree) -> Scope:
    """The scope of an account of that role and unit: programs go the way that people go."""
    stands_for = Account(user_name="", display_name=row.name, role=row.role, unit_id=row.unit_id)
    return scope_of(session, stands_for, now.date(), units)


def _record(session: Session, by: By, action: str, row: ApiToken, detail: dict[str, object]) -> None:
    about = {"program": row.name, **detail}
    audit.record(session, at=by.now, actor=by.actor, action=action, subject=f"token:{row.id}", detail=about)
