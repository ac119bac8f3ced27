"""When people punch in a random world: mostly near the instants at which a verdict changes."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from monitor.rules.codes import RosterKind
from monitor.rules.columns import ANY_TERMINAL, DAY_SECONDS
from tests.rules.twin.blocks import groups_of
from tests.rules.twin.excused import Expected, expected_of
from tests.rules.twin.expected import sessions_of
from tests.rules.twin.plain import PlainWorld
from tests.rules.worlds.making import HOUR, MINUTE, Making, chance, nudge

USUAL = (0, 0, -1, 1, -5 * MINUTE, -12 * MINUTE, -20 * MINUTE, 7 * MINUTE, 90 * MINUTE)
"""How far from a session's start or end people usually punch."""
STATES = (1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5, 1 << 7, (1 << 0) | (1 << 1))
REPEATS = (0, 1, 29, 30, 31, 60, 61, 600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What a person is expected to do, and the instants at which a verdict about it changes."""

    expected: tuple[Expected, ...]
    overtime: tuple[tuple[int, int], ...]
    instants: tuple[int, ...]


def prospect_of(making: Making, plain: PlainWorld, person: int) -> Prospect:
    """The sessions of one person with everything interesting about them."""
    sessions = sessions_of(plain, person, making.first_day - 2, making.last_day + 2)
    expected = expected_of(plain, person, sessions)
    instants: list[int] = []
    for item in expected:
        instants += instants_of(item)
    for one, following in pairwise(expected):
        instants.append((one.end + following.start) // 2)
    for group in (group for groups in groups_of(expected) for group in groups):
        instants += [group.window_from, group.window_to, group.window_from - 1, group.window_to + 1]
    overtime = tuple(
        (entry.start, entry.end)
        for entry in plain.roster
        if entry.person == person and entry.kind == RosterKind.OVERTIME
    )
    instants += [instant for span in overtime for instant in span]
    earliest, latest = (making.first_day - 1) * DAY_SECONDS, (making.last_day + 2) * DAY_SECONDS
    return Prospect(
        expected=tuple(item for item in expected if making.first_day <= item.session.day <= making.last_day),
        overtime=overtime,
        instants=tuple(sorted({one for one in instants if earliest <= one <= latest})),
    )


def instants_of(item: Expected) -> list[int]:
    """Bounds, midpoint, dues, graces and absence limits of one session."""
    settings = item.session.settings
    instants = [item.start, item.end, (item.start + item.end) // 2, item.due_from, item.due_to]
    instants += [item.due_from + settings.grace_late, item.due_to - settings.grace_early]
    instants.append(item.due_from + (settings.late_is_absent_after or 0))
    instants.append(item.due_to - (settings.early_is_absent_after or 0))
    return instants


def make_punches(making: Making, prospects: Sequence[Prospect]) -> None:
    """Punches of everybody, through the badges they hold; each identity once."""
    dice = making.dice("punches")
    taken: set[tuple[int, int, int]] = set()
    for person, prospect in enumerate(prospects):
        for time in sorted(drawn_times(making, dice, prospect)):
            terminal, device_user = drawn_badge(making, dice, person)
            states = dice.choice(STATES)
            if (terminal, device_user, time) not in taken:
                taken.add((terminal, device_user, time))
                making.draft.punch(
                    device_user, time, terminal, states if making.has("direction_state") else 1 << 7
                )


def drawn_times(making: Making, dice: random.Random, prospect: Prospect) -> list[int]:
    """The times at which one person punches."""
    times: list[int] = []
    missing = 0.4 if making.has("few_punches") else 0.1
    for item in prospect.expected:
        usual = [item.start + dice.choice(USUAL), item.end - dice.choice(USUAL)]
        times += [time for time in usual if not chance(dice, missing)]
    for start, end in prospect.overtime:
        times += [start + dice.choice(USUAL), end - dice.choice(USUAL)]
    for _ in prospect.expected:
        strange = dice.choice(prospect.instants) + nudge(dice)
        if chance(dice, 0.6) and making.has("strange_punches"):
            times.append(strange)
    if making.has("far_punches"):
        days = making.last_day - making.first_day + 3
        start = (making.first_day - 1) * DAY_SECONDS
        times += [start + dice.randrange(days * DAY_SECONDS) for _ in range(days)]
    if making.has("repeated_punches"):
        times += [time + dice.choice(REPEATS) for time in times if chance(dice, 0.3)]
    return times


def drawn_badge(making: Making, dice: random.Random, person: int) -> tuple[int, int]:
    """A terminal and an id of the person there, whether it is valid by then or not."""
    terminal = dice.randrange(len(making.draft.terminals))
    if making.has("unknown_ids") and chance(dice, 0.1):
        return terminal, 999
    own = [row for row in making.draft.badges if row[0] == person]
    if not own:
        return terminal, person
    badge = dice.choice(own)
    return terminal if badge[1] == ANY_TERMINAL else badge[1], badge[2]


def make_manual_punches(making: Making, prospects: Sequence[Prospect]) -> None:
    """Approved manual punches, often at a session's very start or end."""
    dice = making.dice("manual")
    for person, prospect in enumerate(prospects):
        for item in prospect.expected:
            time = dice.choice((item.start, item.end, dice.choice(prospect.instants) + nudge(dice)))
            if chance(dice, 0.15) and making.has("manual_punches"):
                making.draft.manual_punch(person, time)


def draw_now(making: Making, prospects: Sequence[Prospect]) -> int:
    """After everything, or in the middle of it."""
    dice = making.dice("now")
    instants = [one for prospect in prospects for one in prospect.instants]
    if not making.has("now_inside") or not instants or chance(dice, 0.2):
        return (making.last_day + 4) * DAY_SECONDS + 9 * HOUR
    return dice.choice(instants) + nudge(dice)
