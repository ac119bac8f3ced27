"""What is wrong with what is stored: terminals, regulation, calendar, marks, what waits."""

from collections.abc import Container, Iterable, Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, text
from sqlmodel import Session, col

from monitor.alarms import (
    CONDITIONS,
    JOB_KINDS,
    UPKEEP_KINDS,
    Condition,
    OpenAlarm,
    conditions,
    open_alarms,
)
from monitor.doctor.finding import Finding
from monitor.rules.codes import Status
from monitor.rules.holidays import unconfirmed_tet
from monitor.rules.lunar import lunar_year
from monitor.store.queries import stale
from monitor.store.queries.terminals import last_good_pull, readable_terminals
from monitor.store.tables import CalendarDay, SessionRecord, Unit

SILENT_AFTER = timedelta(hours=2)
TET_NOTICE = timedelta(days=100)
MANY = 0.5
ENOUGH_DAYS = 20
MISSING = (int(Status.MISSING_IN), int(Status.MISSING_OUT))
ATTENDED = (*MISSING, *map(int, (Status.LATE_EARLY, Status.LATE, Status.EARLY, Status.ON_TIME)))


def examine(
    session: Session,
    *,
    now: datetime,
    first_day: int | None,
    period: timedelta,
    jobs: Iterable[Condition] = (),
) -> list[Finding]:
    """Everything that looks wrong, most urgent first; `period` is how often terminals are read.

    What can raise an alarm is looked at as it is now, for the job that keeps the alarms may be what died.
    """
    alarms = [*conditions(session, now=now, period=period), *jobs]
    found: list[Condition | OpenAlarm] = [*alarms, *_remembered(session)]
    return [
        *_no_regulation(first_day),
        *(Finding(code=f"alarm_{one.kind}", values=one.values) for one in found),
        *_silent_terminals(session, now, {one.subject for one in alarms if one.kind == "terminal_silent"}),
        *_unfit_marks(session),
        *_unconfirmed_calendar(session, now.date()),
        *_waiting(session),
    ]


def damage(session: Session) -> str:
    """What the database itself says is broken; '' when it is sound."""
    if session.connection().dialect.name != "sqlite":
        return ""
    check = session.connection().execute(text("PRAGMA integrity_check(1)")).scalar_one()
    if check != "ok":
        return str(check)
    orphan = session.connection().execute(text("PRAGMA foreign_key_check")).first()
    return "" if orphan is None else f"{orphan[0]}: {orphan[1]}"


def _no_regulation(first_day: int | None) -> Iterator[Finding]:
    if first_day is None:
        yield Finding(code="doctor_no_regulation")


def _remembered(session: Session) -> Iterator[OpenAlarm]:
    """Alarms that only a nightly job finds."""
    return (
        alarm for alarm in open_alarms(session) if alarm.kind not in (*CONDITIONS, *JOB_KINDS, *UPKEEP_KINDS)
    )


def _silent_terminals(session: Session, now: datetime, told: Container[str]) -> Iterator[Finding]:
    """Terminals that have not been read for two hours, or never, for whatever reason; once each."""
    for terminal in readable_terminals(session):
        if terminal.code in told:
            continue
        good = last_good_pull(session, terminal.id or 0)
        if good is None:
            yield Finding(code="doctor_terminal_never_read", values={"terminal": terminal.code})
        elif now - good.finished_at > SILENT_AFTER:
            hours = int((now - good.finished_at).total_seconds() // 3600)
            yield Finding(code="doctor_terminal_silent", values={"terminal": terminal.code, "hours": hours})


def _unfit_marks(session: Session) -> Iterator[Finding]:
    """Units most of whose attended sessions lack a mark: often four marks over a two-punch office."""
    missing = func.count().filter(col(SessionRecord.status).in_(MISSING))
    wanted = (
        select(col(Unit.code), func.count(), missing)
        .join(SessionRecord, col(SessionRecord.unit_id) == col(Unit.id))
        .where(col(SessionRecord.status).in_(ATTENDED))
        .group_by(col(Unit.code))
        .order_by(col(Unit.code))
    )
    for unit, rows, lacking in session.connection().execute(wanted):
        if rows >= ENOUGH_DAYS and lacking > MANY * rows:
            share = round(100 * lacking / rows)
            yield Finding(code="doctor_marks_do_not_fit", values={"unit": unit, "percent": share})


def _unconfirmed_calendar(session: Session, today: date) -> Iterator[Finding]:
    """A coming Tết without confirmed days, and days that only wait to be confirmed."""
    rows = session.scalars(select(CalendarDay).where(col(CalendarDay.unit_id).is_(None))).all()
    year = unconfirmed_tet(rows, today)
    if year is not None and lunar_year(year).tet_on - today < TET_NOTICE:
        yield Finding(code="doctor_tet_unconfirmed", values={"year": year})
    proposed = sum(row.status == "P" and row.on_date >= today for row in rows)
    if proposed:
        yield Finding(code="doctor_calendar_proposed", values={"count": proposed})


def _waiting(session: Session) -> Iterator[Finding]:
    if stale.count(session):
        yield Finding(code="doctor_stale")
