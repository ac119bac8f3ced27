"""`monitor serve` runs the terminals' port beside the pages, and starts it again when it dies."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from devices.simulated.push import SimulatedPushTerminal
from monitor.cli.supervision import push_child
from monitor.store.session import open_database, transaction
from monitor.store.tables import Terminal
from tests.cli.conftest import Run

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(holds: Callable[[], bool]) -> None:
    for _ in range(1800):  # a limit for what hangs, not for what is slow
        if holds():
            return
        time.sleep(0.1)
    pytest.fail("waited for too long")


def push_process(parent: int) -> int:
    """The id of the push process of a supervisor, 0 when it has none now."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            status, command = (entry / "stat").read_text(), (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if status.rpartition(")")[2].split()[1] == str(parent) and b"push_wsgi" in command:
            return int(entry.name)
    return 0


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
def test_the_terminals_port_is_served_and_comes_back(tmp_path: Path, sqlite_url: str) -> None:
    engine = open_database(sqlite_url)
    with transaction(engine) as session:
        session.add(Terminal(code="P1", name="P1", kind="zk_push", serial="SN1"))
    engine.dispose()
    port = free_port()
    config = tmp_path / "config.toml"
    config.write_text(
        f'[database]\nurl = "sqlite:///monitor.db"\n[web]\nport = {free_port()}\n[push]\nport = {port}\n'
        '[terminals]\nallowed_networks = ["127.0.0.0/8"]\n'
    )
    terminal = SimulatedPushTerminal(serial="SN1", port=port)
    command = [sys.executable, "-m", "monitor", "--config", str(config), "serve", "--no-jobs"]
    serving = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: terminal.poll().ok)
        os.kill(push_process(serving.pid), signal.SIGKILL)
        until(lambda: terminal.poll().ok)
    finally:
        serving.terminate()
        serving.wait(60)
    assert terminal.poll().status == 0


def test_the_terminals_port_is_one_process() -> None:
    assert list(push_child().command[1:]) == ["-m", "monitor.web.push_wsgi"]


@pytest.mark.parametrize("taken", ["web", "push"])
def test_a_port_that_another_program_uses_is_refused_in_a_sentence(
    run: Run, folder: Path, taken: str
) -> None:
    """Even one that is shared among workers, as ours is: two installations would answer in turns."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        ports = {"web": free_port(), "push": free_port(), taken: other.getsockname()[1]}
        sections = "".join(f'[{name}]\nhost = "127.0.0.1"\nport = {port}\n' for name, port in ports.items())
        with (folder / "config.toml").open("a") as config:
            config.write(sections)

        served = run("serve")
        shown = run("demo", "--port", str(ports[taken]))

    told = f"Cổng {ports[taken]} đang có chương trình khác dùng"
    assert (served.code, told in served.err) == (1, True)
    assert (shown.code, told in shown.err) == (1, True)
