"""What terminals may call for on their port: each call's duty, from what came to the text of its answer.

What is answered OK has been committed by `monitor.intake`; a duty that fails raises, so that the
terminal keeps what it has.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from threading import BoundedSemaphore
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from devices import hikvision_push, zk_push
from devices.push_call import Call, PushUpload
from devices.zk_push_lines import count_lines, read_attlog
from devices.zk_push_operations import read_operations
from monitor.config import Settings
from monitor.intake.push import (
    Caller,
    PushRefused,
    accept_upload,
    admit,
    greet,
    note_poll,
    note_refused_upload,
)
from monitor.intake.push_operations import accept_operations, ask_for_own_log
from monitor.store.together import Together
from monitor.web.push_heard import Heard, Known
from monitor.web.push_limits import Body, Budget, Refused, Turns

log = logging.getLogger(__name__)

PLACES = 4
ADMITTED_FOR = timedelta(minutes=5)
"""So long bodies are read of a terminal that was let in; what they bring is admitted when it is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every request is served with; at most so many read at once as there are `places`.

    Whoever writes does so by `writers`: SQLite has one writer, and left to its own waiting they would
    sleep longer and longer between attempts while nobody writes, and the unlucky be sent away.
    `admitted` and `quiet` spare the calls that change nothing the way to the database.

    Budgets: `requests` for each serial number and address (a terminal asks every few seconds),
    `parking` for each unknown serial number and `newcomers` for all of them together (they cost a
    write), `warnings` for one line of the log an hour.
    """

    engine: Engine
    settings: Settings
    clock: Callable[[], datetime]
    writers: Together
    places: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(PLACES))
    admitted: Heard[ZoneInfo] = field(default_factory=Heard)
    quiet: Heard[str] = field(default_factory=Heard)
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


def warn(desk: Desk, serial: str, code: str) -> None:
    """One line of the log an hour for each terminal and reason."""
    if desk.warnings.spend(f"{serial} {code}"):
        about = {"event": "push_refused", "serial": serial, "code": code}
        log.warning("terminal %s: %s", serial, code, extra=about)


def _admit(desk: Desk, visit: Visit) -> ZoneInfo:
    """Ask before a body is read; returns the terminal's zone."""
    serial = visit.caller.serial
    state = desk.admitted.state(serial)
    with desk.places:
        zone = admit(desk.engine, visit.caller)
    known = Known(visit.caller, visit.now, visit.now + ADMITTED_FOR, zone)
    desk.admitted.keep(serial, known, asked_in=state)
    return zone


def _let_in(desk: Desk, visit: Visit) -> None:
    """The same, of whom was let in a moment ago without asking again."""
    if desk.admitted.get(visit.caller.serial, visit.caller, visit.now) is None:
        _admit(desk, visit)


def _handshake(desk: Desk, visit: Visit) -> str:
    greeting = greet(desk.writers, visit.caller, visit.now)
    desk.quiet.forget(visit.caller.serial)
    offset = visit.now.astimezone(greeting.zone).utcoffset()
    zone = "" if offset is None else zk_push.timezone_option(greeting.timezone_setting, offset)
    return zk_push.handshake_answer(
        visit.call.serial,
        stamp=greeting.stamp,
        operations_stamp=greeting.operations_stamp,
        timezone=zone,
    )


def _time(desk: Desk, visit: Visit) -> str:
    return zk_push.time_answer(visit.now.astimezone(_admit(desk, visit)))


def _poll(desk: Desk, visit: Visit) -> str:
    """There is no queue of commands: nothing is ever asked of a terminal here.

    While a delivery of this terminal is being stored it has not heard of it, so a poll proves nothing.
    """
    told, serial = zk_push.device_info(visit.call.info), visit.caller.serial
    call = visit.caller, told.firmware
    if desk.turns.taken(serial):
        _let_in(desk, visit)
    elif desk.quiet.get(serial, call, visit.now) is None:
        state = desk.quiet.state(serial)
        until = note_poll(desk.writers, visit.caller, told, visit.now)
        desk.quiet.keep(serial, Known(call, visit.now, until, "nothing new"), asked_in=state)
    return "OK"


