"""Counts for the public in which nobody can be singled out: small cells, and what would give them away.

A count of a unit covers its whole subtree, so counts of a unit and of units below it can be subtracted from
each other. What all published counts together tell are the differences between a published unit and the
published units right below it: its remainder. So it is not enough to hide the small counts; where hiding
them leaves a small remainder, a neighbour is hidden, too, until every remainder is large or empty.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

LEAST = 5
"""Counts below this are hidden, nought included: that nobody of four was late tells of each of the four."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A unit: its parent's id, and how many of its own people (without units below) a count is about."""

    parent: int | None
    own: int
    strength: int


Nodes = Mapping[int, Node]


def publishable(nodes: Nodes, allowed: frozenset[int], least: int = LEAST) -> frozenset[int]:
    """The units whose subtree's count may be published, at most the allowed ones; parents before children.

    Everybody is in one unit only. Of each remainder that tells of anybody at all, both those counted and
    those not counted are at least `least` people; or all are counted.
    """
    children = _children(nodes)
    count = {unit: _below(unit, children, {u: n.own for u, n in nodes.items()}) for unit in nodes}
    strength = {unit: _below(unit, children, {u: n.strength for u, n in nodes.items()}) for unit in nodes}
    shown = {unit for unit in allowed if safe(count[unit], strength[unit], least)}
    while True:
        hidden = next(_given_away(nodes, shown, count, strength, least), None)
        if hidden is None:
            return frozenset(shown)
        shown.discard(hidden)


def safe(counted: int, people: int, least: int = LEAST) -> bool:
    """Whether a count about so many people singles out none of them."""
    return counted >= least and (counted == people or people - counted >= least)


def _given_away(
    nodes: Nodes, shown: set[int], count: Mapping[int, int], strength: Mapping[int, int], least: int
) -> Iterator[int]:
    """Units to hide next: of each unsafe remainder the smallest published unit below it."""
    below = published_below(nodes, shown)
    for unit in sorted(shown):
        rest = count[unit] - sum(count[one] for one in below[unit])
        people = strength[unit] - sum(strength[one] for one in below[unit])
        if people and not safe(rest, people, least):
            yield min(below[unit], key=lambda one: (count[one], one))


def published_below(nodes: Nodes, shown: set[int]) -> dict[int, list[int]]:
    """For each published unit the published ones right below it, whatever hidden ones lie between."""
    found: dict[int, list[int]] = {unit: [] for unit in shown}
    for unit in shown:
        above = nodes[unit].parent
        while above is not None and above not in shown:
            above = nodes[above].parent
        if above is not None:
            found[above].append(unit)
    return found


def _children(nodes: Nodes) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {unit: [] for unit in nodes}
    for unit, node in nodes.items():
        if node.parent is not None:
            found[node.parent].append(unit)
    return found


def _below(unit: int, children: Mapping[int, list[int]], own: Mapping[int, int]) -> int:
    return own[unit] + sum(_below(child, children, own) for child in children[unit])
