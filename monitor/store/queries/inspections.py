"""Who was present on checked days: one row per person and day, straight from the stored verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, literal, or_, select
from sqlmodel import Session, col

from monitor.rules.codes import SessionKind, Status
from monitor.rules.columns import DAY_SECONDS, Bool, Int32, Int64
from monitor.store.queries.arrays import columns_of, int32s, int64s
from monitor.store.queries.reach import Reach
from monitor.store.queries.seats import counting
from monitor.store.tables import Posting, SessionRecord, Unit

COUNTS = (
    *("expected", "present", "absent", "excused", "unexcused", "no_data"),
    *("present_at", "late", "early", "unmarked"),
)
"""Columns of `Presence.counted`, as `monitor.inspections.totals.Totals` has them."""

CAME = np.zeros(16, np.bool_)
CAME[
    [
        *(Status.MISSING_IN, Status.MISSING_OUT, Status.LATE_EARLY),
        *(Status.LATE, Status.EARLY, Status.ON_TIME),
    ]
] = True
"""By status: whether somebody of whom it is said was there."""

BY_PERSON = "INDEXED BY sqlite_autoindex_session_record_1"
"""SQLite would walk through whole days of everybody and look each row up; people's rows lie together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose days are counted: people of `unit_ids` on `listed_on`, on `days` (all since 1970).

    `part` is the session of the day that counts, `first` or `last`; `check_second` the second of the day at
    which somebody must be there to be `present_at`.
    """

    unit_ids: frozenset[int]
    listed_on: int
    days: Sequence[int]
    part: str
    check_second: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Row i is a person's day: the unit, whether they lead it, the day; `counted` (rows, COUNTS) bool."""

    unit: Int32
    leads: Int32
    day: Int32
    counted: Bool


def presence(session: Session, reach: Reach, asked: Asked, *, compared: bool = False) -> Presence:
    """The checked session of every person-day; people stay in the unit of `listed_on`.

    The days must be in reach, too. `compared`: they are those of a comparison, which tells of the same people
    as one number; then it is enough that the people are in reach on `listed_on`. Exempt people are left out.
    """
    people, units, leads = _listed(session, reach, asked)
    anybody = len(people) > 0 and len(asked.days) > 0
    found = _checked(session, reach, asked, compared=compared) if anybody else np.zeros(0, np.int64)
    person = found >> PERSON
    place = np.searchsorted(people, person)
    return Presence(
        unit=units[place],
        leads=leads[place],
        day=(found >> DAY & DAYS).astype(np.int32),
        counted=_counted(found),
    )


def listed(reach: Reach, asked: Asked) -> tuple[ColumnElement[bool], ...]:
    """The condition on a posting (joined with its unit) that its person is on the list."""
    inside = col(Posting.unit_id).in_(reach.within(asked.unit_ids, asked.listed_on))
    return inside, counting(asked.listed_on)


def listed_people(reach: Reach, asked: Asked) -> Select[int]:
    """The people of the list."""
    every = select(col(Posting.person_id)).join(Unit, col(Unit.id) == col(Posting.unit_id))
    return every.where(*listed(reach, asked))


