"""Closing a unit's month: everything brought up to date, then sealed, in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select
from sqlmodel import Session

from monitor import audit
from monitor.config import Settings
from monitor.periods.codes import code_of
from monitor.periods.errors import PeriodRefused
from monitor.periods.found import period_of, unit_named
from monitor.periods.month import Month
from monitor.periods.seal import FIRST, Closing, Content, content_of, seal_of
from monitor.periods.signed import signed_content
from monitor.periods.steps import CLOSE, keep_step, month_path, require_over
from monitor.records import refresh, refresh_within
from monitor.rules.codes import Status
from monitor.store.queries.exports import stale_in
from monitor.store.queries.periods import CLOSED, SESSIONS
from monitor.store.queries.records import MOVES_WITH_TIME, one_writer
from monitor.store.queries.tree import Tree, UnitRow, tree
from monitor.store.session import transaction
from monitor.store.tables import Period, PeriodSeal
from monitor.store.wall import beyond_wall
from monitor.webhooks import CLOSED as MONTH_CLOSED
from monitor.webhooks import MonthEvent, queue_event


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedPeriod:
    """A period that was just closed; `undecided` sessions are sealed as pending, for want of data."""

    unit: str
    month: str
    people: int
    days: int
    sessions: int
    undecided: int
    seal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What must be so before a month is closed, besides that it is over.

    `steps`: those of `[periods] steps` hold. `override`: why they need not; it stands in the trail.
    `shown`: the hash of what the closer saw (`monitor.periods.signed`), '' for whatever it is now.
    """

    steps: bool = False
    override: str = ""
    shown: str = ""


def close_period(  # noqa: PLR0913 - what, by whom and when
    engine: Engine,
    unit_code: str,
    month: str,
    *,
    now: datetime,
    actor: str,
    settings: Settings,
    with_subunits: bool = False,
    demand: Demand | None = None,
) -> list[ClosedPeriod]:
    """Close a unit's month, `YYYY-MM`: its own records, or those of its whole subtree.

    What is stale is recomputed first; the last of it in the transaction that seals, so that nothing
    comes between. Of a subtree, units closed already stay as they are. Either all of it is closed
    or nothing. `now` is an aware instant, `actor` as in `audit.record`. Without a `demand` the setting
    `[periods] require_steps` says whether the steps before closing must hold.

    Raises PeriodRefused: `bad_month`, `unknown_unit`, `period_not_over` (a session of it may still be
    running), `period_closed_already`, `period_stale`, `period_steps_missing`, `month_content_changed`.
    """
    wanted = Month.of(month)
    require_over(wanted, now, settings)
    asked = demand or Demand(steps=settings.periods.require_steps)
    refresh(engine, now=now, settings=settings)  # the bulk of it, while others may still write
    with transaction(beyond_wall(engine)) as session:
        one_writer(session)
        units = _still_open(session, tree(session), unit_code, wanted, with_subunits)
        refresh_within(session, now=now, settings=settings)
        if stale_in(session, wanted.first_day, wanted.last_day):
            raise PeriodRefused("period_stale", month=month)
        for unit in units:
            _require_signed(session, unit, wanted, asked, settings)
        return [_close(session, unit, wanted, now, actor, asked.override) for unit in units]


def _require_signed(
    session: Session, unit: UnitRow, month: Month, demand: Demand, settings: Settings
) -> None:
    """Refuse while a step before closing is due, or what is stored is not what the closer saw."""
    if not (demand.steps or demand.shown):
        return
    path = month_path(session, unit.id, month, settings)
    if demand.shown and path.sha256 != demand.shown:
        raise PeriodRefused("month_content_changed", unit=unit.code, month=month.text)
    if demand.steps and path.next != CLOSE and not demand.override:
        raise PeriodRefused("period_steps_missing", unit=unit.code, month=month.text)


def _still_open(session: Session, units: Tree, code: str, month: Month, with_subunits: bool) -> list[UnitRow]:
    """The units to close, parents first."""
    top = unit_named(units, code)
    wanted = [units.units[unit_id] for unit_id, _ in units.walk(top.id)] if with_subunits else [top]
    found = {unit.id: period_of(session, unit.id, month) for unit in wanted}
    still = [unit for unit in wanted if (period := found[unit.id]) is None or not period.is_closed]
    if not still:
        raise PeriodRefused("period_closed_already", unit=code, month=month.text)
    return still


def _close(
    session: Session, unit: UnitRow, month: Month, now: datetime, actor: str, override: str
) -> ClosedPeriod:
    """Seal one unit's month and tell the audit trail."""
    undecided = _undecided(session, unit.id, month)
    found = period_of(session, unit.id, month)
    row = found.row if found else _new(unit, month)
    row.status = CLOSED
    session.add(row)
    session.flush()
    content = content_of(session, unit.id, month)
    previous = found.seal.seal if found and found.seal else FIRST
    seal = _seal(session, row, content, previous, now, actor)
    signed = signed_content(session, unit.id, month)
    keep_step(session, unit.id, month, CLOSE, content=signed, by=actor, now=now, note=override)
    detail: dict[str, object] = {"month": month.text, "sessions": content.sessions}
    detail |= {"seal": seal.seal, "previous": previous}
    detail |= {"without_steps": override} if override else {}
    queue_event(session, _told(unit, month, seal), tree(session))
    audit.record(session, at=now, actor=actor, action="period_close", subject=unit.code, detail=detail)
    return ClosedPeriod(
        unit=unit.code,
        month=month.text,
        people=content.people,
        days=content.days,
        sessions=content.sessions,
        undecided=undecided,
        seal=seal.seal,
    )


def _told(unit: UnitRow, month: Month, seal: PeriodSeal) -> MonthEvent:
    """What other programs are told: the sheet's code and seal, nobody's name."""
    return MonthEvent(
        event=MONTH_CLOSED,
        unit_id=unit.id,
        month=month.text,
        code=code_of(seal.seal),
        seal=seal.seal,
        at=seal.closed_at,
    )


def _new(unit: UnitRow, month: Month) -> Period:
    days = {"first_day": month.first_day, "last_day": month.last_day}
    return Period(unit_id=unit.id, month=month.text, status=CLOSED, **days)


def _seal(
    session: Session, period: Period, content: Content, previous: str, now: datetime, actor: str
) -> PeriodSeal:
    closing = Closing(
        unit_id=period.unit_id, month=period.month, closed_at=now, closed_by=actor, previous_seal=previous
    )
    seal = PeriodSeal(
        period_id=period.id or 0,
        closed_at=now,
        closed_by=actor,
        people=content.people,
        days=content.days,
        sessions=content.sessions,
        content_sha256=content.sha256,
        previous_seal=previous,
        seal=seal_of(content, closing),
    )
    session.add(seal)
    session.flush()
    return seal


def _undecided(session: Session, unit_id: int, month: Month) -> int:
    """How many sessions have no verdict for want of data. Refuses while one is not over."""
    table = SESSIONS.c
    mine = (
        table.unit_id == unit_id,
        table.day.between(month.first_day, month.last_day),
        table.status == int(Status.PENDING),
    )
    count = select(func.count()).select_from(SESSIONS).where(*mine)
    running = count.where(table.reasons.bitwise_and(int(MOVES_WITH_TIME)) != 0)
    if session.connection().execute(running).scalar_one():
        raise PeriodRefused("period_not_over", month=month.text)
    return session.connection().execute(count).scalar_one()
