"""How near people are to the caps on overtime, for pages that are about something else."""

from collections.abc import Collection

from sqlmodel import Session

from monitor.periods import Month
from monitor.rules.wallclock import date_of
from monitor.store.queries.reach import Reach, Term
from monitor.store.queries.stays import stays_of
from monitor.store.queries.tree import Tree
from monitor.web.context import site
from monitor.yearly.overtime import OvertimeLine, Whose, caps_of, overtime_month, warnings_of


def near_caps(database: Session, units: Tree, unit_id: int, month: Month) -> int:
    """How many people of a unit, whose month is in scope, are near a cap or have reached it."""
    reach = Reach(terms=(Term(unit_ids=frozenset({unit_id})),))
    return len(warnings_of(_lines(database, units, reach, frozenset({unit_id}), month)))


def warned_among(
    database: Session, units: Tree, reach: Reach, people: Collection[int], day: int
) -> list[OvertimeLine]:
    """Those of the people, in reach on the day, who are near a cap in its month, or have reached it."""
    days = range(day, day + 1)
    unit_ids = frozenset(stay.unit_id for stay in stays_of(database, units, people, days))
    lines = _lines(database, units, reach, unit_ids, Month.of(f"{date_of(day):%Y-%m}"))
    return [line for line in warnings_of(lines) if line.who.person_id in people]


def _lines(
    database: Session, units: Tree, reach: Reach, unit_ids: frozenset[int], month: Month
) -> list[OvertimeLine]:
    caps = caps_of(site().settings.overtime)
    return overtime_month(
        database, Whose(units=units, reach=reach, unit_ids=unit_ids, month=month, caps=caps)
    )
