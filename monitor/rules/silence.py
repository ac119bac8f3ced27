"""Silent terminals: past dates without a punch on which people should have punched there (rules 7)."""

import numpy as np

from monitor.rules.arrays import Integers, expand, keyed_day, member
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
    terminal, day = _expectations(world, np.unique(past.day))
    asked = keyed_day(past.terminal, past.day)
    met = keyed_day(terminal, day)
    met = met[member(asked, met)]
    people = np.bincount(np.searchsorted(asked, met), minlength=len(past))
    return past.take(np.flatnonzero(people >= silence_people))


def _expectations(world: World, days: Integers) -> tuple[Int64, Integers]:
    """One (terminal, day) for each person who was expected there and not excused in full."""
    row, rank = expand(np.full(len(world.people), len(days)))
    everybody = PersonDays(person=row.astype(np.int32), day=days[rank])
    sessions = expected_sessions(world, everybody)
    sessions = sessions.take(np.flatnonzero(~excused(world.excuses, sessions).whole))
    _, first = np.unique(keyed_day(sessions.person, sessions.day), return_index=True)
    sessions = sessions.take(first)
    relevant = relevant_terminals(world, sessions.person, sessions.unit, sessions.day)
    return relevant.terminal, sessions.day[relevant.row]
