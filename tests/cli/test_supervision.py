"""What is supervised ends with its supervisor, and with the process that began it."""

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.cli import supervision
from monitor.cli.supervision import Child, supervise

pytestmark = pytest.mark.skipif(os.name != "posix", reason="groups of processes")

STUBBORN = """
import os, signal, sys, time
from pathlib import Path
signal.signal(signal.SIGTERM, signal.SIG_IGN)
worker = os.fork()
if worker == 0:
    worker = os.getpid()
    Path(sys.argv[1], str(worker)).touch()
    time.sleep(600)
if sys.argv[2] == "dies":
    while not Path(sys.argv[1], str(worker)).exists():
        time.sleep(0.01)
    os._exit(3)
time.sleep(600)
"""


Begin = Callable[[str], tuple[Child, threading.Event, threading.Thread]]


def until(holds: Callable[[], bool]) -> None:
    for _ in range(600):
        if holds():
            return
        time.sleep(0.1)
    pytest.fail("waited for too long")


def alive(pid: int) -> bool:
    """Whether a process works; one that nobody has buried yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def workers(folder: Path) -> list[int]:
    return sorted(int(entry.name) for entry in folder.iterdir())


@pytest.fixture
def supervised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Begin:
    """Begins supervising a child whose worker does not end; it is given little time to."""
    monkeypatch.setattr(supervision, "GRACE_SECONDS", 0.2)

    def begin(how: str) -> tuple[Child, threading.Event, threading.Thread]:
        child = Child(name="stubborn", command=[sys.executable, "-c", STUBBORN, str(tmp_path), how])
        stop = threading.Event()
        thread = threading.Thread(target=supervise, args=([child], Path("config.toml"), stop), daemon=True)
        thread.start()
        return child, stop, thread

    return begin


def test_a_worker_that_does_not_end_is_ended_with_its_parent(supervised: Begin, tmp_path: Path) -> None:
    """Else it would keep the port, and the next start would be refused."""
    child, stop, thread = supervised("stays")
    until(lambda: bool(workers(tmp_path)))
    assert child.process is not None
    begun = [child.process.pid, *workers(tmp_path)]
    assert all(map(alive, begun))

    stop.set()
    thread.join(60)

    until(lambda: not any(map(alive, begun)))


def test_what_a_dead_child_left_is_ended_before_it_is_started_again(
    supervised: Begin, tmp_path: Path
) -> None:
    _, stop, thread = supervised("dies")
    until(lambda: len(workers(tmp_path)) > 1)
    first, *_ = sorted(tmp_path.iterdir(), key=lambda entry: entry.stat().st_mtime_ns)

    until(lambda: not alive(int(first.name)))

    stop.set()
    thread.join(60)
    until(lambda: not any(map(alive, workers(tmp_path))))
