"""Terminals that deliver by themselves: who may, what is kept of it, and for when the log is complete.

Every function returns when its transaction is committed: only then may the terminal be answered OK.
Nothing here is remembered between calls but rows.
"""

import hmac
import ipaddress
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlmodel import Session

from devices.addresses import allowed_address
from devices.base import PunchBatch
from devices.errors import NotSupported
from devices.push_call import PushUpload
from devices.zk_push import DeviceInfo
from monitor.intake.accept import Intake, Origin, accept
from monitor.intake.coverage import extend_push
from monitor.intake.plausible import earliest_time, latest_time, trusted_latest
from monitor.refusal import Refusal
from monitor.rules.wallclock import seconds_of
from monitor.store.queries.clocks import TRUSTED_WITHIN_SECONDS, sight
from monitor.store.queries.push import (
    forget_pending,
    make_room_for_pending,
    push_contact,
    pushing_terminal,
)
from monitor.store.session import reading
from monitor.store.tables import PendingTerminal, PushContact, Terminal
from monitor.store.together import Together, committed

log = logging.getLogger(__name__)

Store = Engine | Together
"""Where a call is noted: in a transaction of its own, or in one with others that come at the same time."""
MOST_PENDING = 200
NOTE_EVERY = timedelta(seconds=60)
"""A poll that says nothing new is written down this often: hundreds of terminals poll every few seconds."""
PROVE_EVERY = timedelta(minutes=5)
"""Coverage grows at most this often: each time the days of all badge holders are computed again."""
PROVES_WITHIN = timedelta(minutes=10)
"""A poll later than this after the upload proves nothing: the line was cut or our clock was set meanwhile."""
HALF_HOUR_SECONDS = 1800
NEAR_SECONDS = 120


class PushRefused(Refusal):
    """A caller that may not deliver: `serial_unknown`, `address_not_allowed`, `wrong_push_key`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who is on the line: what it says its serial number is, and the address it comes from.

    `allowed_networks` are CIDRs of the server's configuration; the serial number is no secret, so the
    address is the only thing a forger on another network cannot choose. `key` is what it shows where a
    key is asked for; it travels in clear text.
    """

    serial: str
    address: str
    allowed_networks: Sequence[str]
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """What a terminal is told at the handshake: its stamps ('' = none yet), its zone and TimeZone setting."""

    stamp: str
    operations_stamp: str
    zone: ZoneInfo
    timezone_setting: str


def admit(engine: Engine, caller: Caller) -> ZoneInfo:
    """Let a caller in or raise PushRefused; returns the terminal's zone."""
    with reading(engine) as session:
        return ZoneInfo(admitted(session, caller).timezone)


def greet(store: Store, caller: Caller, now: datetime) -> Greeting:
    """Note a handshake. Raises PushRefused."""

    def note(session: Session) -> Greeting:
        terminal = admitted(session, caller)
        contact = contact_of(session, terminal, caller, now)
        return Greeting(
            stamp=contact.stamp,
            operations_stamp=contact.operations_stamp,
            zone=ZoneInfo(terminal.timezone),
            timezone_setting=terminal.push_timezone,
        )

    return committed(store, note)


def note_poll(store: Store, caller: Caller, told: DeviceInfo, now: datetime) -> datetime:
    """Note a poll, and what it proves: after an acknowledged upload nothing is queued (rules 7).

    Returns from when on another one may say something new, if the terminal does nothing but poll until
    then. Raises PushRefused.
    """

    def note(session: Session) -> datetime:
        terminal = admitted(session, caller)
        contact = push_contact(session, terminal.id or 0)
        if contact is None or _says_something(contact, caller, told, now):
            contact = contact_of(session, terminal, caller, now)
            contact.firmware = told.firmware or contact.firmware
            contact.records = contact.records if told.records is None else told.records
            if _is_provable(contact, now):
                _prove(session, terminal, contact, now)
        return _silent_until(contact)

    return committed(store, note)


def accept_upload(store: Store, caller: Caller, upload: PushUpload, stamp: str, now: datetime) -> Intake:
    """Store an upload: each punch once, bad lines in quarantine, the stamp beside them, all or nothing.

    Raises PushRefused; any error of the database leaves no trace and must not be answered OK.
    """

    def take(session: Session) -> Intake:
        terminal = admitted(session, caller, lock=True)
        _sight_clock(session, terminal, upload.punches, now)
        origin = Origin(source="push", received_at=now)
        intake = accept(session, terminal, upload.punches, upload.bad, origin)
        contact = contact_of(session, terminal, caller, now)
        contact.uploaded_at = now
        contact.stamp = stamp or contact.stamp
        if upload.lines:
            _acknowledge(session, contact, terminal, upload.punches, now)
        return intake

    return committed(store, take)


def note_refused_upload(store: Store, caller: Caller, now: datetime) -> None:
    """Something stays queued at the terminal, so its polls prove nothing until the next good upload.

    Raises PushRefused.
    """

    def note(session: Session) -> None:
        contact = contact_of(session, admitted(session, caller), caller, now)
        contact.acknowledged_at = None

    committed(store, note)


def park(store: Store, caller: Caller, now: datetime) -> None:
    """Remember that an unknown serial number called: one row each, a limited number of rows."""

    def note(session: Session) -> None:
        row = session.get(PendingTerminal, caller.serial)
        if row is None:
            make_room_for_pending(session, MOST_PENDING)
            session.add(
                PendingTerminal(serial=caller.serial, address=caller.address, first_at=now, last_at=now)
            )
            about = {"event": "terminal_pending", "serial": caller.serial, "address": caller.address}
            log.warning("unknown terminal %s calls from %s", caller.serial, caller.address, extra=about)
        else:
            row.address, row.last_at, row.attempts = caller.address, now, row.attempts + 1

    committed(store, note)


