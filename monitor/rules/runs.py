"""Repeats made one: raw punches of a window collapsed into kept punches (rules 3.1)."""

from dataclasses import dataclass

import numpy as np

from monitor.rules.arrays import Integers, begins, reduced
from monitor.rules.columns import Bool, Columns, Int32, Int64
from monitor.rules.punches import KnownPunches
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
    punches: KnownPunches, group: Int64, punch: Int64, regulation_of: Int32, settings: Settings
) -> tuple[Runs, Int64]:
    """The runs of (group, punch) pairs sorted by group and time, and the run of each pair.

    `regulation_of` is per group.
    """
    regulation, time = regulation_of[group], punches.time[punch]
    new = begins(group)
    new[1:] |= time[1:] - time[:-1] > settings.repeat_within[regulation[1:]]
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(group))[: len(first)] - 1
    may_in, may_out = _directions(punches, punch, regulation, settings)
    return Runs(
        group=group[first],
        time=time[first],
        until=time[last],
        first=punch[first],
        last=punch[last],
        may_in=reduced(np.logical_or, may_in, first),
        may_out=reduced(np.logical_or, may_out, first),
    ), np.cumsum(new) - 1


def _directions(
    punches: KnownPunches, rows: Int64, regulation: Integers, settings: Settings
) -> tuple[Bool, Bool]:
    """Whether each punch may be IN and may be OUT under the regulation's policy (rules 3.1)."""
    by_state, by_terminal = settings.by_state[regulation], settings.by_terminal[regulation]
    may_in = (~by_state | punches.state_in[rows]) & (~by_terminal | punches.terminal_in[rows])
    may_out = (~by_state | punches.state_out[rows]) & (~by_terminal | punches.terminal_out[rows])
    return may_in, may_out
