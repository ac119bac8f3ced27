"""One contact with one ZK terminal, run as a child process: `python -m devices.zk_contact`.

The only module that imports pyzk, which is used for the order of commands on a connection and
nothing else. It is told what to do as JSON on standard input, and tells what it got on standard
output, part by part: a line of JSON, then as many raw bytes as the line says. It imports neither
numpy nor the decoder, to start quickly: an office may have hundreds of terminals.

It only reads: it does not disable the terminal (a crash would leave it refusing staff), does not
clear its log and does not set its clock. `zk_line` lets no other command out.
"""

import faulthandler
import json
import os
import re
import socket
import struct
import sys
from contextlib import suppress
from typing import Any, BinaryIO

from zk import ZK, base
from zk.exception import ZKErrorResponse

from devices.errors import BadCredentials, BadReply, DeviceError
from devices.zk_datagrams import DatagramLine
from devices.zk_line import LOG_TABLE, UNAUTHORISED, USERS_TABLE, Journal, Line

Wire = Line | DatagramLine
_SERIAL = re.compile(r"[0-9A-Za-z_-]{1,64}")
_FIRMWARE = re.compile(r"[ -~]{0,64}")
_USERS_FUNCTION = 5
_NOT_SAID = -1
_GRACE_SECONDS = 5
_FAREWELL_SECONDS = 3.0
_SLOT_RECORD = 8
_LARGEST_REQUEST = 1 << 16


def main() -> None:
    """Do what standard input asks, then say `end` or `error`."""
    asked = json.loads(sys.stdin.buffer.read(_LARGEST_REQUEST))
    out = _claim_output()
    # A parent that was killed cannot kill its child: then the child ends by itself.
    watchdog = float(asked["deadline_seconds"]) + _GRACE_SECONDS
    faulthandler.dump_traceback_later(watchdog, exit=True, file=sys.stderr)
    _limit_memory(int(asked["memory_megabytes"]) << 20)
    journal = Journal(size_limit_bytes=int(asked["size_limit_bytes"]))
    try:
        _converse(asked, journal, out)
        _tell(out, "end")
    except Exception as error:  # whatever pyzk lets through becomes one coded error
        failure = _coded(error, journal)
        _tell(out, "error", {"kind": type(failure).__name__, "code": failure.code, "values": failure.values})


def comm_key_answer(key: int, session: int, ticks: int = 50) -> bytes:
    """The four bytes that answer a terminal asking for its comm key.

    Replaces pyzk's, which overflows for a great key with a great session id (131071 and 0x8000).
    """
    mirrored = int(f"{int(key) & 0xFFFFFFFF:032b}"[::-1], 2)
    scrambled = (mirrored + int(session) & 0xFFFFFFFF) ^ int.from_bytes(b"ZKSO", "little")
    low, high = scrambled & 0xFFFF, scrambled >> 16
    first, second, _, fourth = struct.pack("<HH", high, low)
    return bytes((first ^ ticks, second ^ ticks, ticks, fourth ^ ticks))


def _converse(asked: dict[str, Any], journal: Journal, out: BinaryIO) -> None:
    """Connect, serial, firmware, clock, counters, and for a read the log and the counters again."""
    lines: list[Wire] = []
    client = _connected(asked, journal, lines)
    try:
        _identify(client, str(asked["serial"]), out)
        _tell(out, "clock", _device_time(client))
        sizes = _sizes(client)
        _tell(out, "sizes", sizes)
        if asked["log"]:
            listed = _read_log(client, journal, sizes["records"], out)
            _tell(out, "sizes", _sizes(client))
            if asked.get("list_users") and not listed:
                with suppress(
                    Exception
                ):  # the log is whole by now: a terminal that keeps its list to itself may
                    _read_users(client, journal, out)
    finally:
        if journal.failure is None:  # a broken connection is never used again
            _take_leave(client, lines)


