"""Intervals of the same owners laid over each other: the pieces between bounds, and what covers each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitor.rules.arrays import Integers, keyed
from monitor.rules.columns import Bool, Columns, Int64


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals(Columns):
    """Intervals `[start, end)` of owners, in any order; none may end before it starts."""

    owner: Integers
    start: Int64
    end: Int64


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces(Columns):
    """The pieces `[start, end)` between bounds, by owner and start; `covers[:, n]`: layer *n* covers it."""

    owner: Int64
    start: Int64
    end: Int64
    covers: Bool


def pieces_of(layers: Sequence[Intervals]) -> Pieces:
    """Every piece between two bounds of an owner's intervals, whether any layer covers it or not."""
    owner = np.concatenate([side for layer in layers for side in (layer.owner, layer.owner)]).astype(np.int64)
    time = np.concatenate([side for layer in layers for side in (layer.start, layer.end)])
    begun = np.zeros((len(time), len(layers)), np.int64)
    row = 0
    for number, layer in enumerate(layers):
        begun[row : row + len(layer), number] = 1
        begun[row + len(layer) : row + 2 * len(layer), number] = -1
        row += 2 * len(layer)
    order = np.argsort(keyed(owner, time), kind="stable")
    owner, time, depth = owner[order], time[order], np.cumsum(begun[order], axis=0)
    real = np.flatnonzero((owner[1:] == owner[:-1]) & (time[1:] > time[:-1]))
    return Pieces(owner=owner[real], start=time[real], end=time[real + 1], covers=depth[real] > 0)


def joined(first: Intervals, second: Intervals) -> Intervals:
    """The intervals of both."""
    return Intervals(
        owner=np.concatenate((first.owner, second.owner)),
        start=np.concatenate((first.start, second.start)),
        end=np.concatenate((first.end, second.end)),
    )
