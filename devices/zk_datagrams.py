"""The UDP socket that pyzk is given: datagrams get lost, doubled and overtaken, and none may cost a punch.

The parts of a table carry no number, so two of them in one answer could change places unseen. Here a
table is asked for in pieces that fit into one datagram each; every piece has a request id of its own.
Imported by the contact's child process, so the standard library only.
"""

import socket
import struct
import time

from devices.errors import BadReply, DeviceError, Unreachable
from devices.zk_line import (
    AUTH,
    CONNECT,
    DATA,
    EXIT,
    HEADER,
    OK,
    PREPARE_BUFFER,
    PREPARE_DATA,
    READ_BUFFER,
    Journal,
    word,
)

_ASKED_ONCE = frozenset({CONNECT, AUTH, EXIT, PREPARE_BUFFER})
"""Requests that change the terminal's state; all others can be repeated until an answer comes."""
_TRIES, _LONGEST_WAIT_SECONDS = 8, 2.0
_PIECE_BYTES, _SMALLEST_PIECE = 1024, 128
_LARGEST_DATAGRAM = 1 << 16
_LAST_ID = 0xFFFE


class DatagramLine:
    """One UDP socket with the few methods that pyzk calls."""

    def __init__(self, journal: Journal) -> None:
        """Open a socket; nothing is sent."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._journal = journal
        self._seconds = 0.0
        self._request = b""
        self._piece = _PIECE_BYTES

    def settimeout(self, seconds: float) -> None:
        """Bound the wait for each answer, repetitions included."""
        self._seconds = seconds

    def sendto(self, packet: bytes, address: tuple[str, int]) -> int:
        """Take a request; only its receiver's datagrams are taken as answers."""
        self._journal.note_request(packet)
        self._request = packet
        try:
            self._socket.connect(address)
        except OSError as error:
            raise self._broken(error) from error
        return len(packet)

    def recv(self, _size: int) -> bytes:
        """Give the answer whole; a chunk of a table as one packet, in which pyzk finds all of it."""
        if word(self._request, 0) == READ_BUFFER:
            return self._chunk()
        packet = self._asked(self._request)
        self._journal.note_answer(packet)
        return packet

    def close(self) -> None:
        """Close; may be called again."""
        self._socket.close()

    def _chunk(self) -> bytes:
        """Read a chunk piece by piece; its answer carries the last id used, from which pyzk counts on."""
        start, size = struct.unpack_from("<ii", self._request, HEADER)
        session, reply_id = word(self._request, 4), word(self._request, 6)
        found = bytearray()
        while len(found) < size:
            wanted = min(self._piece, size - len(found))
            part = struct.pack("<ii", start + len(found), wanted)
            answer = self._asked(_packet(READ_BUFFER, session, reply_id, part), wanted)
            if len(answer) - HEADER == wanted:
                found += answer[HEADER:]
            else:
                self._take_smaller_pieces()
            reply_id = reply_id % _LAST_ID + 1
        return struct.pack("<4H", DATA, 0, session, self._journal.reply_id) + found

    def _take_smaller_pieces(self) -> None:
        """A piece that came in parts has no known order: ask for less at a time."""
        self._piece //= 2
        if self._piece < _SMALLEST_PIECE:
            raise self._journal.fail(BadReply("bad_frame"))

    def _asked(self, request: bytes, wanted: int = -1) -> bytes:
        """Send a request, again where nothing comes, and give its answer: of a piece, its data."""
        self._journal.note_request(request)
        once = self._journal.command in _ASKED_ONCE
        wait = self._seconds if once else min(self._seconds / _TRIES, _LONGEST_WAIT_SECONDS)
        for _ in range(1 if once else _TRIES):
            self._send(request)
            answer = self._answer(time.monotonic() + wait, only_data=wanted >= 0)
            if answer:
                return answer
        raise self._journal.fail(Unreachable("timed_out"))

    def _answer(self, until: float, *, only_data: bool) -> bytes:
        """The next datagram that answers the request; b"" when none came in time."""
        while (left := until - time.monotonic()) > 0:
            packet = self._received(left)
            if not packet:
                break
            if not self._journal.answers(packet):
                continue
            code = word(packet, 0)
            if not only_data or code == DATA:
                return packet
            if code not in (PREPARE_DATA, OK):  # the size and the end of a piece are told apart from it
                raise self._journal.fail(BadReply("command_refused", command=READ_BUFFER, reply=code))
        return b""

    def _send(self, request: bytes) -> None:
        try:
            self._socket.send(request)
        except OSError as error:
            raise self._broken(error) from error

    def _received(self, seconds: float) -> bytes:
        self._socket.settimeout(seconds)
        try:
            packet = self._socket.recv(_LARGEST_DATAGRAM)
        except TimeoutError:
            return b""
        except OSError as error:
            raise self._broken(error) from error
        self._journal.note_received(len(packet))
        if len(packet) < HEADER:
            raise self._journal.fail(BadReply("bad_frame"))
        return packet

    def _broken(self, error: OSError) -> DeviceError:
        """Nobody is there, or nobody any longer: the far machine says that the port is closed."""
        nobody = self._journal.command == CONNECT or not isinstance(error, ConnectionRefusedError)
        return self._journal.fail(Unreachable("unreachable" if nobody else "broken_off"))


def _packet(command: int, session: int, reply_id: int, data: bytes) -> bytes:
    """A request with its checksum, which makes all its words add up to zero."""
    words = struct.pack("<4H", command, 0, session, reply_id) + data
    total = -int.from_bytes(words, "little") % 0xFFFF
    return words[:2] + struct.pack("<H", total) + words[4:]
