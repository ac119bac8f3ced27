"""Events of Hikvision terminals, pulled or pushed: which are a person's punch, and what is kept of them."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from devices.base import BadRecord, RawPunch
from devices.web_log import code, kept, user_id, wall_clock

ACCESS = 5
"""Major code of what happens at a door or a reader."""
_ACCEPTED = frozenset({1, 2, 38, 40, 43, 46, 54, 57, 60, 63, 66, 69, 72, 75, 77, 101, 181})
"""Minor codes of an accepted person: card, finger, face, password and their combinations. All others are
refusals (76, 39), doors (21, 22) and the like."""

_STATES = {"checkIn": 0, "checkOut": 1, "breakOut": 2, "breakIn": 3, "overtimeIn": 4, "overtimeOut": 5}
KEPT = (
    "serialNo",
    "time",
    "employeeNoString",
    "major",
    "minor",
    "attendanceStatus",
    "currentVerifyMode",
    "doorNo",
    "cardReaderNo",
)
"""The fields of an event that may be kept: no names, cards or pictures."""


def punch_of(event: Mapping[str, object], zone: ZoneInfo) -> RawPunch | BadRecord | None:
    """Sort one event, its fields named as in a search: a punch, a bad record, or nothing of a person."""
    minor, person = code(event.get("minor")), event.get("employeeNoString")
    if code(event.get("major")) != ACCESS or minor not in _ACCEPTED or not person:
        return None
    raw = kept(event, KEPT)
    device_user_id, moment = user_id(person), wall_clock(event.get("time"), zone)
    if device_user_id is None or moment is None:
        reason = "bad_user_id" if device_user_id is None else "impossible_date"
        return BadRecord(raw=raw, reason=reason, device_user_id=device_user_id or "")
    return RawPunch(
        device_user_id=device_user_id,
        device_time=moment,
        verify=minor,
        state=_STATES.get(str(event.get("attendanceStatus")), -1),
        work_code=-1,
        raw=raw,
    )
