"""Presence outside sessions that nobody approved: shown beside overtime, and never counted as such."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from monitor.rules.arrays import begins
from monitor.rules.columns import NO_TIME
from monitor.store.queries.overtime_hours import SessionTimes

LEAST_SECONDS = 1800
"""Shorter stretches are people who come in time and leave without running."""
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unapproved:
    """Seconds of such presence, and on how many days."""

    seconds: int = 0
    days: int = 0


def unapproved_presence(
    times: SessionTimes, approved: Mapping[tuple[int, int], Iterable[Span]]
) -> dict[int, Unapproved]:
    """By person: from the first mark to the day's first session, from its last session to the last mark.

    `approved` are the approved spans by person and day; what lies in one of them is no part of it. Days
    without sessions are not looked at: there is no end of work to stay on after.
    """
    found: defaultdict[int, list[int]] = defaultdict(list)
    for person, day, spans in _stretches(times):
        windows = list(approved.get((person, day), ()))
        length = sum(kept for span in spans if (kept := _outside(span, windows)) >= LEAST_SECONDS)
        if length:
            found[person].append(length)
    return {person: Unapproved(seconds=sum(days), days=len(days)) for person, days in found.items()}


def _stretches(times: SessionTimes) -> Iterable[tuple[int, int, list[Span]]]:
    """Each person's day with its stretches before and after all sessions, where one is long enough."""
    if not len(times.person):
        return
    first = np.flatnonzero(begins(times.person, times.day))
    opens, closes = np.minimum.reduceat(times.start, first), np.maximum.reduceat(times.end, first)
    last_out = np.maximum.reduceat(np.where(times.time_out == NO_TIME, -1, times.time_out), first)
    first_in = np.where(times.time_in == NO_TIME, np.iinfo(np.int64).max, times.time_in)
    came = np.minimum(np.minimum.reduceat(first_in, first), opens)
    left = np.maximum(last_out, closes)
    long_enough = (opens - came >= LEAST_SECONDS) | (left - closes >= LEAST_SECONDS)
    for row in np.flatnonzero(long_enough).tolist():
        at = first[row]
        spans = [(int(came[row]), int(opens[row])), (int(closes[row]), int(left[row]))]
        yield int(times.person[at]), int(times.day[at]), spans


def _outside(span: Span, windows: Iterable[Span]) -> int:
    """Seconds of a stretch that lie in none of the approved windows, which do not overlap."""
    start, end = span
    inside = sum(max(0, min(end, stop) - max(start, begin)) for begin, stop in windows)
    return max(0, end - start - inside)
