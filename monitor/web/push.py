"""The HTTP server that terminals deliver to (ADMS / PUSH), apart from the pages and on a port of its own.

A plain WSGI application on Werkzeug's request and response: no sessions, no cookies, no templates, no
files, so nothing of them can be reached by a terminal, whose every byte is hostile. What exists is the
closed table of `devices.zk_push`; what is answered OK has been committed by `monitor.intake.push`.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from threading import BoundedSemaphore
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from werkzeug.http import http_date
from werkzeug.wrappers import Response

from devices import zk_push
from devices.zk_push import BadCall, Call
from devices.zk_push_lines import count_lines, read_attlog
from monitor.config import Settings
from monitor.intake.push import (
    Caller,
    PushRefused,
    accept_upload,
    admit,
    greet,
    note_poll,
    note_refused_upload,
    park,
)
from monitor.web.push_limits import Body, Budget, Refused, Turns

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

_STATUS = MappingProxyType({"unknown_path": 404, "wrong_method": 405})
_RETRY_SECONDS = "60"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every request is served with; at most so many at once as there are `places` at the database.

    Budgets: `requests` for each serial number and address (a terminal asks every few seconds),
    `parking` for each unknown serial number and `newcomers` for all of them together (they cost a
    write), `warnings` for one line of the log an hour.
    """

    engine: Engine
    settings: Settings
    clock: Callable[[], datetime]
    places: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(4))
    turns: Turns = field(default_factory=Turns)
    requests: Budget = field(default_factory=lambda: Budget(burst=600, per_second=10))
    parking: Budget = field(default_factory=lambda: Budget(burst=10, per_second=1 / 60))
    newcomers: Budget = field(default_factory=lambda: Budget(burst=60, per_second=0.5))
    warnings: Budget = field(default_factory=lambda: Budget(burst=1, per_second=1 / 3600))


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request: what is called, by whom, when."""

    call: Call
    caller: Caller
    body: Body
    now: datetime


def create_push_app(engine: Engine, settings: Settings, clock: Callable[[], datetime]) -> "WSGIApplication":
    """The application; `clock` gives the present as an aware instant."""
    desk = Desk(engine=engine, settings=settings, clock=clock)

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return _answer(desk, environ)(environ, start_response)

    return app


def _answer(desk: Desk, environ: Mapping[str, Any]) -> Response:
    """Serve a request; whatever goes wrong is no OK, so the terminal keeps what it has."""
    now = desk.clock()
    try:
        return _response(200, _served(desk, environ, now), now)
    except BadCall as error:
        answer = _response(_STATUS.get(error.code, 400), "ERROR", now)
        answer.headers.extend({"Allow": str(error.values["allowed"])} if "allowed" in error.values else {})
    except Refused as error:
        answer = _response(error.status, "ERROR", now)
    except PushRefused:
        answer = _response(403, "ERROR", now)
    except Exception:
        # The last resort: storage fails, or we are wrong. Either way the terminal must send it again.
        log.exception("push request failed", extra={"event": "push_failed"})
        answer = _response(503, "ERROR", now)
    return answer


def _response(status: int, text: str, now: datetime) -> Response:
    """A plain text. Some firmware is said to set its clock by the Date header, so it is ours and true."""
    answer = Response(text, status, content_type="text/plain")
    answer.headers["Date"] = http_date(now)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    if status in {429, 503}:
        answer.headers["Retry-After"] = _RETRY_SECONDS
    return answer


def _served(desk: Desk, environ: Mapping[str, Any], now: datetime) -> str:
    """The text of a good answer, or an exception that says why there is none."""
    call = zk_push.call_of(
        environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    )
    networks = tuple(str(network) for network in desk.settings.terminals.allowed_networks)
    address = _plain_address(environ.get("REMOTE_ADDR", ""))
    caller = Caller(serial=call.serial, address=address, allowed_networks=networks)
    if not desk.requests.spend(f"{call.serial} {address}"):
        raise Refused(429, "too_many_requests")
    visit = Visit(call=call, caller=caller, body=Body(environ), now=now)
    try:
        return _DUTIES[call.what](desk, visit)
    except PushRefused as error:
        _turn_away(desk, visit, error)
        raise


def _plain_address(text: str) -> str:
    """An IPv4 address that came through an IPv6 socket in its own form; forwarded headers are ignored."""
    try:
        address = ip_address(text)
    except ValueError:
        return text
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def _turn_away(desk: Desk, visit: Visit, error: PushRefused) -> None:
    """Park an unknown serial number; tell once an hour of an address that may not deliver."""
    caller = visit.caller
    if error.code != "serial_unknown":
        _warn(desk, caller.serial, error.code)
        return
    visit.body.skip()
    if desk.parking.spend(caller.serial) and desk.newcomers.spend(""):
        with desk.turns.of(caller.serial), desk.places:
            park(desk.engine, caller, visit.now)


def _warn(desk: Desk, serial: str, code: str) -> None:
    if desk.warnings.spend(f"{serial} {code}"):
        about = {"event": "push_refused", "serial": serial, "code": code}
        log.warning("terminal %s: %s", serial, code, extra=about)


def _admit(desk: Desk, visit: Visit) -> ZoneInfo:
    """Ask before a body is read; returns the terminal's zone."""
    with desk.places:
        return admit(desk.engine, visit.caller)


