"""Peers that break off, hang, lie or flood: one coded error each, within the deadline, nothing left over."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from devices import zk_child
from devices.base import TerminalSettings
from devices.errors import BadReply, DeviceError, Unreachable
from devices.simulated import Faults, SimulatedModel, SimulatedTerminal
from devices.zk import ZkTerminal
from tests.devices.office import LOOPBACK, SERIAL, STAFF, clock, history, settings_for

pytestmark = pytest.mark.slow

Peer = Callable[[socket.socket, threading.Event], None]


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Give the child processes started during the test."""
    started: list[subprocess.Popen[bytes]] = []
    start = zk_child._start

    def noted() -> subprocess.Popen[bytes]:
        started.append(start())
        return started[-1]

    monkeypatch.setattr(zk_child, "_start", noted)
    return started


def terminal(faults: Faults, count: int = 5000) -> SimulatedTerminal:
    return SimulatedTerminal(serial=SERIAL, clock=clock, users=STAFF, log=history(count), faults=faults)


def failure(settings: TerminalSettings) -> DeviceError:
    with pytest.raises(DeviceError) as caught:
        ZkTerminal(settings, clock).read()
    return caught.value


@contextmanager
def peer(behave: Peer) -> Iterator[TerminalSettings]:
    """A peer that is no terminal: `behave` gets its one connection."""
    stopped = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                try:
                    behave(connection, stopped)
                except OSError:
                    return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield TerminalSettings(
            code="HN-01",
            kind="zk",
            host="127.0.0.1",
            port=server.getsockname()[1],
            allowed_networks=LOOPBACK,
            timeout_seconds=5,
            deadline_seconds=15,
        )
        stopped.set()
        thread.join()


def drip(connection: socket.socket, stopped: threading.Event) -> None:
    connection.sendall(b"\x50\x50\x82\x7d\x00\x10\x00\x00")
    while not stopped.wait(0.02):
        connection.sendall(b"\0")


def flood(connection: socket.socket, stopped: threading.Event) -> None:
    answer_to_nothing = b"\x50\x50\x82\x7d\x08\x00\x00\x00" + bytes(6) + b"\xff\xff"
    while not stopped.is_set():
        connection.sendall(answer_to_nothing)


