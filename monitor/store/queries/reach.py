"""Whose data a query may return; every read of personal data takes a reach and applies it in SQL."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlalchemy.orm import Mapped

IdColumn = Mapped[int]
DayColumn = Mapped[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Units, and the days (rules' day numbers, inclusive; None: no bound) of them that may be seen."""

    unit_ids: frozenset[int]
    first_day: int | None = None
    last_day: int | None = None

    def holds(self, day: int) -> bool:
        """Whether the day may be seen."""
        after = self.first_day is None or day >= self.first_day
        return after and (self.last_day is None or day <= self.last_day)

    def condition(self, unit: IdColumn, day: int | DayColumn) -> ColumnElement[bool]:
        """The condition on a row of a unit on a day."""
        if isinstance(day, int):
            return unit.in_(self.unit_ids) if self.holds(day) else false()
        bounds: list[ColumnElement[bool]] = [unit.in_(self.unit_ids)]
        if self.first_day is not None:
            bounds.append(day >= self.first_day)
        if self.last_day is not None:
            bounds.append(day <= self.last_day)
        return and_(*bounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """People while they belong to units of these terms (None: any unit), and one person whatever the unit."""

    terms: tuple[Term, ...] | None
    person_id: int | None = None

    def allows(self, person: IdColumn, unit: IdColumn, day: int | DayColumn) -> ColumnElement[bool]:
        """The condition on a row that names a person and the unit the person belonged to on the day."""
        if self.terms is None:
            return true()
        own = false() if self.person_id is None else person == self.person_id
        return or_(own, *(term.condition(unit, day) for term in self.terms))

    def units_on(self, day: int) -> frozenset[int] | None:
        """The units whose people may be seen on a day; None: every unit."""
        if self.terms is None:
            return None
        return frozenset[int]().union(*(term.unit_ids for term in self.terms if term.holds(day)))

    def within(self, unit_ids: frozenset[int], day: int) -> frozenset[int]:
        """Those of the given units that are in reach on a day."""
        mine = self.units_on(day)
        return unit_ids if mine is None else unit_ids & mine


NOBODY = Reach(terms=())
EVERYBODY = Reach(terms=None)
