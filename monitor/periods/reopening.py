"""Reopening a closed period: one person asks and says why, another approves."""

from datetime import datetime

from sqlalchemy import Engine, select, update
from sqlmodel import Session, col

from monitor import audit
from monitor.config import Settings
from monitor.periods.codes import code_of
from monitor.periods.errors import PeriodRefused
from monitor.periods.found import FoundPeriod, closed_period
from monitor.periods.month import Month
from monitor.periods.signed import signed_content
from monitor.periods.steps import REOPEN, keep_step
from monitor.records import refresh_within
from monitor.store.queries import stale
from monitor.store.queries.periods import RECORDS, REOPENED
from monitor.store.queries.records import one_writer
from monitor.store.queries.tree import tree
from monitor.store.session import transaction
from monitor.store.tables import PendingAdjustment, PeriodReopening
from monitor.store.wall import beyond_wall
from monitor.webhooks import REOPENED as MONTH_REOPENED
from monitor.webhooks import MonthEvent, queue_event


def request_reopening(
    engine: Engine, unit_code: str, month: str, *, reason: str, requested_by: str, now: datetime
) -> None:
    """Ask for a closed period to be reopened. It stays closed until somebody else approves.

    Raises PeriodRefused: `bad_month`, `unknown_unit`, `period_not_closed`, `period_unsealed` (marked
    as closed without a seal: see `verify_periods`), `reopening_name_missing`,
    `reopening_reason_missing`, `reopening_requested`.
    """
    wanted = Month.of(month)
    _require_name(requested_by)
    if not reason.strip():
        raise PeriodRefused("reopening_reason_missing")
    with transaction(beyond_wall(engine)) as session:
        one_writer(session)
        found = closed_period(session, unit_code, wanted)
        if found.seal is None:
            raise PeriodRefused("period_unsealed", unit=unit_code, month=month)
        if found.reopening is not None:
            raise PeriodRefused(
                "reopening_requested", unit=unit_code, month=month, by=found.reopening.requested_by
            )
        session.add(
            PeriodReopening(
                seal_id=found.seal.id or 0, reason=reason.strip(), requested_by=requested_by, requested_at=now
            )
        )
        _tell(session, "period_reopen_request", unit_code, found, by=requested_by, now=now, reason=reason)


def approve_reopening(
    engine: Engine, unit_code: str, month: str, *, approved_by: str, now: datetime, settings: Settings
) -> int:
    """Reopen a period that somebody else asked for; its records are recomputed at once.

    Returns how many pending adjustments were applied with that.

    Raises PeriodRefused: `bad_month`, `unknown_unit`, `period_not_closed`, `reopening_not_requested`,
    `reopening_name_missing`, `reopening_same_person`.
    """
    wanted = Month.of(month)
    _require_name(approved_by)
    with transaction(beyond_wall(engine)) as session:
        one_writer(session)
        found = closed_period(session, unit_code, wanted)
        if found.reopening is None:
            raise PeriodRefused("reopening_not_requested", unit=unit_code, month=month)
        if _same(found.reopening.requested_by, approved_by):
            raise PeriodRefused("reopening_same_person", by=found.reopening.requested_by)
        found.reopening.approved_by, found.reopening.approved_at = approved_by, now
        found.row.status = REOPENED
        session.flush()
        applied = _apply(session, found, now)
        content, why = signed_content(session, found.row.unit_id, wanted), found.reopening.reason
        keep_step(
            session, found.row.unit_id, wanted, REOPEN, content=content, by=approved_by, now=now, note=why
        )
        refresh_within(session, now=now, settings=settings)
        queue_event(session, _told(found, now), tree(session))
        _tell(session, "period_reopen", unit_code, found, by=approved_by, now=now, applied=applied)
        return applied


def _require_name(person: str) -> None:
    """Without a name nobody can tell two people apart."""
    if not person.strip():
        raise PeriodRefused("reopening_name_missing")


def _same(one: str, other: str) -> bool:
    """Whether two names mean one person, however they were typed."""
    return one.strip().casefold() == other.strip().casefold()


def _apply(session: Session, found: FoundPeriod, now: datetime) -> int:
    """Mark what the period held, or would have got, and end its adjustments as applied."""
    row = found.row
    mine = (
        col(PendingAdjustment.period_id) == row.id,
        col(PendingAdjustment.withdrawn_at).is_(None),
        col(PendingAdjustment.applied_at).is_(None),
    )
    connection = session.connection()
    touched = set(connection.execute(select(col(PendingAdjustment.person_id)).where(*mine)).scalars())
    for table in RECORDS:
        held = table.c.unit_id == row.unit_id, table.c.day.between(row.first_day, row.last_day)
        touched |= set(connection.execute(select(table.c.person_id).where(*held)).scalars())
    stale.mark(session, [(person, row.first_day, row.last_day) for person in touched])
    return connection.execute(update(PendingAdjustment).where(*mine).values(applied_at=now)).rowcount


def _told(found: FoundPeriod, now: datetime) -> MonthEvent:
    """What other programs are told: which closing no longer holds."""
    seal = found.seal.seal if found.seal else ""
    return MonthEvent(
        event=MONTH_REOPENED,
        unit_id=found.row.unit_id,
        month=found.row.month,
        code=code_of(seal),
        seal=seal,
        at=now,
    )


def _tell(
    session: Session, action: str, unit: str, found: FoundPeriod, *, by: str, now: datetime, **more: object
) -> None:
    seal = found.seal.seal if found.seal else ""
    detail = {"month": found.row.month, "seal": seal, **more}
    audit.record(session, at=now, actor=by, action=action, subject=unit, detail=detail)
