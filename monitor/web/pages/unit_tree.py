"""Cây đơn vị: the units as of a date, with from when to when each is there and how many work in it."""

from collections import Counter
from datetime import date

from flask import Blueprint, render_template
from sqlmodel import Session, col, select

from monitor.access import Action
from monitor.rules.wallclock import date_of
from monitor.store.queries.origins import descents
from monitor.store.queries.setup_state import setup_state
from monitor.store.queries.tree import tree
from monitor.store.session import reading
from monitor.store.tables import Unit
from monitor.web.context import site
from monitor.web.policy import policy
from monitor.web.registerpage import day_asked
from monitor.web.setupscope import units_within

pages = Blueprint("unit_tree", __name__)


@pages.get("/thiet-lap/don-vi")
@policy(Action.SET_UP)
def overview() -> str:
    """The tree on a day; units that are not there on it are left out, their number is told."""
    on = date_of(day_asked("ngay"))
    with reading(site().engine) as database:
        known, within = tree(database), units_within(database)
        mine = frozenset(known.units) if within is None else within
        rows = _rows(database, mine)
        staff = setup_state(database, known, within, on).staff
        steps = descents(database)
    there = {unit.id for unit in rows if _is_there(unit, on)}
    order = [step for root in known.roots_of(mine) for step in known.walk(root)] if mine else []
    by_id = {unit.id: unit for unit in rows}
    shown = [(by_id[unit], depth) for unit, depth in order if unit in there]
    counts = Counter(one.unit_id for one in staff)
    return render_template(
        "unit_tree.html",
        shown=shown,
        on=on,
        counts=counts,
        absent=len(rows) - len(there),
        named=by_id,
        steps=steps,
    )


def _rows(database: Session, mine: frozenset[int]) -> list[Unit]:
    return [unit for unit in database.exec(select(Unit).order_by(col(Unit.code))) if unit.id in mine]


def _is_there(unit: Unit, on: date) -> bool:
    first, last = unit.valid_from, unit.valid_to
    return (first is None or first <= on) and (last is None or last >= on)
