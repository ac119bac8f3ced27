"""What a source that delivers by itself calls for, and what an upload of it holds, whatever its maker."""

from dataclasses import dataclass, field

from devices.base import BadRecord, PunchBatch
from devices.errors import DeviceError


class BadCall(DeviceError):
    """A request that is none of the protocol's.

    `unknown_path` and `wrong_method` (values: `allowed`), `bad_query`, `bad_serial`, `bad_table`,
    `table_not_spoken`.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a terminal wants, as far as method, path and query tell.

    `table` is in upper case, '' where the query names none; `stamp` an opaque token, '' where there
    is none that could be handed back; `info` is what a poll tells about the terminal; `key` what it
    shows to be let in, '' for nothing.
    """

    what: str
    serial: str
    table: str = ""
    stamp: str = ""
    info: str = ""
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PushUpload:
    """What an upload holds: every record that means a punch is one of `punches` or one of `bad`."""

    punches: PunchBatch
    bad: tuple[BadRecord, ...] = ()

    @property
    def lines(self) -> int:
        """How many records it had."""
        return len(self.punches) + len(self.bad)
