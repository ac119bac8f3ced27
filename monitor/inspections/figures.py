"""Counts of presence as columns: laid out by unit, rank and day, added up the tree, and checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.inspections.totals import Totals, reconciled
from monitor.store.queries.inspections import COUNTS, Presence
from monitor.store.queries.tree import Tree

Cube = NDArray[np.int64]
"""(units, ranks, days, COUNTS): people; rank 0 are staff, rank 1 heads and deputies."""

STAFF, LEADS = 0, 1
SIMPLE = {name: place for place, name in enumerate(COUNTS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The units of a report, parents first, and how they hang together among themselves.

    `parent` is the place of the nearest unit above that is shown, -1 for those on top; `depth` counts them.
    """

    ids: tuple[int, ...]
    parent: tuple[int, ...]
    depth: tuple[int, ...]

    @property
    def tops(self) -> list[int]:
        """The places of the units that lie below no other one shown."""
        return [place for place, above in enumerate(self.parent) if above < 0]


def places_of(units: Tree, shown: frozenset[int]) -> Places:
    """The shown units in the order of the tree."""
    place: dict[int, int] = {}
    parents: list[int] = []
    depths: list[int] = []
    for top in units.children.get(None, ()):
        for unit, _ in units.walk(top):
            if unit not in shown:
                continue
            above = next((one for one in units.path(units.units[unit].parent_id) if one in shown), None)
            parents.append(-1 if above is None else place[above])
            depths.append(0 if above is None else depths[place[above]] + 1)
            place[unit] = len(place)
    return Places(ids=tuple(place), parent=tuple(parents), depth=tuple(depths))


def cube(found: Presence, places: Places, days: Sequence[int]) -> Cube:
    """Counts of every unit's own people; days and units that are not asked for are left out."""
    shape = (len(places.ids), 2, len(days))
    unit, day = _place(found.unit, places.ids), _place(found.day, days)
    rows = (unit >= 0) & (day >= 0)
    key = (unit[rows] * 2 + found.leads[rows]) * len(days) + day[rows]
    size = shape[0] * shape[1] * shape[2]
    made = [np.bincount(key, weights=counted, minlength=size) for counted in found.counted[rows].T]
    return np.stack(made, axis=-1).astype(np.int64).reshape(*shape, len(COUNTS))


def _place(values: NDArray[np.int32], known: Sequence[int]) -> NDArray[np.int64]:
    """The position of each value among the known ones, -1 for others."""
    order = np.argsort(np.array(known, np.int64), kind="stable")
    if not len(order):
        return np.full(len(values), -1, np.int64)
    ranked = np.array(known, np.int64)[order]
    at = np.minimum(np.searchsorted(ranked, values), len(ranked) - 1)
    return np.where(ranked[at] == values, order[at], -1)


def rolled_up(own: Cube, places: Places) -> Cube:
    """Counts of every unit with all units below it. Raises as `reconciled` where anything does not add up."""
    made = own.copy()
    # Parents come first, so backwards every unit is whole before it is added to the one above.
    for place in range(len(places.ids) - 1, -1, -1):
        if (above := places.parent[place]) >= 0:
            made[above] += made[place]
    _check(made)
    return made


def _check(made: Cube) -> None:
    part = {name: made[..., place] for name, place in SIMPLE.items()}
    wrong = (part["present"] + part["absent"] + part["no_data"] != part["expected"]) | (
        part["excused"] + part["unexcused"] != part["absent"]
    )
    for counts in made[wrong][:1]:
        reconciled(totals_of(counts))


def totals_of(counts: NDArray[np.int64]) -> Totals:
    """One row of counts in words."""
    return Totals(**dict(zip(COUNTS, counts.tolist(), strict=True)))


def by_weekday(
    made: Cube, days: Sequence[int], twins: Mapping[int, Sequence[int]], wanted: Sequence[int]
) -> Cube:
    """For each wanted day the sum over the days that it is compared with: (units, 2, wanted, COUNTS)."""
    place = {day: at for at, day in enumerate(days)}
    summed = [made[:, :, [place[twin] for twin in twins.get(day, ())], :].sum(axis=2) for day in wanted]
    return np.stack(summed, axis=2) if summed else made[:, :, :0]
