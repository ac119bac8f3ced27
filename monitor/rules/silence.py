"""Silent terminals: past dates without a punch on which people should have punched there (rules 7)."""

import numpy as np

from monitor.rules.arrays import begins, keyed_day
from monitor.rules.columns import DAY_SECONDS, Int64, PersonDays, SilentDays, World
from monitor.rules.excuses import excused
from monitor.rules.expectation import expected_sessions
from monitor.rules.relevance import relevant_terminals


def silent_days(world: World, candidates: SilentDays, now: int, silence_people: int = 3) -> SilentDays:
    """Of the (terminal, day) pairs on which no punch was recorded, those that count as silent.

    A day counts once it is past at `now` and at least `silence_people` people, to whom the terminal
    is relevant, had a session of that work date that was not excused in full. `world` needs no
    punches, but the roster and excuses of those days. The result is sorted and has each pair once.
    """
    past = candidates.take(np.flatnonzero(candidates.day < now // DAY_SECONDS))
    pairs = np.unique(keyed_day(past.terminal, past.day), return_index=True)[1]
    past = past.take(pairs)
    people = np.zeros(len(past), np.int64)
    for day in np.unique(past.day):
        rows = np.flatnonzero(past.day == day)
        people[rows] = _expected_at(world, int(day))[past.terminal[rows]]
    return past.take(np.flatnonzero(people >= silence_people))


def _expected_at(world: World, day: int) -> Int64:
    """How many people were expected at each terminal on a day and not excused in full."""
    everybody = np.arange(len(world.people), dtype=np.int32)
    sessions = expected_sessions(world, PersonDays(person=everybody, day=np.full_like(everybody, day)))
    open_sessions = (sessions.day == day) & ~excused(world.excuses, sessions).whole
    sessions = sessions.take(np.flatnonzero(open_sessions))
    sessions = sessions.take(np.flatnonzero(begins(sessions.person)))
    relevant = relevant_terminals(world, sessions.person, sessions.unit, sessions.day)
    _, terminal = relevant.pairs(np.arange(len(sessions)))
    return np.bincount(terminal, minlength=len(world.terminals))
