"""The cast of the present day: every office has something to show, whatever the moment."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from monitor.demo.absences import moment
from monitor.demo.agenda import Agenda
from monitor.demo.conduct import MINUTE, Conduct
from monitor.demo.organisation import DOWN_TERMINAL, OFFICES, TERMINALS, TOP_UNITS
from monitor.demo.province import top_unit
from monitor.demo.roster import RosterEntry
from monitor.demo.span import present_workday
from monitor.demo.streams import Stream, stream

LATE, LATER, ABSENT, NO_IN = "late", "later", "absent", "no_in"
NO_OUT, LEFT_EARLY, UNDECIDED = "no_out", "left_early", "undecided"
TODAY = (LATE, LATE, LATER, LATER, ABSENT, NO_IN)
YESTERDAY = (NO_OUT, NO_OUT, LEFT_EARLY, UNDECIDED)
AWAY = ("business_trip", "leave")
LATER_FROM = 9 * 3600 + 5 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Parts by person for the present working day and for the one before; days from the span's start."""

    today: int
    yesterday: int
    parts: dict[int, dict[int, str]] = field(default_factory=dict)


def choose_cast(agenda: Agenda, roster: Iterable[RosterEntry], units: NDArray[np.int16], seed: int) -> Cast:
    """Give parts in each office to people who are at hand on both days, and book what they need."""
    on = present_workday(agenda.calendar, agenda.span.now)
    before = agenda.calendar.last_workday(on - timedelta(days=1))
    today, yesterday = agenda.span.index(on), agenda.span.index(before)
    rng = stream(seed, Stream.STAGE, on)
    parts: dict[int, dict[int, str]] = {today: {}, yesterday: {}}
    if yesterday >= 0:
        rostered = [entry.person for entry in roster if today >= entry.day >= yesterday - 1]
        able = agenda.free[today] & agenda.free[yesterday]
        able[rostered] = False
        for top in TOP_UNITS:
            _cast_office(
                agenda, rng, np.flatnonzero(able & _of_office(units[today], top)), (today, yesterday), parts
            )
    return Cast(today=today, yesterday=yesterday, parts=parts)


def _of_office(units: NDArray[np.int16], top: str) -> NDArray[np.bool_]:
    """(people,): works in an office, and not where the terminal is down."""
    dark = next(terminal.unit for terminal in TERMINALS if terminal.code == DOWN_TERMINAL)
    places = [
        place
        for place, office in enumerate(OFFICES)
        if office.parent and office.code != dark and top_unit(office.code) == top
    ]
    return np.isin(units, places)


def _cast_office(
    agenda: Agenda,
    rng: np.random.Generator,
    able: NDArray[np.intp],
    days: tuple[int, int],
    parts: dict[int, dict[int, str]],
) -> None:
    today, yesterday = days
    wanted = len(AWAY) + len(TODAY) + len(YESTERDAY)
    people = [int(person) for person in rng.permutation(able)[:wanted]]
    entered_at = moment(agenda.span.on(yesterday), 10 * 3600)
    for person, type_ in zip(people, AWAY, strict=False):
        agenda.book_days(person, type_, (today, today), entered_at)
    rest = people[len(AWAY) :]
    parts[today].update(zip(rest, TODAY, strict=False))
    parts[yesterday].update(zip(rest[len(TODAY) :], YESTERDAY, strict=False))
    for person, part in parts[yesterday].items():
        if part == UNDECIDED and agenda.free[yesterday, person]:
            asked_at = moment(agenda.span.on(yesterday), 16 * 3600)
            agenda.book_days(person, "personal_paid", (yesterday, yesterday), asked_at, "pending")


def play(cast: Cast, agenda: Agenda, conduct: Conduct, day: int, seed: int) -> None:
    """Change the day's conduct of those who have a part in it."""
    rng = stream(seed, Stream.STAGE, agenda.span.on(day) + timedelta(days=1))
    for person, part in cast.parts.get(day, {}).items():
        _play(part, agenda, conduct, (day, person), rng)


def _play(
    part: str, agenda: Agenda, conduct: Conduct, where: tuple[int, int], rng: np.random.Generator
) -> None:
    day, person = where
    seconds, passes = conduct.seconds[:, person], conduct.passes[:, person]
    passes[[0, 3]] = True
    if part == LATE:
        seconds[0] = agenda.starts[day, 0, person] + int(rng.integers(8 * MINUTE, 40 * MINUTE))
    elif part == LATER:
        seconds[0] = LATER_FROM + int(rng.integers(0, 45 * MINUTE))
    elif part in (ABSENT, UNDECIDED):
        passes[:] = False
    elif part == NO_IN:
        passes[0] = False
    elif part == NO_OUT:
        passes[3] = False
    elif part == LEFT_EARLY:
        seconds[3] = agenda.ends[day, 1, person] - int(rng.integers(12 * MINUTE, 50 * MINUTE))
