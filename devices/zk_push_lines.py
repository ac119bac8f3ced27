"""The lines of an ATTLOG upload: TAB-separated, read as bytes first, each a punch or a bad record.

`id, time, state, verify, work code, reserved, reserved`, up to sixteen fields on newer firmware: state
and verify stand the other way round than in the records of port 4370.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from devices.base import BadRecord, PunchBatch
from devices.push_call import PushUpload
from devices.zk_personal import is_personal, without_content

FEWEST_FIELDS, MOST_FIELDS = 4, 16
LONGEST_LINE = 1_024
"""In bytes. A longer line is no punch; of it nothing is kept but its length."""

_ABSENT = -1
_BYTE = 255
_PADDING = b"\r\x00"
_ID = re.compile(rb"[!-~](?:[ -~]{0,22}[!-~])?")  # printable ASCII, as long as a terminal's own field
_TIME = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}")
_EPOCH_TIME = re.compile(rb"[0-9]{9,13}")
_CODE = re.compile(rb"[0-9]{1,9}")
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a terminal's wall clock has no zone


class _Line(NamedTuple):
    """A sound line."""

    device_user_id: str
    seconds: int
    verify: int
    state: int
    work_code: int
    raw: bytes


def count_lines(body: bytes) -> int:
    """How many lines a body has at most, blank ones too; cheap, to be asked before reading them."""
    return body.count(b"\n") + (not body.endswith(b"\n"))


def read_attlog(body: bytes) -> PushUpload:
    """Read the lines of an upload; never raises.

    Bad ones keep their bytes, unless those may be a template, a card or a photo, and a reason:
    `bad_line` (other fields than a punch has), `bad_user_id`,
    `impossible_date`, `epoch_time` (whether a number means UTC or local time is not known) and
    `line_too_long`.
    """
    good: list[_Line] = []
    bad: list[BadRecord] = []
    for number, line in enumerate(body.split(b"\n"), start=1):
        raw = line.strip(_PADDING)
        if not raw.strip(b" \t\r\x00"):
            continue
        found = _read_line(raw, number)
        if isinstance(found, BadRecord):
            bad.append(found)
        else:
            good.append(found)
    return PushUpload(punches=_batch(good), bad=tuple(bad))


def _read_line(raw: bytes, number: int) -> _Line | BadRecord:
    if len(raw) > LONGEST_LINE:
        return BadRecord(raw=without_content(raw), reason="line_too_long", line=number)
    if is_personal(raw):
        return BadRecord(raw=without_content(raw), reason="bad_line", line=number)
    fields = [field.strip(b" ") for field in raw.split(b"\t")]
    device_user_id, written = fields[0], fields[1] if len(fields) > 1 else b""
    reason = _fault(fields)
    if not reason and (seconds := _seconds(written)) is not None:
        state, verify, work_code = _codes(fields)
        return _Line(device_user_id.decode("ascii"), seconds, verify, state, work_code, raw)
    return BadRecord(
        raw=without_content(raw),
        reason=reason or "impossible_date",
        device_user_id=device_user_id.decode("ascii") if _ID.fullmatch(device_user_id) else "",
        device_time=_plain(written) if _TIME.fullmatch(written) else "",
        line=number,
    )


def _fault(fields: Sequence[bytes]) -> str:
    """Why the fields are no punch; '' when they may be one, and only the date is still to be read."""
    if not FEWEST_FIELDS <= len(fields) <= MOST_FIELDS:
        return "bad_line"
    device_user_id, written, state, verify = fields[:FEWEST_FIELDS]
    if _EPOCH_TIME.fullmatch(written):
        return "epoch_time"
    if not _TIME.fullmatch(written) or None in (_code(state), _code(verify)):
        return "bad_line"
    return "" if _ID.fullmatch(device_user_id) else "bad_user_id"


def _plain(written: bytes) -> str:
    """A time with a blank between date and hour, whatever firmware wrote there."""
    return written.decode("ascii").replace("T", " ")


def _seconds(written: bytes) -> int | None:
    """Seconds since 1970 on the terminal's clock; None for a date that does not exist."""
    try:
        since = datetime.fromisoformat(_plain(written)) - _EPOCH
    except ValueError:
        return None
    return since.days * 86_400 + since.seconds


def _codes(fields: Sequence[bytes]) -> tuple[int, int, int]:
    """State, verify method and work code.

    Beyond the fourth field firmware differs, names of any encoding included: what is no number there
    counts as no work code and never costs the punch.
    """
    state, verify = _code(fields[2]), _code(fields[3])
    work = fields[FEWEST_FIELDS] if len(fields) > FEWEST_FIELDS else b""
    return (
        _ABSENT if state is None else state,
        _ABSENT if verify is None else verify,
        int(work) if _CODE.fullmatch(work) else 0,
    )


def _code(field: bytes) -> int | None:
    """The code in a field, -1 where it is empty, None where it is none."""
    if not field:
        return _ABSENT
    if not _CODE.fullmatch(field):
        return None
    code = int(field)
    return code if code <= _BYTE else None


def _batch(lines: Sequence[_Line]) -> PunchBatch:
    return PunchBatch(
        device_user_id=np.array([line.device_user_id for line in lines], dtype=object),
        device_seconds=np.array([line.seconds for line in lines], dtype=np.int64),
        verify=np.array([line.verify for line in lines], dtype=np.int32),
        state=np.array([line.state for line in lines], dtype=np.int32),
        work_code=np.array([line.work_code for line in lines], dtype=np.int32),
        raw=np.array([line.raw for line in lines], dtype=object),
    )
