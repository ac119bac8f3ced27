"""A full terminal, 100,000 records, pulled over loopback and stored: against pyzk and add_all.

    python -m benchmarks.bench_pull [--records 100000] [--rounds 3] [--postgres] [--record NAME]

Each side runs in a process of its own, so that its memory is its own; the simulated terminal stays in
this one. "Memory" is the peak of that process and of the child it reads the terminal with, together.
The other side is what one would write with pyzk and SQLModel: get_attendance, then add_all of what is
not there yet. What both stored is compared row by row before any time counts.
"""

import json
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from pydantic import NaiveDatetime
from sqlalchemy import UniqueConstraint, create_engine, text, update
from sqlmodel import Field, Session, SQLModel, col, select
from zk import ZK

from benchmarks.measured import MEGA, FamilyPeak, empty_database, keep, machine, parser, verdict
from devices.simulated import PunchColumns, SimulatedTerminal, SimulatedUser
from monitor.config import Settings
from monitor.intake import pull
from monitor.store.session import open_database, transaction
from monitor.store.tables import Terminal
from tests.office import open_office

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
FIRST = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp())
PEOPLE = 300


class PlainPunch(SQLModel, table=True):
    """The other side's table."""

    __table_args__ = (UniqueConstraint("user_id", "timestamp"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: str
    timestamp: NaiveDatetime
    status: int
    punch: int


def terminal_with(records: int) -> SimulatedTerminal:
    """About eight months of 300 people, no two records in the same second."""
    rng = np.random.default_rng(7)
    users = [SimulatedUser(uid=n, user_id=str(n)) for n in range(1, PEOPLE + 1)]
    gaps = rng.integers(1, 2 * 260 * 86_400 // records, records)
    log = PunchColumns(
        user_id=np.array([str(n) for n in rng.integers(1, PEOPLE + 1, records)], dtype=object),
        seconds=FIRST + np.cumsum(gaps),
        state=rng.choice([0, 1], records),
    )
    return SimulatedTerminal(serial="SN1", clock=lambda: NOW, users=users, log=log)


def ours(url: str, _port: int) -> int:
    """One pull by the product; returns how many punches were new."""
    settings = Settings.model_validate({"terminals": {"allowed_networks": ["127.0.0.0/8"]}})
    engine = open_database(url)
    report = pull(engine, 1, settings=settings, clock=lambda: NOW)
    engine.dispose()
    assert not report.error_code, report
    return report.intake.stored


def plain(url: str, port: int) -> int:
    """One pull by pyzk and SQLModel; returns how many punches were new."""
    engine = create_engine(url)
    SQLModel.metadata.create_all(engine, tables=[SQLModel.metadata.tables["plainpunch"]])
    connection = ZK("127.0.0.1", port=port, timeout=60, ommit_ping=True).connect()
    try:
        attendances = connection.get_attendance()
    finally:
        connection.disconnect()
    with Session(engine) as session:
        known = set(session.exec(select(PlainPunch.user_id, PlainPunch.timestamp)).all())
        new = [
            PlainPunch(user_id=a.user_id, timestamp=a.timestamp, status=a.status, punch=a.punch)
            for a in attendances
            if (a.user_id, a.timestamp) not in known
        ]
        session.add_all(new)
        session.commit()
    engine.dispose()
    return len(new)


SIDES: dict[str, Callable[[str, int], int]] = {"ours": ours, "plain": plain}


def twice(side: str, url: str, port: int) -> None:
    """In the measured process: the first pull and the second, told as JSON."""
    told = []
    for _ in range(2):
        began = time.perf_counter()
        new = SIDES[side](url, port)
        told.append({"new": new, "seconds": time.perf_counter() - began})
    print(json.dumps(told))


def measured(side: str, url: str, port: int) -> dict[str, float]:
    """Run a side in a process of its own, and watch it."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.bench_pull",
        "--side",
        side,
        "--url",
        url,
        "--port",
        str(port),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603 - ourselves
    with FamilyPeak(process.pid) as peak:
        said, _ = process.communicate()
    assert process.returncode == 0
    first, second = json.loads(said)
    return {
        "new": first["new"],
        "new_again": second["new"],
        "seconds": first["seconds"],
        "seconds_again": second["seconds"],
        "megabytes": peak.bytes / MEGA,
    }


def stored(url: str, query: str) -> list[tuple[Any, ...]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return rows


def compared(url: str, plain_url: str, records: int) -> None:
    """What both sides stored is the same, record by record, and all of it."""
    mine = stored(url, "SELECT device_user_id, device_time, verify, state FROM punch")
    theirs = stored(plain_url, "SELECT user_id, timestamp, status, punch FROM plainpunch")
    seconds = [(user, _seconds(at), status, way) for user, at, status, way in theirs]
    assert len(mine) == records
    assert sorted(mine) == sorted(seconds)


def _seconds(at: datetime | str) -> int:
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    return int(moment.replace(tzinfo=UTC).timestamp())


def one_round(folder: Path, asked: Namespace, terminal: SimulatedTerminal) -> dict[str, dict[str, float]]:
    """Both sides once, on databases of their own."""
    with (
        empty_database(folder, "ours", postgres=asked.postgres) as url,
        empty_database(folder, "plain", postgres=asked.postgres) as plain_url,
    ):
        engine = open_database(url)
        open_office(engine)
        with transaction(engine) as session:
            here = update(Terminal).where(col(Terminal.id) == 1)
            session.connection().execute(here.values(host=terminal.host, port=terminal.port))
        engine.dispose()
        sides = {"ours": measured("ours", url, terminal.port)}
        sides["plain"] = measured("plain", plain_url, terminal.port)
        compared(url, plain_url, asked.records)
    return sides


def told(asked: Namespace, rounds: list[dict[str, dict[str, float]]]) -> dict[str, object]:
    """Medians of the rounds, printed with their goals."""
    middle = {
        side: {name: median(each[side][name] for each in rounds) for name in rounds[0][side]}
        for side in SIDES
    }
    mine, theirs = middle["ours"], middle["plain"]
    assert (mine["new"], mine["new_again"]) == (asked.records, 0)
    print(f"{asked.records:,} records, {'PostgreSQL' if asked.postgres else 'SQLite'}, {len(rounds)} rounds:")
    print(verdict("first pull, all stored", mine["seconds"], 5, "s"))
    print(verdict("second pull, nothing stored", mine["seconds_again"], 2, "s"))
    print(verdict("peak memory, reading child included", mine["megabytes"], 200, "MB"))
    for name in ("seconds", "seconds_again", "megabytes"):
        print(f"  pyzk and add_all: {name:<26} {theirs[name]:>10,.2f}     x {theirs[name] / mine[name]:,.1f}")
    return {"records": asked.records, "postgres": asked.postgres, "rounds": len(rounds), **middle}


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--records", type=int, default=100_000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--postgres", action="store_true")
    for internal in ("--side", "--url", "--port"):
        arguments.add_argument(internal, help="used by the benchmark itself")
    asked = arguments.parse_args()
    if asked.side:
        twice(asked.side, asked.url, int(asked.port))
        return
    about = machine("pyzk", "sqlmodel")
    with TemporaryDirectory() as folder, terminal_with(asked.records) as terminal:
        rounds = [one_round(Path(folder), asked, terminal) for _ in range(asked.rounds)]
    keep(asked.record, about, told(asked, rounds))


if __name__ == "__main__":
    main()
