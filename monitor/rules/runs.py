"""Repeats made one: raw punches of a window collapsed into kept punches (rules 3.1)."""

from dataclasses import dataclass, replace

import numpy as np

from monitor.rules.arrays import begins, reduced, uniform
from monitor.rules.columns import Bool, Columns, Int32, Int64, World
from monitor.rules.punches import KnownPunches, directions
from monitor.rules.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs(Columns):
    """Kept punches, sorted by group and time.

    `time` is the run's place and its time as IN, `until` its time as OUT; `first`, `last` are rows
    of the punches given to `runs_of`.
    """

    group: Int64
    time: Int64
    until: Int64
    first: Int64
    last: Int64
    may_in: Bool
    may_out: Bool


def runs_of(
    world: World, punches: KnownPunches, group: Int64, punch: Int64, regulation_of: Int32, settings: Settings
) -> tuple[Runs, Int64]:
    """The runs of (group, punch) pairs sorted by group and time, and the run of each pair.

    `regulation_of` is per group.
    """
    repeat_within, time = _of_group(settings.repeat_within[regulation_of], group[1:]), punches.time[punch]
    new = begins(group)
    new[1:] |= time[1:] - time[:-1] > repeat_within
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(group))[: len(first)] - 1
    runs = Runs(
        group=group[first],
        time=time[first],
        until=time[last],
        first=punch[first],
        last=punch[last],
        may_in=np.ones(len(first), bool),
        may_out=np.ones(len(first), bool),
    )
    if settings.by_state.any() or settings.by_terminal.any():
        may_in, may_out = directions(world, punches, punch, settings.take(regulation_of[group]))
        runs = replace(
            runs, may_in=reduced(np.logical_or, may_in, first), may_out=reduced(np.logical_or, may_out, first)
        )
    return runs, np.cumsum(new) - 1


def _of_group(values: Int64, group: Int64) -> Int64:
    """Values of groups as values of rows; one for all where they are the same."""
    same = uniform(values)
    return same if len(same) == 1 else same[group]
