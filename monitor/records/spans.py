"""Spans of a person's days: joined where they meet, and cut into portions that fit into memory."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from monitor.store.queries.stale import Span

PEOPLE_AT_ONCE = 400
DAYS_AT_ONCE = 62


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans in order of person and day, those that touch made one."""
    merged: list[Span] = []
    for person, first, last in sorted(spans):
        if merged and merged[-1][0] == person and first <= merged[-1][2] + 1:
            merged[-1] = (person, merged[-1][1], max(merged[-1][2], last))
        else:
            merged.append((person, first, last))
    return merged


def blocks(spans: Iterable[Span]) -> Iterator[list[Span]]:
    """Spans cut into blocks of some people and some weeks, so that memory stays bounded.

    What fits into one block stays together, wherever portions of days begin: late punches of one day would
    else now and then be read, judged and committed twice.
    """
    spans = list(spans)
    if not spans:
        return
    length = max(last for _, _, last in spans) - min(first for _, first, _ in spans) + 1
    if len(spans) <= PEOPLE_AT_ONCE and length <= DAYS_AT_ONCE:
        yield sorted(spans)
        return
    pieces = sorted((start // DAYS_AT_ONCE, piece) for span in spans for start, piece in weeks(span))
    for _, group in groupby(pieces, key=itemgetter(0)):
        block = [piece for _, piece in group]
        for start in range(0, len(block), PEOPLE_AT_ONCE):
            yield block[start : start + PEOPLE_AT_ONCE]


def weeks(span: Span) -> Iterator[tuple[int, Span]]:
    """A span cut where a new portion of days begins; each part with its first day."""
    person, first, last = span
    while first <= last:
        end = min(last, (first // DAYS_AT_ONCE + 1) * DAYS_AT_ONCE - 1)
        yield first, (person, first, end)
        first = end + 1
