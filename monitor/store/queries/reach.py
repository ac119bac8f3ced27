"""Whose data a query may return; every read of personal data takes a reach and applies it in SQL."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_, true
from sqlalchemy.orm import Mapped

IdColumn = Mapped[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """People while they belong to these units (None: to any), and one person whatever the unit."""

    unit_ids: frozenset[int] | None
    person_id: int | None = None

    def allows(self, person_column: IdColumn, unit_column: IdColumn) -> ColumnElement[bool]:
        """The condition on a row that names a person and the unit the person belonged to."""
        if self.unit_ids is None:
            return true()
        own = false() if self.person_id is None else person_column == self.person_id
        return or_(unit_column.in_(self.unit_ids), own)

    def within(self, unit_ids: frozenset[int]) -> frozenset[int]:
        """Those of the given units that are in reach."""
        return unit_ids if self.unit_ids is None else unit_ids & self.unit_ids
