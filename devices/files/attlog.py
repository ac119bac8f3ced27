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

from devices.base import BadRecord
from devices.files.layout import FileLine, FileReading, Layout
from devices.files.punch import ABSENT, BYTE, Punch, is_id, reading_of, seconds_of

NAME = "attlog"
_SAMPLE = 2000
_COLUMNS: dict[int, dict[str, int]] = {
    4: {"state": 3},
    6: {"state": 3, "verify": 4, "work_code": 5},
    7: {"state": 2, "verify": 3, "work_code": 4},
    10: {"state": 2, "verify": 3, "work_code": 4},
    16: {"state": 2, "verify": 3, "work_code": 4},
}
_LINE = re.compile(r"[^\t]*\t *[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} *(\t|$)")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_CODE = re.compile(r"[0-9]{1,9}")


class _Codes(NamedTuple):
    """What a line says besides who and when; -1 where its form has no such column."""

    verify: int
    state: int
    work_code: int


def fits(lines: Sequence[FileLine]) -> int:
    """How many lines of the beginning have an id and a time in the places of this layout."""
    return sum(_LINE.match(line.text) is not None for line in lines[:_SAMPLE])


def read(lines: Sequence[FileLine], _order: str) -> FileReading:
    """Every line as a punch or a bad record, in the order of the file; its dates are year first."""
    return reading_of(NAME, map(_read_line, lines))


def _read_line(line: FileLine) -> Punch | BadRecord:
    """A line as a punch, or why it is none.

    `bad_line`: other columns than the layout has; `bad_user_id`; `impossible_date`.
    """
    cells = line.text.split("\t")
    device_user_id = cells[0].strip()
    written = cells[1].strip() if len(cells) > 1 else ""
    codes = _codes(cells)
    if codes is None or not _TIME.fullmatch(written):
        return _bad(line, "bad_line", device_user_id, written)
    if not is_id(device_user_id):
        return _bad(line, "bad_user_id", "", written)
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return _bad(line, "impossible_date", device_user_id, written)
    return Punch(device_user_id, seconds_of(moment), line.raw, *codes)


def _bad(line: FileLine, reason: str, device_user_id: str, written: str) -> BadRecord:
    """A record to look at, with what of it may be shown."""
    return BadRecord(
        raw=line.raw,
        reason=reason,
        device_user_id=device_user_id if is_id(device_user_id) else "",
        device_time=written if _TIME.fullmatch(written) else "",
        line=line.number,
    )


def _codes(cells: Sequence[str]) -> _Codes | None:
    """The codes of a line; None when it has other columns, or one of them is no code."""
    places = _COLUMNS.get(len(cells))
    if places is None:
        return None
    verify = _code(cells, places.get("verify"), ABSENT)
    state = _code(cells, places.get("state"), ABSENT)
    work_code = _code(cells, places.get("work_code"), 0)
    if verify is None or state is None or work_code is None or max(verify, state) > BYTE:
        return None
    return _Codes(verify, state, work_code)


def _code(cells: Sequence[str], place: int | None, absent: int) -> int | None:
    """The number in a column, `absent` where there is none, None where there is something else."""
    cell = "" if place is None else cells[place].strip()
    if not cell:
        return absent
    return int(cell) if _CODE.fullmatch(cell) else None


ATTLOG = Layout(name=NAME, fits=fits, read=read, has_date_order=False)
