"""`monitor serve` as an office starts it, and what its processes hold: memory, open files, threads."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlmodel import Session

from monitor.store.schema import migrate
from monitor.store.session import open_database, transaction
from monitor.store.tables import Account, Badge, Person, Posting, Terminal, Unit
from monitor.web import bounds
from monitor.web.push_server import MOST_CONNECTIONS
from tests.office import START, open_office

PEOPLE_EACH = 4
"""People who have a badge at a terminal."""
START_SECONDS = 180.0
BETWEEN_SAMPLES_SECONDS = 2.0
CONFIGURATION = """
[site]
name = "Xã"
[database]
url = "sqlite:///monitor.db"
[web]
port = {pages}
development_login = true
[push]
port = {push}
[terminals]
allowed_networks = ["127.0.0.0/8"]
"""
HELD = ("memory_mib", "open_files", "threads")
MEMORY_PART, MEMORY_BESIDES_MIB = 1.10, 24.0
"""How much more memory there may be at the end than at the beginning: a part, and so much besides."""
SERVERS, POOL, OF_ITS_OWN = 3, 15, 48
"""Processes with a database, connections that a pool opens at most, what a process has anyway."""
CEILINGS = {
    "threads": bounds.THREADS + MOST_CONNECTIONS + SERVERS * OF_ITS_OWN,
    "open_files": bounds.CONNECTIONS + MOST_CONNECTIONS + SERVERS * (2 * POOL + OF_ITS_OWN),
}
"""What there can be at once, whoever calls: both ports let no more in; a connection takes two files."""
KEPT = {"threads": 16, "open_files": 32}
"""What may stay when everybody has gone: places for jobs, and of each pool five connections."""
REST_SECONDS = 45.0
"""So long an idle thread of the pages' server lives at most (30 s), and somewhat more."""
Sample = dict[str, float]
MEMORY_OF = "memory of "
"""Before a process's name in a sample."""
NAMES = {
    "granian": "pages",
    "monitor.web.push_wsgi": "terminals' port",
    "work": "jobs",
    "serve": "watching over them",
}
"""Processes by a word of their command line."""
PARTS = 12
"""The course of memory is told as the medians of so many parts of the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the pages and the terminals' port are."""

    pages: int
    push: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What all processes held together: the median of the first third of the samples, and of the last."""

    what: str
    first: float
    last: float
    most: float

    @property
    def too_much(self) -> bool:
        """Whether memory is more than it may be by chance.

        Threads and open files follow the queue of the moment, up and down; of them it is asked whether they
        go away with it (`Rest`).
        """
        return self.what == "memory_mib" and self.last > MEMORY_PART * self.first + MEMORY_BESIDES_MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What all processes held before anybody came, at most, and when everybody had gone."""

    what: str
    before: float
    most: float
    after: float

    def wrongs(self) -> list[str]:
        """Whether there was ever more than there can be, or something stayed."""
        found = []
        if self.most > CEILINGS[self.what]:
            found.append(f"{self.what}: {self.most:.0f} at once, more than {CEILINGS[self.what]}")
        if self.after > self.before + KEPT[self.what]:
            found.append(
                f"{self.what}: {self.before:.0f} before anybody came, {self.after:.0f} when all had gone"
            )
        return found


def furnish(folder: Path, terminals: int) -> None:
    """A database with so many units, each with people and a terminal of its own, and an account for HR."""
    url = f"sqlite:///{folder / 'monitor.db'}"
    migrate(url, anywhere=True)
    engine = open_database(url, anywhere=True)
    open_office(engine)
    with transaction(engine) as session:
        session.add(Account(user_name="nhansu", display_name="Nhân sự", role="hr", unit_id=1))
        for number in range(terminals):
            _furnish_unit(session, number)
    engine.dispose()


