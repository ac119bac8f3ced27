"""Whose punches they are: badges resolved, manual punches joined in, in order of time (rules 5, 7)."""

from dataclasses import dataclass

import numpy as np

from monitor.rules.arrays import keyed, picked
from monitor.rules.codes import TerminalDirection
from monitor.rules.columns import (
    ANY_TERMINAL,
    DAY_SECONDS,
    Badges,
    Bool,
    Columns,
    Int32,
    Int64,
    ManualPunches,
    Punches,
    UInt8,
    World,
)
from monitor.rules.settings import Settings

MAY_BE_IN = 0b1001_1001
"""States 0, 3, 4, and any other (bit 7), may be IN (rules 3.1)."""
MAY_BE_OUT = 0b1010_0110
"""States 1, 2, 5, and any other (bit 7), may be OUT (rules 3.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPunches(Columns):
    """Punches of known people, sorted by person, time, terminal, id.

    Manual ones have terminal -1 and no state (`states` 0).
    """

    id: Int64
    person: Int32
    time: Int64
    terminal: Int32
    states: UInt8


def known_punches(world: World, asked: Bool, now: int) -> KnownPunches:
    """Punches not later than `now` of the people for whom `asked` is set."""
    held_by = holder(world.badges, world.punches)
    ours = (held_by >= 0) & asked[held_by] & (world.punches.time <= now)
    punches = world.punches.only(ours)
    known = KnownPunches(
        id=punches.id,
        person=(held_by if punches is world.punches else held_by[ours]).astype(np.int32),
        time=punches.time,
        terminal=punches.terminal,
        states=punches.states,
    )
    return _in_order(_with_manual(known, world.manual, asked, now))


def _with_manual(known: KnownPunches, manual: ManualPunches, asked: Bool, now: int) -> KnownPunches:
    added = manual.take(np.flatnonzero(asked[manual.person] & (manual.time <= now)))
    if not len(added):
        return known
    return KnownPunches(
        id=np.concatenate((known.id, added.id)),
        person=np.concatenate((known.person, added.person)),
        time=np.concatenate((known.time, added.time)),
        terminal=np.concatenate((known.terminal, np.full(len(added), -1, np.int32))),
        states=np.concatenate((known.states, np.zeros(len(added), np.uint8))),
    )


def _in_order(punches: KnownPunches) -> KnownPunches:
    keys = keyed(punches.person, punches.time)
    if np.all(keys[1:] > keys[:-1]):
        return punches
    return punches.take(np.lexsort((punches.id, punches.terminal, keys)))


def directions(world: World, punches: KnownPunches, rows: Int64, settings: Settings) -> tuple[Bool, Bool]:
    """Whether each punch in `rows` may be IN and may be OUT, by settings that belong to it (rules 3.1)."""
    terminal, states = punches.terminal[rows], punches.states[rows]
    only_in, only_out = _one_way(world, TerminalDirection.IN), _one_way(world, TerminalDirection.OUT)
    state_in = (states & MAY_BE_IN != 0) | (states == 0)
    state_out = (states & MAY_BE_OUT != 0) | (states == 0)
    may_in = (~settings.by_state | state_in) & ~(settings.by_terminal & only_out[terminal])
    may_out = (~settings.by_state | state_out) & ~(settings.by_terminal & only_in[terminal])
    return may_in, may_out


def _one_way(world: World, direction: TerminalDirection) -> Bool:
    """Whether each terminal has this direction; the last entry stands for manual punches (-1)."""
    return np.append(world.terminals.direction == direction, False).astype(bool)


def holder(badges: Badges, punches: Punches) -> Int64:
    """The person of each punch on the day of its time, -1 for none (rules 7).

    A terminal's own badge goes before one for any terminal.
    """
    ids = int(max(badges.device_user.max(initial=0), punches.device_user.max(initial=0))) + 1
    person, open_case = np.full(len(punches), -1, np.int64), np.ones(len(punches), bool)
    for own in (True, False):
        given = badges.only((badges.terminal != ANY_TERMINAL) == own)
        if not len(given):
            continue
        asked = punches.only(open_case)
        terminal = asked.terminal if own else np.full(len(asked), ANY_TERMINAL, np.int32)
        lock = _lock(given.terminal, given.device_user, ids)
        at = _valid_at(given, lock, _lock(terminal, asked.device_user, ids), asked.time)
        person[open_case] = picked(given.person, at, -1)
        open_case[open_case] = at < 0
    return person


def _valid_at(badges: Badges, lock: Int64, asked: Int64, time: Int64) -> Int64:
    """Position of the badge of each lock asked that began last and is valid at the time, -1 for none."""
    order = np.lexsort((badges.first_day, lock))
    lock, begin = lock[order], badges.first_day[order].astype(np.int64) * DAY_SECONDS
    stop = (badges.last_day[order].astype(np.int64) + 1) * DAY_SECONDS
    last = np.full(int(max(lock.max(), asked.max(initial=0))) + 1, -1, np.int64)
    last[lock] = np.arange(len(lock))  # of several badges the one written last stays
    at = last[asked]
    while len(early := np.flatnonzero((at >= 0) & (begin[at] > time))):
        before = at[early] - 1
        at[early] = np.where((before >= 0) & (lock[before] == asked[early]), before, -1)
    return np.where((at >= 0) & (time < stop[at]), order[at], -1)


def _lock(terminal: Int32, device_user: Int32, ids: int) -> Int64:
    """One number for a device user id at a terminal."""
    return (terminal.astype(np.int64) + 1) * ids + device_user
