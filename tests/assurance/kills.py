"""Real processes of the product, killed with SIGKILL at moments that a seed chooses; then looked at.

A round is one office: a score of processes that deliver, read, judge, enter leave, close the month, back up
or upgrade are killed one after the other, the file is examined after each, and at the end everything is
finished without a kill and compared with the terminal's own history.
"""

import random
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from monitor.backup import drill
from monitor.backup.keys import key_path, secret_in
from monitor.store.driver import sqlite3
from tests.assurance.office import Office, Promises, copied, furnish, opened, settings_in
from tests.assurance.processes import PATIENCE_SECONDS, Nursery, Victim
from tests.assurance.server import Server
from tests.assurance.soundness import complaints_at, unlike_rebuilt
from tests.assurance.victims import Task
from tests.store.test_upgrade import REVISIONS, fill, require_whole

PER_ROUND = 20
MOST_BATCHES = 6
"""A kill comes after at most so many acknowledged deliveries: its moment matters, not what lies behind it."""
SHARES = {"push": 36, "pull": 12, "refresh": 14, "enter": 22, "close": 8, "backup": 6, "migrate": 2}
"""How often each kind of work is chosen, by a cheapness that was measured: an upgrade takes seconds."""
ONLY_FILES = frozenset({"backup", "migrate"})
"""Works that are killed on a file only."""
CRASHES = 0.3
"""The part of the blows that hit the server instead of the program, where there is one."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a campaign came to. `at_work` of the kills hit a process not yet done, `crashes` its server."""

    kills: int = 0
    at_work: int = 0
    rounds: int = 0
    acknowledged: int = 0
    crashes: int = 0
    works: dict[str, int] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)


