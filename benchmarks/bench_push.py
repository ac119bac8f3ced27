"""500 terminals push 100 punches each at the same time: everything committed, nothing lost.

    python -m benchmarks.bench_push [--terminals 500] [--punches 100] [--batches 100 10] [--postgres]

Real sockets to the real server process, each terminal from an address of its own, a thread for each.
A terminal that is not answered sends again, as a real one does. Afterwards what is stored is compared
with every terminal's own history, punch by punch.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, text
from sqlmodel import Session

from benchmarks.measured import MEGA, FamilyPeak, empty_database, keep, machine, parser, verdict
from devices.simulated import SimulatedPushTerminal
from monitor.rules.wallclock import seconds_of
from monitor.store.session import open_database, transaction
from monitor.store.tables import Badge, Terminal
from tests.office import open_office

FIRST = datetime(2026, 11, 2, 7, 0)  # noqa: DTZ001 - a terminal's wall clock
CONFIGURATION = """
[database]
url = "{url}"
[terminals]
allowed_networks = ["127.0.0.0/8"]
[push]
port = {port}
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def prepare(url: str, terminals: int, people: int) -> None:
    """A province: so many terminals that may push, each with badges of some people."""
    engine = open_database(url)
    open_office(engine)
    with transaction(engine) as session:
        _add_terminals(session, terminals, people)
    engine.dispose()


def _add_terminals(session: Session, terminals: int, people: int) -> None:
    for number in range(terminals):
        terminal = Terminal(
            code=f"P{number:04}", name="", kind="zk_push", serial=f"PUSH{number:04}", unit_id=1, push=True
        )
        session.add(terminal)
        session.flush()
        for user in range(people):
            badge = Badge(
                person_id=user % 4 + 1, terminal_id=terminal.id, device_user_id=f"{number:04}{user:02}"
            )
            session.add(badge)


@contextmanager
def served(folder: Path, url: str) -> Iterator[tuple[int, FamilyPeak]]:
    """The real server process; gives its port, and its memory."""
    port = free_port()
    configuration = folder / "config.toml"
    configuration.write_text(CONFIGURATION.format(url=url, port=port))
    environment = os.environ | {"MONITOR_CONFIG": str(configuration)}
    server = subprocess.Popen([sys.executable, "-m", "monitor.web.push_wsgi"], env=environment)
    try:
        _await(server, port)
        with FamilyPeak(server.pid, every_seconds=1) as peak:
            yield port, peak
    finally:
        server.terminate()
        server.wait()


def _await(server: "subprocess.Popen[bytes]", port: int) -> None:
    for _ in range(300):
        assert server.poll() is None
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError


def terminal_at(port: int, number: int, asked: Namespace, batch: int) -> SimulatedPushTerminal:
    """A terminal with a full queue, and an address of its own."""
    terminal = SimulatedPushTerminal(
        serial=f"PUSH{number:04}",
        port=port,
        batch=batch,
        source=f"127.1.{number // 250}.{number % 250 + 1}",
        timeout_seconds=60,
    )
    for place in range(asked.punches):
        moment = FIRST + timedelta(seconds=97 * place + number)
        terminal.punch(f"{number:04}{place % asked.people:02}", moment, state=place % 2)
    return terminal


def deliver_all(terminal: SimulatedPushTerminal, slowest: list[float]) -> None:
    """Until the queue is empty; what is not acknowledged is sent again a second later."""
    longest = 0.0
    while terminal.queue:
        began = time.perf_counter()
        answer = terminal.upload(list(terminal.queue)[: terminal.batch])
        longest = max(longest, time.perf_counter() - began)
        if answer.ok:
            for _ in range(min(terminal.batch, len(terminal.queue))):
                terminal.queue.popleft()
        else:
            time.sleep(1)
    slowest.append(longest)


def burst(terminals: list[SimulatedPushTerminal]) -> tuple[float, float]:
    """All at once: seconds until the last is done, and of the slowest single upload."""
    slowest: list[float] = []
    threads = [threading.Thread(target=deliver_all, args=(each, slowest)) for each in terminals]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began, max(slowest)


def compared(url: str, terminals: list[SimulatedPushTerminal]) -> None:
    """Each terminal's history is stored, punch by punch with its own bytes, and nothing else."""
    engine = create_engine(url)
    wanted = (
        "SELECT serial, device_user_id, device_time, raw FROM punch JOIN terminal t ON t.id = terminal_id"
    )
    with engine.connect() as connection:
        stored = sorted((row[0], row[1], row[2], bytes(row[3])) for row in connection.execute(text(wanted)))
    engine.dispose()
    assert stored == sorted(_identity(each.serial, line) for each in terminals for line in each.log)


def _identity(serial: str, line: bytes) -> tuple[str, str, int, bytes]:
    user, written = line.decode().split("\t")[:2]
    return serial, user, seconds_of(datetime.fromisoformat(written)), line


def measured(asked: Namespace, batch: int) -> dict[str, float]:
    """One burst on a fresh database."""
    with (
        TemporaryDirectory() as folder,
        empty_database(Path(folder), "push", postgres=asked.postgres) as url,
    ):
        prepare(url, asked.terminals, asked.people)
        with served(Path(folder), url) as (port, peak):
            terminals = [terminal_at(port, number, asked, batch) for number in range(asked.terminals)]
            seconds, slowest = burst(terminals)
        compared(url, terminals)
    uploads = sum(each.stamp for each in terminals)
    return {
        "batch": batch,
        "seconds": seconds,
        "slowest_upload_seconds": slowest,
        "uploads": uploads,
        "uploads_per_second": uploads / seconds,
        "server_megabytes": peak.bytes / MEGA,
    }


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--terminals", type=int, default=500)
    arguments.add_argument("--punches", type=int, default=100)
    arguments.add_argument("--people", type=int, default=20, help="who punch at each terminal")
    arguments.add_argument("--batches", type=int, nargs="*", default=[100, 10])
    arguments.add_argument("--postgres", action="store_true")
    asked = arguments.parse_args()
    about = machine()
    figures = [measured(asked, batch) for batch in asked.batches]
    total = asked.terminals * asked.punches
    print(f"{asked.terminals:,} terminals, {total:,} punches, all stored, {_backend(asked)}:")
    for each in figures:
        print(verdict(f"in batches of {each['batch']}", each["seconds"], 60, "s"))
        print(
            f"    {each['uploads']:,.0f} uploads, {each['uploads_per_second']:.0f}/s, slowest"
            f" {each['slowest_upload_seconds']:.1f} s, server {each['server_megabytes']:.0f} MB"
        )
    keep(asked.record, about, {"postgres": asked.postgres, "terminals": asked.terminals, "bursts": figures})


def _backend(asked: Namespace) -> str:
    return "PostgreSQL" if asked.postgres else "SQLite"


if __name__ == "__main__":
    main()
