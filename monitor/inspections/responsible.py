"""Joint responsibility: who headed a unit on the day something was found, by appointment, not by today."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlmodel import Session, col

from monitor.rules.wallclock import date_of
from monitor.store.queries.leaders import leaders
from monitor.store.queries.tree import Tree, UnitRow
from monitor.store.tables import Finding, Person, Posting


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """Somebody who led a unit on the day, and since when; deputies answer for the field in their charge."""

    person: Person
    unit: UnitRow
    role: str
    position: str
    since: date


def responsible_for(session: Session, finding: Finding, units: Tree) -> list[Leader]:
    """Head and deputies of the nearest unit that somebody else headed on the day; heads first."""
    on, about = date_of(finding.day), finding.person_id
    led = leaders(session, on).by_unit
    bloc = units.bloc_of(finding.unit_id)
    for unit in units.path(finding.unit_id):
        above = {person: role for person, role in led.get(unit, {}).items() if person != about}
        if units.bloc_of(unit) in {"", bloc} and "head" in above.values():
            return _named(session, units.units[unit], on, above)
    return []


def _named(session: Session, unit: UnitRow, on: date, above: dict[int, str]) -> list[Leader]:
    valid = (
        col(Posting.unit_id) == unit.id,
        col(Posting.person_id).in_(above),
        col(Posting.role).in_(("head", "deputy")),
        col(Posting.valid_from) <= on,
        or_(col(Posting.valid_to).is_(None), col(Posting.valid_to) >= on),
    )
    joined = select(Posting, Person).join(Person, col(Person.id) == col(Posting.person_id))
    rows = session.execute(joined.where(*valid).order_by(col(Posting.role).desc(), col(Person.sort_key)))
    return [
        Leader(person=row[1], unit=unit, role=row[0].role, position=row[0].position, since=row[0].valid_from)
        for row in rows
    ]
