"""Hostile bytes for the decoders that `tests.devices.fuzzing` does not feed: web sources, files, user lists.

Each target feeds one body made by a seed and gives how many inputs it held. What may come out is a documented
refusal or punches; every punch must stand in the bytes: the id and the minute of it, as text.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.client import HTTPMessage
from types import MappingProxyType
from typing import cast
from zoneinfo import ZoneInfo

from devices import biotime, hikvision, hikvision_push
from devices.base import PunchBatch, RawPunch, TerminalSettings
from devices.dahua_records import decode, records_in
from devices.errors import DeviceError
from devices.files import LAYOUTS, read_punch_file
from devices.hikvision_events import punch_of
from devices.http_contact import Reply
from devices.simulated.encode import encode_user_28, encode_user_72
from devices.web_log import batch_of
from devices.zk_push_operations import read_operations
from devices.zk_users import decode_users
from tests.devices.files.test_layout_fuzz import HEADERS
from tests.devices.files.test_workbooks import HTML, PAIR_HEADER, xlsx
from tests.devices.fuzzing import FILE, Dice, bounded

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
EPOCH = datetime(1970, 1, 1)
EVENTS = 20
SHOWN = datetime(2026, 3, 2, 10, 0)
SEARCH = json.dumps(
    {
        "AcsEvent": {
            "responseStatusStrg": "OK",
            "totalMatches": EVENTS,
            "numOfMatches": EVENTS,
            "InfoList": [
                {
                    "major": 5,
                    "minor": 75,
                    "time": f"2026-03-02T07:{n:02}:11+07:00",
                    "employeeNoString": str(n + 1),
                    "serialNo": n,
                    "attendanceStatus": "checkIn",
                }
                for n in range(EVENTS)
            ],
        }
    }
).encode()
POSTED = json.dumps(
    {
        "dateTime": "2026-03-02T07:28:11+07:00",
        "eventType": "AccessControllerEvent",
        "AccessControllerEvent": {
            "majorEventType": 5,
            "subEventType": 75,
            "employeeNoString": "17",
            "serialNo": 4,
        },
    }
).encode()
POSTED_XML = (
    b"<EventNotificationAlert><dateTime>2026-03-02T07:28:11+07:00</dateTime><AccessControllerEvent>"
    b"<majorEventType>5</majorEventType><subEventType>75</subEventType>"
    b"<employeeNoString>17</employeeNoString></AccessControllerEvent></EventNotificationAlert>"
)
MULTIPART = (
    b"--x\r\nContent-Type: application/json\r\n\r\n" + POSTED + b"\r\n--x\r\n\r\n\xff\xd8\xff\r\n--x--\r\n"
)
_CARD = (
    "records[{0}].RecNo={0}\r\nrecords[{0}].CreateTime=17724000{0:02}\r\nrecords[{0}].UserID={0}\r\n"
    "records[{0}].Status=1\r\nrecords[{0}].ErrorCode=0\r\nrecords[{0}].Method=15\r\n"
)
CARDS = f"found={EVENTS}\r\n".encode() + "".join(_CARD.format(n) for n in range(EVENTS)).encode()
ROWS = json.dumps(
    {
        "count": EVENTS,
        "next": "http://inner/iclock/api/transactions/?page=2",
        "data": [
            {
                "id": n,
                "emp_code": f"{n + 1}",
                "punch_time": f"2026-03-02 07:{n:02}:00",
                "punch_state": "0",
                "verify_type": 1,
                "terminal_sn": "SN1",
                "upload_time": "2026-03-02 07:30:00",
            }
            for n in range(EVENTS)
        ],
    }
).encode()
OPERATIONS = b"".join(
    b"OPLOG %d\t0\t2026-03-%02d 07:28:11\t0\t0\t0\t0\n" % (n, n % 28 + 1) for n in range(30)
)
USERS = {
    size: b"".join(
        encode(uid=n, user_id=str(n), name=f"Người {n}".encode(), password=b"1", card=n)
        for n in range(1, EVENTS)
    )
    for size, encode in ((28, encode_user_28), (72, encode_user_72))
}
LINES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "glg": ("1\t1\t000000005\t\tAn\t1\t0\t2026/03/02  07:28:11",),
        "alog": ("1\t1\t000000005\tAn\t1\t0\t0\t0\t2026/03/02  07:28:11",),
        "acno": ("5,5,An,2026-03-02 07:28:11,C/In",),
        "checkinout": ("5,2026-03-02 07:28:11,I,1,1",),
        "biotime": ("5,2026-03-02 07:28:11,0,1,SN1",),
        "pairs": ("5;An;13/01/2026;7:28;11:31;13:29;17:02", "6;Bình;14/01/2026;7:30;;;17:00"),
    }
)
BOOK = xlsx([PAIR_HEADER, [1, 5, "", 46024, "", "7:53", "17:00"]])


def _spoilt(dice: Dice, body: bytes) -> bytes:
    return dice.cut(dice.spoilt(body, dice.small.choice((0.0, 0.001, 0.01, 0.05))))


def _reply(body: bytes) -> Reply:
    return Reply(status=200, headers=cast(HTTPMessage, Message()), body=body)


def _stand_in(body: bytes, punches: Iterable[RawPunch] | PunchBatch) -> None:
    """Every id of a punch stands in the bytes; none is invented."""
    batch = punches if isinstance(punches, PunchBatch) else batch_of(list(punches))
    text = body.decode("latin-1")
    for user in batch.device_user_id.tolist():
        assert user, body
        assert user in text or user.encode().decode("latin-1") in text or "\\u" in text, (user, body)
    assert len(batch) <= len(body) // 8 + 1


def _sorted_out(body: bytes, events: Iterable[Mapping[str, object]]) -> None:
    found = [punch_of(event, ZONE) for event in events]
    _stand_in(body, [one for one in found if isinstance(one, RawPunch)])


def searched(dice: Dice) -> int:
    """A page of a Hikvision search."""
    body = _spoilt(dice, SEARCH)
    with suppress(DeviceError):
        _sorted_out(body, hikvision._page(_reply(body)).events)
    return EVENTS


def posted(dice: Dice) -> int:
    """An event that a Hikvision terminal posts."""
    body = _spoilt(dice, dice.small.choice((POSTED, POSTED_XML, MULTIPART)))
    _stand_in(body, hikvision_push.read_events(body, ZONE).punches)
    return 1


def cards(dice: Dice) -> int:
    """Card records of a Dahua terminal."""
    body = _spoilt(dice, CARDS)
    with suppress(DeviceError):
        found, _total = records_in(body)
        decoded = decode(found, ZONE, SHOWN, dice.small.choice(("", "epoch_utc", "epoch_local")))
        _stand_in(body, decoded.punches)
    return EVENTS


def collected(dice: Dice) -> int:
    """A page of a BioTime server."""
    body = _spoilt(dice, ROWS)
    with suppress(DeviceError):
        source = biotime.BioTimeTerminal(_BIOTIME, lambda: datetime(2026, 3, 2, tzinfo=UTC))
        found = biotime._Found()
        for row in biotime._page(_reply(body)).rows:
            source._take(row, found)
        _stand_in(body, found.punches)
    return EVENTS


def operated(dice: Dice) -> int:
    """The operation log of a pushing terminal."""
    body = _spoilt(dice, OPERATIONS)
    for one in read_operations(body):
        shown = EPOCH + timedelta(seconds=one.device_seconds)
        assert f"{shown:%Y-%m-%d}".encode() in body
        assert f"{shown:%H:%M:%S}".encode() in body
    return 30


def listed(dice: Dice) -> int:
    """A user list; every user that comes out has an id that stands in it."""
    payload = _spoilt(dice, USERS[dice.small.choice((28, 72))])
    body = len(payload).to_bytes(4, "little") + payload
    count = dice.small.choice((None, EVENTS - 1))
    with suppress(DeviceError):
        for user in decode_users(body, announced=len(body), before=count, after=count):
            assert user.user_id.encode() in body or int(user.user_id).to_bytes(4, "little") in body
    return EVENTS


def filed(dice: Dice) -> int:
    """A text file of each layout, named or to be found out."""
    layout = dice.small.choice((*LINES, "attlog"))
    text = FILE[:2_000] if layout == "attlog" else "\n".join([HEADERS[layout], *LINES[layout] * 8]).encode()
    body = _spoilt(dice, dice.small.choice((text, text, text.decode().encode("utf-16"), HTML.encode())))
    name = dice.small.choice(("auto", layout, *LAYOUTS))
    with suppress(DeviceError):
        found = read_punch_file(body, name)
        assert found.lines == len(found.batch) + len(found.bad)
        assert all(record.reason for record in found.bad)
        assert len(found.batch) <= len(body)
    return max(1, body.count(b"\n"))


def book(dice: Dice) -> int:
    """A damaged workbook; a process each, so few of them."""
    with suppress(DeviceError):
        found = read_punch_file(_spoilt(dice, BOOK))
        assert found.lines == len(found.batch) + len(found.bad)
    return 1


_BIOTIME = TerminalSettings(code="M1", kind="biotime", host="127.0.0.1", port=80, serial="SN1")
TARGETS: Mapping[str, Callable[[Dice], int]] = MappingProxyType(
    {
        "searched": searched,
        "posted": posted,
        "cards": cards,
        "collected": collected,
        "operated": operated,
        "listed": listed,
        "filed": filed,
        "book": book,
    }
)
SHARES = MappingProxyType(
    {
        "searched": 0.2,
        "posted": 0.1,
        "cards": 0.2,
        "collected": 0.2,
        "operated": 0.1,
        "listed": 0.1,
        "filed": 0.0999,
        "book": 0.0001,
    }
)
"""Of the inputs. A workbook is opened by a process of its own, which takes a thousand times as long."""


def attack(target: str, seed: int, number: int) -> int:
    """Feed one body, the same for the same three; gives how many inputs it held."""
    try:
        with bounded():
            return TARGETS[target](Dice.of(seed, target, number))
    except Exception as error:
        error.add_note(f"again: tests.assurance.hostile.attack({target!r}, {seed}, {number})")
        raise


def campaign(inputs: int, seed: int) -> dict[str, int]:
    """Attack every target up to its share; gives how many inputs each was fed."""
    fed = dict.fromkeys(TARGETS, 0)
    for target, share in SHARES.items():
        number = 0
        while fed[target] < inputs * share:
            fed[target] += attack(target, seed, number)
            number += 1
    return fed
