"""Which dates of a terminal are silent (rules 7)."""

from collections.abc import Iterable

from monitor.rules.columns import World
from tests.rules.twin.covered import relevant_terminals
from tests.rules.twin.excused import Expected, expected_of
from tests.rules.twin.expected import day_of, sessions_of
from tests.rules.twin.plain import PlainWorld, plain_world
from tests.rules.twin.rows import MARGIN_DAYS


def silent_days_slowly(
    world: World, candidates: Iterable[tuple[int, int]], now: int, silence_people: int = 3
) -> list[tuple[int, int]]:
    """The silent ones among the (terminal, day) candidates, sorted.

    Silent: a past date, no punch of any badge, and at least `silence_people` persons to whom the
    terminal is relevant had a session that was not excused in full.
    """
    plain = plain_world(world)
    return [
        (terminal, day)
        for terminal, day in sorted(set(candidates))
        if day < day_of(now)
        and not punched_at(plain, terminal, day)
        and len(expected_at(plain, terminal, day)) >= silence_people
    ]


def punched_at(world: PlainWorld, terminal: int, day: int) -> bool:
    """Whether the terminal recorded any punch on the date, whoever's it is."""
    return any(punch.terminal == terminal and day_of(punch.time) == day for punch in world.punches)


def expected_at(world: PlainWorld, terminal: int, day: int) -> list[int]:
    """The persons with a session on the date, not excused in full, to whom the terminal is relevant."""
    return [
        person
        for person in range(len(world.people))
        if any(
            terminal in relevant_terminals(world, person, item.session.unit, day)
            for item in expected_on(world, person, day)
            if not item.excused
        )
    ]


def expected_on(world: PlainWorld, person: int, day: int) -> list[Expected]:
    """The person's sessions of one work date."""
    sessions = sessions_of(world, person, day - MARGIN_DAYS, day + MARGIN_DAYS)
    return [item for item in expected_of(world, person, sessions) if item.session.day == day]
