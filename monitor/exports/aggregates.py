"""Counts by unit and status for public reports: people, never names, codes or small groups (suppression)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import func, select
from sqlmodel import Session, col

from monitor.exports.suppression import LEAST, Node, publishable
from monitor.rules.codes import Status
from monitor.store.queries.tree import Tree, UnitRow, tree
from monitor.store.tables import SessionRecord
from monitor.store.wall import sees_all

COLUMNS = ("month", "unit", "unit_name", "status", "people")
EVERYBODY = "all"
HIDDEN = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counts:
    """How many people each unit has, without units below, and how many of them had a status."""

    strength: Mapping[int, int]
    by_status: Mapping[str, Mapping[int, int]]


@sees_all
def aggregates_table(
    session: Session, month: str, first_day: int, last_day: int, unit_ids: frozenset[int] | None
) -> pd.DataFrame:
    """Rows of COLUMNS: how many people of a unit's subtree had a session of each status in the month.

    `people` is empty where it is hidden. A person is counted once, in the unit of the last session of the
    month; `all` counts everybody with a session. What is hidden is decided over the whole tree, whichever
    units are asked for: otherwise two exports could be subtracted from each other.
    """
    units, counts = tree(session), _counts(session, first_day, last_day)
    shown = {EVERYBODY: _publishable(units, counts, counts.strength, frozenset(units.units))}
    for status, own in counts.by_status.items():
        shown[status] = _publishable(units, counts, own, shown[EVERYBODY])
    rows = [
        (month, unit.code, unit.name, status, _told(units, unit, own, shown[status]))
        for unit in _asked(units, unit_ids)
        for status, own in {EVERYBODY: counts.strength, **counts.by_status}.items()
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _counts(session: Session, first_day: int, last_day: int) -> _Counts:
    home = _homes(session, first_day, last_day)
    wanted = (
        select(col(SessionRecord.person_id), col(SessionRecord.status))
        .where(col(SessionRecord.day).between(first_day, last_day))
        .distinct()
    )
    by_status: dict[str, defaultdict[int, int]] = {
        status.name.lower(): defaultdict(int) for status in sorted(Status)
    }
    for person, status in session.connection().execute(wanted):
        by_status[Status(status).name.lower()][home[person]] += 1
    strength: defaultdict[int, int] = defaultdict(int)
    for unit in home.values():
        strength[unit] += 1
    return _Counts(strength=strength, by_status=by_status)


def _homes(session: Session, first_day: int, last_day: int) -> dict[int, int]:
    """The one unit in which each person counts: that of the last day with a session."""
    record = SessionRecord
    within = col(record.day).between(first_day, last_day)
    last = select(col(record.person_id), func.max(col(record.day)).label("day")).where(within)
    newest = last.group_by(col(record.person_id)).subquery()
    on_it = (newest.c.person_id == col(record.person_id)) & (newest.c.day == col(record.day))
    rows = session.connection().execute(
        select(col(record.person_id), func.min(col(record.unit_id)))
        .join(newest, on_it)
        .group_by(col(record.person_id))
    )
    return {row[0]: row[1] for row in rows}


def _publishable(
    units: Tree, counts: _Counts, own: Mapping[int, int], allowed: frozenset[int]
) -> frozenset[int]:
    nodes = {
        unit.id: Node(
            parent=unit.parent_id, own=own.get(unit.id, 0), strength=counts.strength.get(unit.id, 0)
        )
        for unit in units.units.values()
    }
    return publishable(nodes, allowed, LEAST)


def _asked(units: Tree, unit_ids: frozenset[int] | None) -> list[UnitRow]:
    """The units asked for, parents first, each followed by what lies below it."""
    wanted = frozenset(units.units) if unit_ids is None else unit_ids
    roots = units.roots_of(frozenset(units.units))
    return [units.units[one] for root in roots for one, _ in units.walk(root) if one in wanted]


def _told(units: Tree, unit: UnitRow, own: Mapping[int, int], shown: frozenset[int]) -> int | str:
    if unit.id not in shown:
        return HIDDEN
    return sum(own.get(one, 0) for one in units.subtree(unit.id))
