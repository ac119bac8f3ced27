"""Closed intervals of time: joining them and finding what they leave open."""

from collections.abc import Iterable

Span = tuple[int, int]
"""First and last second, both inclusive."""


def joined(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that overlap or touch made one (rules 7)."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def gaps(spans: Iterable[Span], start: int, end: int) -> list[Span]:
    """The parts of [start, end] that no span covers."""
    open_from, found = start, []
    for first, last in joined(spans):
        if last < open_from:
            continue
        if first > end:
            break
        if first > open_from:
            found.append((open_from, first - 1))
        open_from = last + 1
    return [*found, (open_from, end)] if open_from <= end else found
