"""What is recorded of people beside their punches, as columns: excuses, allowances, corrections, findings."""

import numpy as np
from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from monitor.rules.columns import (
    Allowances,
    Excuses,
    ExcuseTypes,
    Explained,
    Findings,
    ManualPunches,
)
from monitor.rules.wallclock import date_of
from monitor.store.asking import Question, among
from monitor.store.queries.arrays import (
    Positions,
    days,
    int32s,
    int64s,
    texts,
    times,
    valid_days,
)
from monitor.store.tables import Allowance, Excuse, ExcuseType, ExemptFinding, ExplainedDay, ManualPunch

Span = tuple[int, int]

EXCUSE_TYPES = Question(select(col(ExcuseType.code), col(ExcuseType.symbol), col(ExcuseType.counts_cong)))
EXCUSES = Question(
    select(
        col(Excuse.id),
        col(Excuse.person_id),
        col(Excuse.type_code),
        col(Excuse.starts),
        col(Excuse.ends),
        col(Excuse.status),
        col(Excuse.document_date),
        col(Excuse.entered_at),
    )
    .where(among(col(Excuse.person_id), "people"))
    .where(col(Excuse.ends) >= bindparam("first"), col(Excuse.starts) < bindparam("end"))
)
ALLOWANCES = Question(
    select(
        col(Allowance.person_id),
        col(Allowance.minutes),
        col(Allowance.place),
        col(Allowance.valid_from),
        col(Allowance.valid_to),
    ).where(among(col(Allowance.person_id), "people"))
)
MANUAL = Question(
    select(col(ManualPunch.id), col(ManualPunch.person_id), col(ManualPunch.time))
    .where(among(col(ManualPunch.person_id), "people"), col(ManualPunch.withdrawn_at).is_(None))
    .where(col(ManualPunch.time) >= bindparam("first"), col(ManualPunch.time) < bindparam("end"))
)
EXPLAINED = Question(
    select(col(ExplainedDay.person_id), col(ExplainedDay.on_date))
    .where(among(col(ExplainedDay.person_id), "people"), col(ExplainedDay.withdrawn_at).is_(None))
    .where(col(ExplainedDay.on_date).between(bindparam("first"), bindparam("last")))
)
FINDINGS = Question(
    select(col(ExemptFinding.person_id), col(ExemptFinding.starts), col(ExemptFinding.ends))
    .where(among(col(ExemptFinding.person_id), "people"))
    .where(col(ExemptFinding.ends) >= bindparam("first"), col(ExemptFinding.starts) < bindparam("end"))
)


def excuse_types(session: Session) -> tuple[dict[str, int], ExcuseTypes]:
    """The catalogue, and the position of each code in it."""
    code, symbol, counts = EXCUSE_TYPES.columns(session)
    columns = ExcuseTypes(
        code=texts(code), symbol=texts(symbol), counts_cong=np.array(counts, dtype=np.bool_)
    )
    return {value: place for place, value in enumerate(code)}, columns


def excuses_of(session: Session, people: Positions, types: dict[str, int], span: Span) -> Excuses:
    """Excuses of some people that touch a span."""
    asked = _asked(people, span)
    ids, person, kind, start, end, status, document, entered = EXCUSES.columns(session, **asked)
    return Excuses(
        id=int64s(ids),
        person=people.find(person),
        kind=int32s([types[value] for value in kind]),
        start=int64s(start),
        end=int64s(end),
        approved=np.array([value == "approved" for value in status], dtype=np.bool_),
        document_day=days(document),
        entered_at=times(entered),
    )


def allowances_of(session: Session, people: Positions) -> Allowances:
    """All allowances of some people."""
    person, minutes, place, start, end = ALLOWANCES.columns(session, people=people.ids.tolist())
    first_day, last_day = valid_days(start, end)
    return Allowances(
        person=people.find(person),
        seconds=int32s(minutes) * 60,
        where=texts(place),
        first_day=first_day,
        last_day=last_day,
    )


def manual_of(session: Session, people: Positions, span: Span) -> ManualPunches:
    """Approved manual punches of some people in a span, without withdrawn ones."""
    ids, person, time = MANUAL.columns(session, **_asked(people, span))
    return ManualPunches(id=-int64s(ids), person=people.find(person), time=int64s(time))


def explained_of(session: Session, people: Positions, first_day: int, last_day: int) -> Explained:
    """Days of some people whose explanation was accepted."""
    asked = {"people": people.ids.tolist(), "first": date_of(first_day), "last": date_of(last_day)}
    person, on = EXPLAINED.columns(session, **asked)
    return Explained(person=people.find(person), day=days(on))


def findings_of(session: Session, people: Positions, span: Span) -> Findings:
    """What inspections found of some people in a span."""
    person, start, end = FINDINGS.columns(session, **_asked(people, span))
    return Findings(person=people.find(person), start=int64s(start), end=int64s(end))


def _asked(people: Positions, span: Span) -> dict[str, object]:
    """Some people's rows that touch `[first, end)`."""
    return {"people": people.ids.tolist(), "first": span[0], "end": span[1]}
