"""A simulated terminal on a socket of this machine: start it, connect to its port, append punches."""

import socket
import socketserver
import threading
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import Self

from devices.base import Clock
from devices.simulated.device import Device, SimulatedModel
from devices.simulated.dialogue import DATA, PREPARE_DATA, Dialogue
from devices.simulated.faults import Faults
from devices.simulated.log import PunchColumns, SimulatedLog, SimulatedUser
from devices.simulated.packets import HEADER, MAGIC, Packet, framed, parse

_UDP_DATA_BYTES = 1024
_LARGEST_REQUEST = 1 << 16
_CHECKSUM_AT = 2
_POLL_SECONDS = 0.01


class SimulatedTerminal:
    """One terminal. Use it as a context manager, or call `start` and `stop`.

    `log` is the history it begins with; `clock` gives the present as an aware instant. Changing
    `faults` takes effect at the next command.
    """

    def __init__(  # noqa: PLR0913  (keywords only: who it is, what it holds, how it behaves)
        self,
        *,
        serial: str,
        clock: Clock,
        users: Iterable[SimulatedUser] = (),
        log: PunchColumns | None = None,
        model: SimulatedModel | None = None,
        faults: Faults | None = None,
        port: int = 0,
    ) -> None:
        """Bind a port of 127.0.0.1 (any free one by default); nothing answers before `start`."""
        model = model or SimulatedModel()
        self._device = Device(
            serial=serial,
            log=SimulatedLog(users, model.capacity),
            clock=clock,
            model=model,
            faults=faults or Faults(),
        )
        if log is not None:
            self.append(log)
        serve = _UdpServer if model.udp else _TcpServer
        self._server = serve(self._device, port)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_POLL_SECONDS,), daemon=True)

    @property
    def host(self) -> str:
        """Always this machine."""
        return "127.0.0.1"

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    @property
    def faults(self) -> Faults:
        """What it does wrong now."""
        return self._device.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._device.faults = faults

    @property
    def commands(self) -> tuple[int, ...]:
        """All command codes received so far."""
        return self._device.commands()

    def __len__(self) -> int:
        """Give the number of records it holds."""
        return len(self._device.log)

    def append(self, punches: PunchColumns) -> None:
        """Add punches to its log, also while it serves."""
        self._device.log.append(punches)

    def clear(self) -> None:
        """Delete its log, as somebody at its keys can."""
        self._device.log.clear()

    def start(self) -> Self:
        """Begin to answer, in threads of its own."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Drop all connections and free the port."""
        self._server.stop()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, whatever happened."""
        self.stop()


class _TcpServer(socketserver.ThreadingTCPServer):
    """Accepts connections and can drop them all at once."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, device: Device, port: int) -> None:
        super().__init__(("127.0.0.1", port), _TcpConversation)
        self.device = device
        self.stopped = threading.Event()
        self.connections: set[socket.socket] = set()

    def stop(self) -> None:
        self.stopped.set()
        for connection in tuple(self.connections):
            _hang_up(connection)


class _TcpConversation(socketserver.BaseRequestHandler):
    """Reads frames from one connection and sends the answers, with the faults of the line."""

    server: _TcpServer
    request: socket.socket

    def handle(self) -> None:
        self._table_bytes = 0
        self.server.connections.add(self.request)
        with suppress(OSError):  # the other side may go away, which is its right
            self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._converse()
        self.server.connections.discard(self.request)

    def _converse(self) -> None:
        device = self.server.device
        dialogue = Dialogue(device, data_bytes=device.model.data_bytes)
        while not (device.faults.refuse_connection or dialogue.closed):
            request = self._receive()
            if request is None:
                return
            if device.faults.silent:
                self.server.stopped.wait()
                return
            answers = dialogue.answers(request)
            if device.faults.events_in_one_segment:
                self._transmit(b"".join(framed(answer.to_bytes()) for answer in answers))
            elif not all(self._send(answer) for answer in answers):
                return

    def _receive(self) -> Packet | None:
        """Read one frame; None at the end of the connection or of its good manners."""
        head = self._exactly(len(MAGIC) + 4)
        size = int.from_bytes(head[len(MAGIC) :], "little")
        if head[: len(MAGIC)] != MAGIC or not HEADER <= size <= _LARGEST_REQUEST:
            return None
        return parse(self._exactly(size))

    def _exactly(self, size: int) -> bytes:
        got = b""
        while len(got) < size:
            more = self.request.recv(size - len(got))
            if not more:
                return b""
            got += more
        return got

    def _send(self, packet: Packet) -> bool:
        """Send one packet; false when a fault ends the conversation within it."""
        faults, raw = self.server.device.faults, packet.to_bytes()
        table = packet.code in (PREPARE_DATA, DATA)
        if faults.corrupt_checksum and table:
            raw = raw[:_CHECKSUM_AT] + bytes((raw[_CHECKSUM_AT] ^ 0x55,)) + raw[_CHECKSUM_AT + 1 :]
        frame = framed(raw)
        limit = faults.stall_after_bytes if faults.close_after_bytes is None else faults.close_after_bytes
        if table and limit is not None and self._table_bytes + len(frame) > limit:
            self._transmit(frame[: limit - self._table_bytes])
            if faults.close_after_bytes is None:
                self.server.stopped.wait()
            return False
        self._table_bytes += len(frame) if table else 0
        self._transmit(frame)
        return True

    def _transmit(self, frame: bytes) -> None:
        step = self.server.device.faults.bytes_per_segment or len(frame) or 1
        for at in range(0, len(frame), step):
            self.request.sendall(frame[at : at + step])


class _UdpServer(socketserver.UDPServer):
    """Answers datagrams; a conversation is told by the address it comes from."""

    def __init__(self, device: Device, port: int) -> None:
        super().__init__(("127.0.0.1", port), _UdpExchange)
        self.device = device
        self.dialogues: dict[tuple[str, int], Dialogue] = {}
        self.sent = 0
        self.held: list[bytes] = []

    def stop(self) -> None:
        """Have nothing to drop."""

    def spoilt(self, datagrams: list[bytes]) -> list[bytes]:
        """An answer's datagrams as the network hands them on."""
        faults = self.device.faults
        step = -1 if faults.datagrams_reversed else 1
        arriving: list[bytes] = self.held if faults.datagram_late_every else []
        self.held = []
        for datagram in datagrams[::step]:
            self.sent += 1
            if _is_nth(self.sent, faults.datagram_lost_every):
                continue
            late = _is_nth(self.sent, faults.datagram_late_every)
            (self.held if late else arriving).append(datagram)
        return [one for one in arriving for _ in range(2 if faults.datagrams_doubled else 1)]


class _UdpExchange(socketserver.BaseRequestHandler):
    """One datagram and its answers."""

    server: _UdpServer
    request: tuple[bytes, socket.socket]

    def handle(self) -> None:
        raw, line = self.request
        request = parse(raw)
        if request is None or self.server.device.faults.silent:
            return
        fresh = Dialogue(self.server.device, data_bytes=_UDP_DATA_BYTES)
        dialogue = self.server.dialogues.setdefault(self.client_address, fresh)
        for datagram in self.server.spoilt([answer.to_bytes() for answer in dialogue.answers(request)]):
            line.sendto(datagram, self.client_address)


def _is_nth(count: int, every: int) -> bool:
    return every > 0 and count % every == 0


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):  # it may be gone already
        connection.shutdown(socket.SHUT_RDWR)
