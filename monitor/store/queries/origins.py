"""Which units a unit came from, and which came from it, each with its date and document."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.store.tables import UnitOrigin


@dataclass(frozen=True, slots=True, kw_only=True)
class Descent:
    """One step between two units. `kind`: `merge`, `split` or `rename`."""

    before: int
    after: int
    kind: str
    since: date
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Descents:
    """Every step, by the unit that came and by the unit that went."""

    origins: Mapping[int, tuple[Descent, ...]] = field(default_factory=dict)
    successors: Mapping[int, tuple[Descent, ...]] = field(default_factory=dict)


def descents(session: Session) -> Descents:
    """Every step there is: as few as a province has units."""
    origins: defaultdict[int, list[Descent]] = defaultdict(list)
    successors: defaultdict[int, list[Descent]] = defaultdict(list)
    order = col(UnitOrigin.since), col(UnitOrigin.unit_id), col(UnitOrigin.predecessor_id)
    for row in session.scalars(select(UnitOrigin).order_by(*order)):
        step = Descent(
            before=row.predecessor_id,
            after=row.unit_id,
            kind=row.kind,
            since=row.since,
            document=row.document,
        )
        origins[row.unit_id].append(step)
        successors[row.predecessor_id].append(step)
    return Descents(
        origins={unit: tuple(found) for unit, found in origins.items()},
        successors={unit: tuple(found) for unit, found in successors.items()},
    )
