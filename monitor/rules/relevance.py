"""Relevant terminals: at which clocks a person is expected to punch on a date (rules 7)."""

from dataclasses import dataclass

import numpy as np

from monitor.rules.arrays import begins, expand
from monitor.rules.columns import (
    ANY_TERMINAL,
    DAY_MAX,
    NO_DAY,
    Badges,
    Bool,
    Columns,
    Int32,
    Int64,
    Units,
    World,
)

NOBODY = -1
"""Stands for "no unit owns it", where a unit is expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relevant(Columns):
    """Pairs of a row asked and a terminal relevant to it, sorted by row, then terminal."""

    row: Int64
    terminal: Int64


def relevant_terminals(world: World, person: Int32, unit: Int32, day: Int32) -> Relevant:
    """The relevant terminals of each (person, unit on the day, day); rows without any have no badge."""
    row, badge = _valid_badges(world.badges, person, day)
    at_any = np.zeros(len(person), bool)
    at_any[row[world.badges.terminal[badge] == ANY_TERMINAL]] = True
    own = _of_own_badges(world, row, badge, at_any, unit, day)
    anywhere = _of_any_badge(world, np.flatnonzero(at_any), unit, day)
    pairs = np.concatenate((own[0], anywhere[0])), np.concatenate((own[1], anywhere[1]))
    order = np.lexsort((pairs[1], pairs[0]))
    rows, terminals = pairs[0][order], pairs[1][order]
    once = begins(rows, terminals)
    return Relevant(row=rows[once], terminal=terminals[once])


def _valid_badges(badges: Badges, person: Int32, day: Int32) -> tuple[Int64, Int64]:
    """Pairs (row, badge) of badges of the person that are valid on the day."""
    order = np.argsort(badges.person, kind="stable")
    holders = badges.person[order]
    first = np.searchsorted(holders, person)
    row, rank = expand(np.searchsorted(holders, person, side="right") - first)
    badge = order[first[row] + rank]
    valid = (badges.first_day[badge] <= day[row]) & (day[row] <= badges.last_day[badge])
    return row[valid], badge[valid]


def _of_own_badges(
    world: World, row: Int64, badge: Int64, at_any: Bool, unit: Int32, day: Int32
) -> tuple[Int64, Int64]:
    """Pairs (row, terminal) of rows whose badges all name their terminal: those nearest up the tree."""
    terminal = world.badges.terminal[badge].astype(np.int64)
    kept = ~at_any[row] & (world.terminals.installed_on[terminal] <= day[row])
    row, terminal = row[kept], terminal[kept]
    steps = _steps_up(world.units, unit[row], world.terminals.unit[terminal])
    fewest = np.full(len(unit), np.iinfo(np.int64).max)
    np.minimum.at(fewest, row, steps)
    nearest = steps == fewest[row]
    return row[nearest], terminal[nearest]


def _steps_up(units: Units, unit: Int32, owner: Int32) -> Int64:
    """Levels from each unit up to the owner; more than any tree has, if the owner is not above it."""
    steps = np.full(len(unit), len(units) + 1, np.int64)
    rows, scope = np.arange(len(unit)), unit.copy()
    for level in range(len(units)):
        steps[rows[scope == owner[rows]]] = level
        rows, scope = rows[scope != owner[rows]], scope[scope != owner[rows]]
        scope = units.parent[scope]
        rows, scope = rows[scope >= 0], scope[scope >= 0]
        if not len(rows):
            break
    return steps


def _of_any_badge(world: World, rows: Int64, unit: Int32, day: Int32) -> tuple[Int64, Int64]:
    """Pairs (row, terminal) of rows whose badge is good anywhere: the nearest owner's, or else all."""
    by_owner = _Installed.of(
        world.terminals.unit.astype(np.int64), world.terminals.installed_on, len(world.units)
    )
    anywhere = _Installed.of(np.zeros(len(world.terminals), np.int64), world.terminals.installed_on, 1)
    owner = _nearest_owner(world.units, by_owner.earliest, unit[rows], day[rows])
    owned, ownerless = np.flatnonzero(owner != NOBODY), np.flatnonzero(owner == NOBODY)
    first = by_owner.until(owner[owned], day[rows[owned]])
    second = anywhere.until(np.zeros(len(ownerless), np.int64), day[rows[ownerless]])
    return (
        np.concatenate((rows[owned[first[0]]], rows[ownerless[second[0]]])),
        np.concatenate((first[1], second[1])),
    )


def _nearest_owner(units: Units, earliest: Int64, unit: Int32, day: Int32) -> Int64:
    """The first unit on the way to the root that owns a terminal installed by the day, else `NOBODY`."""
    owner = np.full(len(unit), NOBODY, np.int64)
    rows, scope = np.arange(len(unit)), unit.astype(np.int64)
    for _ in range(len(units)):
        owns = earliest[scope] <= day[rows]
        owner[rows[owns]] = scope[owns]
        scope, rows = units.parent[scope[~owns]].astype(np.int64), rows[~owns]
        rows, scope = rows[scope >= 0], scope[scope >= 0]
        if not len(rows):
            break
    return owner


@dataclass(frozen=True, slots=True, kw_only=True)
class _Installed:
    """Terminals of each owner in order of installation; `earliest` is the owner's first day."""

    terminal: Int64
    key: Int64
    first: Int64
    earliest: Int64

    @classmethod
    def of(cls, owner: Int64, installed_on: Int32, owners: int) -> "_Installed":
        since = np.where(installed_on == NO_DAY, -DAY_MAX, installed_on).astype(np.int64)
        order = np.lexsort((since, owner))
        order = order[owner[order] >= 0]
        first = np.searchsorted(owner[order], np.arange(owners))
        has = first < np.searchsorted(owner[order], np.arange(owners), side="right")
        earliest = np.full(owners, DAY_MAX + 1, np.int64)
        earliest[has] = since[order[first[has]]]
        return cls(terminal=order, key=_owner_day(owner[order], since[order]), first=first, earliest=earliest)

    def until(self, owner: Int64, day: Int32) -> tuple[Int64, Int64]:
        """Pairs (row, terminal) of the owner's terminals installed by each row's day."""
        stop = np.searchsorted(self.key, _owner_day(owner, day.astype(np.int64)), side="right")
        row, rank = expand(stop - self.first[owner])
        return row, self.terminal[self.first[owner][row] + rank]


def _owner_day(owner: Int64, day: Int64) -> Int64:
    return owner * (4 * DAY_MAX) + day + 2 * DAY_MAX
