"""A small random world, reproducible from its seed and its features."""

from monitor.rules.columns import World
from tests.rules.twin.plain import plain_world
from tests.rules.worlds.features import ALL_FEATURES
from tests.rules.worlds.knowledge import make_coverage, make_silent_days
from tests.rules.worlds.making import Making, some
from tests.rules.worlds.offices import make_badges, make_people, make_regulations, make_terminals, make_units
from tests.rules.worlds.plans import (
    make_allowances,
    make_calendar,
    make_excuses,
    make_explanations,
    make_findings,
    make_roster,
)
from tests.rules.worlds.punching import (
    Prospect,
    draw_now,
    make_manual_punches,
    make_punches,
    prospect_of,
)
from tests.rules.worlds.size import SMALL, Size

FIRST_DAY = 20_514
"""2026-03-02, a Monday."""


def random_world(
    seed: int, *, size: Size = SMALL, features: frozenset[str] = ALL_FEATURES
) -> tuple[World, list[tuple[int, int]], int]:
    """A world, the (person, day) pairs asked, and `now`.

    Raises ValueError for a feature that is not known.
    """
    unknown = features - ALL_FEATURES
    if unknown:
        raise ValueError(f"unknown features: {sorted(unknown)}")
    making = begun(seed, size, features)
    make_plans(making)
    prospects = make_events(making)
    now = draw_now(making, prospects)
    asked = draw_asked(making)
    shuffle_rows(making)
    return making.draft.world(), asked, now


def begun(seed: int, size: Size, features: frozenset[str]) -> Making:
    """Units, people, regulations, terminals and badges."""
    making = Making(seed=seed, features=features, first_day=FIRST_DAY, last_day=FIRST_DAY)
    dice = making.dice("size")
    making.first_day += dice.randrange(14)
    making.last_day = making.first_day + dice.randint(*size.days) - 1
    make_units(making)
    make_people(making, dice.randint(*size.people))
    make_regulations(making)
    make_terminals(making)
    make_badges(making)
    return making


def make_plans(making: Making) -> None:
    """Calendar, roster, excuses, allowances, explanations; each looks at the sessions known so far."""
    make_calendar(making)
    make_roster(making, plain_world(making.draft.world()))
    make_excuses(making, plain_world(making.draft.world()))
    make_allowances(making)
    make_explanations(making)
    make_findings(making, plain_world(making.draft.world()))


def make_events(making: Making) -> list[Prospect]:
    """Punches and coverage, near the instants at which a verdict changes."""
    plain = plain_world(making.draft.world())
    prospects = [prospect_of(making, plain, person) for person in making.everybody]
    make_punches(making, prospects)
    make_manual_punches(making, prospects)
    make_coverage(making, [one for prospect in prospects for one in prospect.instants])
    make_silent_days(making)
    return prospects


def draw_asked(making: Making) -> list[tuple[int, int]]:
    """All person-days, or some of them."""
    dice = making.dice("asked")
    pairs = [(person, day) for person in making.everybody for day in making.days]
    if making.has("some_asked"):
        return some(dice, pairs, 0.4) or pairs[:1]
    return pairs


def shuffle_rows(making: Making) -> None:
    """The order of rows never matters (rules 8); positions of people, units, terminals stay."""
    dice = making.dice("order")
    draft = making.draft
    for rows in (
        draft.postings,
        draft.calendar,
        draft.badges,
        draft.punches,
        draft.manual,
        draft.excuses,
        draft.roster,
        draft.allowances,
        draft.coverage,
        draft.silent,
        draft.explained,
        draft.findings,
    ):
        dice.shuffle(rows)
