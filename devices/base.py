"""What every driver takes and gives: settings in, a reading of punches out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

Clock = Callable[[], datetime]
"""Gives the present as an aware instant; handed in, so that tests and the demo can set it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalSettings:
    """How to reach one terminal.

    `host` is an IP literal. `allowed_networks` are CIDRs; an address outside them is refused
    before any packet is sent. `serial` is the serial number expected there ('' = not known yet);
    `layout` the record layout last proven for this serial ('' = none). `deadline_seconds` bounds
    the whole contact, `memory_megabytes` and `size_limit_bytes` what a peer can make us hold.

    A ZK terminal asks for the `comm_key`, a source over HTTP for `user` and `password`. `since` is the
    terminal's naive wall clock from which punches are wanted (None = the whole log): a hint that only
    drivers with the capability `since` take, and a reading may hold older punches all the same.
    `list_users` asks for the ids that the terminal knows, too, where the driver can; its answer is a bonus.
    `transport` is the way to it ('' = the kind's usual one; `devices.transport`); over HTTPS without a
    pinned certificate the authorities of `ca_file` vouch for it ('' = those of the system).
    """

    code: str
    kind: str
    host: str
    port: int = 4370
    serial: str = ""
    comm_key: int = field(default=0, repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    since: datetime | None = None
    timezone: str = "Asia/Ho_Chi_Minh"
    layout: str = ""
    transport: str = ""
    ca_file: str = ""
    allowed_networks: tuple[str, ...] = ()
    timeout_seconds: float = 60.0
    deadline_seconds: float = 180.0
    memory_megabytes: int = 1024
    size_limit_bytes: int = 64 * 1024 * 1024
    list_users: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPunch:
    """One record as the terminal gave it.

    `device_time` is the naive wall-clock reading of the terminal. `verify` and `state` are the raw
    codes (`state` -1 where the source has none). `raw` are the record's own bytes, or its line.
    """

    device_user_id: str
    device_time: datetime
    verify: int = -1
    state: int = -1
    work_code: int = 0
    raw: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class PunchBatch:
    """Punches as columns, in the order in which the source gave them.

    `device_user_id`: object array of `str`; `device_seconds`: int64 seconds from 1970-01-01
    00:00:00 to the terminal's naive wall-clock reading; `verify`, `state`, `work_code`: int32
    (-1 = the source has none); `raw`: each record's own bytes or line, as an object array of `bytes`,
    or as a fixed-size void array over the log itself, which costs nothing (`.astype(object)` makes
    `bytes` of both).
    """

    device_user_id: NDArray[np.object_]
    device_seconds: NDArray[np.int64]
    verify: NDArray[np.int32]
    state: NDArray[np.int32]
    work_code: NDArray[np.int32]
    raw: NDArray[np.object_] | NDArray[np.void]

    def __len__(self) -> int:
        """Number of punches."""
        return len(self.device_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRecord:
    """One record that is kept for a person to look at instead of being stored as a punch.

    `reason` is a stable code: `impossible_date`, `bad_user_id`, `unknown_uid`, `bad_line`, …
    `device_user_id` and `device_time` hold what could be read, '' and '' otherwise.
    """

    raw: bytes
    reason: str
    device_user_id: str = ""
    device_time: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalReading:
    """What one contact with a terminal brought.

    `count_before`/`count_after` are the terminal's own record counters, None where it does not
    say. `device_time` is the terminal's naive clock at reading, None when it shows an impossible
    date; `server_time` the aware instant beside it. `layout` names the proven record layout.
    `user_ids` are the ids of its own list, None where it was not asked or did not say; never their names.
    `notes` are stable codes of what was odd but not wrong, e.g. `count_not_reported`.

    A reading knows the log from `covers_from` to `covers_until`, both in the terminal's naive clock:
    None means from the oldest record it holds (the whole log was asked for), and to `device_time`.
    """

    serial: str
    firmware: str = ""
    punches: PunchBatch
    bad: tuple[BadRecord, ...] = ()
    count_before: int | None = None
    count_after: int | None = None
    capacity: int | None = None
    users: int | None = None
    user_ids: tuple[str, ...] | None = None
    device_time: datetime | None = None
    server_time: datetime
    layout: str = ""
    notes: tuple[str, ...] = field(default_factory=tuple)
    covers_from: datetime | None = None
    covers_until: datetime | None = None


class Terminal(Protocol):
    """A driver: the three things each must do. `capabilities` names what else it can.

    Every method opens its own connection and closes it; errors are `DeviceError`s.
    """

    kind: ClassVar[str]
    capabilities: ClassVar[frozenset[str]]

    def __init__(self, settings: TerminalSettings, clock: Clock) -> None: ...

    def check(self) -> TerminalReading:
        """Connect, read serial, firmware, clock and counters, and no punches."""
        ...

    def read(self) -> TerminalReading:
        """Read the log: the whole of it, or from `settings.since` on where the driver can.

        Raises Unreachable, BadCredentials, BadReply or NotSupported; then nothing was read.
        """
        ...
