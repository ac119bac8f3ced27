"""The operation log that a pushing terminal sends (table OPERLOG): what was done to it, never by whom.

The same uploads may carry users, fingerprints and faces; nothing of those is read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

LOG_CLEARED, CLOCK_SET, FACTORY_RESET = "log_cleared", "clock_set", "factory_reset"
KINDS: Mapping[int, str] = MappingProxyType({13: LOG_CLEARED, 21: CLOCK_SET, 22: FACTORY_RESET})
"""The operations that say something about the log, by the number that the protocol gives them."""

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a terminal's wall clock has no zone
_LINE = re.compile(
    rb"^ *OPLOG +([0-9]{1,3})\t[^\t\r\n]*\t *"  # the second field is who did it
    rb"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2}:[0-9]{2})",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Something done to a terminal; `device_seconds` from 1970 to its naive wall clock."""

    kind: str
    device_seconds: int


def read_operations(body: bytes) -> tuple[Operation, ...]:
    """The operations of `KINDS` in an upload, once each, in their order; other lines are passed over."""
    found: dict[Operation, None] = {}
    for number, day, clock in _LINE.findall(body):
        kind = KINDS.get(int(number))
        try:
            shown = datetime.fromisoformat(f"{day.decode()} {clock.decode()}")
        except ValueError:
            continue
        if kind is not None:
            since = shown - _EPOCH
            found[Operation(kind=kind, device_seconds=since.days * 86_400 + since.seconds)] = None
    return tuple(found)
