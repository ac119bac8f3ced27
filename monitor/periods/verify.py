"""Whether every closed period is still what was sealed: rows, seals, and what the audit trail says."""

import json
from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.periods.errors import PeriodRefused
from monitor.periods.month import Month
from monitor.periods.seal import FIRST, Closing, Content, content_of, seal_of
from monitor.store.queries.periods import closed
from monitor.store.tables import AuditEntry, Period, PeriodSeal, Unit
from monitor.store.wall import sees_all

CLOSE, REOPEN = "period_close", "period_reopen"
Place = tuple[str, str]
"""Unit code and month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPeriod:
    """A period that is not as it was sealed. `what`: `rows`, `seal` or `audit`, whatever disagrees."""

    unit: str
    month: str
    what: str


@dataclass(slots=True, kw_only=True)
class _Told:
    """What the audit trail says of one period: its seals in order, and whether it is closed."""

    seals: list[str] = field(default_factory=list)
    is_closed: bool = False


def verify_periods(session: Session) -> BrokenPeriod | None:
    """The first period, by unit code and month, that was changed behind the program's back; or None.

    Found are: a changed, added or missing row of a closed period, a changed or missing seal, and a
    period that was opened without the two people it takes. The audit trail itself is checked by
    `audit.first_broken_link`; a seal counts only if the trail knows it.
    """
    told = _told(session)
    stored = _stored(session)
    for place in sorted(told.keys() | stored.keys()):
        what = _broken(session, stored.get(place), told.get(place, _Told()))
        if what is not None:
            return BrokenPeriod(unit=place[0], month=place[1], what=what)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPeriod:
    """One period as it is found: whether it is closed, and what disagrees, as in BrokenPeriod; or None."""

    is_closed: bool
    what: str | None


@sees_all
def verify_period(session: Session, unit: str, month: str) -> CheckedPeriod:
    """Check one period as `verify_periods` does all of them."""
    stored, told = _stored(session).get((unit, month)), _told(session).get((unit, month), _Told())
    what = _broken(session, stored, told) if stored or told.seals else None
    return CheckedPeriod(is_closed=stored is not None and stored[1], what=what)


def _told(session: Session) -> dict[Place, _Told]:
    found: dict[Place, _Told] = defaultdict(_Told)
    entries = select(col(AuditEntry.action), col(AuditEntry.subject), col(AuditEntry.detail))
    mine = entries.where(col(AuditEntry.action).in_((CLOSE, REOPEN))).order_by(col(AuditEntry.id))
    for action, unit, text in session.connection().execute(mine):
        detail = json.loads(text)
        place = found[unit, detail["month"]]
        place.is_closed = action == CLOSE
        if action == CLOSE:
            place.seals.append(detail["seal"])
    return dict(found)


def _stored(session: Session) -> dict[Place, tuple[Period, bool]]:
    """Every period, and whether its rows are closed."""
    still = set(session.connection().execute(select(col(Period.id)).where(closed())).scalars())
    rows = session.connection().execute(select(col(Unit.id), col(Unit.code)))
    codes = {row[0]: row[1] for row in rows}
    periods = session.scalars(select(Period))
    return {(codes[period.unit_id], period.month): (period, period.id in still) for period in periods}


def _broken(session: Session, stored: tuple[Period, bool] | None, told: _Told) -> str | None:
    if stored is None:
        return "audit"
    period, is_closed = stored
    mine = select(PeriodSeal).where(col(PeriodSeal.period_id) == period.id).order_by(col(PeriodSeal.id))
    seals = list(session.scalars(mine))
    if not _linked(period, seals):
        return "seal"
    if [seal.seal for seal in seals] != told.seals or is_closed != told.is_closed:
        return "audit"
    return "rows" if is_closed and not _as_sealed(session, period, seals[-1]) else None


def _linked(period: Period, seals: list[PeriodSeal]) -> bool:
    """Whether every seal follows from its own row and the seal before."""
    previous = FIRST
    for seal in seals:
        closing = Closing(
            unit_id=period.unit_id,
            month=period.month,
            closed_at=seal.closed_at,
            closed_by=seal.closed_by,
            previous_seal=previous,
        )
        if seal.previous_seal != previous or seal.seal != seal_of(_content(seal), closing):
            return False
        previous = seal.seal
    return bool(seals)


def _content(seal: PeriodSeal) -> Content:
    return Content(people=seal.people, days=seal.days, sessions=seal.sessions, sha256=seal.content_sha256)


def _as_sealed(session: Session, period: Period, seal: PeriodSeal) -> bool:
    try:
        month = Month.of(period.month)
    except PeriodRefused:
        return False
    if (period.first_day, period.last_day) != (month.first_day, month.last_day):
        return False
    return content_of(session, period.unit_id, month) == _content(seal)
