"""Freezing moment T: who is expected in a unit, has punched, is away with which document, or on duty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlmodel import Session

from monitor.inspections.campaigns import tell
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.wish import By
from monitor.rules.codes import Status
from monitor.rules.wallclock import DAY_SECONDS, date_of, seconds_of
from monitor.store.queries.board import SessionRow, sessions_of
from monitor.store.queries.campaigns import campaign_units
from monitor.store.queries.last_punches import LastPunch, last_punches
from monitor.store.queries.reach import EVERYBODY
from monitor.store.queries.seats import Seat, seats
from monitor.store.queries.tree import Tree
from monitor.store.queries.visits import ExcuseRow, excuses_at, on_duty_at
from monitor.store.tables import Campaign, RosterEntry, Visit, VisitPerson
from monitor.store.wall import sees_all

MOST_PEOPLE = 600
"""A roll is called room by room; beyond, several visits are meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the system knows at T about the people of a unit."""

    day: int
    moment: int
    sessions: Mapping[int, Sequence[SessionRow]]
    punched: Mapping[int, LastPunch]
    excuses: Mapping[int, ExcuseRow]
    duties: Mapping[int, RosterEntry]


@sees_all
def freeze(session: Session, campaign: Campaign, unit_id: int, units: Tree, by: By, *, code: str) -> Visit:
    """Freeze who is expected in a unit and those below it, now; `by.account_id` must be known.

    Raises InspectionRefused `campaign_not_open`, `visit_unit` (not of the campaign, or out of reach today),
    `visit_nobody`, `visit_large`.
    """
    moment = wall_clock(by)
    day = moment // DAY_SECONDS
    if campaign.state != "open":
        raise InspectionRefused("campaign_not_open", campaign=campaign.code)
    below = _units(session, campaign, unit_id, units, by, day)
    found = seats(session, EVERYBODY, below, day)
    if not found:
        raise InspectionRefused("visit_nobody")
    if len(found) > MOST_PEOPLE:
        raise InspectionRefused("visit_large", people=len(found), most=MOST_PEOPLE)
    visit = Visit(
        code=code,
        campaign_id=campaign.id or 0,
        unit_id=unit_id,
        day=day,
        frozen_at=moment,
        made_by=by.account_id or 0,
        made_at=by.now,
        body=campaign.body,
    )
    session.add(visit)
    session.flush()
    rows = rows_of(session, found, moment, by.settings.site.timezone)
    session.connection().execute(insert(VisitPerson), [{"visit_id": visit.id, **row} for row in rows])
    told = {"visit": code, "unit": units.units[unit_id].code, "moment": moment, "people": len(rows)}
    tell(session, "visit_freeze", campaign, by, told)
    return visit


def wall_clock(by: By) -> int:
    """Now by the installation's clock, in wall-clock seconds."""
    local = by.now.astimezone(ZoneInfo(by.settings.site.timezone))
    return seconds_of(local.replace(tzinfo=None, microsecond=0))


def _units(
    session: Session, campaign: Campaign, unit_id: int, units: Tree, by: By, day: int
) -> frozenset[int]:
    """The unit with those below it, as far as they are of the campaign and in the inspector's reach today."""
    tops = campaign_units(session, campaign.id or 0)
    every = frozenset[int]().union(*(units.below_in_bloc(top) for top in tops))
    if unit_id not in every or by.scope is None or not by.scope.sees_unit(unit_id, day):
        raise InspectionRefused("visit_unit")
    return by.scope.reach.within(units.below_in_bloc(unit_id) & every, day)


def rows_of(session: Session, found: Sequence[Seat], moment: int, zone: str) -> list[dict[str, object]]:
    """The snapshot's rows of these people at a moment, without the visit they belong to."""
    day, people = moment // DAY_SECONDS, [seat.person_id for seat in found]
    known = Known(
        day=day,
        moment=moment,
        sessions=sessions_of(session, found, day),
        punched=last_punches(session, people, day, moment, zone),
        excuses=excuses_at(session, people, moment),
        duties=on_duty_at(session, people, moment),
    )
    return [_row(seat, known) for seat in found]


def _row(seat: Seat, known: Known) -> dict[str, object]:
    now = _session_at(known.sessions.get(seat.person_id, ()), known.moment)
    time, terminal = known.punched.get(seat.person_id, (None, None))
    excuse, duty = known.excuses.get(seat.person_id), known.duties.get(seat.person_id)
    kind = _kind(now, excuse, duty)
    return {
        "person_id": seat.person_id,
        "unit_id": seat.unit_id,
        "position": seat.position,
        "role": seat.role,
        "kind": kind,
        "session": now.name if now else "",
        "last_punch": time,
        "terminal_id": terminal,
        **_document(kind, excuse, duty, known.moment),
    }


def _session_at(sessions: Sequence[SessionRow], moment: int) -> SessionRow | None:
    """The session that a moment lies in."""
    return next((one for one in sessions if one.starts <= moment < one.ends), None)


def _kind(now: SessionRow | None, excuse: ExcuseRow | None, duty: RosterEntry | None) -> str:
    """An approved excuse goes before duty, duty before the office's session; exempt is from punching only."""
    if now is None and duty is None:
        return "off"
    if excuse is not None:
        return "away"
    if duty is not None:
        return "duty"
    return "exempt" if now is not None and now.status == Status.EXEMPT else "expected"


def _document(
    kind: str, excuse: ExcuseRow | None, duty: RosterEntry | None, moment: int
) -> dict[str, object]:
    """The paper behind being away or on duty; flagged when dated after T, or undated and entered after T."""
    if kind == "away" and excuse is not None:
        dated = excuse.document_date
        late = dated > date_of(moment // DAY_SECONDS) if dated else (excuse.entered_at or 0) > moment
        about = {"symbol": excuse.symbol, "document": excuse.document, "document_date": dated}
        return {**about, "flag": "after_t" if late else ""}
    document = duty.document if kind == "duty" and duty is not None else ""
    return {"symbol": "", "document": document, "document_date": None, "flag": ""}
