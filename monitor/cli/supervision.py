"""Keeping an installation's processes alive: started together, restarted when one dies, ended together."""

import errno
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from sqlalchemy.engine import make_url

from monitor.config import Settings
from monitor.refusal import Refusal
from monitor.web import bounds

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.5
GRACE_SECONDS = 10
WORKER_GRACE_SECONDS = 5
"""So long the pages' server waits for a worker of its own that was told to end, before it kills it.

Now and then one does not end (granian 2.8.7; on a busy machine every other idle one): waited for without a
limit it outlived its killed parent and kept the port.
"""
LONGEST_BACK_OFF_SECONDS = 60


class PortTaken(Refusal):
    """Another program listens on a port of ours."""


def require_free(host: str, port: int) -> None:
    """Raise PortTaken where somebody listens already.

    The pages' server shares its port among its workers, and so would with a second installation: the
    system would give each request to either.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        if os.name == "posix":  # what ended just now is no listener; on Windows this would take the port away
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTaken("port_taken", port=port) from None


@dataclass(kw_only=True)
class Child:
    """One supervised process; `failures` in a row lengthen the wait before it is started again."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    start_after: float = 0.0
    started: float = field(default=0.0)


def web_child(settings: Settings) -> Child:
    """The pages: granian with as many workers as configured."""
    web = settings.web
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--no-ws"]
    command += ["--host", str(web.host), "--port", str(web.port), "--workers", str(web.workers)]
    # Held connections and slow bodies take connections and threads, never a place at the pages.
    command += ["--blocking-threads", str(bounds.THREADS), "--backpressure", str(bounds.CONNECTIONS)]
    command += ["--http1-buffer-size", str(bounds.LARGEST_HEAD)]
    command += ["--http1-header-read-timeout", str(bounds.HEAD_SECONDS * 1000), "--http", "1"]
    # Its one warning says at each start that the threads above are many; errors are told.
    command += ["--log-level", "error", "--workers-kill-timeout", str(WORKER_GRACE_SECONDS)]
    if (files := settings.tls_files) is not None:
        command += ["--ssl-certificate", str(files[0]), "--ssl-keyfile", str(files[1])]
        command += ["--ssl-protocol-min", "tls1.2"]
    command += ["monitor.web.wsgi:make_app"]
    return Child(name="web", command=command)


def push_child() -> Child:
    """The terminals' port: one process, whose threads share its budgets and its turns."""
    return Child(name="push", command=[sys.executable, "-m", "monitor.web.push_wsgi"])


def work_child(config: Path) -> Child:
    """The scheduler."""
    return Child(name="work", command=[sys.executable, "-m", "monitor", "--config", str(config), "work"])


def lock_file(settings: Settings) -> Path:
    """Beside a SQLite database, else beside the configuration: one scheduler for each."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        return Path(url.database).with_suffix(".scheduler.lock")
    return settings.folder / "scheduler.lock"


@contextmanager
def stop_on_signal() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set; the old handlers come back afterwards."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signals = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, end) for number in signals]
    try:
        yield stop
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


def supervise(children: Sequence[Child], config: Path, stop: threading.Event) -> None:
    """Run the children until `stop` is set; a child that dies is started again, ever more slowly."""
    environment = os.environ | {"MONITOR_CONFIG": str(config)}
    try:
        while not stop.is_set():
            for child in children:
                _look_after(child, environment)
            stop.wait(LOOK_EVERY_SECONDS)
    finally:
        _end(children)


def _look_after(child: Child, environment: dict[str, str]) -> None:
    now = time.monotonic()
    if child.process is not None and child.process.poll() is not None:
        code = child.process.returncode
        _kill_with_descendants(child.process)  # a worker of the dead one would keep its port
        child.process = None
        lived = now - child.started
        child.failures = 1 if lived > LONGEST_BACK_OFF_SECONDS else child.failures + 1
        child.start_after = now + min(2**child.failures, LONGEST_BACK_OFF_SECONDS)
        log.error("%s ended with %s", child.name, code, extra={"event": "child_ended", "child": child.name})
    if child.process is None and now >= child.start_after:
        child.started = now
        # A group of its own, which can be ended with it; only POSIX has them.
        group = 0 if os.name == "posix" else None
        child.process = subprocess.Popen(child.command, env=environment, process_group=group)  # noqa: S603 - our own commands


def _end(children: Sequence[Child]) -> None:
    """Ask all to end, then kill what does not, and whatever they began."""
    alive = [child.process for child in children if child.process is not None]
    for process in alive:
        process.terminate()
    for process in alive:
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
        _kill_with_descendants(process)
        process.wait()


def _kill_with_descendants(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process and all that is left of its group; nothing where all have ended."""
    if os.name != "posix":
        process.kill()
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
