"""Intervals of one holder that must not overlap: among the lines of a file and what is stored."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from monitor.rules.wallclock import day_of
from monitor.setup.lines import Line

T = TypeVar("T")

FIRST, LAST = -(10**12), 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(Generic[T]):
    """A closed interval of integers that belongs to `holder`; `line` is None when it is stored.

    `label` says in a message what the interval is: a person, a terminal, a time.
    """

    holder: Hashable
    first: int
    last: int
    line: Line[T] | None
    label: str


def day_bounds(valid_from: date | None, valid_to: date | None) -> tuple[int, int]:
    """A validity as days since 1970; open ends lie beyond every day."""
    first = FIRST if valid_from is None else day_of(valid_from)
    return first, LAST if valid_to is None else day_of(valid_to)


def clashes(held: Iterable[Held[T]]) -> Iterator[tuple[Line[T], Held[T]]]:
    """Each line that overlaps with another interval of its holder, beside that one.

    Of two lines the later in the file is named, of a line and a stored interval the line.
    """
    groups: dict[Hashable, list[Held[T]]] = defaultdict(list)
    for interval in held:
        groups[interval.holder].append(interval)
    for group in groups.values():
        if len(group) > 1:
            yield from _clashes_of_one(sorted(group, key=lambda h: (h.first, h.last)))


def _clashes_of_one(group: list[Held[T]]) -> Iterator[tuple[Line[T], Held[T]]]:
    longest = group[0]
    for interval in group[1:]:
        if interval.first <= longest.last:
            later, earlier = _by_blame(interval, longest)
            if later.line is not None:
                yield later.line, earlier
        if interval.last > longest.last:
            longest = interval


def _by_blame(one: Held[T], other: Held[T]) -> tuple[Held[T], Held[T]]:
    """The two with the one to blame first."""
    numbers = [-1 if held.line is None else held.line.number for held in (one, other)]
    return (one, other) if numbers[0] >= numbers[1] else (other, one)
