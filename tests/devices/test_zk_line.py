"""The socket below pyzk: what it lets out, and what it hands on of what comes in."""

import socket
import struct
from collections.abc import Iterator

import pytest

from devices import zk_line
from devices.errors import BadReply, DeviceError, NotSupported
from devices.simulated.packets import Packet, framed
from devices.zk_line import ALLOWED_COMMANDS, Journal, Line

LOG_REQUEST = struct.pack("<bhii", 1, 13, 0, 0)


@pytest.fixture
def far_end() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def journal() -> Journal:
    return Journal(size_limit_bytes=10_000)


@pytest.fixture
def wire(far_end: socket.socket, journal: Journal) -> Iterator[tuple[Line, socket.socket]]:
    """A connected line and its other end."""
    line = Line(journal)
    line.settimeout(0.3)
    line.connect_ex(far_end.getsockname())
    other, _ = far_end.accept()
    other.settimeout(0.3)
    yield line, other
    line.close()
    other.close()


def packet(code: int, reply_id: int = 7, data: bytes = b"") -> bytes:
    return framed(Packet(code=code, session=0x1234, reply_id=reply_id, data=data).to_bytes())


def test_no_command_but_the_reading_ones_gets_out(wire: tuple[Line, socket.socket]) -> None:
    line, other = wire
    for command in set(range(1 << 16)) - ALLOWED_COMMANDS:
        with pytest.raises(NotSupported, match="command_not_allowed"):
            line.send(packet(command))
    assert_nothing_came(other)


def test_no_table_but_log_and_users_is_asked_for(wire: tuple[Line, socket.socket]) -> None:
    line, other = wire
    for table in set(range(100)) - {9, 13}:
        with pytest.raises(NotSupported, match="command_not_allowed"):
            line.send(packet(zk_line.PREPARE_BUFFER, data=struct.pack("<bhii", 1, table, 0, 0)))
    assert_nothing_came(other)


def assert_nothing_came(other: socket.socket) -> None:
    other.settimeout(0.1)
    with pytest.raises(TimeoutError):
        other.recv(1)


def test_an_answer_is_given_in_the_portions_asked_for_and_never_with_the_next(
    wire: tuple[Line, socket.socket],
) -> None:
    line, other = wire
    line.send(packet(zk_line.SIZES))
    answer, following = packet(2000, data=b"abcdef"), packet(2000, data=b"next")
    other.sendall(answer + following)
    assert line.recv(10) == answer[:10]
    assert line.recv(1000) == answer[10:]
    assert line.recv(1000) == following


def test_live_events_and_late_answers_are_passed_over(
    wire: tuple[Line, socket.socket], journal: Journal
) -> None:
    line, other = wire
    line.send(packet(zk_line.SIZES))
    other.sendall(packet(500, reply_id=0, data=b"NV001".ljust(32, b"\0")) + packet(2001, reply_id=6))
    other.sendall(packet(500, reply_id=7) + packet(2000, data=b"mine"))
    assert line.recv(1000).endswith(b"mine")
    assert journal.strays == 3


def test_what_is_left_of_an_old_answer_never_answers_the_next_request(
    wire: tuple[Line, socket.socket],
) -> None:
    line, other = wire
    line.send(packet(zk_line.SIZES))
    other.sendall(packet(2000, data=bytes(100)))
    line.recv(20)
    line.send(packet(zk_line.GET_TIME, reply_id=8))
    other.sendall(packet(2000, reply_id=8, data=b"time"))
    assert line.recv(1000).endswith(b"time")


def test_every_changed_bit_of_an_answer_is_noticed(far_end: socket.socket, journal: Journal) -> None:
    answer = packet(2000, data=b"\x6b\xb3\x68\x23")
    for at in range(8, len(answer)):
        with socket.create_connection(far_end.getsockname()) as other:
            taken, _ = far_end.accept()
            line = Line(journal)
            line._socket.close()
            line._socket = taken
            journal.note_request(packet(zk_line.GET_TIME)[8:])
            other.sendall(answer[:at] + bytes((answer[at] ^ 0x10,)) + answer[at + 1 :])
            with pytest.raises(BadReply, match="bad_checksum"):
                line.recv(1000)
            line.close()
        journal.failure = None


def test_a_table_over_the_limit_is_refused_when_announced(
    wire: tuple[Line, socket.socket], journal: Journal
) -> None:
    line, other = wire
    line.send(packet(zk_line.PREPARE_BUFFER, data=LOG_REQUEST))
    other.sendall(packet(2000, data=b"\0" + struct.pack("<I", 10_001)))
    with pytest.raises(BadReply, match="too_large"):
        line.recv(1000)
    assert journal.announced == 0


def test_the_first_failure_is_the_one_that_is_kept(
    wire: tuple[Line, socket.socket], journal: Journal
) -> None:
    line, other = wire
    line.send(packet(zk_line.SIZES))
    other.close()
    with pytest.raises(DeviceError, match="broken_off"):
        line.recv(10)
    with pytest.raises(DeviceError, match="broken_off"):
        line.recv(10)
    assert journal.failure is not None
    assert journal.failure.code == "broken_off"
