"""The steps that were taken with months, and what people replied."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from monitor.store.tables import Excuse, MonthReply, MonthStep, Person, SessionRecord

SECONDS = 86_400


def steps_of(session: Session, unit_id: int, month: str) -> Sequence[MonthStep]:
    """Every step of a unit's month, oldest first."""
    mine = col(MonthStep.unit_id) == unit_id, col(MonthStep.month) == month
    return session.scalars(select(MonthStep).where(*mine).order_by(col(MonthStep.id))).all()


def newest_steps(session: Session, unit_ids: Iterable[int], month: str) -> dict[int, str]:
    """The newest step of each unit's month; units without any are left out."""
    newest = (
        select(func.max(col(MonthStep.id)))
        .where(col(MonthStep.month) == month, col(MonthStep.unit_id).in_(list(unit_ids)))
        .group_by(col(MonthStep.unit_id))
    )
    rows = session.connection().execute(
        select(col(MonthStep.unit_id), col(MonthStep.step)).where(col(MonthStep.id).in_(newest))
    )
    return {row[0]: row[1] for row in rows}


def replies_of(
    session: Session, unit_id: int, month: str, person_id: int | None = None
) -> dict[int, MonthReply]:
    """The newest reply of each person to a unit's month."""
    mine = [col(MonthReply.unit_id) == unit_id, col(MonthReply.month) == month]
    if person_id is not None:
        mine.append(col(MonthReply.person_id) == person_id)
    rows = session.scalars(select(MonthReply).where(*mine).order_by(col(MonthReply.id)))
    return {row.person_id: row for row in rows}


def undecided_excuses(
    session: Session, person_ids: Iterable[int], first_day: int, last_day: int
) -> list[tuple[str, str, int]]:
    """Code, name and first day (since 1970) of excuses that nobody has decided, of some people in a month."""
    touching = (
        col(Excuse.starts) < (last_day + 1) * SECONDS,
        col(Excuse.ends) > first_day * SECONDS,
        col(Excuse.status) == "pending",
    )
    wanted = set(person_ids)
    rows = session.connection().execute(
        select(col(Person.id), col(Person.code), col(Person.name), col(Excuse.starts))
        .join(Person, col(Person.id) == col(Excuse.person_id))
        .where(*touching)
        .order_by(col(Person.sort_key), col(Person.code), col(Excuse.starts))
    )
    return [(row[1], row[2], max(row[3] // SECONDS, first_day)) for row in rows if row[0] in wanted]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A person by name."""

    id: int
    code: str
    name: str


def names_of(session: Session, person_ids: Iterable[int]) -> list[Named]:
    """People by Vietnamese given name."""
    wanted = list(person_ids)
    if not wanted:
        return []
    columns = (col(Person.id), col(Person.code), col(Person.name))
    rows = session.connection().execute(
        select(*columns).where(col(Person.id).in_(wanted)).order_by(col(Person.sort_key), col(Person.code))
    )
    return [Named(id=row[0] or 0, code=row[1], name=row[2]) for row in rows]


def units_of_person(session: Session, person_id: int, first_day: int, last_day: int) -> list[int]:
    """The units in which a person has records on some days, in the order of those days."""
    mine = col(SessionRecord.person_id) == person_id, col(SessionRecord.day).between(first_day, last_day)
    rows = session.connection().execute(
        select(col(SessionRecord.unit_id))
        .where(*mine)
        .group_by(col(SessionRecord.unit_id))
        .order_by(func.min(col(SessionRecord.day)))
    )
    return list(rows.scalars())
