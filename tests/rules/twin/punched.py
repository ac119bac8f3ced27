"""Whose punch it is, and which punches are one (rules 7, 3.1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.rules.codes import Direction, TerminalDirection
from monitor.rules.columns import ANY_TERMINAL
from monitor.rules.regulation import Regulation
from tests.rules.twin.expected import day_of
from tests.rules.twin.plain import MANUAL_TERMINAL, PlainWorld, Punch

IN_STATES = (0, 3, 4)
OUT_STATES = (1, 2, 5)
OTHER_STATE = 7
"""Bit of any state that is neither (rules 3.1: it may be both)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One kept punch: its place is its first time, as an OUT it counts at its last (rules 3.1)."""

    punches: tuple[Punch, ...]
    may_in: bool
    may_out: bool

    @property
    def first(self) -> int:
        """Time of its first punch."""
        return self.punches[0].time

    @property
    def last(self) -> int:
        """Time of its last punch."""
        return self.punches[-1].time


def person_of(world: PlainWorld, punch: Punch) -> int | None:
    """Rules 7: the badge valid on the punch's own date; the terminal's own goes before any-terminal."""
    day = day_of(punch.time)
    badges = [badge for badge in world.badges if badge.device_user == punch.device_user]
    valid = [badge for badge in badges if badge.first_day <= day <= badge.last_day]
    for terminal in (punch.terminal, ANY_TERMINAL):
        for badge in valid:
            if badge.terminal == terminal:
                return badge.person
    return None


def in_order(punch: Punch) -> tuple[int, int, int]:
    """Order of raw punches: time, then terminal, then id."""
    return (punch.time, punch.terminal, punch.id)


def punches_by_person(world: PlainWorld, now: int) -> dict[int, list[Punch]]:
    """Rules 3, 5, 7: everybody's punches up to now, manual ones included, in order."""
    found: dict[int, list[Punch]] = {person: [] for person in range(len(world.people))}
    for punch in world.punches:
        person = person_of(world, punch)
        if person is not None and punch.time <= now:
            found[person].append(punch)
    for person, punch in world.manual:
        if punch.time <= now:
            found[person].append(punch)
    return {person: sorted(punches, key=in_order) for person, punches in found.items()}


def may_be_by_state(punch: Punch) -> tuple[bool, bool]:
    """Rules 3.1, 9: what the punch's states allow; one that fits is enough."""
    if punch.terminal == MANUAL_TERMINAL or punch.states & (1 << OTHER_STATE):
        return True, True
    may_in = any(punch.states & (1 << state) for state in IN_STATES)
    may_out = any(punch.states & (1 << state) for state in OUT_STATES)
    return may_in, may_out


def may_be_by_terminal(world: PlainWorld, punch: Punch) -> tuple[bool, bool]:
    """Rules 3.1: what the terminal's direction allows; a manual punch has none."""
    if punch.terminal == MANUAL_TERMINAL:
        return True, True
    direction = world.terminals[punch.terminal].direction
    return direction != TerminalDirection.OUT, direction != TerminalDirection.IN


def may_be(world: PlainWorld, punch: Punch, settings: Regulation) -> tuple[bool, bool]:
    """Rules 3.1: whether the punch may be IN, and whether it may be OUT."""
    if settings.direction == Direction.STATE:
        return may_be_by_state(punch)
    if settings.direction == Direction.TERMINAL:
        return may_be_by_terminal(world, punch)
    return True, True


def runs_of(world: PlainWorld, punches: Sequence[Punch], settings: Regulation) -> list[Run]:
    """Rules 3.1: a punch at most `repeat_within` after the previous raw punch joins its run."""
    parts: list[list[Punch]] = []
    for punch in sorted(punches, key=in_order):
        if parts and punch.time - parts[-1][-1].time <= settings.repeat_within:
            parts[-1].append(punch)
        else:
            parts.append([punch])
    runs = []
    for part in parts:
        allowed = [may_be(world, punch, settings) for punch in part]
        runs.append(
            Run(
                punches=tuple(part),
                may_in=any(may_in for may_in, _ in allowed),
                may_out=any(may_out for _, may_out in allowed),
            )
        )
    return runs
