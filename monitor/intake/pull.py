"""Reading a terminal: contact, then one transaction that stores all of what it brought, or a reason."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlmodel import Session

from devices.base import TerminalReading, TerminalSettings
from devices.errors import BadReply, DeviceError
from devices.registry import DRIVERS, WITH_ACCOUNT, open_terminal
from monitor.config import Settings
from monitor.intake.accept import Intake, Origin, accept
from monitor.intake.completeness import cover
from monitor.rules.wallclock import DAY_SECONDS, moment_of, seconds_of
from monitor.store.queries.clocks import sight
from monitor.store.queries.listed_ids import keep_listed, last_listed
from monitor.store.queries.terminals import (
    is_down,
    last_good_pull,
    last_interval,
    serial_owner,
    terminal_by_id,
)
from monitor.store.session import reading, transaction
from monitor.store.tables import CoverageInterval, Pull, RejectedRead, Terminal

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
LIST_EVERY = timedelta(days=1)
"""How often a terminal is asked which ids it knows."""
NOTHING = Intake(stored=0, duplicates=0, quarantined=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullReport:
    """What came of one contact; `error_code` is '' when it went well."""

    terminal: str
    intake: Intake = NOTHING
    error_code: str = ""
    error_values: dict[str, object] | None = None
    pull_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacted:
    """One contact, whoever made it: when, and the reading that it brought or the reason why not."""

    started_at: datetime
    finished_at: datetime
    brought: TerminalReading | DeviceError


def pull(engine: Engine, terminal_id: int, *, settings: Settings, clock: Clock) -> PullReport:
    """Read one terminal's whole log and store what is new; a failed contact is a row too.

    No transaction is open while the terminal is read. Nothing is stored before the serial number
    is known to be the expected one.
    """
    with reading(engine) as session:
        listed = list_is_due(session, terminal_id, clock())
        wanted = wanted_of(session, terminal_id, settings, list_users=listed)
    return keep(engine, terminal_id, contact(wanted, clock))


def list_is_due(session: Session, terminal_id: int, now: datetime) -> bool:
    """Whether a terminal is to be asked which ids it knows."""
    listed_at = last_listed(session, terminal_id)
    return listed_at is None or now - listed_at >= LIST_EVERY


def wanted_of(
    session: Session, terminal_id: int, settings: Settings, *, list_users: bool
) -> TerminalSettings:
    """How to reach a terminal, as it is stored, and from when on its log is wanted."""
    terminal = terminal_by_id(session, terminal_id)
    known = last_interval(session, terminal_id, "pull")
    return replace(contact_settings(terminal, settings, known), list_users=list_users)


def contact(wanted: TerminalSettings, clock: Clock) -> Contacted:
    """Read a terminal; nothing is stored, so it may be done twice, or half and once more elsewhere."""
    started_at = clock()
    try:
        brought: TerminalReading | DeviceError = open_terminal(wanted, clock).read()
    except DeviceError as error:
        brought = error
    return Contacted(started_at=started_at, finished_at=clock(), brought=brought)


def keep(engine: Engine, terminal_id: int, contacted: Contacted) -> PullReport:
    """Store what a contact brought, all of it in one transaction, or the reason why it brought nothing."""
    began, ended, brought = contacted.started_at, contacted.finished_at, contacted.brought
    try:
        if isinstance(brought, DeviceError):
            raise brought
        with transaction(engine) as session:
            return _store(session, terminal_id, brought, began, ended)
    except DeviceError as error:
        with reading(engine) as session:
            terminal = terminal_by_id(session, terminal_id)
        return _failed(engine, terminal, began, ended, error)


def contact_settings(
    terminal: Terminal, settings: Settings, known: CoverageInterval | None = None
) -> TerminalSettings:
    """How to reach a terminal, from its row and the server's configuration.

    A driver that can read a part of the log is asked from a day before the end of what is `known`:
    the overlap shows whether the log is still the same one.
    """
    web = terminal.kind in WITH_ACCOUNT
    user, _, password = terminal.comm_key.partition(":") if web else ("", "", "")
    partial = known is not None and "since" in DRIVERS[terminal.kind].capabilities
    return TerminalSettings(
        code=terminal.code,
        kind=terminal.kind,
        host=terminal.host,
        port=terminal.port,
        serial=terminal.serial or "",
        comm_key=0 if web else int(terminal.comm_key or 0),
        user=user,
        password=password,
        since=moment_of(known.ends - DAY_SECONDS) if known is not None and partial else None,
        timezone=terminal.timezone,
        transport=terminal.transport,
        ca_file=_beside(settings, settings.terminals.ca_file),
        layout=terminal.layout,
        allowed_networks=tuple(str(network) for network in settings.terminals.allowed_networks),
        timeout_seconds=settings.terminals.timeout_seconds,
        deadline_seconds=settings.terminals.deadline_seconds,
    )


def _beside(settings: Settings, path: str) -> str:
    """A relative path counts from the configuration's folder."""
    return str(settings.folder / path) if path else ""


