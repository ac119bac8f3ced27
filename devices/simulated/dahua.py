"""A made-up Dahua terminal: identity, clock and `recordFinder` searches over CGI."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from devices.base import Clock
from devices.simulated.digest import DigestDoor
from devices.simulated.log import PunchColumns
from devices.simulated.web import Answer, Request, WebSource
from devices.simulated.web_log import Row, WebFaults, WebLog

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  (a wall clock has no zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class DahuaModel:
    """What kind of terminal it is and how it is set up.

    `largest_page`: records of an answer at most, whatever is asked. `local_epoch`: it counts
    `CreateTime` in local time. `real_utc_from`: number of the first record that carries the true epoch
    too (None = none does). `supported`: whether it knows `recordFinder` at all.
    """

    user: str = "admin"
    password: str = "Abc12345"  # noqa: S105  (a simulated terminal's)
    timezone: str = "Asia/Ho_Chi_Minh"
    firmware: str = "2.000.0000000.0.R,build:2024-01-09"
    largest_page: int = 1_000_000
    local_epoch: bool = False
    real_utc_from: int | None = 1
    supported: bool = True


def simulated_dahua(
    *,
    serial: str,
    clock: Clock,
    log: PunchColumns | None = None,
    model: DahuaModel | None = None,
    faults: WebFaults | None = None,
    port: int = 0,
) -> WebSource:
    """Make a terminal. A punch with `verify` -1 is a refused card, one with user id '' a door opened."""
    dialect = _Dahua(serial, clock, model or DahuaModel())
    return WebSource(dialect, log=log, faults=faults, port=port)


class _Dahua:
    """The terminal's answers."""

    def __init__(self, serial: str, clock: Clock, model: DahuaModel) -> None:
        self._serial = serial
        self._clock = clock
        self._model = model
        self._zone = ZoneInfo(model.timezone)
        self._door = DigestDoor(model.user, model.password)

    def __call__(self, request: Request, log: WebLog, faults: WebFaults) -> Answer:
        if refusal := self._door.refusal(request, faults):
            return refusal
        match request.path, request.query.get("action"):
            case "/cgi-bin/magicBox.cgi", "getSerialNo":
                return _text(f"sn={self._serial}")
            case "/cgi-bin/magicBox.cgi", "getSoftwareVersion":
                return _text(f"version={self._model.firmware}")
            case "/cgi-bin/global.cgi", "getCurrentTime":
                return _text(f"result={self._shown(faults)}")
            case "/cgi-bin/recordFinder.cgi", "find" if self._model.supported:
                return self._records(request, log, faults)
        return Answer(status=404)

    def _shown(self, faults: WebFaults) -> str:
        if faults.impossible_clock:
            return "2026-02-30 10:00:00"
        local = self._clock().astimezone(self._zone).replace(tzinfo=None)
        return f"{local + timedelta(seconds=faults.clock_offset_seconds):%Y-%m-%d %H:%M:%S}"

    def _records(self, request: Request, log: WebLog, faults: WebFaults) -> Answer:
        query = request.query
        first, last = int(query["StartTime"]), int(query["EndTime"])
        rows = [row for row in log.rows(faults) if first <= self._created(row) <= last]
        page = rows[: len(rows) - faults.lost_rows][: min(int(query["count"]), self._model.largest_page)]
        head = [] if faults.count_unsaid else [f"totalCount={len(rows)}"]
        lines = [f"records[{at}].{line}" for at, row in enumerate(page) for line in self._lines(row)]
        return _text(*head, f"found={len(page)}", *lines, log=True)

    def _created(self, row: Row) -> int:
        return row.seconds if self._model.local_epoch else self._real(row)

    def _real(self, row: Row) -> int:
        local = _EPOCH + timedelta(seconds=row.seconds)
        return int(local.replace(tzinfo=self._zone).astimezone(UTC).timestamp())

    def _lines(self, row: Row) -> Iterator[str]:
        refused, real_from = row.verify < 0, self._model.real_utc_from
        yield f"RecNo={row.number}"
        yield f"CreateTime={self._created(row)}"
        if real_from is not None and row.number >= real_from:
            yield f"CreateTimeRealUTC={self._real(row)}"
        yield "CardNo=77001122"
        yield "CardName=Nguyễn Thị Lan"
        yield f"UserID={row.user_id}"
        yield f"Method={max(row.verify, 0)}"
        yield f"Status={int(not refused)}"
        yield f"ErrorCode={16 * refused}"
        yield f"Type={'Exit' if row.state == 1 else 'Entry'}"


def _text(*lines: str, log: bool = False) -> Answer:
    return Answer(body="".join(f"{line}\r\n" for line in lines).encode(), log=log)
