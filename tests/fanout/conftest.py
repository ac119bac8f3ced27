"""A real Dask cluster of this machine, scheduler and two workers, for tests that need one."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.config import Fanout
from monitor.fanout import cluster

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A cluster: its address, its scheduler's process and those of its workers."""

    address: str
    scheduler: int
    workers: tuple[int, ...]

    @property
    def where(self) -> Fanout:
        return Fanout(scheduler=self.address, workers=2)


@contextmanager
def process(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    path = {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    run = [sys.executable, "-m", *command]
    with subprocess.Popen(run, env={**os.environ, **path}, **quiet) as child:  # type: ignore[call-overload]  # keywords
        try:
            yield child
        finally:
            child.kill()


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """Scheduler and two workers of one thread, each a process of its own, on loopback alone.

    Each worker reads two terminals at once, beside what it computes.
    """
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 60)  # tests run beside each other
    file = tmp_path / "scheduler.json"
    alone = ("--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file))
    with ExitStack() as stack:
        scheduler = stack.enter_context(process("distributed.cli.dask_scheduler", "--port", "0", *alone))
        folder = ("--local-directory", str(tmp_path / "dask"))
        one = ("--nthreads", "1", "--resources", "terminals=2", "--no-nanny", *folder)
        started = [stack.enter_context(process("distributed.cli.dask_worker", *one, *alone)) for _ in "12"]
        workers = tuple(worker.pid for worker in started)
        yield Running(address=_address(file, scheduler), scheduler=scheduler.pid, workers=workers)


def _address(file: Path, scheduler: subprocess.Popen[bytes]) -> str:
    """The scheduler's address, once both workers have found it."""
    from distributed import Client

    while not file.exists() or not file.read_text(encoding="utf-8").endswith("}"):
        assert scheduler.poll() is None
    address = str(json.loads(file.read_text(encoding="utf-8"))["address"])
    with Client(address, timeout=60, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
    return address
