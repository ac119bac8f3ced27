"""The short code under a closed month's sheet, and what it says when somebody brings it back."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.periods.errors import PeriodRefused
from monitor.periods.month import Month
from monitor.periods.verify import verify_period
from monitor.store.tables import Period, PeriodSeal, Unit

DIGITS = 16
"""Hexadecimal digits of the seal that are printed: 64 bits, that nobody finds a second month for."""

FORM = re.compile(rf"[0-9a-f]{{{DIGITS}}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCode:
    """The closing that a code stands for.

    `broken`: what no longer agrees with the seal (`rows`, `seal`, `audit`), None if all does.
    `is_newest`: no later closing has taken its place; `is_closed`: the month is closed now.
    """

    unit: str
    month: str
    closed_at: datetime
    closed_by: str
    seal: str
    people: int
    sessions: int
    is_newest: bool
    is_closed: bool
    broken: str | None


def code_of(seal: str) -> str:
    """The printed code of a seal, e.g. 3F2A-91BC-07DE-4415."""
    digits = seal[:DIGITS].upper()
    return "-".join(digits[place : place + 4] for place in range(0, DIGITS, 4))


def check_code(
    session: Session, code: str, *, unit: str | None = None, month: str | None = None
) -> CheckedCode:
    """The closing whose sheet carries a code, and whether what was sealed is still what is stored.

    Case, spaces and hyphens of the code do not matter. `unit` and `month` are what the paper says.

    Raises PeriodRefused `sheet_code_malformed`, `sheet_code_unknown` (no such closing, or one of
    another unit or month), `bad_month`.
    """
    digits = re.sub(r"[\s-]", "", code).lower()
    if not FORM.fullmatch(digits):
        raise PeriodRefused("sheet_code_malformed", given=code)
    wanted = (
        select(PeriodSeal, Period, col(Unit.code))
        .join(Period, col(Period.id) == col(PeriodSeal.period_id))
        .join(Unit, col(Unit.id) == col(Period.unit_id))
        .where(col(PeriodSeal.seal).startswith(digits))
    )
    if unit is not None:
        wanted = wanted.where(col(Unit.code) == unit)
    if month is not None:
        wanted = wanted.where(col(Period.month) == Month.of(month).text)
    found = session.execute(wanted).first()
    if found is None:
        raise PeriodRefused("sheet_code_unknown", given=code_of(digits))
    return _checked(session, *found)


def _checked(session: Session, seal: PeriodSeal, period: Period, unit: str) -> CheckedCode:
    newer = select(col(PeriodSeal.id)).where(
        col(PeriodSeal.period_id) == period.id, col(PeriodSeal.id) > seal.id
    )
    checked = verify_period(session, unit, period.month)
    return CheckedCode(
        unit=unit,
        month=period.month,
        closed_at=seal.closed_at,
        closed_by=seal.closed_by,
        seal=seal.seal,
        people=seal.people,
        sessions=seal.sessions,
        is_newest=session.execute(newer).first() is None,
        is_closed=checked.is_closed,
        broken=checked.what,
    )
