"""The least number of people that units need on a day, by session."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.rules.wallclock import date_of
from monitor.store.tables import MinimumStaffing

ANY_SESSION = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum:
    """How many people, and the document that says so."""

    people: int
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Minima:
    """What holds on a day, by unit id and session name."""

    rows: Mapping[tuple[int, str], Minimum] = field(default_factory=dict)

    def of(self, unit_id: int, session: str) -> Minimum | None:
        """The minimum of a unit in a session: the session's own, else that of any; None where none holds."""
        found = self.rows.get((unit_id, session)) or self.rows.get((unit_id, ANY_SESSION))
        return found if found is not None and found.people else None

    def names(self, unit_id: int) -> bool:
        """Whether any row is about the unit."""
        return any(unit == unit_id for unit, _session in self.rows)


def minima(session: Session, day: int) -> Minima:
    """The rows that hold on a day: of each unit and session the one that began last."""
    row = MinimumStaffing
    columns = (col(row.unit_id), col(row.session), col(row.people), col(row.document))
    begun = select(*columns).where(col(row.valid_from) <= date_of(day)).order_by(col(row.valid_from))
    found = session.connection().execute(begun)
    return Minima(rows={(unit, name): Minimum(people=n, document=paper) for unit, name, n, paper in found})
