"""A made-up BioTime server: tokens, terminals and transactions over its REST interface."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from devices.base import Clock
from devices.simulated.log import PunchColumns
from devices.simulated.web import Answer, Request, WebSource
from devices.simulated.web_log import Row, WebFaults, WebLog

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  (a wall clock has no zone)
_DAY = timedelta(days=1)
_DOORS = {"/jwt-api-token-auth/": "JWT", "/api-token-auth/": "Token"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BioTimeModel:
    """What kind of server it is and how it is set up.

    `gives`, `takes`: the kinds of token (`JWT`, `Token`) it gives out, and takes. `page_name`: what it
    calls the size of a page; it ignores the other name. `inner_host`: what `next` names. `others`:
    serials of other terminals, whose punches come between ours where `filters` is off.
    `silent_for`: how long ago the terminal was last heard. `lists`: whether terminals may be listed.
    """

    user: str = "monitor"
    password: str = "Abc12345"  # noqa: S105  (a simulated server's)
    timezone: str = "Asia/Ho_Chi_Minh"
    firmware: str = "Ver 8.0.4.3"
    gives: tuple[str, ...] = ("JWT", "Token")
    takes: tuple[str, ...] = ("JWT", "Token")
    page_name: str = "page_size"
    largest_page: int = 1000
    inner_host: str = "http://biotime.internal:8081"
    others: tuple[str, ...] = ()
    filters: bool = True
    silent_for: timedelta = timedelta(0)
    lists: bool = True
    dated: bool = True


def simulated_biotime(
    *,
    serial: str,
    clock: Clock,
    log: PunchColumns | None = None,
    model: BioTimeModel | None = None,
    faults: WebFaults | None = None,
    port: int = 0,
) -> WebSource:
    """Make a server that has the punches of the terminal `serial`."""
    dialect = _BioTime(serial=serial, clock=clock, model=model or BioTimeModel())
    return WebSource(dialect, log=log, faults=faults, port=port)


@dataclass(slots=True, kw_only=True)
class _BioTime:
    """The server's answers. A token is its kind and a number, which says how often one was given."""

    serial: str
    clock: Clock
    model: BioTimeModel
    given: int = 0
    uses: int = 0
    rows: list[Row] = field(default_factory=list)

    def __call__(self, request: Request, log: WebLog, faults: WebFaults) -> Answer:
        answer = self._answer(request, log, faults)
        if not self.model.dated:
            return answer
        served_at = self.clock() + timedelta(seconds=faults.clock_offset_seconds)
        dated = {**answer.headers, "Date": format_datetime(served_at)}
        return Answer(status=answer.status, body=answer.body, headers=dated, log=answer.log)

    def _answer(self, request: Request, log: WebLog, faults: WebFaults) -> Answer:
        if request.path in _DOORS:
            return self._token(request, _DOORS[request.path], faults)
        if not self._knows(request, faults):
            return _json(401, {"detail": "Invalid token."})
        match request.path:
            case "/iclock/api/terminals/" if self.model.lists:
                return self._list(request, faults, self._terminals())
            case "/iclock/api/terminals/":
                return _json(403, {"detail": "You do not have permission."})
            case "/iclock/api/transactions/":
                return self._list(request, faults, self._transactions(request, log, faults), log=True)
        return Answer(status=404)

    def _token(self, request: Request, scheme: str, faults: WebFaults) -> Answer:
        if scheme not in self.model.gives:
            return Answer(status=404)
        account = {"username": self.model.user, "password": self.model.password}
        if faults.refuse_everybody or json.loads(request.body) != account:
            return _json(400, {"non_field_errors": ["Unable to log in with provided credentials."]})
        self.given, self.uses = self.given + 1, 0
        return _json(200, {"token": f"{scheme}-{self.given}"})

    def _knows(self, request: Request, faults: WebFaults) -> bool:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        self.uses += 1
        fresh = not faults.stale_after or self.uses <= faults.stale_after
        return scheme in self.model.takes and token == f"{scheme}-{self.given}" and fresh

    def _list(
        self, request: Request, faults: WebFaults, rows: Sequence[object], *, log: bool = False
    ) -> Answer:
        size = min(int(request.query.get(self.model.page_name, 10)), self.model.largest_page)
        page = int(request.query.get("page", 1))
        held = rows[: len(rows) - faults.lost_rows] if log else rows
        following = urlencode({**request.query, "page": page + 1})
        told: dict[str, Any] = {"next": None, "previous": None, "code": 0, "msg": ""}
        if page * size < len(rows):
            told["next"] = f"{self.model.inner_host}{request.path}?{following}"
        if not faults.count_unsaid:
            told["count"] = len(rows)
        return _json(200, told | {"data": held[(page - 1) * size : page * size]}, log=log)

    def _terminals(self) -> list[dict[str, Any]]:
        heard = self.clock().astimezone(ZoneInfo(self.model.timezone)) - self.model.silent_for
        about = {"fw_ver": self.model.firmware, "last_activity": f"{heard:%Y-%m-%d %H:%M:%S}"}
        return [
            {"id": at, "sn": one} | about for at, one in enumerate((*self.model.others, self.serial), start=1)
        ]

    def _transactions(self, request: Request, log: WebLog, faults: WebFaults) -> list[dict[str, Any]]:
        query = request.query
        first = query.get("start_time", "")
        serials = (self.serial,) if self.model.filters else (self.serial, *self.model.others)
        return [
            self._transaction(row, serial)
            for row in log.rows(faults)
            for serial in serials
            if _text(row.seconds) >= first and (not self.model.filters or query["terminal_sn"] == serial)
        ]

    def _transaction(self, row: Row, serial: str) -> dict[str, Any]:
        return {
            "id": row.number * 100 + (self.serial, *self.model.others).index(serial),
            "emp_code": row.user_id,
            "first_name": "Nguyễn Thị Lan",
            "punch_time": _text(row.seconds),
            "punch_state": str(row.state),
            "verify_type": row.verify,
            "work_code": str(row.work_code),
            "terminal_sn": serial,
            "terminal_alias": "Cổng",
            "upload_time": _text(row.seconds + 5),
        }


def _text(seconds: int) -> str:
    return f"{_EPOCH + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S}"


def _json(status: int, told: dict[str, Any], *, log: bool = False) -> Answer:
    return Answer(status=status, body=json.dumps(told).encode(), log=log)
