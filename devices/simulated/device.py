"""The inside of a simulated terminal: identity, clock, log and faults, apart from any socket."""

import struct
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from numpy.typing import NDArray

from devices.base import Clock
from devices.simulated.encode import IMPOSSIBLE_TIME, encode_records, encode_user_28, encode_user_72
from devices.simulated.faults import Faults
from devices.simulated.log import SimulatedLog

_USER_FORMS = {28: encode_user_28, 72: encode_user_72}
_LARGEST_SESSION = 0xFFFE
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedModel:
    """What kind of terminal it is and how it is set up.

    `layout` is one of `encode.LAYOUT_NAMES`, `user_bytes` 28 or 72; `timezone` is what its display
    shows; `first_session` the session id of the first connection; tables go out in packets of at
    most `data_bytes`; `short_prepare` announces each chunk with the four documented bytes instead of
    eight; `udp` serves UDP instead of TCP.
    """

    layout: str = "40"
    user_bytes: int = 72
    capacity: int = 100_000
    user_capacity: int = 3000
    firmware: str = "Ver 6.60 Sep 19 2019"
    platform: str = "ZMM220_TFT"
    name: str = "Simulated"
    timezone: str = "Asia/Ho_Chi_Minh"
    comm_key: int = 0
    first_session: int = 0x1234
    data_bytes: int = 0xFFC0
    short_prepare: bool = False
    udp: bool = False


class Device:
    """What all connections of one terminal share."""

    def __init__(
        self, *, serial: str, log: SimulatedLog, clock: Clock, model: SimulatedModel, faults: Faults
    ) -> None:
        """Keep everything; nothing is opened here."""
        self.options = {"~SerialNumber": serial, "~Platform": model.platform, "~DeviceName": model.name}
        self.log = log
        self.model = model
        self.faults = faults
        self._clock = clock
        self._zone = ZoneInfo(model.timezone)
        self._session = model.first_session
        self._commands: list[int] = []
        self._lock = threading.Lock()

    def next_session(self) -> int:
        """Give each connection a session id of its own."""
        with self._lock:
            session = self._session
            self._session = session % _LARGEST_SESSION + 1
        return session

    def note_command(self, code: int) -> None:
        """Remember a command that arrived."""
        with self._lock:
            self._commands.append(code)

    def commands(self) -> tuple[int, ...]:
        """All command codes that arrived so far, in order."""
        with self._lock:
            return tuple(self._commands)

    def wall_clock(self) -> datetime:
        """The naive time on the terminal's display."""
        local = self._clock().astimezone(self._zone).replace(tzinfo=None, microsecond=0)
        return local + timedelta(seconds=self.faults.clock_offset_seconds)

    def prepare_data(self, size: int) -> bytes:
        """Announce one chunk. pyzk steps over eight bytes here when the next frame came with it."""
        return struct.pack("<I", size) if self.model.short_prepare else struct.pack("<II", size, 0)

    def log_body(self) -> bytes:
        """The log as it goes over the wire: u32 length, then the records."""
        if self.faults.on_log_request:
            self.faults.on_log_request()
        records = encode_records(self._spoilt(self.log.snapshot()), self.model.layout)
        return struct.pack("<I", len(records) + self.faults.wrong_total) + records

    def _spoilt(self, rows: NDArray[Any]) -> NDArray[Any]:
        """The records as the faults have them; positions beyond the log mean nothing."""
        faults, rows = self.faults, rows.copy()
        rows["time"][_within(rows, faults.impossible_date_rows)] = IMPOSSIBLE_TIME
        rows["time"][_within(rows, faults.reset_clock_rows)] %= _DAY_SECONDS
        for number, place in enumerate(_within(rows, faults.foreign_id_rows)):
            rows["user_id"][place] = b"12" + bytes((0xFE + number % 2,))
        return rows

    def users_body(self) -> bytes:
        """The user list as it goes over the wire."""
        encode = _USER_FORMS[self.model.user_bytes]
        records = b"".join(
            encode(
                uid=user.uid,
                user_id=user.user_id,
                name=user.name_bytes,
                password=user.password.encode(),
                card=user.card,
            )
            for user in self.log.users
        )
        return struct.pack("<I", len(records)) + records


def _within(rows: NDArray[Any], places: Sequence[int]) -> list[int]:
    return [place for place in places if place < len(rows)]
