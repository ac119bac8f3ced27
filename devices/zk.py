"""Driver for terminals that speak the ZK protocol on port 4370.

Each contact runs in a child process (`zk_child`, `zk_contact`) that is killed at the deadline: pyzk
can hang in ways that no timeout ends. The bytes it brings are decoded here (`zk_decode`).
"""

from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

import numpy as np

from devices import zk_child
from devices.addresses import allowed_address
from devices.base import Clock, PunchBatch, TerminalReading, TerminalSettings
from devices.errors import BadReply
from devices.transport import transport_of
from devices.zk_decode import DecodedLog, LogReply, decode_log
from devices.zk_users import ZkUser, decode_users, user_ids

_LAST_YEAR = 2099


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sizes:
    """One reading of the terminal's counters, None for what it does not say."""

    records: int | None = None
    users: int | None = None
    capacity: int | None = None


@dataclass(slots=True, kw_only=True)
class _Contact:
    """What the child brought, part by part."""

    server_time: datetime
    serial: str = ""
    firmware: str = ""
    device_time: datetime | None = None
    sizes: list[_Sizes] = field(default_factory=list)
    log: tuple[bytes, int] = (b"", 0)
    users: tuple[bytes, int] | None = None


class ZkTerminal:
    """A terminal on port 4370, read over TCP or UDP."""

    kind: ClassVar[str] = "zk"
    capabilities: ClassVar[frozenset[str]] = frozenset({"clock", "counters", "pull"})

    def __init__(self, settings: TerminalSettings, clock: Clock) -> None:
        """Keep how to reach it; nothing is contacted yet."""
        self._settings = settings
        self._clock = clock

    def check(self) -> TerminalReading:
        """Read serial, firmware, clock and counters; errors as for `read`, without the log's."""
        contact = self._contact(log=False)
        return self._reading(contact, DecodedLog(punches=_no_punches(), bad=(), layout="", notes=()))

    def read(self) -> TerminalReading:
        """Read the whole log.

        Raises NotSupported (address or command not allowed), Unreachable, BadCredentials or BadReply;
        `errors.CODES` lists the codes.
        """
        contact = self._contact(log=True)
        before, after = contact.sizes[0], contact.sizes[-1]
        body, announced = contact.log
        decoded = decode_log(
            LogReply(
                body=body,
                announced=announced,
                count_before=before.records,
                count_after=after.records,
                user_ids=_slots(contact),
                proven_layout=self._settings.layout,
                size_limit_bytes=self._settings.size_limit_bytes,
            )
        )
        return self._reading(contact, decoded)

    def _reading(self, contact: _Contact, decoded: DecodedLog) -> TerminalReading:
        before, after = contact.sizes[0], contact.sizes[-1]
        clock_notes = () if contact.device_time else ("clock_not_readable",)
        return TerminalReading(
            serial=contact.serial,
            firmware=contact.firmware,
            punches=decoded.punches,
            bad=decoded.bad,
            count_before=before.records,
            count_after=after.records,
            capacity=after.capacity or None,
            users=after.users,
            user_ids=_listed(contact),
            device_time=contact.device_time,
            server_time=contact.server_time,
            layout=decoded.layout,
            notes=(*decoded.notes, *clock_notes),
        )

    def _contact(self, *, log: bool) -> _Contact:
        """Run one contact; the server's time is taken when the terminal's arrives."""
        contact = _Contact(server_time=self._clock())
        task = self._task(log=log)
        with closing(zk_child.parts(task, self._settings.deadline_seconds)) as parts:
            for part, value, blob in parts:
                match part:
                    case "serial":
                        contact.serial = value
                    case "firmware":
                        contact.firmware = value
                    case "clock":
                        contact.server_time = self._clock()
                        contact.device_time = _sound_time(value)
                    case "sizes":
                        contact.sizes.append(_sizes(value))
                    case "log":
                        contact.log = (blob, value["announced"])
                    case "users":
                        contact.users = (blob, value["announced"])
        return contact

    def _task(self, *, log: bool) -> dict[str, object]:
        """Word the child's task. Raises NotSupported for an address that must not be contacted."""
        settings = self._settings
        return {
            "host": allowed_address(settings.host, settings.allowed_networks),
            "port": settings.port,
            "serial": settings.serial,
            "comm_key": settings.comm_key,
            "udp": transport_of(self.kind, settings.transport).udp,
            "timeout_seconds": settings.timeout_seconds,
            "deadline_seconds": settings.deadline_seconds,
            "memory_megabytes": settings.memory_megabytes,
            "size_limit_bytes": settings.size_limit_bytes,
            "log": log,
            "list_users": settings.list_users,
        }


def _sizes(told: dict[str, int]) -> _Sizes:
    said = {name: number if number >= 0 else None for name, number in told.items()}
    return _Sizes(records=said["records"], users=said["users"], capacity=said["capacity"])


def _sound_time(text: str | None) -> datetime | None:
    """The terminal's clock; None when it shows no date, or one that the time word cannot mean."""
    moment = datetime.fromisoformat(text) if text else None
    return moment if moment and moment.year <= _LAST_YEAR else None


def _slots(contact: _Contact) -> dict[int, str] | None:
    """Slot -> user id. An unreadable user list is none: only logs that hold slots need it."""
    users = _users(contact)
    return None if users is None else user_ids(users)


def _listed(contact: _Contact) -> tuple[str, ...] | None:
    """The ids of the user list, in order; names are left behind."""
    users = _users(contact)
    return None if users is None else tuple(sorted({user.user_id for user in users}))


def _users(contact: _Contact) -> tuple[ZkUser, ...] | None:
    if contact.users is None:
        return None
    body, announced = contact.users
    before, after = contact.sizes[0], contact.sizes[-1]
    try:
        return decode_users(body, announced=announced, before=before.users, after=after.users)
    except BadReply:
        return None


def _no_punches() -> PunchBatch:
    numbers = np.zeros(0, dtype=np.int32)
    texts = np.zeros(0, dtype=object)
    return PunchBatch(
        device_user_id=texts,
        device_seconds=np.zeros(0, dtype=np.int64),
        verify=numbers,
        state=numbers,
        work_code=numbers,
        raw=texts,
    )
