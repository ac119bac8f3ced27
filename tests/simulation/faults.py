"""Faults of storage, of the scheduler and of the network, each as what it adds to a schedule."""

from collections.abc import Callable

from tests.simulation import scheduler, wire
from tests.simulation.oracle import DAY
from tests.simulation.plan import HOUR, Plan, pushing, some_terminal
from tests.simulation.storage import ERRORS, gone, locked, no_room
from tests.simulation.world import World


def storage_fault(kind: str) -> Callable[[Plan], None]:
    """Arm a trap at some operation of a process, to spring whenever it gets there."""

    def fault(plan: Plan) -> None:
        operation = plan.dice.randint(1, plan.dice.choice((12, 40, 120)))
        name = plan.dice.choice(("web", "work", "work"))

        def arm(world: World) -> None:
            getattr(world.home, name).arm(kind, operation)

        plan.at(plan.moment(8 * HOUR, 20 * HOUR), arm)
        if name == "web":
            plan.at(plan.days[-1] * DAY + 20 * HOUR + 1, pushing(plan.terminals))

    return fault


def during(kind: str) -> Callable[[Plan], None]:
    """A round, a refresh and a delivery while storage is in trouble; then they are made again."""

    def fault(plan: Plan) -> None:
        spare = plan.dice.randint(0, 3)

        def act(world: World) -> None:
            world.faults[kind] += 1
            process = world.home.work
            with {
                "database_busy": locked(world.home.path),
                "database_gone": gone(world.home.path),
                "no_room": no_room(process, spare),
            }[kind]:
                scheduler.work(world)
                wire.deliver(world, world.terminals[len(world.terminals)])

        plan.at(plan.moment(9 * HOUR, 22 * HOUR), act)

    return fault


def overtaken(plan: Plan) -> None:
    """At some operation of the jobs, a second scheduler or a delivery comes in between."""
    operation = plan.dice.randint(2, 60)
    rival = plan.dice.random() < 0.6

    def arm(world: World) -> None:
        def act() -> None:
            if rival:
                scheduler.overtake(world)
            else:
                wire.deliver(world, world.terminals[2])

        world.home.work.arm("overtaken", operation, act)

    plan.at(plan.moment(8 * HOUR, 20 * HOUR), arm)


def pull_fault(kind: str) -> Callable[[Plan], None]:
    """The next contact with a terminal meets with something."""

    def fault(plan: Plan) -> None:
        place = plan.dice.randint(1, 2)
        time = plan.moment(8 * HOUR, 20 * HOUR)
        plan.at(time, lambda world: world.terminals[place].faults.append(kind))
        plan.at(time + HOUR, scheduler.work)

    return fault


def push_fault(kind: str) -> Callable[[Plan], None]:
    """A delivery meets with something."""
    return lambda plan: plan.at(
        plan.moment(8 * HOUR, 22 * HOUR), pushing(plan.dice.randint(2, plan.terminals), kind)
    )


def line_down(plan: Plan) -> None:
    """A terminal is not reached for long; what it holds comes late."""
    place = some_terminal(plan)

    def down(world: World) -> None:
        world.faults["line_down"] += 1
        world.terminals[place].away = True

    plan.at(plan.moment(), down)


def swapped(plan: Plan) -> None:
    """Two terminals answer at one another's address, as after a power cut without fixed addresses."""

    def swap(world: World) -> None:
        world.faults["swapped"] += 1
        world.swapped = True

    plan.at(plan.moment(), swap)


TROUBLES: dict[str, Callable[[Plan], None]] = {
    "kill": storage_fault("kill"),
    "kill_again": storage_fault("kill"),
    **{kind: storage_fault(kind) for kind in ERRORS},
    **{kind: during(kind) for kind in ("database_busy", "database_gone", "no_room")},
    "overtaken": overtaken,
    **{f"pull_{kind}": pull_fault(kind) for kind in wire.PULL_FAULTS},
    **{f"push_{kind}": push_fault(kind) for kind in wire.PUSH_FAULTS},
    "line_down": line_down,
    "swapped": swapped,
}
