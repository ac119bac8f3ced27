"""Who came to a meeting and when, beside who was invited: ticks at the door, or one terminal's punches.

A terminal that has not delivered its log leaves `no_data`, never an absence (rules 7); a door list on which
nobody is ticked was not kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.rules.columns import DAY_SECONDS
from monitor.store.queries.freshness import covered, terminals
from monitor.store.queries.person_day import punches_of
from monitor.store.queries.spans import gaps
from monitor.store.tables import Excuse, Meeting, MeetingArrival, MeetingInvitation, Person

MINUTE = 60


class Came(StrEnum):
    """What is known of an invited person."""

    ON_TIME = "on_time"
    LATE = "late"
    REPLACED = "replaced"
    ABSENT = "absent"
    EXPECTED = "expected"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """One invited person; `arrived` in wall-clock seconds, `substitute` who came in the person's place."""

    person_id: int
    code: str
    name: str
    role: str
    came: Came
    arrived: int | None = None
    late_seconds: int = 0
    ticked: bool = False
    instead_of: str = ""
    substitute: str = ""
    excused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What decides: arrivals by person, names by id, who stands in for whom, the state without an arrival."""

    arrivals: Mapping[int, int]
    ticked: frozenset[int]
    names: Mapping[int, str]
    substitutes: Mapping[int, int]
    without: Came


def attendees(session: Session, meeting: Meeting, *, now: int, zone: str) -> list[Attendee]:
    """Everybody invited, the chair first, then by Vietnamese given name; `now` in wall-clock seconds."""
    rows = _invited(session, meeting)
    known = _known(session, meeting, rows, now, zone)
    order = {"chair": 0}
    found = [_attendee(meeting, row, person, excused, known) for row, person, excused in rows]
    return sorted(found, key=lambda one: order.get(one.role, 1))


def _invited(session: Session, meeting: Meeting) -> list[tuple[MeetingInvitation, Person, bool]]:
    rows = session.execute(
        select(MeetingInvitation, Person, col(Excuse.status))
        .join(Person, col(Person.id) == col(MeetingInvitation.person_id))
        .outerjoin(Excuse, col(Excuse.id) == col(MeetingInvitation.excuse_id))
        .where(col(MeetingInvitation.meeting_id) == meeting.id)
        .order_by(col(Person.sort_key), col(Person.code))
    )
    return [(row, person, status == "approved") for row, person, status in rows]


def _known(
    session: Session,
    meeting: Meeting,
    rows: list[tuple[MeetingInvitation, Person, bool]],
    now: int,
    zone: str,
) -> _Known:
    ticks = _ticks(session, meeting)
    arrivals = dict(ticks)
    if meeting.terminal_id is not None:
        arrivals = _punched(session, meeting, [row.person_id for row, _, _ in rows], zone) | ticks
    came = {row.instead_of_id: row.person_id for row, _, _ in rows if row.person_id in arrivals}
    return _Known(
        arrivals=arrivals,
        ticked=frozenset(ticks),
        names={row.person_id: person.name for row, person, _ in rows},
        substitutes={for_whom: person for for_whom, person in came.items() if for_whom is not None},
        without=_without_arrival(session, meeting, arrivals, now, zone),
    )


def _ticks(session: Session, meeting: Meeting) -> dict[int, int]:
    columns = col(MeetingArrival.person_id), col(MeetingArrival.arrived)
    mine = select(*columns).where(col(MeetingArrival.meeting_id) == meeting.id)
    return {row[0]: row[1] for row in session.connection().execute(mine)}


def _window(meeting: Meeting) -> tuple[int, int]:
    return meeting.starts - meeting.open_before_minutes * MINUTE, meeting.ends


def _punched(session: Session, meeting: Meeting, people: list[int], zone: str) -> dict[int, int]:
    """The first punch of each person at the meeting's terminal within its window."""
    known = terminals(session)
    found: dict[int, int] = {}
    for person_id in people:
        for punch in punches_of(session, person_id, _window(meeting), known=known, zone=zone):
            if punch.terminal is not None and punch.terminal.id == meeting.terminal_id:
                found.setdefault(person_id, punch.time)
    return found


def _without_arrival(
    session: Session, meeting: Meeting, arrivals: Mapping[int, int], now: int, zone: str
) -> Came:
    """What it means that somebody has no arrival."""
    if now < meeting.ends:
        return Came.EXPECTED
    if meeting.terminal_id is None:
        return Came.ABSENT if arrivals else Came.NO_DATA
    first, last = _window(meeting)
    spans = covered(session, terminals(session), first, last + DAY_SECONDS, zone)[meeting.terminal_id].spans
    return Came.NO_DATA if gaps(spans, first, last) else Came.ABSENT


def _attendee(
    meeting: Meeting, row: MeetingInvitation, person: Person, excused: bool, known: _Known
) -> Attendee:
    arrived = known.arrivals.get(row.person_id)
    late = 0 if arrived is None else max(0, arrived - meeting.starts)
    substitute = known.substitutes.get(row.person_id)
    return Attendee(
        person_id=row.person_id,
        code=person.code,
        name=person.name,
        role=row.role,
        came=_came(arrived, late, substitute, known.without),
        arrived=arrived,
        late_seconds=late,
        ticked=row.person_id in known.ticked,
        instead_of="" if row.instead_of_id is None else known.names.get(row.instead_of_id, ""),
        substitute="" if substitute is None else known.names[substitute],
        excused=excused,
    )


def _came(arrived: int | None, late_seconds: int, substitute: int | None, without: Came) -> Came:
    if arrived is not None:
        return Came.LATE if late_seconds else Came.ON_TIME
    return Came.REPLACED if substitute is not None else without
