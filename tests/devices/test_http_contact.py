"""Peers that drip, flood, redirect, break off or talk nonsense over HTTP: one coded error, in time."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from devices.base import TerminalSettings
from devices.errors import BadReply, DeviceError, NotSupported, Unreachable
from devices.hikvision import HikvisionTerminal
from devices.http_contact import HttpContact
from devices.simulated import WebFaults, simulated_hikvision
from tests.devices.office import LOOPBACK, SERIAL, clock, history
from tests.devices.sources import PASSWORD, SOURCES

pytestmark = pytest.mark.slow

Peer = Callable[[socket.socket], None]
HIKVISION = SOURCES["hikvision"]


@contextmanager
def peer(behave: Peer, **changes: float) -> Iterator[TerminalSettings]:
    """A peer that gets one connection and its first request."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                try:
                    connection.recv(65536)
                    behave(connection)
                except OSError:
                    return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        limits = {"timeout_seconds": 1.0, "deadline_seconds": 2.0} | changes
        yield TerminalSettings(
            code="HN-01",
            kind="hikvision",
            host="127.0.0.1",
            port=server.getsockname()[1],
            user="admin",
            password=PASSWORD,
            allowed_networks=LOOPBACK,
            timeout_seconds=limits["timeout_seconds"],
            deadline_seconds=limits["deadline_seconds"],
            size_limit_bytes=int(limits.get("size_limit_bytes", 1 << 20)),
        )
        thread.join(timeout=60)
        assert not thread.is_alive()


def failure(settings: TerminalSettings) -> DeviceError:
    with pytest.raises(DeviceError) as caught:
        HikvisionTerminal(settings, clock).read()
    return caught.value


def says(*pieces: bytes) -> Peer:
    def behave(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return behave


def drips(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.02)


def drips_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 ")
    while True:
        connection.sendall(b"100 Continue\r\n\r\nHTTP/1.1 ")
        time.sleep(0.02)


def floods(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"10000\r\n" + bytes(65536) + b"\r\n")


@pytest.mark.parametrize("behave", [drips, drips_headers])
def test_a_peer_that_drips_is_left_at_the_deadline(behave: Peer) -> None:
    began = time.monotonic()
    with peer(behave) as settings:
        error = failure(settings)
    assert (type(error), error.code) == (Unreachable, "timed_out")
    assert time.monotonic() - began < 50


def test_a_flood_is_cut_at_the_limit() -> None:
    with peer(floods, deadline_seconds=10) as settings:
        error = failure(settings)
    assert (type(error), error.code, error.values) == (BadReply, "too_large", {"limit": 1 << 20})


def test_an_announced_flood_is_not_waited_for() -> None:
    with peer(says(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")) as settings:
        assert failure(settings).code == "too_large"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"", "broken_off"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", "broken_off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\nhalf", "broken_off"),
        (b"SSH-2.0-dropbear\r\n", "bad_frame"),
        (b"HTTP/1.1 two hundred\r\n\r\n", "bad_frame"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500 + b"\r\n", "bad_frame"),
        (b"HTTP/1.1 200 OK\r\nA: " + b"b" * 70_000 + b"\r\n\r\n", "bad_frame"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "bad_serial"),
        (b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "http_error"),
        (b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", "not_supported"),
        (b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", "no_permission"),
        (
            b'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n',
            "sign_in_not_supported",
        ),
    ],
)
def test_every_other_answer_is_one_coded_error(answer: bytes, code: str) -> None:
    with peer(says(answer)) as settings:
        assert failure(settings).code == code


def test_a_password_is_never_sent_as_it_is() -> None:
    heard: list[bytes] = []

    def asks_for_basic(connection: socket.socket) -> None:
        connection.sendall(
            b'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n'
        )
        heard.append(connection.recv(65536))

    with peer(asks_for_basic) as settings:
        error = failure(settings)
    assert (type(error), heard) == (NotSupported, [b""])


def test_a_redirect_is_not_followed() -> None:
    with (
        simulated_hikvision(serial=SERIAL, clock=clock) as other,
        HIKVISION.make(log=HIKVISION.log(history(5))) as simulated,
    ):
        simulated.faults = WebFaults(
            redirect_to=f"http://127.0.0.1:{other.port}/ISAPI/AccessControl/AcsEvent"
        )
        error = failure(HIKVISION.settings(simulated))
        assert (type(error), error.code, other.requests) == (BadReply, "redirected", [])


def test_a_device_that_hangs_up_after_every_answer_is_read_all_the_same() -> None:
    with HIKVISION.make(log=HIKVISION.log(history(100)), faults=WebFaults(hang_up=True)) as simulated:
        assert len(HIKVISION.read(simulated).punches) == 100


def test_a_device_that_refuses_every_connection_has_broken_off() -> None:
    with HIKVISION.make(faults=WebFaults(refuse_connection=True)) as simulated:
        error = failure(HIKVISION.settings(simulated))
    assert (type(error), error.code) == (Unreachable, "broken_off")


def test_a_body_that_nests_without_end_is_a_bad_reply() -> None:
    with HIKVISION.make(faults=WebFaults(body=b"[" * 100_000)) as simulated:
        assert failure(HIKVISION.settings(simulated)).code == "bad_reply"


def test_the_limit_holds_for_all_answers_of_a_contact_together() -> None:
    with HIKVISION.make(log=HIKVISION.log(history(1000))) as simulated:
        settings = HIKVISION.settings(simulated, size_limit_bytes=100_000)
        assert failure(settings).code == "too_large"


def test_a_contact_leaves_no_open_connection() -> None:
    with HIKVISION.make() as simulated:
        with HttpContact(HIKVISION.settings(simulated)) as contact:
            assert contact.ask("GET", "/").status == 401
            line = contact._line.sock
        assert line is not None
        assert line.fileno() == -1
