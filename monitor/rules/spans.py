"""Closed intervals of whole seconds that belong to an owner: joining them and asking what they contain."""

from dataclasses import dataclass

import numpy as np

from monitor.rules.arrays import Integers, begins, keyed, latest, running_max
from monitor.rules.columns import Bool, Columns, Int64


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans(Columns):
    """Disjoint intervals `[start, end]`, sorted by owner and start.

    `begun_by` is the row of the interval that begins the span, of those that were joined.
    """

    owner: Int64
    start: Int64
    end: Int64
    begun_by: Int64

    def at(self, owner: Integers, time: Integers) -> Int64:
        """Position of the owner's last span that begins at or before each time, -1 for none."""
        return latest(keyed(self.owner, self.start), keyed(owner, time))

    def contain(self, owner: Integers, start: Integers, end: Integers) -> Bool:
        """Whether one span of the owner holds all of `[start, end]`; an empty interval is held."""
        at = self.at(owner, start)
        held = (at >= 0) & (self.end[at] >= end) if len(self) else np.zeros(len(at), bool)
        return held | (end < start)


def joined(owner: Integers, start: Int64, end: Int64) -> Spans:
    """The intervals with those of one owner that touch or overlap made one (rules 5, 7).

    Intervals are closed and all arithmetic is in whole seconds, so 23:59:59 and 00:00:00 touch: no
    second lies between them. Of intervals that begin together the first row begins the span.
    """
    order = np.lexsort((start, owner))
    owners, starts = owner[order].astype(np.int64), start[order]
    reach = running_max(owners, end[order])
    new = begins(owners)
    new[1:] |= starts[1:] > reach[:-1] + 1
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(order))[: len(first)] - 1
    return Spans(owner=owners[first], start=starts[first], end=reach[last], begun_by=order[first])