def babble(connection: socket.socket, stopped: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    stopped.wait(10)


def spoil(connection: socket.socket, stopped: threading.Event) -> None:
    connection.sendall(b"\x50\x50\x82\x7d\x08\x00\x00\x00" + b"\xd0\x07\x01\x00\x34\x12\x00\x00")
    stopped.wait(10)


def huge(connection: socket.socket, stopped: threading.Event) -> None:
    connection.sendall(b"\x50\x50\x82\x7d\xff\xff\xff\xff" + bytes(100))
    stopped.wait(10)


@pytest.mark.parametrize(
    ("behave", "code"), [(babble, "bad_frame"), (spoil, "bad_checksum"), (huge, "bad_frame")]
)
def test_a_peer_that_speaks_something_else_is_told_apart_at_once(behave: Peer, code: str) -> None:
    with peer(behave) as settings:
        error = failure(settings)
    assert (type(error), error.code) == (BadReply, code)


def test_a_peer_that_drips_for_ever_is_cut_off_at_the_deadline_and_its_child_is_gone(
    children: list[subprocess.Popen[bytes]],
) -> None:
    with terminal(Faults(stall_after_bytes=70_000)) as simulated:
        began = time.monotonic()
        error = failure(settings_for(simulated, timeout_seconds=60.0, deadline_seconds=0.7))
        assert time.monotonic() - began < 25
    assert (type(error), error.code) == (Unreachable, "timed_out")
    with peer(drip) as settings:
        assert failure(replace(settings, deadline_seconds=0.7)).code == "timed_out"
    assert len(children) == 2
    assert all(child.returncode is not None for child in children)


def test_a_flood_of_answers_to_nothing_ends_at_the_size_limit() -> None:
    with peer(flood) as settings:
        error = failure(replace(settings, size_limit_bytes=100_000))
    assert error.code == "too_large"


@pytest.mark.parametrize("count", [10, 5000])
def test_a_terminal_that_closes_in_the_middle_is_unreachable_at_once(count: int) -> None:
    with terminal(Faults(close_after_bytes=200), count) as simulated:
        began = time.monotonic()
        error = failure(settings_for(simulated, timeout_seconds=30.0))
        assert time.monotonic() - began < 25
    assert (type(error), error.code) == (Unreachable, "broken_off")


def test_a_terminal_that_stalls_in_the_middle_times_out() -> None:
    with terminal(Faults(stall_after_bytes=70_000)) as simulated:
        error = failure(settings_for(simulated, timeout_seconds=0.5))
    assert (type(error), error.code) == (Unreachable, "timed_out")


@pytest.mark.parametrize(
    ("faults", "kind", "code"),
    [
        (Faults(refuse_connection=True), Unreachable, ("broken_off",)),
        (Faults(silent=True), Unreachable, ("timed_out",)),
        (Faults(missing_bytes=40), BadReply, ("size_mismatch",)),
        (Faults(missing_bytes=1), BadReply, ("size_mismatch",)),
        (Faults(wrong_total=40), BadReply, ("size_mismatch",)),
        (Faults(wrong_total=-4), BadReply, ("size_mismatch",)),
        (Faults(announced_bytes=2_000_000_000), BadReply, ("too_large",)),
        (Faults(count_falls_by=1), BadReply, ("count_fell",)),
        (Faults(reported_count=4999), BadReply, ("no_layout_fits",)),
        (Faults(reported_count=25_000), BadReply, ("no_layout_fits",)),
        (Faults(corrupt_checksum=True), BadReply, ("bad_checksum",)),
        (Faults(wrong_reply_id=True), BadReply, ("stray_replies",)),
        (Faults(refuse_log=True), BadReply, ("command_refused",)),
    ],
)
def test_each_fault_has_its_own_code_and_costs_no_punch_of_the_next_read(
    faults: Faults, kind: type[DeviceError], code: tuple[str, ...]
) -> None:
    with terminal(faults) as simulated:
        error = failure(settings_for(simulated, timeout_seconds=0.5))
        assert type(error) is kind
        assert error.code in code
        simulated.faults = Faults()
        assert len(ZkTerminal(settings_for(simulated), clock).read().punches) == 5000


def test_a_refused_log_is_kept_with_the_refusal() -> None:
    with terminal(Faults(reported_count=4999)) as simulated:
        error = failure(settings_for(simulated))
    assert isinstance(error, BadReply)
    assert len(error.raw) == 4 + 5000 * 40
    assert error.values["received"] == len(error.raw)


def test_a_log_that_does_not_fit_into_the_memory_limit_is_refused() -> None:
    pytest.importorskip("resource")
    model = SimulatedModel(capacity=700_000)
    with SimulatedTerminal(
        serial=SERIAL, clock=clock, users=STAFF, log=history(600_000), model=model
    ) as simulated:
        error = failure(settings_for(simulated, memory_megabytes=50))
    assert error.code in {"too_large", "contact_failed"}


def test_a_child_whose_parent_is_gone_ends_by_itself() -> None:
    with terminal(Faults(silent=True)) as simulated:
        task = {
            "host": simulated.host,
            "port": simulated.port,
            "serial": "",
            "comm_key": 0,
            "udp": False,
            "timeout_seconds": 60.0,
            "deadline_seconds": -4.5,  # half a second, with its five seconds of grace
            "memory_megabytes": 512,
            "size_limit_bytes": 1000,
            "log": True,
        }
        done = subprocess.run(
            [sys.executable, "-P", "-m", "devices.zk_contact"],
            input=json.dumps(task).encode(),
            capture_output=True,
            timeout=10,
            check=False,
            env={"PYTHONPATH": str(zk_child._ROOT)},
        )
    assert (done.returncode, done.stdout) == (1, b"")


def test_a_child_that_dies_without_a_word_is_a_failed_contact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zk_child, "_COMMAND", (sys.executable, "-c", "print('{\"part\"')"))
    with terminal(Faults()) as simulated:
        error = failure(settings_for(simulated))
    assert (type(error), error.code) == (Unreachable, "contact_failed")


def test_the_comm_key_is_not_among_the_words_of_the_command_line(
    children: list[subprocess.Popen[bytes]],
) -> None:
    with terminal(Faults()) as simulated:
        ZkTerminal(settings_for(simulated, comm_key=987_654), clock).read()
    assert "987654" not in str(children[0].args)


def test_the_child_does_not_pass_on_the_products_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_SECRET_KEY", "s3cret")
    show = "import os, sys; sys.stdout.write(repr(dict(os.environ)))"
    monkeypatch.setattr(zk_child, "_COMMAND", (sys.executable, "-c", show))
    child = zk_child._start()
    told, _ = child.communicate(b"")
    assert b"PYTHONPATH" in told
    assert b"s3cret" not in told


def test_the_child_starts_without_numpy_and_the_decoder() -> None:
    asked = (
        "import devices.zk_contact, sys; print(sorted({'numpy', 'pandas', 'devices.zk'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", asked],
        capture_output=True,
        check=True,
        env={"PYTHONPATH": str(zk_child._ROOT)},
    )
    assert done.stdout.strip() == b"[]"
