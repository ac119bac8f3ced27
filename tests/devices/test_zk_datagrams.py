"""Terminals over UDP, on a network that loses, doubles, delays, reorders: a whole log or a coded refusal."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from devices.base import TerminalSettings
from devices.errors import BadReply, DeviceError, NotSupported, Unreachable
from devices.simulated import Faults, SimulatedModel, SimulatedTerminal
from devices.simulated.encode import LAYOUT_NAMES
from devices.simulated.packets import Packet, parse
from devices.zk import ZkTerminal
from devices.zk_datagrams import DatagramLine
from devices.zk_line import ALLOWED_COMMANDS, Journal
from tests.devices.office import SERIAL, STAFF, clock, history, rows_of, settings_for

pytestmark = pytest.mark.slow

COUNT = 1500


def terminal(faults: Faults, *, count: int = COUNT, layout: str = "40") -> SimulatedTerminal:
    model = SimulatedModel(layout=layout, udp=True)
    return SimulatedTerminal(
        serial=SERIAL, clock=clock, users=STAFF, log=history(count), model=model, faults=faults
    )


def reached(simulated: SimulatedTerminal, seconds: float = 1.0) -> TerminalSettings:
    return settings_for(simulated, transport="udp", timeout_seconds=seconds)


def rows_read(settings: TerminalSettings) -> list[tuple[str, int, int, int]]:
    punches = ZkTerminal(settings, clock).read().punches
    columns = (punches.device_user_id, punches.device_seconds, punches.verify, punches.state)
    return list(zip(*(column.tolist() for column in columns), strict=True))


NETWORKS = {
    "doubled": Faults(datagrams_doubled=True),
    "reversed": Faults(datagrams_reversed=True),
    "lost": Faults(datagram_lost_every=7),
    "late": Faults(datagram_late_every=5),
    "all at once": Faults(
        datagrams_doubled=True, datagrams_reversed=True, datagram_lost_every=11, datagram_late_every=13
    ),
}


@pytest.mark.parametrize("layout", LAYOUT_NAMES)
@pytest.mark.parametrize("network", [*NETWORKS][:2])
def test_doubled_and_overtaken_datagrams_change_no_punch_of_any_layout(network: str, layout: str) -> None:
    with terminal(NETWORKS[network], layout=layout) as simulated:
        assert rows_read(reached(simulated)) == rows_of(history(COUNT))


@pytest.mark.parametrize("network", NETWORKS)
def test_a_bad_network_costs_time_and_no_punch(network: str) -> None:
    with terminal(NETWORKS[network]) as simulated:
        assert rows_read(reached(simulated)) == rows_of(history(COUNT))
        assert set(simulated.commands) <= ALLOWED_COMMANDS


def test_a_network_that_loses_everything_is_told_in_time() -> None:
    with terminal(Faults(datagram_lost_every=1)) as simulated:
        error = failure(reached(simulated, seconds=0.4))
    assert (type(error), error.code) == (Unreachable, "timed_out")


def failure(settings: TerminalSettings) -> DeviceError:
    with pytest.raises(DeviceError) as caught:
        ZkTerminal(settings, clock).read()
    return caught.value


def test_a_port_without_a_terminal_is_unreachable() -> None:
    with terminal(Faults()) as simulated:
        settings = reached(simulated)
    error = failure(settings)
    assert (type(error), error.code) == (Unreachable, "unreachable")


@pytest.mark.parametrize(
    ("faults", "codes"),
    [
        (Faults(announced_bytes=2_000_000_000), {"too_large"}),
        (Faults(wrong_total=40), {"size_mismatch"}),
        (Faults(missing_bytes=40), {"size_mismatch", "bad_frame", "timed_out"}),
        (Faults(refuse_log=True), {"command_refused"}),
    ],
)
def test_a_table_that_cannot_be_trusted_is_refused_over_udp_too(faults: Faults, codes: set[str]) -> None:
    with terminal(faults) as simulated:
        assert failure(reached(simulated, seconds=0.4)).code in codes
        simulated.faults = Faults()
        assert rows_read(reached(simulated)) == rows_of(history(COUNT))


def test_udp_is_only_spoken_where_it_is_set_and_the_other_way_is_not_tried() -> None:
    with terminal(Faults()) as simulated:
        error = failure(settings_for(simulated, transport="tcp", timeout_seconds=0.4))
        assert error.code == "unreachable"
        assert simulated.commands == ()


# The line by itself.


@contextmanager
def far_end(*, largest: int = 1024, refuse: bool = False) -> Iterator[tuple[str, int]]:
    """A terminal's far end that gives tables in datagrams of at most `largest` bytes."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        line.settimeout(0.05)
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    raw, address = line.recvfrom(2048)
                except TimeoutError:
                    continue
                request = parse(raw)
                assert request is not None, "a checksum of ours is wrong"
                start, size = struct.unpack_from("<ii", request.data)
                piece = bytes(place % 251 for place in range(start, start + size))
                parts = [(1501, piece[at : at + largest]) for at in range(0, size, largest)]
                for code, data in [(2001, b"")] if refuse else [*parts, (2000, b"")]:
                    answer = Packet(code=code, session=9, reply_id=request.reply_id, data=data)
                    line.sendto(answer.to_bytes(), address)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield line.getsockname()
        finally:
            ended.set()
            thread.join()


def chunk(address: tuple[str, int], size: int, reply_id: int = 5) -> bytes:
    """Ask for the first bytes of a table as pyzk does, and give the packet that it gets."""
    line = DatagramLine(Journal(size_limit_bytes=100_000))
    line.settimeout(1.0)
    request = Packet(code=1504, session=9, reply_id=reply_id, data=struct.pack("<ii", 0, size))
    try:
        line.sendto(request.to_bytes(), address)
        return line.recv(1032)
    finally:
        line.close()


@pytest.mark.parametrize("largest", [1024, 512, 200])
@pytest.mark.parametrize("size", [1, 1023, 1025, 16_384])
def test_a_terminal_with_smaller_datagrams_is_asked_for_smaller_pieces(largest: int, size: int) -> None:
    with far_end(largest=largest) as address:
        assert chunk(address, size)[8:] == bytes(place % 251 for place in range(size))


def test_datagrams_too_small_for_any_piece_are_refused() -> None:
    with far_end(largest=100) as address, pytest.raises(BadReply, match="bad_frame"):
        chunk(address, 4000)


def test_a_refused_piece_is_a_refusal_and_not_a_short_table() -> None:
    with far_end(refuse=True) as address, pytest.raises(BadReply, match="command_refused"):
        chunk(address, 4000)


def test_request_ids_go_round_and_pyzk_counts_on_from_the_last() -> None:
    with far_end() as address:
        answer = chunk(address, 5000, reply_id=0xFFFD)
    assert len(answer) == 8 + 5000
    assert int.from_bytes(answer[6:8], "little") == 3


def test_no_command_but_the_reading_ones_goes_out_as_a_datagram() -> None:
    line = DatagramLine(Journal(size_limit_bytes=1000))
    for command in set(range(3000)) - ALLOWED_COMMANDS:
        with pytest.raises(NotSupported, match="command_not_allowed"):
            line.sendto(Packet(code=command, session=1, reply_id=1).to_bytes(), ("127.0.0.1", 9))
    line.close()
