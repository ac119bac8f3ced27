"""One connection's conversation with a simulated terminal: a packet in, its answers out."""

import struct
from collections.abc import Callable

from devices.simulated.device import Device
from devices.simulated.encode import IMPOSSIBLE_TIME, encode_time
from devices.simulated.packets import Packet, auth_answer

CONNECT, EXIT, ENABLE, DISABLE, AUTH = 1000, 1001, 1002, 1003, 1102
OPTIONS, CLEAR_LOG, SIZES, VERSION, GET_TIME = 11, 15, 50, 1100, 201
PREPARE_DATA, DATA, FREE_DATA, PREPARE_BUFFER, READ_BUFFER = 1500, 1501, 1502, 1503, 1504
OK, ERROR, UNAUTHORISED, UNKNOWN, EVENT = 2000, 2001, 2005, 65535, 500
USERS_TABLE, LOG_TABLE = 9, 13
_INLINE_BYTES = 1000
_LARGEST_CHUNK = 0xFFC0
_SHORT_SIZES_BYTES = 76

Answer = tuple[int, bytes]


class Dialogue:
    """The state of one connection: session, comm key given or not, the table prepared for reading."""

    def __init__(self, device: Device, *, data_bytes: int) -> None:
        """Begin unconnected; tables go out in DATA packets of at most `data_bytes`."""
        self._device = device
        self._data_bytes = data_bytes
        self._session = 0
        self._trusted = False
        self._prepared = b""
        self._sizes_asked = 0
        self._last_id = 0
        self.closed = False

    def answers(self, request: Packet) -> list[Packet]:
        """Answer one request; every packet of the answer repeats its id."""
        self._device.note_command(request.code)
        answers = self._guarded(request)
        reply_id = self._last_id if self._device.faults.wrong_reply_id else request.reply_id
        self._last_id = request.reply_id
        packets = [Packet(code=c, session=self._session, reply_id=reply_id, data=d) for c, d in answers]
        if request.code == PREPARE_BUFFER:
            faults = self._device.faults
            packets = [
                *([self._event()] if faults.event_before_reply else []),
                *[_unknown_event(number) for number in range(faults.events_in_one_segment)],
                *packets,
            ]
        return packets

    def _guarded(self, request: Packet) -> list[Answer]:
        if request.code == CONNECT:
            return self._connect()
        if request.session != self._session:
            return [(ERROR, b"")]
        if not self._trusted and request.code not in (AUTH, EXIT):
            return [(UNAUTHORISED, b"")]
        answer = _ANSWERS.get(request.code)
        return answer(self, request.data) if answer else [(UNKNOWN, b"")]

    def _connect(self) -> list[Answer]:
        self._session = self._device.next_session()
        self._trusted = not self._device.model.comm_key and not self._device.faults.refuse_every_key
        return [(OK if self._trusted else UNAUTHORISED, b"")]

    def _auth(self, data: bytes) -> list[Answer]:
        right = data == auth_answer(self._device.model.comm_key, self._session)
        self._trusted = right and not self._device.faults.refuse_every_key
        return [(OK if self._trusted else UNAUTHORISED, b"")]

    def _exit(self, _data: bytes) -> list[Answer]:
        self.closed = True
        return [(OK, b"")]

    def _option(self, data: bytes) -> list[Answer]:
        name = data.rstrip(b"\0").decode("ascii", "replace")
        value = self._device.options.get(name)
        if name == "~SerialNumber":
            value = self._device.faults.serial or value
        return [(ERROR, b"")] if value is None else [(OK, f"{name}={value}\0".encode())]

    def _version(self, _data: bytes) -> list[Answer]:
        return [(OK, self._device.model.firmware.encode() + b"\0")]

    def _time(self, _data: bytes) -> list[Answer]:
        impossible = self._device.faults.impossible_clock
        coded = IMPOSSIBLE_TIME if impossible else encode_time(self._device.wall_clock())
        return [(OK, struct.pack("<I", coded))]

    def _sizes(self, _data: bytes) -> list[Answer]:
        self._sizes_asked += 1
        faults, log = self._device.faults, self._device.log
        records = len(log) if faults.reported_count is None else faults.reported_count
        records -= faults.count_falls_by if self._sizes_asked > 1 else 0
        fields = [0] * 23
        fields[4], fields[8] = len(log.users), records
        capacity = len(log) + len(log) // 50 + 1 if faults.nearly_full else log.capacity
        fields[15], fields[16] = self._device.model.user_capacity, capacity
        fields[18], fields[19] = self._device.model.user_capacity - len(log.users), capacity - records
        data = struct.pack("<23i", *fields)
        return [(OK, data[:_SHORT_SIZES_BYTES] if faults.short_sizes else data)]

    def _clear(self, _data: bytes) -> list[Answer]:
        self._device.log.clear()
        return [(OK, b"")]

    def _nothing(self, _data: bytes) -> list[Answer]:
        return [(OK, b"")]

    def _prepare(self, data: bytes) -> list[Answer]:
        table = struct.unpack("<bhii", data)[1] if len(data) == struct.calcsize("<bhii") else 0
        faults = self._device.faults
        if table not in (LOG_TABLE, USERS_TABLE) or (table == LOG_TABLE and faults.refuse_log):
            return [(ERROR, b"")]
        body = self._device.log_body() if table == LOG_TABLE else self._device.users_body()
        announced = len(body)
        if table == LOG_TABLE:
            announced = faults.announced_bytes or announced
            body = body[: len(body) - faults.missing_bytes]
        if announced <= _INLINE_BYTES:
            return [(DATA, body)]
        self._prepared = body
        return [(OK, b"\0" + struct.pack("<I", announced))]

    def _read(self, data: bytes) -> list[Answer]:
        start, size = struct.unpack("<ii", data)
        chunk = self._prepared[start : start + min(size, _LARGEST_CHUNK)]
        step = self._data_bytes
        parts = [(DATA, chunk[at : at + step]) for at in range(0, len(chunk), step)]
        return [(PREPARE_DATA, self._device.prepare_data(len(chunk))), *parts, (OK, b"")]

    def _event(self) -> Packet:
        """Build a finger on the sensor while the log is asked for: user "NV001", 2026-11-22 07:30:00."""
        data = b"NV001".ljust(24, b"\0") + bytes((1, 0, 26, 11, 22, 7, 30, 0))
        return Packet(code=EVENT, session=1, reply_id=0, data=data)


def _unknown_event(number: int) -> Packet:
    """A live event of a size that nobody has documented, of a user whose id is no number."""
    data = f"NV{number:03}".encode().ljust(24, b"\0") + bytes(19 + number)
    return Packet(code=EVENT, session=1, reply_id=0, data=data)


_ANSWERS: dict[int, Callable[[Dialogue, bytes], list[Answer]]] = {
    AUTH: Dialogue._auth,
    EXIT: Dialogue._exit,
    OPTIONS: Dialogue._option,
    VERSION: Dialogue._version,
    GET_TIME: Dialogue._time,
    SIZES: Dialogue._sizes,
    PREPARE_BUFFER: Dialogue._prepare,
    READ_BUFFER: Dialogue._read,
    FREE_DATA: Dialogue._nothing,
    CLEAR_LOG: Dialogue._clear,
    ENABLE: Dialogue._nothing,
    DISABLE: Dialogue._nothing,
}
