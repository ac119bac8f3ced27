"""What roster sessions do to each other and to office sessions: releases, order, cuts (rules 2)."""

import numpy as np

from monitor.rules.arrays import Integers, begins, keyed, latest, running_max
from monitor.rules.columns import Bool, Int64, RosterEntries


def released(releases: RosterEntries, person: Integers, start: Int64, end: Int64) -> Bool:
    """Sessions that lie wholly inside one release of their person (rules 2.5)."""
    if not len(releases):
        return np.zeros(len(person), bool)
    order = np.argsort(keyed(releases.person, releases.start), kind="stable")
    begun = releases.take(order)
    reach = running_max(begun.person, begun.end)
    at = latest(keyed(begun.person, begun.start), keyed(person, start))
    return (at >= 0) & (reach[at] >= end)


def disjoint(person: Integers, start: Int64, end: Int64) -> Int64:
    """Rows that stay: each that does not overlap one that stays before it; sorted by start, then end.

    A row that nothing before it reaches stays for sure, so each round drops what overlaps such a row.
    """
    rows = np.arange(len(person))
    while True:
        owner, begin, until = person[rows], start[rows], end[rows]
        sure = begins(owner)
        sure[1:] |= begin[1:] >= running_max(owner, until)[:-1]
        lead = np.maximum.accumulate(np.where(sure, np.arange(len(rows)), 0))
        dropped = ~sure & (begin < until[lead])
        if not dropped.any():
            return rows
        rows = rows[~dropped]


def cut_by_roster(
    person: Integers, start: Int64, end: Int64, by: Integers, by_start: Int64, by_end: Int64
) -> Int64:
    """Ends of office sessions after the first roster session that overlaps each has cut it.

    Roster sessions are sorted and disjoint. An end at or before the start: nothing is left.
    """
    if not len(by):
        return end
    after = np.searchsorted(keyed(by, by_end), keyed(person, start), side="right")
    at = np.minimum(after, len(by) - 1)
    overlaps = (after < len(by)) & (by[at] == person) & (by_start[at] < end)
    return np.where(overlaps, by_start[at], end)