def _handshake(desk: Desk, visit: Visit) -> str:
    with desk.places:
        greeting = greet(desk.engine, visit.caller, visit.now)
    offset = visit.now.astimezone(greeting.zone).utcoffset()
    zone = "" if offset is None else zk_push.timezone_option(greeting.timezone_setting, offset)
    return zk_push.handshake_answer(visit.call.serial, stamp=greeting.stamp, timezone=zone)


def _time(desk: Desk, visit: Visit) -> str:
    return zk_push.time_answer(visit.now.astimezone(_admit(desk, visit)))


def _poll(desk: Desk, visit: Visit) -> str:
    """There is no queue of commands: nothing is ever asked of a terminal here."""
    with desk.places:
        note_poll(desk.engine, visit.caller, zk_push.device_info(visit.call.info), visit.now)
    return "OK"


def _nod(desk: Desk, visit: Visit) -> str:
    """Calls that carry nothing we keep: their body is thrown away."""
    _admit(desk, visit)
    visit.body.skip()
    return "OK"


def _upload(desk: Desk, visit: Visit) -> str:
    """Punches are stored, then acknowledged; other tables are thrown away unread."""
    table = visit.call.table
    if table not in {"", zk_push.ATTLOG}:
        return _thrown_away(desk, visit, table)
    _admit(desk, visit)
    try:
        return _delivery(desk, visit)
    except PushRefused:
        raise
    except Exception as error:
        if isinstance(error, Refused):
            visit.body.skip()
            _warn(desk, visit.caller.serial, error.code)
        with desk.places:
            note_refused_upload(desk.engine, visit.caller, visit.now)
        raise


def _thrown_away(desk: Desk, visit: Visit, table: str) -> str:
    """What a table nobody knows holds is never guessed."""
    answer = _nod(desk, visit)
    if table not in zk_push.DISCARDED:
        _warn(desk, visit.caller.serial, "table_unknown")
    return answer


def _delivery(desk: Desk, visit: Visit) -> str:
    limits = desk.settings.push
    table, lines = zk_push.split_table(visit.call, visit.body.read(limits.body_limit_bytes))
    if table != zk_push.ATTLOG:
        return _thrown_away(desk, visit, table)
    if count_lines(lines) > limits.line_limit:
        raise Refused(413, "too_many_lines")
    upload = read_attlog(lines)
    with desk.turns.of(visit.caller.serial), desk.places:
        accept_upload(desk.engine, visit.caller, upload, visit.call.stamp, visit.now)
    return zk_push.upload_answer(upload.lines)


_DUTIES: Mapping[str, Callable[[Desk, Visit], str]] = MappingProxyType(
    {
        zk_push.HANDSHAKE: _handshake,
        zk_push.TIME: _time,
        zk_push.UPLOAD: _upload,
        zk_push.POLL: _poll,
        zk_push.RESULTS: _nod,
        zk_push.REGISTRY: _nod,
        zk_push.PING: _nod,
        zk_push.OTHER: _nod,
    }
)
