"""The organisation of a random world: units, people, postings, regulations, terminals, badges."""

import random
from collections.abc import Callable
from typing import Any

from monitor.rules.codes import Direction, GraceCounts
from monitor.rules.columns import ANY_TERMINAL, DAY_MAX, DAY_MIN, NO_DAY
from monitor.rules.regulation import OfficeSession, Regulation, Target
from tests.rules.worlds.making import HOUR, MINUTE, Making, chance, some

EVERYBODY = Target(kind="*")
WEEK = (1, 2, 3, 4, 5)
Hours = tuple[tuple[float, float], ...]
TWO_SESSIONS: tuple[Hours, ...] = (((7.5, 11.5), (13.5, 17.0)), ((7.0, 11.5), (13.0, 16.5)))
OTHER_SESSIONS: tuple[Hours, ...] = (
    ((7.0, 15.0),),
    ((8.0, 12.0),),
    ((7.0, 10.0), (10.0, 13.0), (14.0, 17.0)),
    ((7.5, 9.5), (10.0, 11.5), (13.5, 17.0)),
    ((7.5, 11.5), (11.5, 15.5)),
)
NIGHT_SESSIONS: tuple[Hours, ...] = (
    ((22.0, 30.0),),
    ((7.5, 11.5), (20.0, 26.0)),
    ((18.0, 24.0),),
    ((19.0, 31.0),),
)
OVERLAPPING_NIGHT: Hours = ((5.5, 8.0), (22.0, 30.0))
NAMES = ("Sáng", "Chiều", "Tối")


def make_units(making: Making) -> None:
    """One unit, or a tree of four."""
    root = making.draft.unit("so")
    if making.has("unit_tree"):
        office = making.draft.unit("so.vp", root)
        making.draft.unit("so.vp.1", office)
        making.draft.unit("so.tt", root)


def make_people(making: Making, count: int) -> None:
    """People and their postings."""
    dice = making.dice("people")
    for number in range(count):
        person = making.draft.person(f"p{number:02}")
        first, last = DAY_MIN, DAY_MAX
        if making.has("gaps_in_postings") and chance(dice, 0.3):
            first, last = dice.choice(
                ((dice.choice(making.days), DAY_MAX), (DAY_MIN, dice.choice(making.days)))
            )
        making.draft.post(person, dice.randrange(len(making.draft.units)), (first, last))
        if making.has("moves") and chance(dice, 0.5):
            move_person(making, person, dice)


def move_person(making: Making, person: int, dice: random.Random) -> None:
    """A second posting from some day on, sometimes bounded, sometimes from the same day as the first."""
    first = dice.choice([*making.days, DAY_MIN])
    last = dice.choice((DAY_MAX, DAY_MAX, dice.choice(making.days)))
    if first <= last:
        making.draft.post(person, dice.randrange(len(making.draft.units)), (first, last))


def make_regulations(making: Making) -> None:
    """A regulation for everybody and, with the features, later versions and nearer targets."""
    dice = making.dice("regulations")
    units = range(len(making.draft.units))
    root_target = EVERYBODY
    if making.has("exempt_from_any_regulation") and chance(dice, 0.5):
        root_target = Target(kind="unit", index=dice.choice(units))
    long_ago = making.first_day - 400
    add_regulation(making, "chung", long_ago, (root_target,))
    if making.has("season_change"):
        add_regulation(making, "mua-he", dice.choice(making.days), (EVERYBODY,))
    if making.has("unit_target"):
        unit = Target(kind="unit", index=dice.choice(units))
        add_regulation(making, "don-vi", long_ago + 1, (unit,))
        if chance(dice, 0.5):
            add_regulation(making, "don-vi-he", dice.choice(making.days), (unit,))
    if making.has("person_target"):
        people = some(dice, making.everybody, 0.4)
        targets = tuple(Target(kind="person", index=person) for person in people)
        add_regulation(making, "rieng", dice.choice((long_ago, making.first_day + 2)), targets)


def add_regulation(making: Making, code: str, valid_from: int, targets: tuple[Target, ...]) -> None:
    """One regulation version with settings drawn from realistic and edge values."""
    dice = making.dice(f"regulation {code}")
    settings: dict[str, Any] = {"marks": draw_marks(making, dice)}
    for feature, draw in SETTINGS.items():
        drawn = draw(dice)
        if making.has(feature):
            settings |= drawn
    sessions = draw_sessions(making, dice)
    making.draft.regulations.append(
        Regulation(code=code, valid_from=valid_from, targets=targets, sessions=sessions, **settings)
    )


def draw_marks(making: Making, dice: random.Random) -> int:
    """4, or another that the features allow."""
    allowed = [4, 4]
    for feature, marks in (("two_marks", 2), ("two_marks", 2), ("one_mark", 1), ("no_marks", 0)):
        if making.has(feature):
            allowed.append(marks)
    return dice.choice(allowed)


