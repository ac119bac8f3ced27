"""Terminals read by a real Dask cluster: stored once, covered and noted as by this process, whoever dies."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import dask
import numpy as np
import pytest
from sqlalchemy import Engine

from devices.simulated import Faults, PunchColumns, SimulatedTerminal, SimulatedUser
from jobs import far_contacts
from jobs.context import JobContext
from jobs.far_contacts import RESOURCE, FarContacts
from jobs.pull_terminals import Rounds
from monitor.config import Fanout, Settings
from monitor.fanout import clustered
from monitor.intake import PullReport
from monitor.rules.wallclock import seconds_of
from monitor.store.queries.pulls import pull_states
from monitor.store.session import open_database, reading, transaction
from monitor.store.tables import Terminal
from tests.fanout.conftest import Running
from tests.office import open_office, rows

NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)
COUNT = 7
BROKEN = {5: Faults(wrong_total=4), 6: Faults(refuse_every_key=True), 7: Faults(serial="OTHER")}
KEPT = (
    "SELECT terminal_id, device_user_id, device_time, verify, state, raw, source FROM punch",
    "SELECT terminal_id, starts, ends, source FROM coverage_interval",
    "SELECT terminal_id, serial, firmware, count_before, count_after, layout, lines, stored, duplicates,"
    " quarantined, clock_lost, error_code, error_values FROM pull",
    "SELECT terminal_id, device_user_id FROM terminal_user",
    "SELECT terminal_id, raw FROM rejected_read JOIN pull ON pull.id = pull_id",
    "SELECT id, serial, layout FROM terminal",
    "SELECT person_id, first_day, last_day FROM stale_span",
)


def log_of(number: int) -> PunchColumns:
    """Two hundred punches of two people; no two terminals have the same ones."""
    first = seconds_of(datetime(2026, 2, 24, 7))
    return PunchColumns(
        user_id=np.array(["1", "2"] * 100, dtype=object),
        seconds=first + 60 * np.arange(200, dtype=np.int64) + number,
        verify=np.ones(200, dtype=np.int32),
        state=np.zeros(200, dtype=np.int32),
        work_code=np.zeros(200, dtype=np.int32),
    )


@pytest.fixture
def terminals() -> Iterator[list[SimulatedTerminal]]:
    users = [SimulatedUser(uid=uid, user_id=str(uid), name="") for uid in (1, 2)]
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                SimulatedTerminal(
                    serial=f"SN{number}",
                    clock=lambda: NOW,
                    users=users,
                    log=log_of(number),
                    faults=BROKEN.get(number),
                )
            )
            for number in range(1, COUNT + 1)
        ]


def office(url: str, terminals: list[SimulatedTerminal]) -> Engine:
    engine = open_database(url)
    open_office(engine)
    with transaction(engine) as session:
        for number, terminal in enumerate(terminals, 1):
            row = session.get(Terminal, number) or Terminal(id=number, code=f"N{number}", name="", kind="zk")
            row.host, row.port, row.serial = terminal.host, terminal.port, f"SN{number}"
            session.add(row)
    return engine


def round_of(engine: Engine, far: FarContacts, where: Fanout) -> str:
    """One round that goes on until every terminal was tried."""

    def read(context: JobContext, terminal_id: int) -> PullReport:
        return far.pull(context, terminal_id)

    settings = Settings.model_validate(
        {"terminals": {"read_at_once": 3, "allowed_networks": ["127.0.0.1/32"]}}
    ).model_copy(update={"fanout": where})
    context = JobContext(engine=engine, settings=settings, clock=lambda: NOW)
    return Rounds(read, round_seconds=300, places=far.places)(context)


def kept(engine: Engine) -> list[list[tuple[object, ...]]]:
    return [sorted(rows(engine, wanted), key=str) for wanted in KEPT]


def tries(engine: Engine) -> list[tuple[int, int]]:
    """What the back-off of each terminal goes by."""
    with reading(engine) as session:
        return [(state.terminal_id, state.failures) for state in pull_states(session)]


def reading_worker(workers: tuple[int, ...]) -> int:
    """A worker that is in the middle of a contact: it has a child that makes it."""
    children = {
        pid: " ".join(file.read_text() for file in Path(f"/proc/{pid}/task").glob("*/children"))
        for pid in workers
    }
    return next(pid for pid, found in children.items() if found.strip())


class Assassin:
    """Kills a worker in the middle, when the first log is asked for; all other logs wait for that."""

    def __init__(self, workers: tuple[int, ...]) -> None:
        self._workers = workers
        self._lock = threading.Lock()
        self.killed: list[int] = []

    def __call__(self) -> None:
        with self._lock:
            if not self.killed:
                self.killed.append(reading_worker(self._workers))
                os.kill(self.killed[0], signal.SIGKILL)


def test_workers_are_counted_though_the_client_forgets_them_every_other_second(running: Running) -> None:
    with (
        dask.config.set({"distributed.client.scheduler-info-interval": "1ms"}),
        clustered(running.where) as cluster,
    ):
        assert {cluster.places(RESOURCE) for _ in range(200)} == {4}


def test_a_cluster_reads_every_terminal_once_though_a_worker_dies_in_the_middle(
    running: Running, terminals: list[SimulatedTerminal], migrated_file: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name in ("here.db", "far.db"):
        (tmp_path / name).write_bytes(migrated_file.read_bytes())
    here, far = (office(f"sqlite:///{tmp_path / name}", terminals) for name in ("here.db", "far.db"))
    assert round_of(here, FarContacts(), Fanout()) == f"{COUNT} read, {len(BROKEN)} failed"
    asked = [terminal.commands for terminal in terminals]
    assassin, contacts = Assassin(running.workers), FarContacts()
    for terminal in terminals:
        terminal.faults = replace(terminal.faults, on_log_request=assassin)

    with monkeypatch.context() as patch:
        patch.setattr(far_contacts, "pull", None)  # whoever reads here fails
        assert round_of(far, contacts, running.where) == f"{COUNT} read, {len(BROKEN)} failed"

    assert assassin.killed
    assert all(terminal.commands != before for terminal, before in zip(terminals, asked, strict=True))
    assert rows(far, "SELECT count(*) FROM punch") == [(200 * (COUNT - len(BROKEN)),)]
    assert kept(far) == kept(here)
    assert tries(far) == tries(here)

    os.kill(running.scheduler, signal.SIGKILL)
    # The tries lie some seconds after the clock of this test, which stands still: all are due again.
    assert round_of(far, contacts, running.where) == f"{COUNT} read, {len(BROKEN)} failed"
    assert rows(far, "SELECT count(*) FROM punch") == [(200 * (COUNT - len(BROKEN)),)]
    contacts.close()
    for engine in (here, far):
        engine.dispose()
