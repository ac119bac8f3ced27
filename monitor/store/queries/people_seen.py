"""Which people a reach shows on which days, for exports whose rows are not records of days."""

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.store.queries.reach import Reach
from monitor.store.queries.seats import counting
from monitor.store.tables import Person, Posting, Unit


def people_seen(session: Session, reach: Reach, span: tuple[int, int]) -> set[tuple[str, int]]:
    """(staff code, day) of everybody in reach, for each day of a span, both ends inclusive."""
    found = set()
    for day in range(span[0], span[1] + 1):
        rows = session.connection().execute(
            select(col(Person.code))
            .join(Posting, col(Posting.person_id) == col(Person.id))
            .join(Unit, col(Unit.id) == col(Posting.unit_id))
            .where(counting(day), reach.allows(col(Posting.person_id), col(Posting.unit_id), day))
        )
        found |= {(row[0], day) for row in rows}
    return found
