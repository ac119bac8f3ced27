"""Mishaps of terminals, of the server and of the office, each as what it adds to a schedule."""

from collections.abc import Callable

from tests.simulation import operators, scheduler
from tests.simulation.faults import line_down
from tests.simulation.installation import PEOPLE
from tests.simulation.oracle import DAY
from tests.simulation.plan import HOUR, THURSDAY, Plan, by_operator, long_after, read_before, some_terminal
from tests.simulation.terminals import YEAR_2000, Record, seconds_of
from tests.simulation.world import World


def clock_jump(plan: Plan) -> None:
    """A terminal's clock jumps, perhaps by hours; somebody sets it right after it was read."""
    read_before(plan)
    place = some_terminal(plan)
    by = plan.dice.choice((-2 * HOUR, -1_200, -400, 400, 1_200, 2 * HOUR))

    def jump(world: World) -> None:
        world.faults["clock_jump"] += 1
        world.terminals[place].offset += by
        world.truth.disturbed.add(place)

    plan.at(plan.moment(), jump)


def battery_lost(plan: Plan) -> None:
    """A terminal's clock begins again in the year 2000, until somebody sets it."""
    read_before(plan)
    place = some_terminal(plan)
    time = plan.moment(6 * HOUR, 15 * HOUR)

    def lose(world: World) -> None:
        world.faults["battery_lost"] += 1
        world.terminals[place].offset = seconds_of(YEAR_2000) - world.now
        world.truth.disturbed.add(place)

    def set_right(world: World) -> None:
        world.terminals[place].offset = 0

    plan.at(time, lose)
    plan.at(time + plan.dice.randint(HOUR, 12 * HOUR), set_right)


def odd_records(plan: Plan) -> None:
    """Firmware writes records that cannot be: 30 February, the year 2083, the day the battery died."""
    place = some_terminal(plan)
    kind = plan.dice.choice(("impossible", "far", "reset", "future"))

    def write(world: World) -> None:
        world.faults[f"record_{kind}"] += 1
        terminal = world.terminals[place]
        shown = {
            "far": world.now + 20_000 * DAY,
            "reset": seconds_of(YEAR_2000) + 60,
            "future": world.now + HOUR,
        }
        if kind == "reset":  # as after a lost battery: nothing since the reading before is known
            world.truth.disturbed.add(place)
        terminal.punch("90", world.now, impossible=kind == "impossible", shown=shown.get(kind))

    plan.at(plan.moment(), write)


def cleared(plan: Plan) -> None:
    """Somebody empties a terminal at its keypad."""
    read_before(plan)
    place = some_terminal(plan)

    def clear(world: World) -> None:
        world.faults["cleared"] += 1
        world.truth.disturbed.add(place)
        world.terminals[place].clear()

    plan.at(plan.moment(12 * HOUR), clear)


def overwritten(plan: Plan) -> None:
    """A terminal holds few records only; the oldest go."""
    read_before(plan)
    place, room = some_terminal(plan), plan.dice.randint(3, 8)

    def shrink(world: World) -> None:
        world.faults["overwritten"] += 1
        world.truth.disturbed.add(place)
        world.terminals[place].capacity = room

    plan.at(plan.days[0] * DAY + HOUR, shrink)


def replaced(plan: Plan) -> None:
    """Another device is put up; the operator enters its serial number hours later."""
    read_before(plan)
    place, time = some_terminal(plan), plan.moment(6 * HOUR, 18 * HOUR)

    def replace(world: World) -> None:
        world.faults["replaced"] += 1
        world.truth.disturbed.add(place)
        world.terminals[place].replace(f"NEW{place}")

    plan.at(time, replace)
    plan.at(time + 2 * HOUR, by_operator(operators.new_serial(place)))


def id_reused(plan: Plan) -> None:
    """Somebody leaves; the id is a newcomer's from the next day on, which is entered late."""
    person, day = plan.other_badge(plan.dice.randint(4, PEOPLE)), plan.days[-1]
    late = plan.dice.randint(0, 8) * HOUR

    def enter(world: World) -> None:
        world.faults["id_reused"] += 1
        by_operator(operators.reuse(world, person, day))(world)

    plan.at(day * DAY + late, enter)


