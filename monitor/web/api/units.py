"""Units: the tree as far as it is in scope, each with where it came from and what came of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.store.queries.origins import Descent, Descents, descents
from monitor.store.queries.tree import Tree, tree
from monitor.store.session import reading
from monitor.store.tables import Unit
from monitor.web.api.answering import answer, page_of
from monitor.web.api.asking import PAGING, page_asked, require_known, seen_unit, units_asked
from monitor.web.api.views import pages, reads
from monitor.web.context import scope, site


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What a unit's answer is made from; only codes of `seen` units are told."""

    units: Tree
    seen: frozenset[int]
    steps: Descents


@pages.get("/units")
@reads(Action.SEE_UNITS)
def unit_list() -> Response:
    """Units in scope by code; `unit`: those of a subtree."""
    require_known("unit", *PAGING)
    page = page_asked((str,))
    with reading(site().engine) as database:
        known = _known(database)
        mine = units_asked(known.units)
        wanted = select(Unit).where(col(Unit.id).in_(mine)).order_by(col(Unit.code)).limit(page.limit + 1)
        after = () if page.after is None else (col(Unit.code) > page.after[0],)
        rows = list(database.exec(wanted.where(*after)))
        return answer(page_of(rows, page, lambda row: (row.code,), lambda row: _told(row, known)))


@pages.get("/units/<path:code>")
@reads(Action.SEE_UNITS)
def unit(code: str) -> Response:
    """One unit."""
    require_known()
    with reading(site().engine) as database:
        known = _known(database)
        row = database.get_one(Unit, seen_unit(known.units, code).id)
        return answer(_told(row, known))


def _known(database: Session) -> _Known:
    units = tree(database)
    return _Known(units=units, seen=scope().units_of(units), steps=descents(database))


def _told(row: Unit, known: _Known) -> Mapping[str, object]:
    number = row.id or 0
    return {
        "code": row.code,
        "name": row.name,
        "parent": _code(row.parent_id, known),
        "public_facing": row.public_facing,
        "bloc": known.units.bloc_of(number),
        "valid_from": iso(row.valid_from),
        "valid_to": iso(row.valid_to),
        "predecessors": _steps(known.steps.origins.get(number, ()), known, before=True),
        "successors": _steps(known.steps.successors.get(number, ()), known, before=False),
    }


def _steps(steps: Iterable[Descent], known: _Known, *, before: bool) -> list[Mapping[str, object]]:
    found = [(step.before if before else step.after, step) for step in steps]
    return [
        {
            "unit": known.units.units[other].code,
            "kind": step.kind,
            "on": iso(step.since),
            "document": step.document,
        }
        for other, step in found
        if other in known.seen
    ]


def _code(unit_id: int | None, known: _Known) -> str | None:
    return known.units.units[unit_id].code if unit_id in known.seen and unit_id is not None else None


def iso(on: date | None) -> str | None:
    """A date, null for an open end."""
    return None if on is None else on.isoformat()
