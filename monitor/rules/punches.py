"""Whose punches they are: badges resolved, manual punches joined in, in order of time (rules 5, 7)."""

from dataclasses import dataclass

import numpy as np

from monitor.rules.arrays import DAY_SPAN, keyed, keyed_day, latest, picked
from monitor.rules.codes import TerminalDirection
from monitor.rules.columns import (
    ANY_TERMINAL,
    DAY_SECONDS,
    Badges,
    Bool,
    Columns,
    Int32,
    Int64,
    Punches,
    World,
)

MAY_BE_IN = 0b1001_1001
"""States 0, 3, 4, and any other (bit 7), may be IN (rules 3.1)."""
MAY_BE_OUT = 0b1010_0110
"""States 1, 2, 5, and any other (bit 7), may be OUT (rules 3.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPunches(Columns):
    """Punches of known people, sorted by person, time, terminal, id. Manual ones have terminal -1.

    The flags say whether state and terminal let the punch be IN or OUT, for regulations that ask.
    """

    id: Int64
    person: Int32
    time: Int64
    terminal: Int32
    state_in: Bool
    state_out: Bool
    terminal_in: Bool
    terminal_out: Bool


def known_punches(world: World, asked: Bool, now: int) -> KnownPunches:
    """Punches not later than `now` of the people for whom `asked` is set."""
    held_by = holder(world.badges, world.punches)
    ours = np.flatnonzero((held_by >= 0) & asked[held_by] & (world.punches.time <= now))
    by_hand = np.flatnonzero(asked[world.manual.person] & (world.manual.time <= now))
    punches, manual = world.punches.take(ours), world.manual.take(by_hand)
    terminal = np.concatenate((punches.terminal, np.full(len(manual), -1, np.int32)))
    person = np.concatenate((held_by[ours].astype(np.int32), manual.person))
    identity = np.concatenate((punches.id, manual.id))
    time = np.concatenate((punches.time, manual.time))
    states = np.concatenate((punches.states, np.zeros(len(manual), np.uint8)))
    order = np.lexsort((identity, terminal, keyed(person, time)))
    terminal, states = terminal[order], states[order]
    only_in, only_out = _one_way(world, TerminalDirection.IN), _one_way(world, TerminalDirection.OUT)
    return KnownPunches(
        id=identity[order],
        person=person[order],
        time=time[order],
        terminal=terminal,
        state_in=(states & MAY_BE_IN != 0) | (states == 0),
        state_out=(states & MAY_BE_OUT != 0) | (states == 0),
        terminal_in=~only_out[terminal],
        terminal_out=~only_in[terminal],
    )


def _one_way(world: World, direction: TerminalDirection) -> Bool:
    """Whether each terminal has this direction; the last entry stands for manual punches (-1)."""
    return np.append(world.terminals.direction == direction, False).astype(bool)


def holder(badges: Badges, punches: Punches) -> Int64:
    """The person of each punch on the day of its time, -1 for none (rules 7).

    A terminal's own badge goes before one for any terminal.
    """
    ids = int(max(badges.device_user.max(initial=0), punches.device_user.max(initial=0))) + 1
    lock = _lock(badges.terminal, badges.device_user, ids)
    order = np.argsort(keyed_day(lock, badges.first_day), kind="stable")
    ordered, table = badges.take(order), keyed_day(lock, badges.first_day)[order]
    person = np.full(len(punches), -1, np.int64)
    rows, day = np.arange(len(punches)), punches.time // DAY_SECONDS
    for own in (True, False):
        terminal = punches.terminal[rows] if own else np.full(len(rows), ANY_TERMINAL, np.int32)
        asked = keyed_day(_lock(terminal, punches.device_user[rows], ids), day[rows])
        at = latest(table, asked, DAY_SPAN)
        valid = picked(ordered.last_day, at, int(np.iinfo(np.int32).min)) >= day[rows]
        person[rows[valid]] = ordered.person[at[valid]]
        rows = rows[~valid]
    return person


def _lock(terminal: Int32, device_user: Int32, ids: int) -> Int64:
    """One number for a device user id at a terminal."""
    return (terminal.astype(np.int64) + 1) * ids + device_user
