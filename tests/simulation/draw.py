"""One schedule from its seed: how people live, when terminals deliver, and which faults come over them."""

import random

from tests.simulation import operators, scheduler
from tests.simulation.faults import TROUBLES
from tests.simulation.installation import PEOPLE
from tests.simulation.mishaps import MISHAPS
from tests.simulation.oracle import DAY, END, START
from tests.simulation.plan import FIRST_DAYS, HOUR, Plan, by_operator, punching, pushing

FAULTS = {**TROUBLES, **MISHAPS}
"""Every kind of fault and what it adds to a schedule."""


def draw(seed: int, only: str = "") -> Plan:
    """The schedule of a seed; `only` one kind of fault, to look closer."""
    dice = random.Random(f"plan {seed}")  # noqa: S311 - dice, no secrets
    first = dice.choice(FIRST_DAYS)
    working = [day for day in range(first, first + 5) if (day + 3) % 7 < 5]
    days = working[: dice.choice((1, 1, 1, 2))]
    plan = Plan(seed=seed, dice=dice, terminals=dice.choice((2, 2, 3)), days=days)
    for day in days:
        _live(plan, day)
        _deliver(plan, day)
    names = [only] if only else dice.sample(sorted(FAULTS), dice.choice((1, 1, 2, 3)))
    for name in names:
        plan.kinds.append(name)
        FAULTS[name](plan)
    plan.acts.sort(key=lambda act: act[:2])
    return plan


def _live(plan: Plan, day: int) -> None:
    """People come, forget, go on trips and leave; each terminal is used by somebody."""
    dice = plan.dice
    for person in range(1, PEOPLE + 1):
        kind = dice.choice(("usual", "usual", "usual", "late", "early", "forgets", "away", "leave", "trip"))
        if person <= plan.terminals:
            kind = dice.choice(("usual", "late"))
        if kind == "leave":
            time = plan.moment() if dice.random() < 0.5 else plan.days[-1] * DAY + 23 * HOUR
            plan.at(time, by_operator(operators.leave(person, day)))
        if kind in {"away", "leave"}:
            continue
        came = START + (dice.randint(600, 5_400) if kind == "late" else -dice.randint(60, 1_800))
        left = END - (dice.randint(600, 5_400) if kind == "early" else -dice.randint(60, 1_800))
        times = [came] if kind == "forgets" else [came, left]
        if kind == "trip":
            times += [came + 2 * HOUR, left - 2 * HOUR]
        for time in times:
            place = person if person <= plan.terminals else dice.randint(1, plan.terminals)
            plan.at(day * DAY + time, punching(place, str(person)))
            if dice.random() < 0.1:
                plan.at(day * DAY + time + dice.randint(1, 20), punching(place, str(person)))


def _deliver(plan: Plan, day: int) -> None:
    """When terminals deliver and the scheduler works; the second terminal delivers in the morning only."""
    if plan.dice.random() < 0.4:
        plan.at(day * DAY + 11 * HOUR, scheduler.work)
    for place in range(2, plan.terminals + 1):
        for hour in (9, 20)[: place - 1]:
            plan.at(day * DAY + hour * HOUR + 1_800, pushing(place))
    plan.at(day * DAY + 21 * HOUR, scheduler.work)
