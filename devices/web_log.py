"""What the sources over HTTP share: records that come as texts -> punches as columns."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from devices.base import PunchBatch, RawPunch
from devices.errors import BadReply, Unreachable

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  (a wall clock has no zone)
_SERIAL = re.compile(r"[0-9A-Za-z_-]{1,64}")
_USER_ID = re.compile(r"[0-9A-Za-z_.-]{1,64}")
_LARGEST_CODE = 2**31 - 1
_FIRMWARE = re.compile(r"[ -~]{0,64}")


def batch_of(punches: Sequence[RawPunch]) -> PunchBatch:
    """Punches as columns, the oldest first; those of one second in the order in which they came."""
    ordered = sorted(punches, key=lambda punch: punch.device_time)
    times = [(punch.device_time - _EPOCH) // timedelta(seconds=1) for punch in ordered]
    return PunchBatch(
        device_user_id=np.array([punch.device_user_id for punch in ordered], dtype=object),
        device_seconds=np.array(times, dtype=np.int64),
        verify=np.array([punch.verify for punch in ordered], dtype=np.int32),
        state=np.array([punch.state for punch in ordered], dtype=np.int32),
        work_code=np.array([punch.work_code for punch in ordered], dtype=np.int32),
        raw=np.array([punch.raw for punch in ordered], dtype=object),
    )


def wall_clock(text: object, zone: ZoneInfo) -> datetime | None:
    """A time text as the terminal's naive wall clock; None for what is no time.

    A text with an offset is an instant and is moved to the terminal's zone; one without is its clock.
    """
    try:
        moment = datetime.fromisoformat(str(text))
        local = moment.astimezone(zone) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return None
    return local.replace(tzinfo=None, microsecond=0)


def user_id(value: object) -> str | None:
    """A user id as text, leading zeros kept; None for what no terminal gives to a person."""
    text = str(value).strip()
    return text if isinstance(value, str | int) and _USER_ID.fullmatch(text) else None


def code(value: object) -> int:
    """A small number, given as number or digits; -1 for anything else."""
    text = str(value)
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(_LARGEST_CODE)) else -1
    return number if number <= _LARGEST_CODE else -1


def kept(record: Mapping[str, object], fields: Sequence[str]) -> bytes:
    """A record's own bytes, but only of the fields that may be kept: no names, cards or pictures."""
    return json.dumps({name: record[name] for name in fields if name in record}, ensure_ascii=False).encode()


def identified(found: str, expected: str) -> str:
    """The serial number, if it is one and the expected one.

    Raises BadReply `bad_serial` or `wrong_serial`: another terminal may stand at this address now.
    """
    if not _SERIAL.fullmatch(found):
        raise BadReply("bad_serial")
    if expected and found != expected:
        raise BadReply("wrong_serial", expected=expected, found=found)
    return found


def plain(text: str) -> str:
    """A firmware's name, if it is short plain text."""
    return text if _FIRMWARE.fullmatch(text) else ""


def whole_until(times: Sequence[datetime]) -> datetime:
    """The last second that is known whole of a read that time cuts short.

    A first read of a long log may take more than one contact. It is cut where the source gives the
    oldest first: what came is then whole up to the second before the newest. Raises Unreachable
    `timed_out` where it gives another order, or everything of one second.
    """
    if not times or times[0] == times[-1] or list(times) != sorted(times):
        raise Unreachable("timed_out")
    return times[-1] - timedelta(seconds=1)