def _nod(desk: Desk, visit: Visit) -> str:
    """Calls that carry nothing we keep: their body is thrown away."""
    _let_in(desk, visit)
    visit.body.skip()
    return "OK"


def _upload(desk: Desk, visit: Visit) -> str:
    """Punches are stored, then acknowledged; other tables are thrown away unread."""
    table = visit.call.table
    if table not in {"", zk_push.ATTLOG, zk_push.OPERLOG}:
        return _thrown_away(desk, visit, table)
    _let_in(desk, visit)
    return _guarded(desk, visit, _delivery)


def _events(desk: Desk, visit: Visit) -> str:
    """Events of a Hikvision terminal; its heartbeats bring nothing and prove nothing."""
    zone = _admit(desk, visit)

    def deliver(desk: Desk, visit: Visit) -> str:
        upload = hikvision_push.read_events(visit.body.read(desk.settings.push.body_limit_bytes), zone)
        if upload.lines:
            _keep(desk, visit, upload)
        return "OK"

    return _guarded(desk, visit, deliver)


def _guarded(desk: Desk, visit: Visit, deliver: Callable[[Desk, Visit], str]) -> str:
    """Take a delivery; where that fails, something stays queued at the terminal."""
    try:
        return deliver(desk, visit)
    except PushRefused:
        raise
    except Exception as error:
        if isinstance(error, Refused):
            visit.body.skip()
            warn(desk, visit.caller.serial, error.code)
        note_refused_upload(desk.writers, visit.caller, visit.now)
        desk.quiet.forget(visit.caller.serial)
        raise


def _thrown_away(desk: Desk, visit: Visit, table: str) -> str:
    """What a table nobody knows holds is never guessed."""
    answer = _nod(desk, visit)
    if table not in zk_push.DISCARDED:
        warn(desk, visit.caller.serial, "table_unknown")
    return answer


def _delivery(desk: Desk, visit: Visit) -> str:
    limits = desk.settings.push
    if visit.call.table == zk_push.OPERLOG:
        return _operations(desk, visit)
    table, lines = zk_push.split_table(visit.call, visit.body.read(limits.body_limit_bytes))
    if table != zk_push.ATTLOG:
        return _thrown_away(desk, visit, table)
    if count_lines(lines) > limits.line_limit:
        raise Refused(413, "too_many_lines")
    upload = read_attlog(lines)
    _keep(desk, visit, upload)
    return zk_push.upload_answer(upload.lines)


def _keep(desk: Desk, visit: Visit, upload: PushUpload) -> None:
    """Store punches; in strict mode, only note that the terminal is to be read."""
    with desk.turns.of(visit.caller.serial):
        if desk.settings.push.strict:
            ask_for_own_log(desk.writers, visit.caller, visit.call.stamp, visit.now)
        else:
            accept_upload(desk.writers, visit.caller, upload, visit.call.stamp, visit.now)
        desk.quiet.forget(visit.caller.serial)


def _operations(desk: Desk, visit: Visit) -> str:
    """What was done to the terminal. A body that is too large holds templates, which nobody wants here."""
    try:
        found = read_operations(visit.body.read(desk.settings.push.body_limit_bytes))
    except Refused as error:
        if error.status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise
        return _thrown_away(desk, visit, zk_push.OPERLOG)
    with desk.turns.of(visit.caller.serial):
        accept_operations(desk.writers, visit.caller, found, visit.call.stamp, visit.now)
        desk.quiet.forget(visit.caller.serial)
    return "OK"


DUTIES: Mapping[str, Callable[[Desk, Visit], str]] = MappingProxyType(
    {
        zk_push.HANDSHAKE: _handshake,
        zk_push.TIME: _time,
        zk_push.UPLOAD: _upload,
        zk_push.POLL: _poll,
        zk_push.RESULTS: _nod,
        zk_push.REGISTRY: _nod,
        zk_push.PING: _nod,
        zk_push.OTHER: _nod,
        hikvision_push.EVENTS: _events,
    }
)
"""Each kind of call and what is done about it."""