def on_days(days: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
    """The condition on a record's day; in one stretch, for a search per person and day costs more."""
    day = col(SessionRecord.day)
    return day.between(min(days), max(days)), (day + 0).in_(list(days))


def _listed(session: Session, reach: Reach, asked: Asked) -> tuple[Int64, Int32, Int32]:
    """People by id, their units, and whether they lead them."""
    leads = case((col(Posting.role) == "staff", 0), else_=1)
    where = (col(Unit.id) == col(Posting.unit_id), *listed(reach, asked))
    wanted = select(col(Posting.person_id), col(Posting.unit_id), leads).where(*where)
    found = columns_of(session, wanted)
    people, unit, rank = int64s(found[0]), int32s(found[1]), int32s(found[2])
    order = np.argsort(people)
    return people[order], unit[order], rank[order]


EARLY, LATE, THERE, MARKED, STATUS, KIND, SEQ, DAY, PERSON = 0, 1, 2, 3, 4, 8, 10, 16, 33
DAYS, STATUSES, KINDS = (1 << 17) - 1, 15, 3
"""How a row is packed into one integer, for fetching is what costs: first bit and mask of each part."""


def _packed(asked: Asked) -> ColumnElement[int]:
    record = SessionRecord
    parts = (
        (col(record.person_id), PERSON),
        (col(record.day), DAY),
        (col(record.seq), SEQ),
        (col(record.kind), KIND),
        (col(record.status), STATUS),
        (_flag(col(record.time_in).is_not(None)), MARKED),
        (_flag(_there_at(asked)), THERE),
        (_flag(col(record.late_seconds) > 0), LATE),
        (_flag(col(record.early_seconds) > 0), EARLY),
    )
    whole: Any = 0
    for part, bit in parts:
        whole = part * literal(1 << bit, BigInteger) + whole
    made: ColumnElement[int] = whole
    return made


def _flag(what: ColumnElement[bool]) -> ColumnElement[int]:
    return case((what, 1), else_=0)


def _there_at(asked: Asked) -> ColumnElement[bool]:
    """In by the clock time of the check and not out yet; an afternoon may have no mark of its own for IN."""
    record = SessionRecord
    moment = col(record.day) * DAY_SECONDS + asked.check_second
    came: ColumnElement[bool] = col(record.time_in) <= moment
    if asked.part == "last":
        came = or_(came, col(record.time_in).is_(None))
    return and_(came, or_(col(record.time_out).is_(None), col(record.time_out) > moment))


def _checked(session: Session, reach: Reach, asked: Asked, *, compared: bool) -> Int64:
    """The packed rows of the sessions that are looked at."""
    wanted = select(_packed(asked)).with_hint(SessionRecord, BY_PERSON, "sqlite").where(*on_days(asked.days))
    if not compared:
        record = SessionRecord
        wanted = wanted.where(reach.allows(col(record.person_id), col(record.unit_id), col(record.day)))
    mine = wanted.where(col(SessionRecord.person_id).in_(listed_people(reach, asked)))
    if asked.part == "last":
        return _of_office(_fetched(session, mine), last=True)
    opening = _fetched(session, mine.where(col(SessionRecord.seq) == 0))
    # Where a duty goes before the office hours, the first office session is another one.
    odd = np.unique(opening[(opening >> KIND & KINDS) != SessionKind.OFFICE] >> PERSON)
    usual = opening[~np.isin(opening >> PERSON, odd)]
    parts = [odd[start : start + 500].tolist() for start in range(0, len(odd), 500)]
    others = [_fetched(session, wanted.where(col(SessionRecord.person_id).in_(some))) for some in parts]
    return _of_office(np.concatenate([usual, *others]), last=False)


def _fetched(session: Session, wanted: Select[Any]) -> Int64:
    # Past SQLAlchemy's rows: there are hundreds of thousands of one number each.
    cursor: Any = session.connection().execute(wanted).cursor
    values = cursor.fetchall()
    return np.fromiter((value for (value,) in values), np.int64, len(values))


def _of_office(rows: Int64, *, last: bool) -> Int64:
    """The first or last office session of each person and day; none where the person is exempt."""
    office = np.sort(rows[(rows >> KIND & KINDS) == SessionKind.OFFICE])
    key = office >> DAY
    edge = np.ones(len(office), np.bool_)
    if last:
        edge[:-1] = key[1:] != key[:-1]
    else:
        edge[1:] = key[1:] != key[:-1]
    kept: Int64 = office[edge]
    counted: Int64 = kept[(kept >> STATUS & STATUSES) != Status.EXEMPT]
    return counted


def _counted(rows: Int64) -> NDArray[np.bool_]:
    """Every group by itself, so that totals can disagree where a status is in none."""
    status, marked = rows >> STATUS & STATUSES, (rows >> MARKED & 1) == 1
    pending = status == Status.PENDING
    came = CAME[status] | (pending & marked)
    late, early = (rows >> LATE & 1) == 1, (rows >> EARLY & 1) == 1
    groups = (
        np.ones(len(rows), np.bool_),
        came,
        (status == Status.ABSENT) | (status == Status.EXCUSED),
        status == Status.EXCUSED,
        status == Status.ABSENT,
        pending & ~marked,
        came & ((rows >> THERE & 1) == 1),
        came & late,
        came & early,
        (status == Status.MISSING_IN) & ~late,
    )
    return np.stack(groups, axis=1)
