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
    Int32,
    Int64,
    Units,
    World,
)

NOBODY = -1
"""Stands for "no unit owns it", where a unit is expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relevant:
    """The relevant terminals of each row asked: `terminals[first:first + count]`, each once.

    Rows may share a part of `terminals`: with badges good anywhere, many people have the same clocks.
    """

    terminals: Int64
    first: Int64
    count: Int64

    def pairs(self, rows: Int64) -> tuple[Int64, Int64]:
        """Pairs (position in `rows`, terminal)."""
        at, rank = expand(self.count[rows])
        return at, self.terminals[self.first[rows][at] + rank]


def relevant_terminals(world: World, person: Int32, unit: Int32, day: Int32) -> Relevant:
    """The relevant terminals of each (person, unit on the day, day); none without a badge."""
    row, badge = _valid_badges(world.badges, person, day)
    at_any = np.zeros(len(person), bool)
    at_any[row[world.badges.terminal[badge] == ANY_TERMINAL]] = True
    own = _of_own_badges(world, row, badge, at_any, unit, day)
    rows = np.flatnonzero(at_any)
    pool, first_anywhere, count_anywhere = _of_any_badge(world, unit[rows], day[rows])
    count = np.bincount(own[0], minlength=len(person))
    first = len(pool) + np.cumsum(count) - count
    first[rows], count[rows] = first_anywhere, count_anywhere
    return Relevant(terminals=np.concatenate((pool, own[1])), first=first, count=count)


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
    """Pairs (row, terminal) of rows whose badges all name their terminal: the nearest up the tree, sorted."""
    terminal = world.badges.terminal[badge].astype(np.int64)
    kept = ~at_any[row] & (world.terminals.installed_on[terminal] <= day[row])
    row, terminal = row[kept], terminal[kept]
    steps = _steps_up(world.units, unit[row], world.terminals.unit[terminal])
    fewest = np.full(len(unit), np.iinfo(np.int64).max)
    np.minimum.at(fewest, row, steps)
    nearest = steps == fewest[row]
    row, terminal = row[nearest], terminal[nearest]
    order = np.lexsort((terminal, row))
    once = begins(row[order], terminal[order])
    return row[order][once], terminal[order][once]


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


def _of_any_badge(world: World, unit: Int32, day: Int32) -> tuple[Int64, Int64, Int64]:
    """Terminals, and first and count in them for rows whose badge is good anywhere.

    These are the nearest owner's terminals or else all, installed by the row's day.
    """
    terminals = world.terminals
    owned = _Installed.of(terminals.unit.astype(np.int64), terminals.installed_on, len(world.units))
    every = _Installed.of(np.zeros(len(terminals), np.int64), terminals.installed_on, 1)
    owner = _nearest_owner(world.units, owned.earliest, unit, day)
    first, count = owned.until(np.maximum(owner, 0), day)
    first_of_all, count_of_all = every.until(np.zeros(len(owner), np.int64), day)
    by_owner = owner != NOBODY
    return (
        np.concatenate((owned.terminal, every.terminal)),
        np.where(by_owner, first, len(owned.terminal) + first_of_all),
        np.where(by_owner, count, count_of_all),
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
        """First and count, in `terminal`, of the owner's terminals installed by each row's day."""
        stop = np.searchsorted(self.key, _owner_day(owner, day.astype(np.int64)), side="right")
        return self.first[owner], stop - self.first[owner]


def _owner_day(owner: Int64, day: Int64) -> Int64:
    return owner * (4 * DAY_MAX) + day + 2 * DAY_MAX
