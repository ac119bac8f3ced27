"""A unit's period as it is stored: its row, and its newest seal and reopening."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.periods.errors import PeriodRefused
from monitor.periods.month import Month
from monitor.store.queries.periods import closed
from monitor.store.queries.tree import Tree, UnitRow, tree
from monitor.store.tables import Period, PeriodReopening, PeriodSeal


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPeriod:
    """A period and what is newest of it; `is_closed` is what its rows go by."""

    row: Period
    seal: PeriodSeal | None
    reopening: PeriodReopening | None
    is_closed: bool


def unit_named(units: Tree, code: str) -> UnitRow:
    """The unit of a code. Raises PeriodRefused `unknown_unit`."""
    found = units.by_code(code)
    if found is None:
        raise PeriodRefused("unknown_unit", unit=code)
    return found


def period_of(session: Session, unit_id: int, month: Month) -> FoundPeriod | None:
    """The period of a unit's month; None if it was never closed."""
    mine = col(Period.unit_id) == unit_id, col(Period.month) == month.text
    row = session.scalars(select(Period).where(*mine)).one_or_none()
    if row is None:
        return None
    still = session.connection().execute(select(col(Period.id)).where(*mine, closed())).first()
    newest = select(PeriodSeal).where(col(PeriodSeal.period_id) == row.id)
    seal = session.scalars(newest.order_by(col(PeriodSeal.id).desc()).limit(1)).one_or_none()
    reopening = None
    if seal is not None:
        asked = select(PeriodReopening).where(col(PeriodReopening.seal_id) == seal.id)
        reopening = session.scalars(asked).one_or_none()
    return FoundPeriod(row=row, seal=seal, reopening=reopening, is_closed=still is not None)


def closed_period(session: Session, unit_code: str, month: Month) -> FoundPeriod:
    """A period that is closed. Raises PeriodRefused `unknown_unit` or `period_not_closed`."""
    unit = unit_named(tree(session), unit_code)
    found = period_of(session, unit.id, month)
    if found is None or not found.is_closed:
        raise PeriodRefused("period_not_closed", unit=unit_code, month=month.text)
    return found
