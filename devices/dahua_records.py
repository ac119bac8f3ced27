"""Card records of a Dahua terminal: the text of an answer -> punches in the terminal's wall clock.

`CreateTime` is an epoch, which some firmware counts in local time. Where a record also carries
`CreateTimeRealUTC`, that one is true, and the two together show which firmware it is. The finding goes
out as the reading's `layout` and comes back with the next one, for records that show nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from devices.base import BadRecord, RawPunch
from devices.errors import BadReply
from devices.web_log import code, kept, user_id

EPOCH_UTC, EPOCH_LOCAL = "epoch_utc", "epoch_local"

_LINE = re.compile(r"records\[(\d{1,6})\]\.(\w{1,64})=(.*)")
_COUNTED = re.compile(r"(?m)^(totalCount|found)=(\d{1,9})\s*$")
_STATES = {"Entry": 0, "Exit": 1}
_KEPT = (
    "RecNo",
    "CreateTime",
    "CreateTimeRealUTC",
    "UserID",
    "Method",
    "Status",
    "ErrorCode",
    "Type",
    "AttendanceState",
    "Door",
    "ReaderID",
)
_CLOCK_TOLERANCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record as it came; `created` is its epoch (-1 = unreadable)."""

    fields: Mapping[str, str]
    created: int

    @property
    def key(self) -> tuple[str, ...]:
        """What makes it the same record on two pages; a reset terminal counts from 1 again."""
        return tuple(self.fields.get(name, "") for name in ("RecNo", "CreateTime", "UserID"))

    @property
    def real(self) -> int:
        """The true epoch, where the firmware gives it; -1 where it does not."""
        return code(self.fields.get("CreateTimeRealUTC")) or -1

    def wall_clock(self, zone: tzinfo) -> datetime:
        """The naive reading of a clock in this zone, `created` being counted in UTC."""
        return _shown(self.created, zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """Punches and bad records; `layout` is how the firmware counts, '' while nothing has shown it."""

    punches: tuple[RawPunch, ...]
    bad: tuple[BadRecord, ...]
    layout: str
    notes: tuple[str, ...]


EMPTY = Decoded(punches=(), bad=(), layout="", notes=())


def records_in(body: bytes) -> tuple[list[Record], int]:
    """The records of an answer, in its order, and how many there are in all (0 = not said).

    Raises BadReply `bad_reply` or, for fewer records than it says, `log_incomplete`.
    """
    text = body.decode("latin-1")  # every byte is some sign: names may be written in anything
    counted = {name: int(number) for name, number in _COUNTED.findall(text)}
    rows: dict[int, dict[str, str]] = {}
    for line in text.split("\n"):  # a name's bytes may look like other line ends
        if found := _LINE.fullmatch(line.rstrip("\r")):
            rows.setdefault(int(found[1]), {})[found[2]] = found[3].strip(" ")
    if "found" not in counted and not rows:
        raise BadReply("bad_reply")
    if counted.get("found", len(rows)) != len(rows):
        raise BadReply("log_incomplete", received=len(rows), announced=counted["found"])
    records = [Record(fields=row, created=code(row.get("CreateTime"))) for _, row in sorted(rows.items())]
    return records, counted.get("totalCount", 0)


def decode(records: Sequence[Record], zone: ZoneInfo, shown: datetime | None, proven: str) -> Decoded:
    """Turn the records of accepted people into punches.

    `shown` is the terminal's clock, `proven` the layout found at an earlier contact. A record whose
    way of counting cannot be known, because others contradict each other, is a bad record.
    """
    findings = {_finding(record, zone, shown) for record in records} - {""}
    layout = findings.pop() if len(findings) == 1 else ("" if findings else proven)
    punches: list[RawPunch] = []
    bad: list[BadRecord] = []
    notes: set[str] = set()
    for record in (record for record in records if _is_person(record)):
        assumed = layout or ("" if findings else EPOCH_UTC)
        if not layout and record.real < 0:
            notes.add("epoch_mixed" if findings else "epoch_assumed_utc")
        taken = _taken(record, zone, assumed)
        punches += [taken] if isinstance(taken, RawPunch) else []
        bad += [taken] if isinstance(taken, BadRecord) else []
    return Decoded(punches=tuple(punches), bad=tuple(bad), layout=layout, notes=tuple(sorted(notes)))


def _is_person(record: Record) -> bool:
    """An accepted identification; a door opened from afar has no user."""
    fields = record.fields
    accepted = fields.get("Status") == "1" and fields.get("ErrorCode", "0") == "0"
    return accepted and bool(fields.get("UserID"))


def _taken(record: Record, zone: ZoneInfo, layout: str) -> RawPunch | BadRecord:
    fields = record.fields
    raw = kept(fields, _KEPT)
    device_user_id = user_id(fields["UserID"])
    if device_user_id is None:
        return BadRecord(raw=raw, reason="bad_user_id")
    if record.created < 0 and record.real < 0:
        return BadRecord(raw=raw, reason="impossible_date", device_user_id=device_user_id)
    if not layout and record.real < 0:
        return BadRecord(raw=raw, reason="zone_unknown", device_user_id=device_user_id)
    return RawPunch(
        device_user_id=device_user_id,
        device_time=_device_time(record, zone, layout),
        verify=code(fields.get("Method")),
        state=_STATES.get(fields.get("Type", ""), -1),
        work_code=-1,
        raw=raw,
    )


def _device_time(record: Record, zone: ZoneInfo, layout: str) -> datetime:
    if record.real > 0:
        return _shown(record.real, zone)
    return record.wall_clock(UTC if layout == EPOCH_LOCAL else zone)


def _finding(record: Record, zone: ZoneInfo, shown: datetime | None) -> str:
    """What one record shows about the firmware; '' for nothing."""
    if record.created < 0:
        return ""
    if record.real > 0:
        local = int((_shown(record.real, zone)).replace(tzinfo=UTC).timestamp())
        return {record.real: EPOCH_UTC, local: EPOCH_LOCAL}.get(record.created, "")
    if shown is None:
        return ""
    latest = shown + _CLOCK_TOLERANCE
    if record.wall_clock(UTC) <= latest < record.wall_clock(zone):  # no record is later than its own clock
        return EPOCH_LOCAL
    return EPOCH_UTC if record.wall_clock(zone) <= latest < record.wall_clock(UTC) else ""


def _shown(epoch: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(epoch, zone).replace(tzinfo=None)