def _store(
    session: Session, terminal_id: int, found: TerminalReading, started_at: datetime, finished_at: datetime
) -> PullReport:
    terminal = terminal_by_id(session, terminal_id)
    _claim_serial(session, terminal, found.serial)
    if is_down(session, terminal_id):
        about = {"event": "terminal_back", "terminal": terminal.code}
        log.warning("terminal %s is back", terminal.code, extra=about)
    previous = last_good_pull(session, terminal_id)
    row = _pull_row(terminal, found, started_at, finished_at)
    session.add(row)
    session.flush()
    if row.clock_offset_seconds is not None:
        sight(session, terminal_id, row.clock_offset_seconds, found.server_time, exact=True)
    origin = Origin(source="pull", received_at=found.server_time, pull_id=row.id)
    intake = accept(session, terminal, found.punches, found.bad, origin)
    row.lines, row.stored = intake.lines, intake.stored
    row.duplicates, row.quarantined = intake.duplicates, intake.quarantined
    if intake.stored or intake.duplicates:
        # Half an answer may pass for whole records of another layout; their times betray it.
        terminal.layout = found.layout or terminal.layout
    if found.user_ids is not None:
        keep_listed(session, terminal_id, found.user_ids, found.server_time)
    unplaced = previous is not None and previous.clock_lost and previous.device_time is None
    row.clock_lost = unplaced or (previous is not None and intake.set_back)
    cover(session, terminal, row, found, previous)
    return PullReport(terminal=terminal.code, intake=intake, pull_id=row.id or 0)


def _claim_serial(session: Session, terminal: Terminal, serial: str) -> None:
    """A serial belongs to one code at a time: one found elsewhere stores nothing (rules 9)."""
    owner = serial_owner(session, serial)
    if owner is not None and owner.id != terminal.id:
        raise BadReply("serial_elsewhere", serial=serial, terminal=owner.code)
    terminal.serial = serial


def _pull_row(
    terminal: Terminal, found: TerminalReading, started_at: datetime, finished_at: datetime
) -> Pull:
    shown = None if found.device_time is None else seconds_of(found.device_time)
    true = found.server_time.astimezone(ZoneInfo(terminal.timezone)).replace(tzinfo=None)
    return Pull(
        terminal_id=terminal.id or 0,
        started_at=started_at,
        finished_at=finished_at,
        serial=found.serial,
        firmware=found.firmware,
        count_before=found.count_before,
        count_after=found.count_after,
        capacity=found.capacity,
        users=found.users,
        device_time=shown,
        clock_offset_seconds=None if shown is None else shown - seconds_of(true),
        layout=found.layout,
    )


def _failed(
    engine: Engine, terminal: Terminal, started_at: datetime, finished_at: datetime, error: DeviceError
) -> PullReport:
    """Keep the failed contact, and the bytes of a refused read; the log hears of it once."""
    row = Pull(
        terminal_id=terminal.id or 0,
        started_at=started_at,
        finished_at=finished_at,
        error_code=error.code,
        error_values=json.dumps(error.values, ensure_ascii=False, default=str),
    )
    with transaction(engine) as session:
        if not is_down(session, terminal.id or 0):
            about = {"event": "terminal_down", "terminal": terminal.code, "code": error.code}
            log.warning("terminal %s not read: %s", terminal.code, error.code, extra=about)
        session.add(row)
        session.flush()
        if raw := getattr(error, "raw", b""):
            session.add(RejectedRead(pull_id=row.id or 0, raw=raw))
        pull_id = row.id or 0
    return PullReport(
        terminal=terminal.code, error_code=error.code, error_values=dict(error.values), pull_id=pull_id
    )
