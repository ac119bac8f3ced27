"""What people do on one working day: the four times at which they pass a terminal, and whether they do."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from monitor.demo.agenda import Agenda
from monitor.demo.habits import Habits
from monitor.demo.streams import Stream, stream

MINUTE = 60
GRACE = 5 * MINUTE
EARLIEST = 100 * MINUTE
FRIDAY = 4
RAINY_MONTHS = {1: 0.1, 2: 0.1, 5: 0.15, 8: 0.2, 9: 0.35, 10: 0.45, 11: 0.4, 12: 0.2}
AFTER_BREAK = (1.0, 2.6, 2.1, 1.6, 1.3, 1.15)
SHIRKS_SHARE = 0.0009
VANISHES_SHARE = 0.0012


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """One day. Rows: IN and OUT of the morning, IN and OUT of the afternoon; columns: people.

    `seconds` after midnight; `passes` says whether the terminal saw it.
    """

    seconds: NDArray[np.int64]
    passes: NDArray[np.bool_]


def conduct_on(agenda: Agenda, habits: Habits, two_marks: NDArray[np.bool_], day: int, seed: int) -> Conduct:
    """How the posted people behave on a worked day; `two_marks` do not pass the terminal at noon."""
    on = agenda.span.on(day)
    rng = stream(seed, Stream.CONDUCT, on)
    mood = _mood(agenda, seed, on)
    attends = _attends(agenda, rng, day, mood)
    seconds = np.stack(
        [
            _arrives(rng, habits, agenda.starts[day, 0], mood),
            _leaves(rng, habits, agenda.ends[day, 0], 0.4),
            _arrives(rng, habits, agenda.starts[day, 1], 0.4),
            _leaves(rng, habits, agenda.ends[day, 1], 2.5 if on.weekday() == FRIDAY else 1.0),
        ]
    )
    passes = np.repeat(attends, 2, axis=0)
    whole_day = attends.all(axis=0) & two_marks
    passes[1:3] &= ~whole_day | (rng.random(len(two_marks)) < habits.noon_share)
    passes &= rng.random(passes.shape) >= habits.forgets_share
    return Conduct(seconds=seconds, passes=passes)


def _mood(agenda: Agenda, seed: int, on: date) -> float:
    """By how much lateness grows today: rain, and the days after a long break."""
    rains = stream(seed, Stream.WEATHER, on).random() < RAINY_MONTHS.get(on.month, 0.05)
    return AFTER_BREAK[agenda.calendar.workdays_since_break(on)] * (1.8 if rains else 0.9)


def _attends(agenda: Agenda, rng: np.random.Generator, day: int, mood: float) -> NDArray[np.bool_]:
    """(2, people): comes to the session; a few stay away, or do not come back, without a reason."""
    people = len(agenda.people)
    posted = agenda.posted[day]
    shirks = rng.random(people) < SHIRKS_SHARE * mood
    vanishes = rng.random(people) < VANISHES_SHARE * mood
    stays_away = np.stack([shirks, shirks | vanishes])
    return np.asarray(posted & ~agenda.away[day] & ~stays_away)


def _arrives(
    rng: np.random.Generator, habits: Habits, starts: NDArray[np.int64], mood: float
) -> NDArray[np.int64]:
    """Some minutes before the start, rarely after it, and late by a long-tailed time now and then."""
    people = len(starts)
    usual = habits.early + rng.normal(size=people) * habits.spread
    in_time = starts - np.clip(usual, 20 - GRACE, EARLIEST)
    too_late = starts + GRACE + 1 + rng.exponential(9 * MINUTE, people)
    late = rng.random(people) < habits.late_share * mood
    return np.where(late, too_late, in_time).astype(np.int64)


def _leaves(
    rng: np.random.Generator, habits: Habits, ends: NDArray[np.int64], eagerness: float
) -> NDArray[np.int64]:
    """At the end or somewhat later; a few leave before."""
    people = len(ends)
    after = ends + rng.exponential(habits.stays + MINUTE)
    before = ends - GRACE - rng.exponential(12 * MINUTE, people)
    early = rng.random(people) < habits.leaves_early_share * eagerness
    return np.where(early, before, np.minimum(after, ends + 90 * MINUTE)).astype(np.int64)
