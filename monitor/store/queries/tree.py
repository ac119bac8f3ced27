"""The organisation tree: every unit in one query, and walks over it in memory."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.rules.wallclock import day_of
from monitor.store.tables import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """One unit of the tree."""

    id: int
    code: str
    name: str
    parent_id: int | None
    public_facing: bool
    bloc: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    def stood(self, days: range) -> bool:
        """Whether it existed on any of the days, which are one or more."""
        begun = self.valid_from is None or day_of(self.valid_from) <= days[-1]
        return begun and (self.valid_to is None or day_of(self.valid_to) >= days[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """All units by id, and the children of each (of None: the roots), in order of their code."""

    units: Mapping[int, UnitRow]
    children: Mapping[int | None, tuple[int, ...]] = field(repr=False)

    def subtree(self, unit_id: int) -> frozenset[int]:
        """A unit and everything below it."""
        return frozenset(unit for unit, _depth in self.walk(unit_id))

    def bloc_of(self, unit_id: int) -> str:
        """The bloc of a unit: its own, or that of the nearest unit above it that names one."""
        return next((self.units[unit].bloc for unit in self.path(unit_id) if self.units[unit].bloc), "")

    def below_in_bloc(self, unit_id: int) -> frozenset[int]:
        """A unit and what lies below it, without other blocs; above the blocs ('') everything is below."""
        bloc = self.bloc_of(unit_id)
        below = self.subtree(unit_id)
        return frozenset(unit for unit in below if not bloc or self.bloc_of(unit) == bloc)

    def walk(self, unit_id: int, depth: int = 0) -> Iterator[tuple[int, int]]:
        """A unit and everything below it with their depths, parents first."""
        yield unit_id, depth
        for child in self.children.get(unit_id, ()):
            yield from self.walk(child, depth + 1)

    def path(self, unit_id: int | None) -> Iterator[int]:
        """A unit and its ancestors, up to the root."""
        while unit_id is not None:
            yield unit_id
            unit_id = self.units[unit_id].parent_id

    def by_code(self, code: str) -> UnitRow | None:
        """The unit of a code."""
        return next((unit for unit in self.units.values() if unit.code == code), None)

    def roots_of(self, unit_ids: frozenset[int]) -> list[int]:
        """Those of the units whose parent is not among them, in order of their code."""
        tops = [unit for unit in unit_ids if self.units[unit].parent_id not in unit_ids]
        return sorted(tops, key=lambda unit: self.units[unit].code)


def tree(session: Session) -> Tree:
    """The whole tree. Units are few (a province has under a thousand) and needed by every page."""
    columns = (
        *(col(Unit.id), col(Unit.code), col(Unit.name), col(Unit.parent_id)),
        *(col(Unit.public_facing), col(Unit.bloc), col(Unit.valid_from), col(Unit.valid_to)),
    )
    units: dict[int, UnitRow] = {}
    children: defaultdict[int | None, list[int]] = defaultdict(list)
    # Sorted here: PostgreSQL would go by the language that its server was set up for.
    for row in sorted(session.connection().execute(select(*columns)), key=itemgetter(1)):
        unit = UnitRow(
            id=row[0] or 0,
            code=row[1],
            name=row[2],
            parent_id=row[3],
            public_facing=row[4],
            bloc=row[5],
            valid_from=row[6],
            valid_to=row[7],
        )
        units[unit.id] = unit
        children[unit.parent_id].append(unit.id)
    return Tree(units=units, children={parent: tuple(found) for parent, found in children.items()})
