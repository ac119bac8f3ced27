"""Events that a Hikvision terminal posts to us ("HTTP listening"): bytes in, punches out. No sockets here.

An event comes as JSON or XML, alone or as a part of a multipart body beside the picture of the face,
which is thrown away unread. The event does not say the terminal's serial number, so the address that
is entered at the terminal does: `/hikvision/<serial number>`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from devices.base import BadRecord, RawPunch
from devices.hikvision_events import KEPT, punch_of
from devices.push_call import BadCall, Call, PushUpload
from devices.web_log import batch_of, user_id

PREFIX = "/hikvision/"
EVENTS = "events"
_PATH = re.compile(rf"{PREFIX}([A-Za-z0-9_-]{{1,64}})/?")
_LONGEST_QUERY, _LONGEST_KEY = 256, 64
_HEAD_LINES = 40
_ACCESS = "AccessControllerEvent"
_NAMES: Mapping[str, str] = MappingProxyType(
    {"majorEventType": "major", "subEventType": "minor", "dateTime": "time"}
)
"""Fields that a posted event names otherwise than a search does."""

_TEXT = re.compile(r'"(?P<name>[A-Za-z]{1,40})" *: *(?:"(?P<text>[^"\\]{0,64})"|(?P<number>-?[0-9]{1,12}))')
_ELEMENT = re.compile(r"<(?P<name>[A-Za-z]{1,40})>(?P<text>[^<]{0,64})</(?P=name)>")
_BLANK = b" \t\r\n\x00\xef\xbb\xbf"


def call_of(method: str, path: str, query: str) -> Call:
    """Read a request's first line; `path` decoded, `query` as it came. Raises BadCall."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise BadCall("unknown_path")
    if method != "POST":
        raise BadCall("wrong_method", allowed="POST")
    if len(query) > _LONGEST_QUERY:
        raise BadCall("bad_query")
    key = dict(parse_qsl(query, max_num_fields=8)).get("key", "")
    return Call(what=EVENTS, serial=found[1], key=key[:_LONGEST_KEY])


def read_events(body: bytes, zone: ZoneInfo) -> PushUpload:
    """Read a posted body; never raises.

    Heartbeats, doors, refusals and other alarms are no punches and are passed over. What cannot be read
    and may have been somebody's punch becomes a bad record, `bad_line`, of those fields that may be kept.
    """
    found = [one for part in _parts(body) if (one := _read(part, zone)) is not None]
    return PushUpload(
        punches=batch_of([one for one in found if isinstance(one, RawPunch)]),
        bad=tuple(one for one in found if isinstance(one, BadRecord)),
    )


def _parts(body: bytes) -> Iterator[bytes]:
    """The documents of a body. Firmware names parts as it likes, so each is known by how it begins."""
    trimmed = body.strip(_BLANK)
    if not trimmed.startswith(b"--"):
        yield trimmed
        return
    boundary = trimmed.partition(b"\n")[0].rstrip(b"\r")
    for part in trimmed.split(boundary):
        _head, _, content = part.replace(b"\r\n", b"\n", _HEAD_LINES).partition(b"\n\n")
        yield content.strip(_BLANK)


def _read(part: bytes, zone: ZoneInfo) -> RawPunch | BadRecord | None:
    if part.startswith(b"{"):
        event = _json_event(part)
    elif part.startswith(b"<"):
        event = _fields(_ELEMENT, part) if _ACCESS.encode() in part else {}
    else:
        event = {}
    return _unread(part) if event is None else punch_of(event, zone)


def _json_event(part: bytes) -> dict[str, object] | None:
    """The fields of an access event; {} of another event, None where nobody knows what it is."""
    try:
        told = json.loads(part)
    except (ValueError, RecursionError):
        return None
    access = told.get(_ACCESS, {}) if isinstance(told, dict) else None
    if not isinstance(access, dict):
        return None
    return _renamed(told | access) if access else {}


def _fields(pattern: re.Pattern[str], part: bytes) -> dict[str, object]:
    """What simple fields a text holds; no parser meets a peer's XML, nor a broken text."""
    found = pattern.finditer(part.decode("utf-8", errors="replace"))
    fields = (one.groupdict() for one in found)
    return _renamed({one["name"]: one["text"] or one.get("number") or "" for one in fields})


def _renamed(event: Mapping[str, object]) -> dict[str, object]:
    return {_NAMES.get(name, name): value for name, value in event.items()}


def _unread(part: bytes) -> BadRecord:
    """A broken event: who and when, if that much can be found; names and card numbers are not kept."""
    event = _fields(_TEXT, part)
    kept = {name: str(event[name]) for name in KEPT if name in event}
    return BadRecord(
        raw=json.dumps(kept | {"unreadable_bytes": len(part)}).encode(),
        reason="bad_line",
        device_user_id=user_id(kept.get("employeeNoString", "")) or "",
        device_time=kept.get("time", "")[:32],
    )
