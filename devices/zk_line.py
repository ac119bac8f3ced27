"""The TCP socket that pyzk is given: whole verified packets in, allowed commands out, all of it bounded.

pyzk 0.9 spins for ever when a peer closes, takes late replies and live events for answers, checks
neither checksum nor reply id, trusts any announced size and ignores a failed connect. All of that is
settled below it, here. Imported by the contact's child process, so the standard library only.
"""

import socket
from dataclasses import dataclass
from typing import Literal

from devices.errors import BadReply, DeviceError, NotSupported, Unreachable

CONNECT, EXIT, AUTH, VERSION = 1000, 1001, 1102, 1100
OPTIONS, SIZES, GET_TIME = 11, 50, 201
FREE_DATA, PREPARE_BUFFER, READ_BUFFER = 1502, 1503, 1504
ALLOWED_COMMANDS = frozenset(
    {CONNECT, EXIT, AUTH, VERSION, OPTIONS, SIZES, GET_TIME, FREE_DATA, PREPARE_BUFFER, READ_BUFFER}
)
LOG_TABLE, USERS_TABLE = 13, 9
EVENT, PREPARE_DATA, DATA, OK, UNAUTHORISED = 500, 1500, 1501, 2000, 2005

HEADER = 8
_MAGIC = b"\x50\x50\x82\x7d"
_FRAMING = 8
_STEP = 1 << 16


@dataclass(slots=True, kw_only=True)
class Journal:
    """What passed over the line, kept because pyzk turns every exception into a text.

    `failure`: the first thing that went wrong; `announced`: size promised for the table asked for
    last; `size_limit_bytes`: the largest table taken; `strays`: packets that answered nothing asked.
    """

    size_limit_bytes: int
    command: int = 0
    reply_id: int = 0
    reply: int = 0
    announced: int = 0
    received: int = 0
    strays: int = 0
    failure: DeviceError | None = None

    def fail(self, error: DeviceError) -> DeviceError:
        """Keep the first failure, and give back what to raise."""
        self.failure = self.failure or error
        return self.failure

    def note_request(self, packet: bytes) -> None:
        """Let only reading commands out, whatever pyzk was made to do."""
        self.command, self.reply_id = word(packet, 0), word(packet, 6)
        table = word(packet, HEADER + 1) if self.command == PREPARE_BUFFER else LOG_TABLE
        if self.command not in ALLOWED_COMMANDS or table not in (LOG_TABLE, USERS_TABLE):
            raise self.fail(NotSupported("command_not_allowed", command=self.command))

    def answers(self, packet: bytes) -> bool:
        """Whether a packet answers the last request; live events and late replies are counted as strays."""
        if int.from_bytes(packet, "little") % 0xFFFF:  # all words and their checksum add up to zero
            raise self.fail(BadReply("bad_checksum"))
        fits = word(packet, 0) != EVENT and word(packet, 6) == self.reply_id
        self.strays += not fits
        return fits

    def note_answer(self, packet: bytes) -> None:
        """Refuse a table by its announced size, before anything is kept of it."""
        self.reply = word(packet, 0)
        if self.command != PREPARE_BUFFER:
            return
        inline = self.reply == DATA
        size = len(packet) - HEADER if inline else int.from_bytes(packet[HEADER + 1 : HEADER + 5], "little")
        if size > self.size_limit_bytes:
            raise self.fail(BadReply("too_large", announced=size, limit=self.size_limit_bytes))
        self.announced = size

    def note_received(self, size: int) -> None:
        """Stay within what one contact may bring: log, users, framing."""
        self.received += size
        if self.received > 3 * self.size_limit_bytes:
            raise self.fail(BadReply("too_large", limit=self.size_limit_bytes))


class Line:
    """One TCP socket with the few methods that pyzk calls."""

    def __init__(self, journal: Journal) -> None:
        """Open a socket; nothing is sent."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._journal = journal
        self._rest = b""

    def settimeout(self, seconds: float) -> None:
        """Bound each single wait."""
        self._socket.settimeout(seconds)

    def connect_ex(self, address: tuple[str, int]) -> int:
        """Connect, or fail here: pyzk does not look at the result."""
        try:
            self._socket.connect(address)
        except OSError as error:
            raise self._broken(error, "unreachable") from error
        return 0

    def send(self, frame: bytes) -> int:
        """Send one framed request whole."""
        self._journal.note_request(frame[_FRAMING:])
        self._rest = b""
        try:
            self._socket.sendall(frame)
        except OSError as error:
            raise self._broken(error) from error
        return len(frame)

    def recv(self, size: int) -> bytes:
        """Give up to `size` bytes of one packet, never of two; pyzk cuts bytes right only then."""
        packet = self._rest or self._next_answer()
        self._rest = packet[size:]
        return packet[:size]

    def close(self) -> None:
        """Close; may be called again."""
        self._socket.close()

    def _next_answer(self) -> bytes:
        """Return the next packet that answers the last request, its TCP framing included."""
        while True:
            frame = self._read_frame()
            packet = frame[_FRAMING:]
            if self._journal.answers(packet):
                self._journal.note_answer(packet)
                return frame

    def _read_frame(self) -> bytes:
        head = self._exactly(_FRAMING)
        size = int.from_bytes(head[len(_MAGIC) :], "little")
        largest = self._journal.size_limit_bytes + HEADER
        if head[: len(_MAGIC)] != _MAGIC or not HEADER <= size <= largest:
            raise self._journal.fail(BadReply("bad_frame"))
        return head + self._exactly(size)

    def _exactly(self, size: int) -> bytes:
        got = bytearray()
        while len(got) < size:
            got += self._receive(min(size - len(got), _STEP))
        return bytes(got)

    def _receive(self, size: int) -> bytes:
        """Read at least one byte and stay within what one contact may bring."""
        try:
            got = self._socket.recv(size)
        except OSError as error:
            raise self._broken(error) from error
        if not got:
            raise self._journal.fail(Unreachable("broken_off"))
        self._journal.note_received(len(got))
        return got

    def _broken(
        self, error: OSError, code: Literal["unreachable", "broken_off"] = "broken_off"
    ) -> DeviceError:
        if not isinstance(error, TimeoutError):
            return self._journal.fail(Unreachable(code))
        if self._journal.strays:
            return self._journal.fail(BadReply("stray_replies", strays=self._journal.strays))
        return self._journal.fail(Unreachable("timed_out"))


def word(packet: bytes, at: int) -> int:
    """One of the packet's 16-bit words."""
    return int.from_bytes(packet[at : at + 2], "little")
