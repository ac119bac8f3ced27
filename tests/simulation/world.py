"""One run's state: the clock, the terminals, what is true and owed, the product's processes, the trace."""

import hashlib
import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from werkzeug.test import Client

from jobs.context import JobContext
from jobs.lease import Fenced, Lease
from monitor.store.session import StoreError
from monitor.web.push import create_push_app
from tests.simulation.installation import NEWCOMER, PEOPLE, SETTINGS, Installation, instant
from tests.simulation.oracle import DAY, Identity, Ledger, Truth
from tests.simulation.storage import Killed, Process
from tests.simulation.terminals import Record, SimTerminal

REFUSALS = (SQLAlchemyError, StoreError, Fenced, OSError)
"""What storage may let a caller see; anything else that escapes is a finding."""
FOREVER = 10**6


class World:
    """Everything of one schedule."""

    def __init__(self, home: Installation, seed: int, terminals: int, first_day: int) -> None:
        """A morning before anybody has come."""
        self.home, self.seed, self.dice = home, seed, random.Random(seed)  # noqa: S311 - dice, no secrets
        self.first_day, self.now = first_day, first_day * DAY
        self.server_offset = 0
        self.terminals = {place: _terminal(place, first_day, self.dice) for place in range(1, terminals + 1)}
        self.truth, self.ledger = Truth(), Ledger()
        self.truth.holders = [(p, str(p), 0, FOREVER) for p in range(1, PEOPLE + 1)]
        self.people = range(1, NEWCOMER + 1)
        self.todo: list[Callable[[World], None]] = []
        self.done: list[Callable[[World], None]] = []
        self.withheld: set[Identity] = set()
        self.backup: tuple[Ledger, int, dict[str, str], int] | None = None
        self.swapped = False
        self.rivals_from: int | None = None
        self.sealed: dict[str, str] = {}
        self.closed: list[tuple[int, int, set[int]]] = []
        self.faults: Counter[str] = Counter()
        self.trace: list[str] = []
        self.found: list[str] = []
        self.delivered: dict[int, list[Record]] = {}
        home.begin(terminals)
        self.restart_web()
        self.lease = Lease(home.work.engine, "work")

    def clock(self) -> datetime:
        """The server's clock."""
        return instant(self.now + self.server_offset)

    @property
    def today(self) -> int:
        """The day it truly is."""
        return self.now // DAY

    def context(self, process: Process) -> JobContext:
        """What a job of a process is given."""
        return JobContext(engine=process.engine, settings=SETTINGS, clock=self.clock)

    def note(self, *what: object) -> None:
        """One line of the trace."""
        self.trace.append(f"{self.now} " + " ".join(map(str, what)))

    def restart_web(self) -> None:
        """The process that terminals and operators talk to begins anew."""
        self.home.web.restart()
        self.client = Client(create_push_app(self.home.web.engine, SETTINGS, self.clock))

    def restart_work(self) -> None:
        """The process of the jobs begins anew; its lease has run out by then."""
        self.home.work.restart()
        self.lease = Lease(self.home.work.engine, "work")

    def calm(self) -> None:
        """The faults are over: every process runs, every clock of ours is right."""
        self.server_offset, self.swapped = 0, False
        self.restart_web()
        self.restart_work()
        self.home.other.restart()
        for terminal in self.terminals.values():
            terminal.faults.clear()
            terminal.away = False

    def attempt(self, what: str, process: Process, step: Callable[[], object]) -> bool:
        """Take a step that storage may refuse or that may end its process; whether it went through."""
        try:
            self.note(what, step())
        except Killed:
            self.note(what, "killed")
            self.restart_web() if process is self.home.web else self.restart_work()
            return False
        except REFUSALS as error:
            self.note(what, "refused", type(error).__name__)
            return False
        return True

    def work_off(self) -> None:
        """The operator tries again whatever has not gone through, in order."""
        for step in list(self.todo):
            if not self.attempt(step.__name__, self.home.web, lambda step=step: step(self)):  # type: ignore[misc]
                return
            self.todo.remove(step)
            self.done.append(step)

    def complain(self, what: str) -> None:
        """A property does not hold."""
        if what not in self.found:
            self.found.append(what)

    def digest(self) -> str:
        """What tells one run from another."""
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()

    def count_faults(self) -> None:
        """What storage's traps came to."""
        for process in (self.home.web, self.home.work, self.home.other):
            self.faults.update(process.sprung)
            process.sprung.clear()


def _terminal(place: int, first_day: int, dice: random.Random) -> SimTerminal:
    """A terminal with a little history: a guard's punches of the days before."""
    found = SimTerminal(
        id=place,
        code=f"M{place}",
        serial=f"SN{place}",
        layout=dice.choice(("40", "40", "16")),
        pulled=place < 3,
        pushes=place > 1,
        began=first_day * DAY,
        offset=dice.randint(-45, 45),
        drift=dice.randint(-2, 2),
        doubles=dice.random() < 0.1,
        silent_count=dice.random() < 0.1,
    )
    found.users.update(str(person) for person in range(1, PEOPLE + 1))
    for hour in (5, 12, 19):
        found.punch("90", (first_day - 1) * DAY + hour * 3600 + place)
    return found