def server_clock(plan: Plan) -> None:
    """The server's clock is wrong for some hours."""
    by, time = plan.dice.choice((-DAY, -2 * HOUR, 2 * HOUR, DAY)), plan.moment()

    def jump(world: World) -> None:
        world.faults["server_clock"] += 1
        world.server_offset = by

    def right(world: World) -> None:
        world.server_offset = 0

    plan.at(time, jump)
    plan.at(time + HOUR, scheduler.work)
    plan.at(time + 3 * HOUR, right)


def restored(plan: Plan) -> None:
    """A backup is put back hours later, as after the loss of a disk."""
    time = plan.moment(6 * HOUR, 20 * HOUR)
    plan.at(time, operators.back_up)
    plan.at(time + plan.dice.randint(1, 14) * HOUR, operators.restore)


def wrong_badge(plan: Plan) -> None:
    """Somebody's id is entered as another's; it is found and put right later."""
    person = plan.other_badge(plan.dice.randint(4, PEOPLE))
    time = plan.moment(6 * HOUR, 14 * HOUR)
    wrong = f"{person}9"
    mistaken = plan.dice.randint(1, 3)

    def mistake(world: World) -> None:
        world.faults["wrong_badge"] += 1
        rows = [(person, str(person), None, 1), (person, wrong, None, None), (mistaken, str(person), 2, None)]
        by_operator(operators.badges(rows, right=False))(world)

    put_right = [(person, wrong, None, 1), (mistaken, str(person), 2, 2), (person, str(person), 3, None)]
    plan.at(time, mistake)
    long_after(plan, by_operator(operators.badges(put_right, right=True)))


def leave_withdrawn(plan: Plan) -> None:
    """Leave is entered for somebody, and taken back."""
    person, day = plan.dice.randint(1, PEOPLE), plan.dice.choice(plan.days)

    def enter(world: World) -> None:
        world.faults["leave_withdrawn"] += 1
        by_operator(operators.leave(person, day))(world)

    time = plan.days[-1] * DAY + plan.dice.randint(8, 22) * HOUR
    plan.at(time, enter)
    long_after(plan, by_operator(operators.no_leave(person, day)))


def late_file(plan: Plan) -> None:
    """A terminal's log comes as a file, twice."""
    place, time = some_terminal(plan), plan.moment()

    def bring(world: World) -> None:
        world.faults["late_file"] += 1
        records = [one for one in world.terminals[place].log if not one.impossible]
        for _ in range(2):
            by_operator(operators.punch_file(world, place, records, "1_attlog.dat"))(world)

    plan.at(time, bring)


def wrong_file(plan: Plan) -> None:
    """Another office's file is imported, twice, and undone when somebody notices."""
    place, day = some_terminal(plan), plan.days[0]
    people = plan.dice.sample(range(1, PEOPLE + 1), 3)
    records = [Record(user=str(one), shown=day * DAY + 30_000 + 7 * one, true=0) for one in people]
    time = plan.moment(10 * HOUR, 20 * HOUR)

    def bring(world: World) -> None:
        world.faults["wrong_file"] += 1
        world.truth.muddle(people, "file")
        for _ in range(2):
            by_operator(operators.punch_file(world, place, records, "wrong_attlog.dat"))(world)

    plan.at(time, bring)
    long_after(plan, by_operator(operators.undo_file(place, records, "wrong_attlog.dat")))


def month_closed(plan: Plan) -> None:
    """February is closed as soon as it can be, perhaps before everything has come."""

    def close(world: World) -> None:
        world.faults["month_closed"] += 1
        by_operator(operators.close_month("2026-02"))(world)

    if plan.dice.random() < 0.7:
        line_down(plan)
    plan.at(max(plan.days[-1] + 1, THURSDAY + 4) * DAY + plan.dice.randint(1, 5) * HOUR, close)


MISHAPS: dict[str, Callable[[Plan], None]] = {
    one.__name__: one
    for one in (
        clock_jump,
        battery_lost,
        odd_records,
        cleared,
        overwritten,
        replaced,
        id_reused,
        server_clock,
        restored,
        wrong_badge,
        leave_withdrawn,
        late_file,
        wrong_file,
        month_closed,
    )
}