SETTINGS: dict[str, Callable[[random.Random], dict[str, Any]]] = {
    "grace": lambda dice: {
        "grace_late": dice.choice((0, 1, 5 * MINUTE, 15 * MINUTE, HOUR)),
        "grace_early": dice.choice((0, 1, 5 * MINUTE, 10 * MINUTE)),
    },
    "excess": lambda dice: {"grace_counts": dice.choice((GraceCounts.WHOLE, GraceCounts.EXCESS))},
    "truncate": lambda dice: {"truncate_to_minute": chance(dice, 0.6)},
    "windows": lambda dice: {
        "open_before": dice.choice((0, 1, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR)),
        "close_after": dice.choice((0, 1, 30 * MINUTE, 4 * HOUR, 9 * HOUR, 16 * HOUR)),
    },
    "repeats": lambda dice: {"repeat_within": dice.choice((0, 1, 30, 60, 10 * MINUTE))},
    "chains": lambda dice: {"chain_within": dice.choice((0, 1, 30 * MINUTE, HOUR, 150 * MINUTE))},
    "credit": lambda dice: {"missing_mark_credit": dice.choice((0, HOUR, 2 * HOUR, 10 * HOUR))},
    "absent_limits": lambda dice: {
        "late_is_absent_after": dice.choice((None, 0, 30 * MINUTE, 2 * HOUR)),
        "early_is_absent_after": dice.choice((None, 0, 30 * MINUTE, 2 * HOUR)),
    },
    "direction_state": lambda dice: {"direction": dice.choice((Direction.STATE, Direction.IGNORE))},
    "direction_terminal": lambda dice: {"direction": dice.choice(tuple(Direction))},
}
"""What each feature draws of a regulation's settings."""


def draw_sessions(making: Making, dice: random.Random) -> tuple[OfficeSession, ...]:
    """The sessions of a week, and of Saturday if that occurs."""
    hours = draw_hours(making, dice)
    sessions = [office_session(making, dice, n, span, WEEK) for n, span in enumerate(hours)]
    if making.has("saturday") and chance(dice, 0.6):
        count = dice.choice((1, len(hours)))
        sessions += [office_session(making, dice, n, span, (6,)) for n, span in enumerate(hours[:count])]
    return tuple(sessions)


def draw_hours(making: Making, dice: random.Random) -> Hours:
    """Start and end of each session, in hours from midnight of the work date."""
    choices = list(TWO_SESSIONS)
    if making.has("many_sessions"):
        choices += OTHER_SESSIONS
    if making.has("night"):
        choices += NIGHT_SESSIONS
    if making.has("night_overlap"):
        choices += [OVERLAPPING_NIGHT, OVERLAPPING_NIGHT]
    return dice.choice(choices)


def office_session(
    making: Making, dice: random.Random, number: int, span: tuple[float, float], weekdays: tuple[int, ...]
) -> OfficeSession:
    """One session; its worth is a setting of its own only with the feature `worth`."""
    cong = dice.choice((None, 0.5, 0.25, 1.0, 0.0))
    return OfficeSession(
        name=NAMES[number],
        weekdays=weekdays,
        start_seconds=round(span[0] * HOUR),
        end_seconds=round(span[1] * HOUR),
        cong=cong if making.has("worth") else None,
    )


def make_terminals(making: Making) -> None:
    """One terminal of the root, or up to three of anybody or nobody."""
    dice = making.dice("terminals")
    count = dice.randint(2, 3) if making.has("terminals") else 1
    for number in range(count):
        owner = dice.choice((-1, *range(len(making.draft.units)))) if making.has("terminals") else 0
        installed_on = NO_DAY
        if making.has("installed_later") and chance(dice, 0.4):
            installed_on = dice.choice(making.days)
        direction = dice.choice(("", "in", "out")) if making.has("direction_terminal") else ""
        making.draft.terminal(f"t{number}", owner, installed_on, direction)


def make_badges(making: Making) -> None:
    """A badge for any terminal each; with the features also a terminal's own, bounded and handed-on ones."""
    dice = making.dice("badges")
    for person in making.everybody:
        if making.has("no_badge") and chance(dice, 0.25):
            continue
        if making.has("own_badges") and chance(dice, 0.5):
            make_own_badges(making, person, dice)
        elif making.has("bounded_badges") and chance(dice, 0.5):
            make_bounded_badge(making, person, dice)
        else:
            making.draft.badge(person, person)


def make_own_badges(making: Making, person: int, dice: random.Random) -> None:
    """Badges of single terminals; one of them may be the id that means somebody else everywhere else."""
    other = (person + 1) % len(making.draft.people)
    taken = {(row[1], row[2]) for row in making.draft.badges}
    for terminal in range(len(making.draft.terminals)):
        device_user = dice.choice((100 + person, 100 + person, other))
        if chance(dice, 0.7) and (terminal, device_user) not in taken:
            making.draft.badge(person, device_user, terminal)
    if chance(dice, 0.3):
        making.draft.badge(person, person, ANY_TERMINAL)


def make_bounded_badge(making: Making, person: int, dice: random.Random) -> None:
    """A badge up to some day, and from the next day on the same id for somebody else or a new id."""
    last = dice.choice(making.days)
    making.draft.badge(person, person, valid=(DAY_MIN, last))
    heir = dice.choice(making.everybody)
    if chance(dice, 0.5):
        making.draft.badge(heir, person, valid=(last + 1, DAY_MAX))
    else:
        making.draft.badge(person, 200 + person, valid=(last + dice.choice((0, 1, 2)), DAY_MAX))
