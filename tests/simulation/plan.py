"""What a schedule is made of: acts at their times, and the few acts that all faults share."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.simulation import operators, scheduler, wire
from tests.simulation.installation import PEOPLE
from tests.simulation.oracle import DAY
from tests.simulation.world import World

Act = Callable[[World], object]
HOUR = 3_600
THURSDAY = 20_510
"""26 February 2026; with the next days a weekend and the end of a month may lie within a schedule."""
FIRST_DAYS = (THURSDAY, THURSDAY + 1, THURSDAY + 4, THURSDAY + 5)


@dataclass(slots=True)
class Plan:
    """Acts at their times; `kinds` are the faults that were drawn."""

    seed: int
    dice: random.Random
    terminals: int
    days: list[int]
    acts: list[tuple[int, int, Act]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    mixed_up: set[int] = field(default_factory=set)

    def at(self, time: int, act: Act) -> None:
        """Add an act."""
        self.acts.append((time, len(self.acts), act))

    def other_badge(self, person: int) -> int:
        """This person, or the next one whose badge nothing else mixes up: a file of badges that contradicts
        an earlier one is refused as a whole, and nobody here reads why."""
        while person in self.mixed_up:
            person = person + 1 if person < PEOPLE else 4
        self.mixed_up.add(person)
        return person

    def moment(self, first: int = 6 * HOUR, last: int = 22 * HOUR) -> int:
        """Some time of some day."""
        return self.dice.choice(self.days) * DAY + self.dice.randint(first, last)


def punching(place: int, user: str) -> Act:
    """Somebody identifies at a terminal."""
    return lambda world: world.terminals[place].punch(user, world.now)


def pushing(place: int, fault: str = "") -> Act:
    """A terminal delivers by itself."""
    return lambda world: wire.deliver(world, world.terminals[place], fault)


def by_operator(step: operators.Step) -> Act:
    """Somebody in the office does something, and does it again until it has gone through."""

    def act(world: World) -> None:
        world.todo.append(step)
        world.work_off()

    return act


def some_terminal(plan: Plan) -> int:
    """Any of the terminals."""
    return plan.dice.randint(1, plan.terminals)


def read_before(plan: Plan) -> None:
    """Every log is known up to the first morning: only then can a gap come after it."""
    plan.at(plan.days[0] * DAY + 4 * HOUR, scheduler.work)


def long_after(plan: Plan, act: Act) -> None:
    """A week later, when nothing else makes the schedule's days be looked at again."""
    last = plan.days[-1]
    plan.at((last + 7) * DAY + 8 * HOUR, scheduler.work)
    plan.at((last + 8) * DAY + 9 * HOUR, act)