def _furnish_unit(session: Session, number: int) -> None:
    code = f"P{number:04}"
    unit = Unit(code=code, name=f"Xã số {number}", parent_id=1)
    session.add(unit)
    session.flush()
    terminal = Terminal(
        code=code, name=code, kind="zk_push", serial=f"PUSH{number:04}", unit_id=unit.id, push=True
    )
    people = [Person(code=name, name=name, sort_key=name, search_key=name) for name in people_of(number)]
    session.add_all([terminal, *people])
    session.flush()
    for person in people:
        session.add(Posting(person_id=person.id or 0, unit_id=unit.id or 0, role="staff", valid_from=START))
        session.add(Badge(person_id=person.id or 0, terminal_id=terminal.id, device_user_id=person.code))


def people_of(number: int) -> list[str]:
    """The codes of those who punch at a terminal, and their ids there."""
    return [f"{number:04}{place:02}" for place in range(PEOPLE_EACH)]


@contextmanager
def serving(folder: Path) -> Iterator[tuple[Ports, int]]:
    """The program as it is served; gives its ports and the id of the first process."""
    ports = Ports(pages=_free_port(), push=_free_port())
    config = folder / "config.toml"
    config.write_text(CONFIGURATION.format(pages=ports.pages, push=ports.push), "utf-8")
    command = [sys.executable, "-m", "monitor", "--config", str(config), "serve"]
    surroundings = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    log = (folder / "log").open("wb")
    process = subprocess.Popen(command, cwd=folder, env=surroundings, stdout=log, stderr=log)
    try:
        for port in (ports.pages, ports.push):
            _wait(port)
        yield ports, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        log.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            line.request("GET", "/healthz")
            line.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return
        finally:
            line.close()
    raise TimeoutError(f"nothing answers at {port}")


def sampled(pid: int, seconds: float) -> list[Sample]:
    """What a process and its descendants hold, again and again for so long."""
    until, found = time.monotonic() + seconds, []
    while time.monotonic() < until:
        found.append(holding(pid))
        time.sleep(BETWEEN_SAMPLES_SECONDS)
    return found


def grown(samples: Sequence[Sample]) -> list[Growth]:
    """The first third of the samples beside the last."""
    third = max(1, len(samples) // 3)
    found = []
    for what in HELD:
        values = [sample[what] for sample in samples]
        first, last = median(values[:third]), median(values[-third:])
        found.append(
            Growth(what=what, first=round(first, 1), last=round(last, 1), most=round(max(values), 1))
        )
    return found


def courses(samples: Sequence[Sample]) -> dict[str, list[float]]:
    """How the memory of each process went, in MiB: whether it rises to the end, or rose once."""
    size = max(1, len(samples) // PARTS)
    parts = [samples[start : start + size] for start in range(0, size * PARTS, size)]
    names = sorted({what for sample in samples for what in sample if what.startswith(MEMORY_OF)})
    return {
        name.removeprefix(MEMORY_OF): [
            round(median(sample.get(name, 0.0) for sample in part), 1) for part in parts if part
        ]
        for name in names
    }


def holding(pid: int) -> Sample:
    """What a process and its descendants hold now."""
    return _held_by(_family(pid))


def rested(before: Sample, samples: Sequence[Sample], after: Sample) -> list[Rest]:
    """Threads and open files before, during and after."""
    return [
        Rest(
            what=what,
            before=before[what],
            most=max(sample[what] for sample in samples),
            after=after[what],
        )
        for what in CEILINGS
    ]


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        found = [int(one) for one in children.read_text().split()]
    except OSError:
        return []
    return [pid, *(descendant for child in found for descendant in _family(child))]


def _held_by(pids: Sequence[int]) -> Sample:
    held = dict.fromkeys(HELD, 0.0)
    for pid in pids:
        try:
            status = Path(f"/proc/{pid}/status").read_text()
            words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
            held["open_files"] += len(list(Path(f"/proc/{pid}/fd").iterdir()))
        except OSError:
            continue  # it has ended
        lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        memory = int(lines.get("VmRSS", "0 kB").split()[0]) / 1024
        name = MEMORY_OF + next((NAMES[word] for word in words if word in NAMES), "others")
        held["memory_mib"] += memory
        held[name] = held.get(name, 0.0) + memory
        held["threads"] += int(lines["Threads"])
    return held