def admitted(session: Session, caller: Caller, *, lock: bool = False) -> Terminal:
    """The terminal that may deliver, or PushRefused; first by address, so that others learn nothing."""
    try:
        allowed_address(caller.address, caller.allowed_networks)
    except NotSupported:
        raise PushRefused("address_not_allowed", address=caller.address) from None
    terminal = pushing_terminal(session, caller.serial, lock=lock)
    if terminal is None:
        raise PushRefused("serial_unknown", serial=caller.serial)
    if terminal.push_network and not _lies_in(caller.address, terminal.push_network):
        raise PushRefused("address_not_allowed", address=caller.address)
    if terminal.push_key and not hmac.compare_digest(terminal.push_key.encode(), caller.key.encode()):
        raise PushRefused("wrong_push_key", serial=caller.serial)
    return terminal


def _lies_in(address: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(network)
    except ValueError:
        return False


def contact_of(session: Session, terminal: Terminal, caller: Caller, now: datetime) -> PushContact:
    """The terminal's row, begun afresh for another serial number: a stamp belongs to one device."""
    row = push_contact(session, terminal.id or 0)
    if row is not None and row.serial != caller.serial:
        session.delete(row)
        session.flush()
        row = None
    if row is None:
        row = PushContact(terminal_id=terminal.id or 0, serial=caller.serial, first_at=now, last_at=now)
        session.add(row)
        forget_pending(session, caller.serial)
    row.address, row.last_at = caller.address, now
    return row


def _says_something(contact: PushContact, caller: Caller, told: DeviceInfo, now: datetime) -> bool:
    known = contact.serial == caller.serial and told.firmware in {"", contact.firmware}
    return not known or now - contact.last_at >= NOTE_EVERY or _is_provable(contact, now)


def _silent_until(contact: PushContact) -> datetime:
    """When the next poll is to be noted: for a sign of life, or earlier for what it may prove."""
    noted, since, proven = contact.last_at + NOTE_EVERY, contact.acknowledged_at, contact.proven_at
    if since is None or proven is None or since <= proven or contact.last_at - since > PROVES_WITHIN:
        return noted
    return min(noted, proven + PROVE_EVERY)


def _is_provable(contact: PushContact, now: datetime) -> bool:
    """Whether a poll now adds to what is known to be complete."""
    if contact.acknowledged_at is None or contact.newest is None or contact.oldest is None:
        return False
    if now - contact.acknowledged_at > PROVES_WITHIN:
        return False
    proven = contact.proven_at
    return proven is None or (contact.acknowledged_at > proven and now - proven >= PROVE_EVERY)


def _prove(session: Session, terminal: Terminal, contact: PushContact, now: datetime) -> None:
    """Cover up to what the terminal's own clock shows at least.

    Its newest punch came no later than the upload's arrival, so its clock has since gone on by as much
    as ours. After a backlog that is too little, which the next upload mends; it is never too much.
    """
    newest, oldest, since = contact.newest, contact.oldest, contact.acknowledged_at
    if newest is None or oldest is None or since is None:
        return
    shown = newest + int((now - since).total_seconds())
    oldest = max(oldest, contact.broken_at or oldest)
    extend_push(session, terminal.id or 0, oldest, min(shown, local_seconds(terminal, now)))
    contact.proven_at = now


def _sight_clock(session: Session, terminal: Terminal, punches: PunchBatch, now: datetime) -> None:
    """A clock shows at least the time of its newest punch; of one long past nothing can be told."""
    if len(punches):
        ahead = int(punches.device_seconds.max()) - local_seconds(terminal, now)
        if ahead >= -TRUSTED_WITHIN_SECONDS:
            sight(session, terminal.id or 0, ahead, now, exact=False)


def _acknowledge(
    session: Session, contact: PushContact, terminal: Terminal, punches: PunchBatch, now: datetime
) -> None:
    """Remember the span of a batch that is about to be acknowledged."""
    here = local_seconds(terminal, now)
    times = punches.device_seconds
    if len(times):
        _note_lag(contact, terminal, here - int(times.max()))
    latest = latest_time(terminal, now)
    if len(times) and times.max() > latest:
        latest = trusted_latest(session, terminal, now)
    plausible = times[(times >= earliest_time(terminal)) & (times <= latest)]
    contact.acknowledged_at = now if len(plausible) else None
    if contact.proven_at is not None and contact.proven_at > now:
        # Our clock was ahead at that proof; nothing since then would count until the same hour comes again.
        contact.proven_at = None
    if len(plausible):
        first, contact.newest = int(plausible.min()), int(plausible.max())
        contact.oldest = first if contact.oldest is None else min(first, contact.oldest)


def _note_lag(contact: PushContact, terminal: Terminal, lag: int) -> None:
    """Tell when the clock seems to have been moved by a time zone: some firmware obeys TimeZone badly."""
    before, contact.lag_seconds = contact.lag_seconds, lag
    halves = round(lag / HALF_HOUR_SECONDS)
    moved = halves and abs(lag - halves * HALF_HOUR_SECONDS) <= NEAR_SECONDS
    if moved and before is not None and abs(before) <= NEAR_SECONDS:
        about = {"event": "terminal_clock_moved", "terminal": terminal.code, "lag_seconds": lag}
        log.warning("terminal %s: its clock moved by about %s h", terminal.code, -halves / 2, extra=about)


def local_seconds(terminal: Terminal, now: datetime) -> int:
    """Our clock as a wall-clock reading at the terminal."""
    return seconds_of(now.astimezone(ZoneInfo(terminal.timezone)).replace(tzinfo=None))
