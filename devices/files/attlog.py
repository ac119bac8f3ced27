"""`attlog.dat`, which ZK terminals write to a USB stick: TAB-separated, without a header.

The meaning of the columns goes by their number:

* 4: id, time, device number, state;
* 6: id, time, device number, state, verify method, work code;
* 7, 10 and 16: id, time, state, verify method, work code, reserved …: the order of PUSH uploads,
  which newer firmware writes to its files, too.

Ids are padded with spaces, which are taken off; leading zeros are part of an id and stay.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from devices.base import BadRecord, PunchBatch
from devices.files.layout import FileLine, Layout

_ABSENT = -1
_COLUMNS: dict[int, dict[str, int]] = {
    4: {"state": 3},
    6: {"state": 3, "verify": 4, "work_code": 5},
    7: {"state": 2, "verify": 3, "work_code": 4},
    10: {"state": 2, "verify": 3, "work_code": 4},
    16: {"state": 2, "verify": 3, "work_code": 4},
}
_LINE = re.compile(r"[^\t]*\t *[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} *(\t|$)")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_ID = re.compile(r"[!-~]([ -~]{0,22}[!-~])?")  # printable ASCII, as long as a terminal's own field
_CODE = re.compile(r"[0-9]{1,9}")
_BYTE = 255
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a terminal's wall clock has no zone


class _Codes(NamedTuple):
    """What a line says besides who and when; -1 where its form has no such column."""

    verify: int
    state: int
    work_code: int


def fits(text: str) -> bool:
    """Whether a line has an id and a time in the places of this layout."""
    return _LINE.match(text) is not None


def read(lines: Sequence[FileLine]) -> tuple[PunchBatch, tuple[BadRecord, ...]]:
    """Every line as a punch or a bad record, in the order of the file."""
    ids: list[str] = []
    seconds: list[int] = []
    codes: list[_Codes] = []
    raw: list[bytes] = []
    bad = []
    for line in lines:
        punch = _read_line(line)
        if isinstance(punch, BadRecord):
            bad.append(punch)
            continue
        ids.append(punch[0])
        seconds.append(punch[1])
        codes.append(punch[2])
        raw.append(line.raw)
    return _batch(ids, seconds, codes, raw), tuple(bad)


def _read_line(line: FileLine) -> tuple[str, int, _Codes] | BadRecord:
    """Id, seconds since 1970 and codes of a line, or why it is none.

    `bad_line`: other columns than the layout has; `bad_user_id`; `impossible_date`.
    """
    cells = line.text.split("\t")
    device_user_id = cells[0].strip()
    written = cells[1].strip() if len(cells) > 1 else ""
    codes = _codes(cells)
    if codes is None or not _TIME.fullmatch(written):
        return _bad(line, "bad_line", device_user_id, written)
    if not _ID.fullmatch(device_user_id):
        return _bad(line, "bad_user_id", "", written)
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return _bad(line, "impossible_date", device_user_id, written)
    since = moment - _EPOCH
    return device_user_id, since.days * 86_400 + since.seconds, codes


def _bad(line: FileLine, reason: str, device_user_id: str, written: str) -> BadRecord:
    """A record to look at, with what of it may be shown."""
    return BadRecord(
        raw=line.raw,
        reason=reason,
        device_user_id=device_user_id if _ID.fullmatch(device_user_id) else "",
        device_time=written if _TIME.fullmatch(written) else "",
        line=line.number,
    )


def _codes(cells: Sequence[str]) -> _Codes | None:
    """The codes of a line; None when it has other columns, or one of them is no code."""
    places = _COLUMNS.get(len(cells))
    if places is None:
        return None
    verify = _code(cells, places.get("verify"), _ABSENT)
    state = _code(cells, places.get("state"), _ABSENT)
    work_code = _code(cells, places.get("work_code"), 0)
    if verify is None or state is None or work_code is None or max(verify, state) > _BYTE:
        return None
    return _Codes(verify, state, work_code)


def _code(cells: Sequence[str], place: int | None, absent: int) -> int | None:
    """The number in a column, `absent` where there is none, None where there is something else."""
    cell = "" if place is None else cells[place].strip()
    if not cell:
        return absent
    return int(cell) if _CODE.fullmatch(cell) else None


def _batch(ids: list[str], seconds: list[int], codes: list[_Codes], raw: list[bytes]) -> PunchBatch:
    numbers = np.array(codes, dtype=np.int32).reshape(-1, 3)
    return PunchBatch(
        device_user_id=np.array(ids, dtype=object),
        device_seconds=np.array(seconds, dtype=np.int64),
        verify=numbers[:, 0].copy(),
        state=numbers[:, 1].copy(),
        work_code=numbers[:, 2].copy(),
        raw=np.array(raw, dtype=object),
    )


ATTLOG = Layout(name="attlog", fits=fits, read=read)
