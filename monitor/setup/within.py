"""Lines about people whom the importing account does not reach: refused like people who do not exist."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.rules.wallclock import DAY_SECONDS, day_of
from monitor.setup.cells import OPEN_START
from monitor.setup.changes import ids
from monitor.setup.lines import Line, Lines
from monitor.setup.spans import Days, Site
from monitor.store.queries.reach import Reach
from monitor.store.tables import Person, Posting, Unit

Held = tuple[int, str, int, int]
"""A posting: its first day, its unit's code and id, and its last day."""


def refuse_outside(session: Session, lines: Lines[Any], reach: Reach, site: Site) -> None:
    """Refuse the lines of which any day belongs to a unit out of reach.

    For kinds whose rows name a person and a time or a validity. A person is in the unit that counts on
    the day (rules 2.1); days without a posting are nobody's, but at least one day must be in reach.
    """
    for line in lines_outside(session, lines, reach, site):
        lines.refuse(line, "person", "unknown_person", person=line.item.person)


def lines_outside(session: Session, lines: Lines[Any], reach: Reach, site: Site) -> list[Line[Any]]:
    """The lines that `refuse_outside` refuses; those about nobody are none of them."""
    if reach.terms is None:
        return []
    held, known = _held(session, {line.item.person for line in lines.read}, site), ids(session, "person")
    return [
        line
        for line in lines.read
        if line.item.person in known
        and not _reached(held[line.item.person], reach, _days_of(line.item, site))
    ]


def _held(session: Session, codes: set[str], site: Site) -> dict[str, list[Held]]:
    """Postings by staff code, the one that counts first (rules 2.1)."""
    rows = session.connection().execute(
        select(
            col(Person.code),
            col(Posting.valid_from),
            col(Unit.code),
            col(Unit.id),
            col(Posting.valid_to),
        )
        .join(Posting, col(Posting.person_id) == col(Person.id))
        .join(Unit, col(Unit.id) == col(Posting.unit_id))
        .order_by(col(Posting.valid_from).desc(), col(Unit.code))
    )
    found: dict[str, list[Held]] = defaultdict(list)
    for person, first, unit, unit_id, last in rows:
        if person in codes:
            ends = site.last_day if last is None else day_of(last)
            found[person].append((day_of(first), unit, unit_id or 0, ends))
    return found


def _days_of(item: Any, site: Site) -> Days:
    if hasattr(item, "starts"):
        return item.starts // DAY_SECONDS, item.ends // DAY_SECONDS
    last = site.last_day if item.valid_to is None else day_of(item.valid_to)
    return day_of(item.valid_from or OPEN_START), last


def _reached(held: list[Held], reach: Reach, days: Days) -> bool:
    units = [(day, _unit_on(held, day)) for day in _turns(held, reach, days)]
    known = [(day, unit) for day, unit in units if unit is not None]
    return bool(known) and all(reach.within(frozenset({unit}), day) for day, unit in known)


def _turns(held: list[Held], reach: Reach, days: Days) -> Iterator[int]:
    """The first day, and each on which the unit or the reach may have changed."""
    first, last = days
    edges = {edge for start, _, _, end in held for edge in (start, end + 1)}
    edges |= {term.first_day or 0 for term in reach.terms or ()}
    edges |= {term.last_day + 1 for term in reach.terms or () if term.last_day is not None}
    yield first
    yield from (edge for edge in sorted(edges) if first < edge <= last)


def _unit_on(held: list[Held], day: int) -> int | None:
    return next((unit for start, _, unit, end in held if start <= day <= end), None)
