"""Everything that is looked for at every look: contacts, clocks, room, serial numbers, what waits."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.alarms.condition import SERIOUS, WARNING, Condition
from monitor.store.queries.clocks import TRUSTED_WITHIN_SECONDS, Suspicion, sightings, suspected
from monitor.store.queries.quarantine import waiting_counts
from monitor.store.queries.watch import REMEMBERED, Watched, watched
from monitor.store.tables import ClockSighting, PendingTerminal, TerminalEvent

TOLD = {
    "log_cleared": SERIOUS,
    "factory_reset": SERIOUS,
    "clock_set": WARNING,
}
"""What a terminal's own operation log tells, and how bad it is."""

CONDITIONS = (
    "server_clock",
    "terminal_silent",
    "clock_off",
    "nearly_full",
    "records_fell",
    "serial_changed",
    "serial_twice",
    "serial_unknown",
    "quarantine_waiting",
    *TOLD,
)
"""The kinds that `conditions` looks for."""

SILENT_PERIODS = 2
NEARLY_FULL, ALMOST_FULL = 0.80, 0.95
WARN_OFF_SECONDS = 60
SERIAL_ERRORS = {"wrong_serial": "serial_changed", "serial_elsewhere": "serial_twice"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What one look goes by."""

    now: datetime
    period: timedelta
    suspicion: Suspicion | None
    clocks: dict[int, ClockSighting]


def conditions(session: Session, *, now: datetime, period: timedelta) -> list[Condition]:
    """What is wrong as of `now`; `period` is how often terminals are read.

    A constant number of queries. A terminal that is switched off is not asked about.
    """
    seen = sightings(session, now)
    doubt = suspected([row.offset_seconds for row in seen])
    clocks = {row.terminal_id: row for row in seen}
    look = _Look(now=now, period=period, suspicion=doubt, clocks=clocks)
    asked = [one for one in watched(session, now) if not one.switched_off]
    found = [condition for one in asked for condition in _of_terminal(one, look)]
    waiting = [*_unknown_serials(session), *_quarantine(session, asked)]
    return [*_server_clock(doubt), *found, *waiting, *_told(session, asked, now)]


def _told(session: Session, asked: Sequence[Watched], now: datetime) -> Iterator[Condition]:
    """What was done to a terminal of late, by its own operation log: once per terminal and kind."""
    codes = {one.id: one for one in asked}
    fresh = select(col(TerminalEvent.terminal_id), col(TerminalEvent.kind)).distinct()
    recent = fresh.where(col(TerminalEvent.received_at) >= now - REMEMBERED)
    for terminal_id, kind in session.connection().execute(recent.order_by(*fresh.selected_columns)):
        if terminal_id in codes:
            yield _condition(codes[terminal_id], kind, TOLD[kind])


def _server_clock(doubt: Suspicion | None) -> Iterator[Condition]:
    if doubt is not None:
        values: dict[str, object] = {
            "minutes": round(doubt.offset_seconds / 60),
            "agreeing": doubt.agreeing,
            "seen": doubt.seen,
        }
        yield Condition(kind="server_clock", severity=SERIOUS, values=values)


def _of_terminal(one: Watched, look: _Look) -> Iterator[Condition]:
    yield from _silent(one, look)
    yield from _clock(one, look)
    yield from _room(one)
    yield from _fell(one)
    yield from _serial(one)


def _condition(one: Watched, kind: str, severity: str, **values: object) -> Condition:
    about: dict[str, object] = {"terminal": one.code, **values}
    return Condition(kind=kind, subject=one.code, terminal_id=one.id, severity=severity, values=about)


def _silent(one: Watched, look: _Look) -> Iterator[Condition]:
    """Unreachable for two periods. One that nobody tried to read (rush hours) is not missed for that."""
    if one.delivers_by_itself:
        since = None if one.contact is None else one.contact.last_at
    elif one.failing_since is None:
        since = None
    else:
        since = one.failing_since if one.good is None else one.good.finished_at
    if since is not None and look.now - since >= SILENT_PERIODS * look.period:
        told = since.astimezone(ZoneInfo(one.timezone)).strftime("%H:%M %d/%m/%Y")
        yield _condition(one, "terminal_silent", SERIOUS, since=told)


def _clock(one: Watched, look: _Look) -> Iterator[Condition]:
    """Off by more than a minute, or by so much that its days need review (terminals: failure mode 5).

    Where our own clock is to blame, theirs is measured against the others'.
    """
    sighting = look.clocks.get(one.id)
    if sighting is None:
        return
    off = sighting.offset_seconds - (0 if look.suspicion is None else look.suspicion.offset_seconds)
    if abs(off) > WARN_OFF_SECONDS and (sighting.exact or off > 0):
        severity = SERIOUS if abs(off) > TRUSTED_WITHIN_SECONDS else WARNING
        yield _condition(one, "clock_off", severity, seconds=off)


def _room(one: Watched) -> Iterator[Condition]:
    """A full log loses its oldest records, or refuses new ones."""
    if one.good is None or not one.good.capacity or one.good.count_after is None:
        return
    used = one.good.count_after / one.good.capacity
    if used >= NEARLY_FULL:
        severity = SERIOUS if used >= ALMOST_FULL else WARNING
        yield _condition(one, "nearly_full", severity, percent=int(used * 100))


def _fell(one: Watched) -> Iterator[Condition]:
    """Fewer records than a few days ago: the log was cleared, or the terminal forgot."""
    if one.good is None or one.good.count_after is None or one.peak_records is None:
        return
    if (after := one.good.count_after) < one.peak_records:
        severity = WARNING if after else SERIOUS
        yield _condition(one, "records_fell", severity, before=one.peak_records, after=after)


def _serial(one: Watched) -> Iterator[Condition]:
    """Another device at the address, or one serial number at two addresses: nothing of it was stored."""
    if one.last is not None and one.last.error_code in SERIAL_ERRORS:
        told = json.loads(one.last.error_values)
        values = {"serial": told.get("serial") or one.serial or "", "other": told.get("terminal", "")}
        yield _condition(one, SERIAL_ERRORS[one.last.error_code], SERIOUS, **values)


def _unknown_serials(session: Session) -> Iterator[Condition]:
    """Serial numbers that call and may not deliver, unless somebody rejected them."""
    waiting = select(PendingTerminal).where(col(PendingTerminal.rejected_at).is_(None))
    for pending in session.scalars(waiting.order_by(col(PendingTerminal.serial))):
        values: dict[str, object] = {"serial": pending.serial, "address": pending.address}
        yield Condition(kind="serial_unknown", subject=pending.serial, values=values)


def _quarantine(session: Session, asked: Sequence[Watched]) -> Iterator[Condition]:
    counts = waiting_counts(session)
    for one in asked:
        if one.id in counts:
            yield _condition(one, "quarantine_waiting", WARNING, count=counts[one.id])
