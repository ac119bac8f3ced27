"""The HTTP server that terminals deliver to (ADMS / PUSH, Hikvision), apart from the pages, on its own port.

A plain WSGI application on Werkzeug's request and response: no sessions, no cookies, no templates, no
files, so nothing of them can be reached by a terminal, whose every byte is hostile. What exists is the
closed table of calls (`devices.zk_push`, `devices.hikvision_push`) and their duties (`push_duties`).
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine
from werkzeug.http import http_date
from werkzeug.wrappers import Response

from devices import hikvision_push, zk_push
from devices.push_call import BadCall
from monitor.config import Settings
from monitor.intake.push import Caller, PushRefused, park
from monitor.store.schema import require_current_schema
from monitor.store.together import Together
from monitor.web.push_duties import DUTIES, Desk, Visit, warn
from monitor.web.push_limits import Body, Refused

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

_STATUS = MappingProxyType({"unknown_path": 404, "wrong_method": 405})
_RETRY_SECONDS = "60"
READY = "/healthz/ready"
HEALTH = frozenset({"/healthz/live", READY})


def create_push_app(engine: Engine, settings: Settings, clock: Callable[[], datetime]) -> "WSGIApplication":
    """The application; `clock` gives the present as an aware instant."""
    writers = Together(engine, clock=time.monotonic, pause=time.sleep)
    desk = Desk(engine=engine, settings=settings, clock=clock, writers=writers)

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
    path = environ.get("PATH_INFO", "")
    if path in HEALTH and environ["REQUEST_METHOD"] == "GET":
        return _health(desk, path, environ.get("REMOTE_ADDR", ""))
    call_of = hikvision_push.call_of if path.startswith(hikvision_push.PREFIX) else zk_push.call_of
    call = call_of(environ["REQUEST_METHOD"], path, environ.get("QUERY_STRING", ""))
    networks = tuple(str(network) for network in desk.settings.terminals.allowed_networks)
    address = _plain_address(environ.get("REMOTE_ADDR", ""))
    caller = Caller(serial=call.serial, address=address, allowed_networks=networks, key=call.key)
    if not desk.requests.spend(f"{call.serial} {address}"):
        raise Refused(429, "too_many_requests")
    visit = Visit(call=call, caller=caller, body=Body(environ), now=now)
    try:
        return DUTIES[call.what](desk, visit)
    except PushRefused as error:
        _turn_away(desk, visit, error)
        raise


def _health(desk: Desk, path: str, address: str) -> str:
    """Whether the process lives, and whether its database has the schema it needs (else 503)."""
    if not desk.requests.spend(f"health {address}"):
        raise Refused(429, "too_many_requests")
    if path == READY:
        require_current_schema(desk.engine)
    return "ok"


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
        warn(desk, caller.serial, error.code)
        return
    visit.body.skip()
    if desk.parking.spend(caller.serial) and desk.newcomers.spend(""):
        with desk.turns.of(caller.serial):
            park(desk.writers, caller, visit.now)
