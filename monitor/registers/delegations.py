"""A head's powers over a unit, lent to another account from a day to a day, and taken back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlmodel import Session, col

from monitor import audit
from monitor.access import Scope
from monitor.registers.errors import RegisterRefused
from monitor.registers.excuses import plain_reason
from monitor.registers.reach import holds
from monitor.rules.wallclock import day_of
from monitor.store.queries.tree import tree
from monitor.store.tables import AccessGrant, Account, Posting, Unit

LONGEST_DAYS = 366
RECEIVERS = ("head", "staff")
"""Accounts whose scope follows grants (monitor.access)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Giver:
    """The account that lends, its scope, its name in the trail, and the moment."""

    account: Account
    scope: Scope
    actor: str
    at: datetime
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """What is lent: whose powers over which unit, to whom, from and to which day, and why."""

    unit_id: int
    account_id: int
    valid_from: date
    valid_to: date
    reason: str


def lendable_units(session: Session, giver: Giver, first: date, last: date) -> frozenset[int]:
    """The units whose powers the account may lend for these days.

    HR lends those of its subtree. A head lends what its own posting leads on all of the days: what was
    lent to it is not lent further.
    """
    units = tree(session)
    if giver.account.role == "hr":
        return giver.scope.units_of(units)
    if giver.account.role not in RECEIVERS:
        return frozenset()
    led = _led(session, giver.account, first, last)
    return frozenset[int]().union(*(units.below_in_bloc(unit) for unit in led))


def _led(session: Session, account: Account, first: date, last: date) -> list[int]:
    if account.person_id is None:
        return [account.unit_id] if account.role == "head" and account.unit_id is not None else []
    mine = select(col(Posting.unit_id)).where(
        col(Posting.person_id) == account.person_id,
        col(Posting.role).in_(("head", "deputy")),
        col(Posting.valid_from) <= first,
        or_(col(Posting.valid_to).is_(None), col(Posting.valid_to) >= last),
    )
    return list(session.scalars(mine))


def receivers(session: Session, giver: Giver, on: date) -> list[Account]:
    """The accounts that something can be lent to: of people in the giver's reach on a day, not its own."""
    usable = select(Account).where(
        col(Account.role).in_(RECEIVERS),
        ~col(Account.disabled),
        col(Account.person_id).is_not(None),
        col(Account.id) != giver.account.id,
    )
    day, reach = day_of(on), giver.scope.reach
    found = session.scalars(usable.order_by(col(Account.display_name), col(Account.user_name)))
    return [one for one in found if holds(session, reach, one.person_id or 0, day, day)]


def lend(session: Session, lent: Lent, giver: Giver) -> int:
    """Give an account a head's powers over a unit for some days; gives the grant's id.

    Raises RegisterRefused `register_reason_needed`, `register_text_long`, `delegation_days`,
    `delegation_unit`, `delegation_account` or `delegation_twice`.
    """
    said = plain_reason(lent.reason)
    _check_days(lent, giver.today)
    if lent.unit_id not in lendable_units(session, giver, lent.valid_from, lent.valid_to):
        raise RegisterRefused("delegation_unit")
    known = {one.id: one for one in receivers(session, giver, lent.valid_from)}
    account = known.get(lent.account_id)
    if account is None:
        raise RegisterRefused("delegation_account")
    if _twice(session, lent):
        raise RegisterRefused("delegation_twice")
    grant = AccessGrant(
        account_id=lent.account_id,
        unit_id=lent.unit_id,
        role="head",
        valid_from=lent.valid_from,
        valid_to=lent.valid_to,
        reason=said,
        granted_by=giver.actor,
        granted_at=giver.at,
    )
    session.add(grant)
    session.flush()
    _record(session, giver, "delegation_give", grant, account, {"reason": said})
    return grant.id or 0


def _check_days(lent: Lent, today: date) -> None:
    too_long = lent.valid_to - lent.valid_from >= timedelta(days=LONGEST_DAYS)
    if lent.valid_from < today or lent.valid_to < lent.valid_from or too_long:
        raise RegisterRefused("delegation_days", most=LONGEST_DAYS)


def _twice(session: Session, lent: Lent) -> bool:
    """Whether the account has the same powers on one of the days already."""
    same = select(col(AccessGrant.id)).where(
        col(AccessGrant.account_id) == lent.account_id,
        col(AccessGrant.unit_id) == lent.unit_id,
        col(AccessGrant.role) == "head",
        col(AccessGrant.withdrawn_at).is_(None),
        col(AccessGrant.valid_from) <= lent.valid_to,
        or_(col(AccessGrant.valid_to).is_(None), col(AccessGrant.valid_to) >= lent.valid_from),
    )
    return session.scalar(same) is not None


def take_back(session: Session, grant: AccessGrant, reason: str, giver: Giver) -> None:
    """End a delegation at once; the row stays. The caller has checked that the unit is in scope.

    Raises RegisterRefused `delegation_over`, `delegation_unit`, `register_reason_needed` or
    `register_text_long`.
    """
    said = plain_reason(reason)
    if grant.withdrawn_at is not None or (grant.valid_to is not None and grant.valid_to < giver.today):
        raise RegisterRefused("delegation_over")
    if grant.unit_id not in lendable_units(session, giver, giver.today, giver.today):
        raise RegisterRefused("delegation_unit")
    grant.withdrawn_by, grant.withdrawn_at = giver.actor, giver.at
    session.flush()
    account = session.get_one(Account, grant.account_id)
    _record(session, giver, "delegation_take_back", grant, account, {"reason": said})


def _record(
    session: Session,
    giver: Giver,
    action: str,
    grant: AccessGrant,
    account: Account,
    detail: dict[str, object],
) -> None:
    unit = session.get_one(Unit, grant.unit_id)
    told = {"unit": unit.code, "from": grant.valid_from, "to": grant.valid_to, **detail}
    subject = f"account:{account.user_name}"
    audit.record(session, at=giver.at, actor=giver.actor, action=action, subject=subject, detail=told)