def _connected(asked: dict[str, Any], journal: Journal, lines: list[Wire]) -> Any:
    """Open the only connection of this contact; `lines` gets what pyzk opens."""

    def open_line(_family: int, kind: int) -> Wire:
        lines.append(Line(journal) if kind == socket.SOCK_STREAM else DatagramLine(journal))
        return lines[-1]

    base.socket = open_line
    base.make_commkey = comm_key_answer
    client = ZK(
        asked["host"],
        port=int(asked["port"]),
        timeout=float(asked["timeout_seconds"]),
        password=int(asked["comm_key"]),
        force_udp=bool(asked["udp"]),
        ommit_ping=True,  # the other way hands the host to a shell
    )
    client.helper.test_tcp = lambda: 0  # spares the terminal a second connection just to see
    return client.connect()


def _take_leave(client: Any, lines: list[Wire]) -> None:
    """Say goodbye without waiting long for the answer: what was read is whole by now."""
    lines[-1].settimeout(_FAREWELL_SECONDS)
    with suppress(Exception):
        client.disconnect()


def _identify(client: Any, expected: str, out: BinaryIO) -> None:
    """Serial first: another terminal may stand at this address now."""
    serial = client.get_serialnumber()
    if not _SERIAL.fullmatch(serial):
        raise BadReply("bad_serial")
    _tell(out, "serial", serial)
    if expected and serial != expected:
        raise BadReply("wrong_serial", expected=expected, found=serial)
    _tell(out, "firmware", _firmware(client))


def _firmware(client: Any) -> str:
    """Printable text or nothing; some clones refuse to say."""
    try:
        firmware = str(client.get_firmware_version())
    except (ZKErrorResponse, UnicodeDecodeError):
        return ""
    return firmware if _FIRMWARE.fullmatch(firmware) else ""


def _device_time(client: Any) -> str | None:
    """The clock's reading; None when it shows a date that does not exist, or will not say."""
    try:
        return str(client.get_time().isoformat())
    except (ZKErrorResponse, ValueError, struct.error):
        return None


def _sizes(client: Any) -> dict[str, int]:
    """The terminal's counters, `_NOT_SAID` for what is not in its reply (pyzk would leave a 0)."""
    client.records = client.users = client.rec_cap = _NOT_SAID
    client.read_sizes()
    return {"records": client.records, "users": client.users, "capacity": client.rec_cap}


def _read_log(client: Any, journal: Journal, records: int, out: BinaryIO) -> bool:
    """The log, and the user list (whether it was read) where records may hold slots instead of user ids."""
    body, _ = client.read_with_buffer(LOG_TABLE)
    _tell(out, "log", {"announced": journal.announced}, body)
    fit = len(body) // _SLOT_RECORD
    if fit and (records <= 0 or fit <= 2 * records + 64):
        _read_users(client, journal, out)
        return True
    return False


def _read_users(client: Any, journal: Journal, out: BinaryIO) -> None:
    body, _ = client.read_with_buffer(USERS_TABLE, _USERS_FUNCTION)
    _tell(out, "users", {"announced": journal.announced}, body)


def _coded(error: Exception, journal: Journal) -> DeviceError:
    """One coded error for whatever was raised; the line's own failure explains all that followed."""
    if isinstance(error, DeviceError):
        return error
    if journal.failure:
        return journal.failure
    if journal.reply == UNAUTHORISED:
        return BadCredentials("bad_credentials")
    if isinstance(error, MemoryError):
        return BadReply("too_large", limit=journal.size_limit_bytes)
    if isinstance(error, ZKErrorResponse):
        return BadReply("command_refused", command=journal.command, reply=journal.reply)
    return BadReply("bad_reply", command=journal.command, error=type(error).__name__)


def _claim_output() -> BinaryIO:
    """Keep standard output for the parts alone: pyzk prints to it."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return out


def _limit_memory(size: int) -> None:
    with suppress(ImportError, ValueError, OSError):  # Windows has no limits of this kind
        import resource  # noqa: PLC0415  (does not exist on Windows)

        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def _tell(out: BinaryIO, part: str, value: object = None, blob: bytes = b"") -> None:
    line = json.dumps({"part": part, "value": value, "bytes": len(blob)})
    out.write(line.encode() + b"\n" + blob)
    out.flush()


if __name__ == "__main__":
    main()
