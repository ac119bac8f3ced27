"""The process of the jobs: its lease, a round of readings, a refresh, a look at what has come true."""

from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from jobs import pull_terminals, refresh_records
from jobs.context import JobContext
from jobs.lease import Lease
from monitor.intake import PullReport
from monitor.intake.quarantine import readmit
from monitor.store.session import transaction
from tests.simulation.installation import instant
from tests.simulation.properties import no_false_absence
from tests.simulation.storage import Process
from tests.simulation.world import World

LEASE_SECONDS = 31
PERIOD_SECONDS = 600
LONGEST_BACK_OFF_SECONDS = 3_600


class RoundsInTurn(pull_terminals.Rounds):
    """The job's own rounds, each reading in this thread: what is due, and in which order, the job decides."""

    def _begin(self, context: JobContext, terminal_id: int) -> None:
        self._under_way.add(terminal_id)
        self._read(context, terminal_id)


def database_clock(world: World) -> datetime:
    """The clock that holders of the lease share."""
    return instant(world.now)


def work(world: World, *, refresh: bool = True) -> None:
    """What the scheduler does at a time: it lives, reads what is due, and recomputes."""
    process = world.home.work
    if not _hold(world, world.lease, process):
        return
    with world.lease.fence():
        done = world.attempt("round", process, lambda: _round(world, process))
        if done and refresh:
            world.attempt("refresh", process, lambda: refresh_records.run(world.context(process)))
    if world.rivals_from is not None and process.commits > world.rivals_from:
        world.complain("P7 a scheduler that lost its lease went on writing")
    world.rivals_from = None
    no_false_absence(world)


def _hold(world: World, lease: Lease, process: Process) -> bool:
    """Whether this process has the lease: its own still, or taken once the former holder is silent."""
    if lease.token and world.attempt("beat", process, lease.beat) and world.trace[-1].endswith("True"):
        return True
    world.now += LEASE_SECONDS
    lease.token = 0
    world.attempt("take", process, lease.take)
    return bool(lease.token)


def _round(world: World, process: Process) -> str:
    """One round; what a terminal gave and the report says is stored is owed from now on."""

    def reader(context: JobContext, terminal_id: int) -> PullReport:
        world.delivered.pop(terminal_id, None)
        report = pull_terminals.read(context, terminal_id)
        world.note("pull", terminal_id, report.error_code, *report.intake.doubted, report.intake.lines)
        if not report.error_code:
            _owe(world, terminal_id)
        return report

    return RoundsInTurn(reader)(world.context(process))


def _owe(world: World, terminal_id: int) -> None:
    terminal = world.terminals[terminal_id]
    for record in world.delivered[terminal_id]:
        raw = record.bytes_in(terminal.layout) if record.impossible else None
        world.ledger.owe(terminal_id, [record], raw=raw)


def overtake(world: World) -> None:
    """A second scheduler finds the first one silent, takes the lease and does its work beside it."""
    rival = Lease(world.home.other.engine, "other")
    try:
        if rival.take():
            world.complain("P7 a second scheduler took the lease of one that lives")
        world.now += LEASE_SECONDS
        if not rival.take():
            return
        world.faults["double_scheduler"] += 1
        world.rivals_from = world.home.work.commits
        with rival.fence():
            _round(world, world.home.other)
            refresh_records.run(world.context(world.home.other))
    except SQLAlchemyError as error:
        world.note("rival", type(error).__name__)
        return
    rival.give_up()


def take_in_what_came_true(world: World) -> None:
    """The part of the watch that changes punches: future records whose time has come."""

    def look() -> int:
        with transaction(world.home.work.engine) as session:
            return readmit(session, world.clock())

    if _hold(world, world.lease, world.home.work):
        with world.lease.fence():
            world.attempt("readmit", world.home.work, look)
