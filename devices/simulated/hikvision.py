"""A made-up Hikvision terminal: device information, clock and `AcsEvent` searches over ISAPI."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from devices.base import Clock
from devices.simulated.digest import DigestDoor
from devices.simulated.log import PunchColumns
from devices.simulated.web import Answer, Request, WebSource
from devices.simulated.web_log import Row, WebFaults, WebLog

_EVENT = 5  # major type: something happened at the terminal
_ANY = 0  # minor type: whatever it was
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  (a wall clock has no zone)
_STATUS = {0: "checkIn", 1: "checkOut", 2: "breakOut", 3: "breakIn", 4: "overtimeIn", 5: "overtimeOut"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HikvisionModel:
    """What kind of terminal it is and how it is set up.

    `largest_page`: events of a page at most. `offsets`: whether times carry their offset. `supported`:
    whether it knows `AcsEvent` at all. `allowed`: whether the account may search. `algorithm` and
    `qop`: the form of its challenge.
    """

    user: str = "admin"
    password: str = "Abc12345"  # noqa: S105  (a simulated terminal's)
    timezone: str = "Asia/Ho_Chi_Minh"
    firmware: str = "V3.3.8"
    largest_page: int = 50
    offsets: bool = True
    supported: bool = True
    allowed: bool = True
    algorithm: str = "MD5"
    qop: str = "auth"


def simulated_hikvision(
    *,
    serial: str,
    clock: Clock,
    log: PunchColumns | None = None,
    model: HikvisionModel | None = None,
    faults: WebFaults | None = None,
    port: int = 0,
) -> WebSource:
    """Make a terminal; `verify` of a punch is its minor code, and a user id '' makes an event of nobody."""
    dialect = _Hikvision(serial, clock, model or HikvisionModel())
    return WebSource(dialect, log=log, faults=faults, port=port)


class _Hikvision:
    """The terminal's answers."""

    def __init__(self, serial: str, clock: Clock, model: HikvisionModel) -> None:
        self._serial = serial
        self._clock = clock
        self._model = model
        self._zone = ZoneInfo(model.timezone)
        self._door = DigestDoor(model.user, model.password, algorithm=model.algorithm, qop=model.qop)

    def __call__(self, request: Request, log: WebLog, faults: WebFaults) -> Answer:
        if refusal := self._door.refusal(request, faults):
            return refusal
        match request.method, request.path:
            case "GET", "/ISAPI/System/deviceInfo":
                return self._device()
            case "GET", "/ISAPI/System/time":
                return _xml("Time", timeMode="manual", localTime=self._shown(faults))
            case "POST", "/ISAPI/AccessControl/AcsEvent":
                return self._events(request, log, faults)
        return Answer(status=404)

    def _device(self) -> Answer:
        version = self._model.firmware
        return _xml("DeviceInfo", deviceName="Cửa", serialNumber=self._serial, firmwareVersion=version)

    def _shown(self, faults: WebFaults) -> str:
        """Its clock, with the offset if it has a habit of that."""
        local = self._clock().astimezone(self._zone).replace(tzinfo=None)
        return (
            "2026-02-30T10:00:00"
            if faults.impossible_clock
            else self._text(local + timedelta(seconds=faults.clock_offset_seconds))
        )

    def _text(self, local: datetime) -> str:
        return (local.replace(tzinfo=self._zone) if self._model.offsets else local).isoformat()

    def _events(self, request: Request, log: WebLog, faults: WebFaults) -> Answer:
        if not (self._model.supported and self._model.allowed):
            reason = "notSupport" if not self._model.supported else "lowPrivilege"
            return Answer(status=403, body=json.dumps({"statusCode": 4, "subStatusCode": reason}).encode())
        asked = json.loads(request.body)["AcsEventCond"]
        rows = [row for row in log.rows(faults) if self._matches(row, asked)]
        start = asked["searchResultPosition"]
        page = rows[: len(rows) - faults.lost_rows][
            start : start + min(asked["maxResults"], self._model.largest_page)
        ]
        told: dict[str, Any] = {"searchID": asked["searchID"], "numOfMatches": len(page)}
        told["responseStatusStrg"] = _status(page, start, rows)
        told["InfoList"] = [self._event(row) for row in page]
        if not faults.count_unsaid:
            told["totalMatches"] = len(rows)
        return Answer(body=json.dumps({"AcsEvent": told}).encode(), log=True)

    def _matches(self, row: Row, asked: dict[str, Any]) -> bool:
        moment = (_EPOCH + timedelta(seconds=row.seconds)).replace(tzinfo=self._zone)
        first, last = (datetime.fromisoformat(asked[name]) for name in ("startTime", "endTime"))
        return first <= moment <= last and asked["major"] == _EVENT and asked["minor"] in (_ANY, row.verify)

    def _event(self, row: Row) -> dict[str, Any]:
        person = {"employeeNoString": row.user_id, "name": "Nguyễn Thị Lan", "cardNo": "77001122"}
        return {
            "major": 5,
            "minor": row.verify,
            "time": self._text(_EPOCH + timedelta(seconds=row.seconds)),
            "serialNo": row.number,
            "doorNo": 1,
            "currentVerifyMode": "faceOrFpOrCardOrPw",
            "attendanceStatus": _STATUS.get(row.state, "undefined"),
            "pictureURL": "http://127.0.0.1/picture.jpg",
        } | (person if row.user_id else {})


def _status(page: list[Row], start: int, rows: list[Row]) -> str:
    if not rows:
        return "NO MATCH"
    return "MORE" if page and start + len(page) < len(rows) else "OK"


def _xml(root: str, **elements: str) -> Answer:
    inside = "".join(f"<{name}>{text}</{name}>" for name, text in elements.items())
    return Answer(body=f'<?xml version="1.0" encoding="UTF-8"?><{root}>{inside}</{root}>'.encode())
