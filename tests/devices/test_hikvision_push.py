"""Posted Hikvision events: each form that firmware gives them, what is no punch, what broken ones leave."""

import json
import random
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from devices.hikvision_events import punch_of
from devices.hikvision_push import call_of, read_events
from devices.push_call import BadCall, PushUpload
from devices.simulated import simulated_hikvision
from tests.devices.office import MORNING, SERIAL, clock, history, seconds
from tests.devices.sources import SOURCES

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
ACCESS = {
    "deviceName": "Cổng chính",
    "majorEventType": 5,
    "subEventType": 75,
    "name": "Nguyễn Thị Lan",
    "cardNo": "77001122",
    "employeeNoString": "101",
    "serialNo": 575,
    "currentVerifyMode": "faceOrFpOrCardOrPw",
    "attendanceStatus": "checkIn",
}
EVENT = {
    "ipAddress": "192.168.1.64",
    "dateTime": "2026-11-22T07:45:30+07:00",
    "eventType": "AccessControllerEvent",
    "eventState": "active",
    "AccessControllerEvent": ACCESS,
}
JSON = json.dumps(EVENT, ensure_ascii=False).encode()
XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<EventNotificationAlert version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema">
<dateTime>2026-11-22T07:45:30+07:00</dateTime><eventType>AccessControllerEvent</eventType>
<AccessControllerEvent><majorEventType>5</majorEventType><subEventType>75</subEventType>
<name>Lan</name><cardNo>77001122</cardNo><employeeNoString>101</employeeNoString><serialNo>575</serialNo>
<attendanceStatus>checkIn</attendanceStatus></AccessControllerEvent></EventNotificationAlert>"""
PICTURE = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20 + b"\r\n\r\n{not an event}\xff\xd9"
PUNCH = ("101", seconds(datetime(2026, 11, 22, 7, 45, 30)), 75, 0)


def multipart(*parts: tuple[str, bytes], boundary: str = "MIME_boundary", line: str = "\r\n") -> bytes:
    body = b"".join(
        f"--{boundary}{line}{head}{line}{line}".encode() + content + line.encode() for head, content in parts
    )
    return body + f"--{boundary}--{line}".encode()


FORM = 'Content-Disposition: form-data; name="event_log"'
BODIES = {
    "json alone": JSON,
    "json with a byte order mark": b"\xef\xbb\xbf" + JSON + b"\r\n\0",
    "xml alone": XML,
    "a part with a type": multipart((FORM + "\r\nContent-Type: application/json", JSON)),
    "a part with a file name": multipart((FORM + '; filename="event.json"', JSON)),
    "an xml part": multipart((FORM + "\r\nContent-Type: application/xml", XML)),
    "a part with a length": multipart(
        (f"Content-Type: application/json\r\nContent-Length: {len(JSON)}", JSON)
    ),
    "with a picture behind": multipart((FORM, JSON), ("Content-Type: image/jpeg", PICTURE)),
    "with a picture in front": multipart(("Content-Type: image/jpeg", PICTURE), (FORM, JSON)),
    "with plain line ends": multipart((FORM, JSON), line="\n"),
    "with another boundary": multipart((FORM, JSON), boundary="----7e13971310878"),
    "a wrong type": multipart(("Content-Type: image/jpeg", JSON)),
}


def rows(upload: PushUpload) -> list[tuple[str, int, int, int]]:
    punches = upload.punches
    columns = (punches.device_user_id, punches.device_seconds, punches.verify, punches.state)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_an_event_is_one_punch_in_every_form_that_firmware_gives_it(body: bytes) -> None:
    upload = read_events(body, ZONE)
    assert (rows(upload), upload.bad, upload.lines) == ([PUNCH], (), 1)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_no_name_no_card_and_no_picture_is_kept(body: bytes) -> None:
    (raw,) = read_events(body, ZONE).punches.raw.tolist()
    assert set(json.loads(raw)) <= {
        *("serialNo", "time", "employeeNoString", "major", "minor"),
        *("attendanceStatus", "currentVerifyMode"),
    }
    assert b"Lan" not in raw
    assert b"77001122" not in raw


def test_a_posted_event_is_the_same_punch_as_a_pulled_one() -> None:
    source = SOURCES["hikvision"]
    log = source.log(history(3))
    with simulated_hikvision(serial=SERIAL, clock=clock, log=log) as simulated:
        pulled = source.read(simulated).punches
    for at, raw in enumerate(pulled.raw.tolist()):
        told = json.loads(raw)
        renamed = {"majorEventType": told.pop("major"), "subEventType": told.pop("minor")}
        posted = {"dateTime": told.pop("time"), "AccessControllerEvent": told | renamed}
        (row,) = rows(read_events(json.dumps(posted).encode(), ZONE))
        columns = (pulled.device_user_id, pulled.device_seconds, pulled.verify, pulled.state)
        assert row == tuple(column.tolist()[at] for column in columns)


def changed(**fields: object) -> bytes:
    return json.dumps(EVENT | {"AccessControllerEvent": ACCESS | fields}).encode()


NO_PUNCHES = {
    "a heartbeat": json.dumps({"eventType": "heartBeat", "eventState": "active"}).encode(),
    "an xml heartbeat": b"<EventNotificationAlert><eventType>videoloss</eventType></EventNotificationAlert>",
    "a refused face": changed(subEventType=76),
    "a door": changed(majorEventType=5, subEventType=21, employeeNoString=""),
    "an alarm": changed(majorEventType=1),
    "nobody": json.dumps(
        EVENT
        | {"AccessControllerEvent": {name: ACCESS[name] for name in ACCESS if name != "employeeNoString"}}
    ).encode(),
    "nothing": b"",
    "a picture alone": PICTURE,
    "only boundaries": multipart(),
}


@pytest.mark.parametrize("body", NO_PUNCHES.values(), ids=NO_PUNCHES)
def test_what_is_nobodys_punch_is_passed_over(body: bytes) -> None:
    upload = read_events(body, ZONE)
    assert (rows(upload), upload.bad) == ([], ())


@pytest.mark.parametrize(
    ("body", "reason", "user"),
    [
        (json.dumps(EVENT | {"dateTime": "2026-02-30T07:00:00+07:00"}).encode(), "impossible_date", "101"),
        (changed(employeeNoString="=1+1"), "bad_user_id", ""),
        (JSON[:-9], "bad_line", "101"),
        (b"{" * 5000, "bad_line", ""),
        (b'{"AccessControllerEvent": 7}', "bad_line", ""),
    ],
)
def test_a_broken_event_is_set_aside_with_what_may_be_kept(body: bytes, reason: str, user: str) -> None:
    upload = read_events(body, ZONE)
    assert rows(upload) == []
    (bad,) = upload.bad
    assert (bad.reason, bad.device_user_id) == (reason, user)
    assert b"77001122" not in bad.raw
    assert "Nguyễn".encode() not in bad.raw


def test_a_broken_part_does_not_cost_its_neighbour() -> None:
    upload = read_events(multipart((FORM, JSON[:60]), (FORM, JSON)), ZONE)
    assert (rows(upload), [bad.reason for bad in upload.bad]) == ([PUNCH], ["bad_line"])


def test_a_time_without_an_offset_is_the_terminals_own_clock_and_one_with_another_is_moved() -> None:
    for text in ("2026-11-22T07:45:30", "2026-11-22T00:45:30+00:00", "2026-11-22T00:45:30Z"):
        assert rows(read_events(json.dumps(EVENT | {"dateTime": text}).encode(), ZONE)) == [PUNCH]


def test_any_bytes_are_read_without_an_error() -> None:
    rng = random.Random(20261122)  # noqa: S311 - a seed that can be repeated
    bodies = [*BODIES.values()]
    for _ in range(3000):
        body = bytearray(rng.choice(bodies))
        for _ in range(rng.randrange(1, 9)):
            body[rng.randrange(len(body))] = rng.randrange(256)
        upload = read_events(bytes(body[: rng.randrange(len(body) + 1)]), ZONE)
        assert upload.lines <= 3


def test_an_event_of_another_major_type_is_no_punch_by_pull_either() -> None:
    assert punch_of({"major": 3, "minor": 75, "employeeNoString": "1", "time": str(MORNING)}, ZONE) is None


@pytest.mark.parametrize("path", ["/hikvision/SN1", "/hikvision/SN1/"])
def test_the_serial_number_stands_in_the_address(path: str) -> None:
    call = call_of("POST", path, "key=k-1")
    assert (call.what, call.serial, call.key) == ("events", "SN1", "k-1")
    assert "k-1" not in repr(call)


@pytest.mark.parametrize(
    ("method", "path", "query", "code"),
    [
        ("GET", "/hikvision/SN1", "", "wrong_method"),
        ("POST", "/hikvision/", "", "unknown_path"),
        ("POST", "/hikvision/SN1/x", "", "unknown_path"),
        ("POST", "/hikvision/../SN1", "", "unknown_path"),
        ("POST", "/hikvision/" + "A" * 65, "", "unknown_path"),
        ("POST", "/hikvision/SN1", "a" * 257, "bad_query"),
    ],
)
def test_every_other_call_is_refused(method: str, path: str, query: str, code: str) -> None:
    with pytest.raises(BadCall) as caught:
        call_of(method, path, query)
    assert caught.value.code == code
