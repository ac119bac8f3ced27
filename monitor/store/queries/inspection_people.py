"""Behind the counts of an inspection: when people arrived, and who was late, left early or was away."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from monitor.rules.codes import SessionKind, Status
from monitor.rules.columns import DAY_SECONDS
from monitor.store.queries.inspections import BY_PERSON, Asked, listed, listed_people, on_days
from monitor.store.queries.reach import Reach
from monitor.store.tables import Person, Posting, SessionRecord, Unit


def _checked(asked: Asked) -> tuple[ColumnElement[bool], ...]:
    """The one office session of each day that is looked at, of people who are not exempt."""
    record, other = SessionRecord, aliased(SessionRecord)
    beyond = col(other.seq) < col(record.seq) if asked.part == "first" else col(other.seq) > col(record.seq)
    another = (
        select(col(other.seq))
        .where(col(other.person_id) == col(record.person_id), col(other.day) == col(record.day))
        .where(col(other.kind) == SessionKind.OFFICE, beyond)
        .exists()
    )
    return (
        *on_days(asked.days),
        col(record.kind) == SessionKind.OFFICE,
        col(record.status) != Status.EXEMPT,
        ~another,
    )


def _within(reach: Reach) -> ColumnElement[bool]:
    record = SessionRecord
    return reach.allows(col(record.person_id), col(record.unit_id), col(record.day))


def arrivals(
    session: Session, reach: Reach, asked: Asked, *, compared: bool = False
) -> list[tuple[int, int]]:
    """How many of the list arrived in each minute of the day, over all days asked: (minute, people).

    `compared` as in `inspections.presence`.
    """
    record = SessionRecord
    minute = (col(record.time_in) - col(record.day) * DAY_SECONDS) // 60
    wanted = (
        select(minute, func.count())
        .with_hint(SessionRecord, BY_PERSON, "sqlite")
        .where(col(record.person_id).in_(listed_people(reach, asked)), *_checked(asked))
        .where(col(record.time_in).is_not(None))
        .group_by(minute)
        .order_by(minute)
    )
    rows = session.connection().execute(wanted if compared else wanted.where(_within(reach)))
    return [(row[0] or 0, row[1]) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A person of the list who came late, left early or was away on a day."""

    person_id: int
    code: str
    name: str
    sort_key: str
    day: int
    status: int
    late_seconds: int
    early_seconds: int
    symbol: str
    unit_id: int = 0
    position: str = ""
    role: str = ""


def found_people(session: Session, reach: Reach, asked: Asked) -> list[Found]:
    """Those late, early or away on the checked days, by day and Vietnamese given name."""
    record = SessionRecord
    columns: list[Any] = [
        *(col(Person.id).label("person_id"), col(Person.code), col(Person.name), col(Person.sort_key)),
        *(col(record.day), col(record.status), col(record.late_seconds), col(record.early_seconds)),
        col(record.symbol),
    ]
    unpunctual = col(record.late_seconds) + col(record.early_seconds) > 0
    remarkable = or_(
        col(record.status).in_((Status.ABSENT, Status.EXCUSED)),
        and_(col(record.status) != Status.PENDING, unpunctual),
    )
    wanted = (
        select(*columns)
        .with_hint(SessionRecord, BY_PERSON, "sqlite")
        .join(Person, col(Person.id) == col(record.person_id))
        .where(col(record.person_id).in_(listed_people(reach, asked)), *_checked(asked))
        .where(remarkable, _within(reach))
        .order_by(col(record.day), col(Person.sort_key), col(Person.code))
    )
    places = _places(session, reach, asked)
    rows = session.connection().execute(wanted).mappings()
    return [Found(**row, **places.get(row["person_id"], {})) for row in rows]


def _places(session: Session, reach: Reach, asked: Asked) -> dict[int, dict[str, Any]]:
    """Where each person of the list belongs, and as what."""
    columns = (col(Posting.person_id), col(Posting.unit_id), col(Posting.position), col(Posting.role))
    wanted = select(*columns).join(Unit, col(Unit.id) == col(Posting.unit_id)).where(*listed(reach, asked))
    rows = session.connection().execute(wanted)
    return {row[0]: {"unit_id": row[1], "position": row[2], "role": row[3]} for row in rows}
