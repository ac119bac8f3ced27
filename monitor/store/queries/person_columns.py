"""What is recorded of people beside their punches, as columns: excuses, allowances, corrections, findings."""

import numpy as np
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
from monitor.store.queries.arrays import Positions, columns_of, days, int32s, int64s, texts, times, valid_days
from monitor.store.tables import Allowance, Excuse, ExcuseType, ExemptFinding, ExplainedDay, ManualPunch

Span = tuple[int, int]


def excuse_types(session: Session) -> tuple[dict[str, int], ExcuseTypes]:
    """The catalogue, and the position of each code in it."""
    wanted = (ExcuseType.code, ExcuseType.symbol, ExcuseType.counts_cong)
    code, symbol, counts = columns_of(session, wanted)
    columns = ExcuseTypes(
        code=texts(code), symbol=texts(symbol), counts_cong=np.array(counts, dtype=np.bool_)
    )
    return {value: place for place, value in enumerate(code)}, columns


def excuses_of(session: Session, people: Positions, types: dict[str, int], span: Span) -> Excuses:
    """Excuses of some people that touch a span."""
    wanted = (
        Excuse.id,
        Excuse.person_id,
        Excuse.type_code,
        Excuse.starts,
        Excuse.ends,
        Excuse.status,
        Excuse.document_date,
        Excuse.entered_at,
    )
    mine = col(Excuse.person_id).in_(people.ids.tolist())
    within = (col(Excuse.ends) >= span[0]) & (col(Excuse.starts) < span[1])
    ids, person, kind, start, end, status, document, entered = columns_of(session, wanted, mine, within)
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
    wanted = (
        Allowance.person_id,
        Allowance.minutes,
        Allowance.place,
        Allowance.valid_from,
        Allowance.valid_to,
    )
    mine = col(Allowance.person_id).in_(people.ids.tolist())
    person, minutes, place, start, end = columns_of(session, wanted, mine)
    first_day, last_day = valid_days(start, end)
    return Allowances(
        person=people.find(person),
        seconds=int32s(minutes) * 60,
        where=texts(place),
        first_day=first_day,
        last_day=last_day,
    )


def manual_of(session: Session, people: Positions, span: Span) -> ManualPunches:
    """Approved manual punches of some people in a span."""
    mine = col(ManualPunch.person_id).in_(people.ids.tolist())
    within = (col(ManualPunch.time) >= span[0]) & (col(ManualPunch.time) < span[1])
    wanted = (ManualPunch.id, ManualPunch.person_id, ManualPunch.time)
    ids, person, time = columns_of(session, wanted, mine, within)
    return ManualPunches(id=-int64s(ids), person=people.find(person), time=int64s(time))


def explained_of(session: Session, people: Positions, first_day: int, last_day: int) -> Explained:
    """Days of some people whose explanation was accepted."""
    mine = col(ExplainedDay.person_id).in_(people.ids.tolist())
    within = col(ExplainedDay.on_date).between(date_of(first_day), date_of(last_day))
    person, on = columns_of(session, (ExplainedDay.person_id, ExplainedDay.on_date), mine, within)
    return Explained(person=people.find(person), day=days(on))


def findings_of(session: Session, people: Positions, span: Span) -> Findings:
    """What inspections found of some people in a span."""
    mine = col(ExemptFinding.person_id).in_(people.ids.tolist())
    within = (col(ExemptFinding.ends) >= span[0]) & (col(ExemptFinding.starts) < span[1])
    wanted = (ExemptFinding.person_id, ExemptFinding.starts, ExemptFinding.ends)
    person, start, end = columns_of(session, wanted, mine, within)
    return Findings(person=people.find(person), start=int64s(start), end=int64s(end))
