"""Under which unit, regulation version and calendar row each person-day falls (rules 2.1 to 2.3)."""

from dataclasses import dataclass

import numpy as np

from monitor.rules.arrays import DAY_SPAN, Integers, keyed_day, latest, picked
from monitor.rules.calendar import calendar_rows, up_the_tree
from monitor.rules.columns import (
    Columns,
    Int32,
    Int64,
    PersonDays,
    Postings,
    Text,
    Units,
    World,
)
from monitor.rules.regulation import Regulation

_NONE = np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places(Columns):
    """Person-days that have a posting. `regulation` and `calendar` are positions, -1 for none."""

    person: Int32
    day: Int32
    unit: Int32
    regulation: Int32
    calendar: Int32


def places_of(world: World, days: PersonDays) -> Places:
    """The person-days with a posting, in the order given."""
    if not len(days):
        return Places(person=days.person, day=days.day, unit=_NONE, regulation=_NONE, calendar=_NONE)
    unit = unit_on(world.postings, world.units.code, days.person, days.day)
    posted = np.flatnonzero(unit >= 0)
    person, day, unit = days.person[posted], days.day[posted], unit[posted]
    pair, of_pair = _distinct_pairs(unit, day)
    pair_unit, pair_day = unit[pair], day[pair]
    by_unit = _regulation_of_unit(world.regulations, world.units, pair_unit, pair_day)[of_pair]
    by_person = _attached(world.regulations, "person", person, day)
    calendar = calendar_rows(world.calendar, world.units, pair_unit, pair_day)[of_pair]
    return Places(
        person=person,
        day=day,
        unit=unit,
        regulation=np.where(by_person >= 0, by_person, by_unit).astype(np.int32),
        calendar=calendar.astype(np.int32),
    )


def unit_on(postings: Postings, unit_codes: Text, person: Int32, day: Int32) -> Int32:
    """The unit of each person on each day: the posting begun last, then the smaller code; -1 for none."""
    rank = np.empty(len(unit_codes), np.int64)
    rank[np.argsort(unit_codes)] = np.arange(len(unit_codes))
    order = np.lexsort((-rank[postings.unit], postings.first_day, postings.person))
    ordered = postings.take(order)
    people = int(max(person.max(initial=-1), ordered.person.max(initial=-1))) + 1
    count = np.bincount(ordered.person, minlength=people)
    first = np.cumsum(count) - count
    unit = np.full(len(person), -1, np.int32)
    rows = np.arange(len(person))
    for nth in range(int(count.max(initial=0))):
        rows = rows[count[person[rows]] > nth]
        at = first[person[rows]] + nth
        valid = (ordered.first_day[at] <= day[rows]) & (day[rows] <= ordered.last_day[at])
        unit[rows[valid]] = ordered.unit[at[valid]]
    return unit


def _distinct_pairs(unit: Int32, day: Int32) -> tuple[Int64, Int64]:
    """One row for each (unit, day) that occurs, and for each row the position of its pair."""
    if not len(unit):  # nobody asked has a posting
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    earliest, days = int(day.min()), int(day.max()) - int(day.min()) + 1
    cell = unit.astype(np.int64) * days + (day - earliest)
    row_of_cell = np.full((int(unit.max()) + 1) * days, -1, np.int64)
    row_of_cell[cell] = np.arange(len(cell))
    used = np.flatnonzero(row_of_cell >= 0)
    rows = row_of_cell[used]
    row_of_cell[used] = np.arange(len(used))
    return rows, row_of_cell[cell]


def _attached(regulations: tuple[Regulation, ...], kind: str, index: Integers, day: Integers) -> Int64:
    """The version attached to each target that began last on or before each day, -1 for none."""
    attached = [
        (target.index, version.valid_from, position)
        for position, version in enumerate(regulations)
        for target in version.targets
        if target.kind == kind
    ]
    owner, begin, position = np.array(sorted(attached), np.int64).reshape(-1, 3).T
    at = latest(keyed_day(owner + 1, begin), keyed_day(index.astype(np.int64) + 1, day), DAY_SPAN)
    return picked(position, at, -1)


def _regulation_of_unit(regulations: tuple[Regulation, ...], units: Units, unit: Int32, day: Int32) -> Int64:
    """The version of the unit, its nearest ancestor, or everybody (rules 2.2)."""

    def find(rows: Int64, scope: Int64) -> Int64:
        of_unit = _attached(regulations, "unit", scope, day[rows])
        everybody = _attached(regulations, "*", np.full(len(rows), -1), day[rows])
        return np.where(scope >= 0, of_unit, everybody)

    return up_the_tree(units, unit, find)
