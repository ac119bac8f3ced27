"""The real servers for tests: an installation in a folder, served on free ports of this machine."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HANGS_SECONDS = 180
"""A start that takes longer hangs; one of a machine under load may take a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """The ports of a running installation, and the process that supervises it."""

    web: int
    push: int
    process: int


def free_ports() -> tuple[int, int]:
    """Two that nobody listens on; taken together, so that they differ."""
    with socket.socket() as first, socket.socket() as second:
        for probe in (first, second):
            probe.bind(("127.0.0.1", 0))
        return int(first.getsockname()[1]), int(second.getsockname()[1])


def installed(folder: Path, *options: str) -> Path:
    """A fresh installation by `monitor init`; gives its configuration."""
    command = [sys.executable, "-m", "monitor", "init", *options, str(folder)]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    return folder / "config.toml"


@contextmanager
def serving(config: Path) -> Iterator[Served]:
    """`monitor serve --no-jobs` on free ports (written into the configuration), until the block ends."""
    web, push = free_ports()
    text = config.read_text(encoding="utf-8").replace("port = 8000", f"port = {web}")
    config.write_text(text.replace('host = "0.0.0.0"', 'host = "127.0.0.1"') + f"\n[push]\nport = {push}\n")
    command = [sys.executable, "-m", "monitor", "--config", str(config), "serve", "--no-jobs"]
    environment = {name: value for name, value in os.environ.items() if name != "MONITOR_CONFIG"}
    with (config.parent / "log.txt").open("wb") as log:
        running = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
    try:
        for port in (web, push):
            _wait_for(port, running, config.parent / "log.txt")
        yield Served(web=web, push=push, process=running.pid)
    finally:
        running.terminate()
        running.wait(60)


def _wait_for(port: int, running: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until somebody listens: as long as the program lives, for a busy machine starts it slowly."""
    ends = time.monotonic() + HANGS_SECONDS
    while running.poll() is None and time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    told = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    pytest.fail(f"nobody listens on {port}; the program ended with {running.poll()} and told:\n{told}")


def talk(port: int, raw: bytes, *, timeout: float = 10) -> bytes:
    """Send bytes and give the beginning of what is answered; nothing when it hangs up or says nothing.

    The line stays open meanwhile: the pages' server takes a half-closed one for a reader who left.
    """
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=timeout) as line:
            line.sendall(raw)
            return line.recv(65_536)
    except OSError:
        return b""


def status_of(answer: bytes) -> int:
    """The number of the first answer; 0 when there is none."""
    found = answer.partition(b" ")[2][:3]
    return int(found) if found.isdigit() else 0
