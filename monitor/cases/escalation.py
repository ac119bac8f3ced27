"""Escalation: what nobody decided in time goes to the desk above; a silent step never blocks a case."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, select
from sqlmodel import Session, col

from monitor import audit
from monitor.cases.book import write_note
from monitor.cases.desks import Desks, Matter
from monitor.config import Explanations
from monitor.rules.wallclock import day_of
from monitor.store.queries.cases import home_of
from monitor.store.session import reading, transaction
from monitor.store.tables import DayCase, Person

ACTOR = "job:escalate_cases"
WAITING = ("open", "explained")


def escalate(engine: Engine, *, now: datetime, limits: Explanations) -> int:
    """Hand on every case whose time is over; gives how many. `now` is in the installation's zone.

    Each case is one transaction: run twice, or cut short, nothing is handed on twice.
    """
    with reading(engine) as session:
        late = list(session.scalars(select(col(DayCase.id)).where(*_overdue(now)).order_by(col(DayCase.id))))
    moved = 0
    for case_id in late:
        with transaction(engine) as session:
            moved += _hand_on(session, case_id or 0, now, limits)
    return moved


def _overdue(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return col(DayCase.state).in_(WAITING), col(DayCase.decide_by) < now


def _hand_on(session: Session, case_id: int, now: datetime, limits: Explanations) -> bool:
    case = session.scalars(
        select(DayCase).where(col(DayCase.id) == case_id, *_overdue(now)).with_for_update()
    ).first()
    home = None if case is None else home_of(session, case.person_id, day_of(case.on_date))
    if case is None or home is None or case.for_hr:
        return False
    desks = Desks.on(session, now.date())
    matter = Matter(person_id=case.person_id, day=day_of(case.on_date), home=home).of(case)
    chain, before = desks.chain(matter), case.level
    if before >= len(chain) - 1:
        return False
    case.level = before + 1
    case.decide_by = now + timedelta(days=limits.days_until_escalation)
    write_note(session, case, at=now, kind="escalated", body="", author_id=None)
    session.flush()
    person = session.get_one(Person, case.person_id)
    detail = {
        "day": case.on_date.isoformat(),
        "before": before,
        "after": case.level,
        "desk": chain[case.level],
    }
    audit.record(
        session, at=now, actor=ACTOR, action="case_escalate", subject=f"person:{person.code}", detail=detail
    )
    return True