class Campaign:
    """Kills until there are enough of them."""

    def __init__(self, folder: Path, seed: int, server: Server | None = None) -> None:
        """Furnish the office that every round begins with, a file or a database of a server's."""
        self.folder, self.seed, self._server = folder, seed, server
        self.tally = Tally()
        self._nursery = Nursery()
        self._number = 0
        self._takes: dict[str, float] = {}
        self._shares = {work: share for work, share in SHARES.items() if not (server and work in ONLY_FILES)}
        furnish(folder / "template", server)
        if server is None:
            migrate_first(folder / "old.db")

    def run(self, times: int) -> Tally:
        """So many kills."""
        while self.tally.kills < times and not self.tally.found:
            self.tally.rounds += 1
            dice = random.Random(f"{self.seed}/{self.tally.rounds}")  # noqa: S311 - replayed by its seed
            with opened(self.folder / "template", self.folder / "office", dice, self._server) as office:
                self._round(office, min(PER_ROUND, times - self.tally.kills))
                self.tally.acknowledged += len(office.promises.must) + len(office.promises.excuses)
        return self.tally

    def _round(self, office: Office, kills: int) -> None:
        works = office.dice.choices(list(self._shares), list(self._shares.values()), k=kills)
        for work in works:
            office.punch(office.dice.randrange(1, 12))
            self._one(office, work)
        if not self.tally.found:
            self._finish(office, {*works, "push", "pull", "refresh"})

    def _one(self, office: Office, work: str) -> None:
        """One kill, and a look at what it left."""
        task = self._task(office, work)
        if work not in self._takes and work != "push":
            self._measure(office, work)
        known = set(office.punched)
        victim = self._nursery.begin(task)
        crashes = self._server is not None and office.dice.random() < CRASHES
        if work == "push":
            self._hit_while_pushing(office, victim, crashes=crashes)
        else:
            moment = office.dice.uniform(0, 1.1) * self._takes[work]
            some = office.dice.randrange(len(task.days)) if task.days else 0
            victim.listen(moment / max(len(task.days), 1), some)
            if crashes:
                self._crash(office)
                if not victim.ended:
                    victim.wait_for("ended")
            victim.kill()
        self.tally.kills += 1
        self.tally.works[work] = self.tally.works.get(work, 0) + 1
        self.tally.at_work += not (victim.ended or victim.idle)
        self._keep_promises(office, work, victim, known, crashed=crashes)
        self._look(office, work)

    def _crash(self, office: Office) -> None:
        assert self._server is not None
        self._server.crash(office.folder.name, office.dice)
        self.tally.crashes += 1

    def _task(self, office: Office, work: str) -> Task:
        self._number += 1
        days = tuple(office.days.pop(0) for _ in range(5)) if work == "enter" else ()
        if work == "migrate":
            shutil.copy(self.folder / "old.db", office.folder / "old.db")
        return Task(work=work, folder=office.folder, number=self._number, days=days)

    def _measure(self, office: Office, work: str) -> None:
        """How long it takes when nobody kills it, on a copy of the office; chance is spread over that."""
        trial = self.folder / "trial"
        with copied(office.folder, trial, self._server):
            task = self._task(office, work)
            if work == "migrate":
                shutil.copy(self.folder / "old.db", trial / "old.db")
            victim = self._nursery.begin(Task(work=work, folder=trial, number=0, days=task.days))
            victim.wait_for("ended")
            self._takes[work] = time.monotonic() - victim.begun_at
            self._hear(work, victim)
            victim.kill()

    def _hit_while_pushing(self, office: Office, victim: Victim, *, crashes: bool) -> None:
        """The terminal delivers; the blow comes after a number of acknowledged batches and some time.

        After one to the server the same process must take the rest of the queue, by itself.
        """
        port = victim.wait_for("port")
        assert isinstance(port, int)
        office.pushing.port = port
        waiting = len(office.pushing.queue) // office.pushing.batch
        batches = office.dice.randrange(1 + min(MOST_BATCHES, waiting))
        for _ in range(batches):
            self._deliver(office, 1)
        moment = office.dice.uniform(0, 0.06)

        def strike() -> None:
            time.sleep(moment)
            if crashes:
                self._crash(office)
            else:
                victim.kill()

        with ThreadPoolExecutor(1) as pool:
            blow = pool.submit(strike)
            victim.idle = self._deliver(office, 1_000)
            blow.result()
        if crashes:
            until = time.monotonic() + PATIENCE_SECONDS
            while not self._deliver(office, 1_000):
                if time.monotonic() > until:
                    raise TimeoutError("the port does not find its database again")
            victim.kill()

    def _deliver(self, office: Office, batches: int) -> bool:
        """Send the queue's next batches; what is acknowledged is promised. Whether all of it was."""
        queue, promises = office.pushing.queue, office.promises
        for _ in range(batches):
            if not queue:
                return True
            lines = list(queue)[: office.pushing.batch]
            if not office.pushing.upload(lines).ok:
                return False
            for _ in lines:
                queue.popleft()
            first = len(office.punched) - len(queue) - len(lines)
            promises.must.update(office.punched[first : first + len(lines)])
        return not queue

    def _keep_promises(
        self, office: Office, work: str, victim: Victim, known: set[tuple[str, int]], *, crashed: bool = False
    ) -> None:
        """Note what was acknowledged before the kill."""
        self._hear(work, victim, crashed=crashed)
        promises = office.promises
        promises.excuses.update(
            day for word, day in victim.said if word == "entered" and isinstance(day, int)
        )
        if victim.said[-1][0] != "ended":
            return
        if work == "backup":
            promises.copy = max(promises.copy, Path(str(victim.said[-1][1])).name)
        promises.closed |= work == "close"
        if work == "pull":
            promises.must |= known

    def _hear(self, work: str, victim: Victim, *, crashed: bool = False) -> None:
        word, told = victim.said[-1]
        if crashed and word == "escaped" and "OperationalError" in str(told):
            return
        if word == "escaped" or (work == "pull" and word == "ended" and told):
            self.tally.found.append(f"seed {self.seed} round {self.tally.rounds}: {work} {told}")

    def _look(self, office: Office, work: str) -> None:
        """Everything that must hold after a kill."""
        wrong = complaints_at(office.url, office.promises)
        if work == "migrate":
            wrong += _half_upgraded(office.folder / "old.db")
        if work == "backup":
            wrong += missing_copies(office.folder, office.promises)
        self.tally.found += [f"seed {self.seed} round {self.tally.rounds}: {work}: {one}" for one in wrong]

    def _finish(self, office: Office, works: set[str]) -> None:
        """The next run of everything completes, and the office is as if nobody had ever been killed."""
        for work in ("push", "pull", "enter", "close", "backup", "migrate", "refresh"):
            if work in works:
                known = set(office.punched)
                victim = self._nursery.begin(self._task(office, work))
                if work == "push":
                    office.pushing.port = int(str(victim.wait_for("port")))
                    if not self._deliver(office, 1_000):
                        self.tally.found.append("a delivery after the kills was refused")
                else:
                    victim.wait_for("ended")
                victim.kill()
                self._keep_promises(office, work, victim, known)
        self._look(office, "at the end")
        if "migrate" in works:
            require_whole(f"sqlite:///{office.folder / 'old.db'}")
        if not self.tally.found:
            self.tally.found += unlike_rebuilt(office.url, settings_in(office.folder))


def migrate_first(path: Path) -> None:
    """A database of the first schema, a row in each table that matters."""
    from monitor.store.schema import migrate

    migrate(f"sqlite:///{path}", to=REVISIONS[0])
    fill(f"sqlite:///{path}")


def _half_upgraded(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as eye:
        version = eye.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        rows = eye.execute("SELECT count(*) FROM punch").fetchone()[0]
    whole = version in {REVISIONS[0], REVISIONS[-1]} and rows == 1
    return [] if whole else [f"schema {version}, {rows} punches"]


def missing_copies(folder: Path, promises: Promises) -> list[str]:
    """The newest of what has a backup's name opens, wholly, and is none older than was acknowledged."""
    settings = settings_in(folder)
    copies = sorted((folder / "copies").glob("monitor-*.backup"))
    for copy in copies[-1:]:
        drill(settings, copy, secret_in(key_path(settings)))
    newest = copies[-1].name if copies else ""
    return [] if newest >= promises.copy else [f"{promises.copy} is gone"]
