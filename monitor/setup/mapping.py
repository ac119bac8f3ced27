"""Saying whose a device user id is, or whose a waiting terminal, without a file: on a page, in a command."""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from monitor import audit
from monitor.setup.kinds import TABLE
from monitor.setup.report import ImportRefused
from monitor.setup.spans import site_at
from monitor.store.queries.terminals import terminal_by_code
from monitor.store.tables import PendingTerminal, Terminal

WHOLE_SENTENCES = {"badge_ambiguous": "badge_taken", "unknown_person": "person_not_found"}
"""What a file's report says in half a sentence, after the place; here nothing stands before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks, when, and in which zone the installation is; `actor` as in `audit.record`."""

    actor: str
    now: datetime
    zone: str


def map_badge(  # noqa: PLR0913 - the columns of badges.csv
    session: Session,
    asked: Asked,
    *,
    terminal: str,
    device_user_id: str,
    person: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> None:
    """Let a device user id mean a person from a day to a day, within the caller's transaction.

    `terminal` is a code, or `*` for any. Checks and marks are those of badges.csv (rules 7, 9): history is
    resolved again on just the days that the badge touches. Raises ImportRefused `unknown_terminal`,
    `person_not_found`, `badge_taken`, `ends_before_start`, or what a cell refuses.
    """
    dates = {"valid_from": _day(valid_from), "valid_to": _day(valid_to)}
    cells = {"person": person, "terminal": terminal, "device_user_id": device_user_id, **dates}
    if not _apply(session, asked, "badges", cells):
        return
    audit.record(session, at=asked.now, actor=asked.actor, action="map_badge", subject=terminal, detail=cells)


def approve_terminal(  # noqa: PLR0913 - what a terminal is known by
    session: Session,
    asked: Asked,
    serial: str,
    *,
    code: str,
    name: str,
    unit: str = "",
    installed_on: date | None = None,
    push_network: str = "",
) -> None:
    """Let a serial number that calls deliver from now on as a new terminal, in the caller's transaction.

    It has kept its punches and delivers them at its next call. Raises ImportRefused `serial_not_waiting`,
    `terminal_code_taken`, `code_reserved`, `unknown_unit`, `serial_taken`, or what a cell refuses.
    """
    pending = _waiting(session, serial)
    if terminal_by_code(session, code) is not None:
        raise ImportRefused("terminal_code_taken", terminal=code)
    cells = {"code": code, "name": name, "kind": "zk_push", "serial": serial, "unit": unit}
    cells |= {"installed_on": _day(installed_on), "push_network": push_network}
    _apply(session, asked, "terminals", cells)
    session.delete(pending)
    detail = cells | {"address": pending.address}
    audit.record(
        session, at=asked.now, actor=asked.actor, action="approve_terminal", subject=code, detail=detail
    )


def reject_terminal(session: Session, asked: Asked, serial: str, *, reason: str) -> None:
    """Ask no more about a serial number that calls; it may still be approved.

    Raises ImportRefused `serial_not_waiting`.
    """
    pending = _waiting(session, serial)
    if pending.rejected_at is not None:
        return
    pending.rejected_at, pending.rejected_by = asked.now, asked.actor
    session.add(pending)
    detail = {"address": pending.address, "reason": reason}
    audit.record(
        session, at=asked.now, actor=asked.actor, action="reject_terminal", subject=serial, detail=detail
    )


def switch_terminal(session: Session, asked: Asked, code: str, *, off: bool, reason: str) -> None:
    """Neither read a terminal by itself nor miss it (`off`), or do again; coverage is not touched.

    Raises ImportRefused `unknown_terminal`.
    """
    terminal = _terminal(session, code)
    if terminal.switched_off == off:
        return
    terminal.switched_off = off
    session.add(terminal)
    action = "switch_terminal_off" if off else "switch_terminal_on"
    detail = {"reason": reason}
    audit.record(session, at=asked.now, actor=asked.actor, action=action, subject=code, detail=detail)


def _apply(session: Session, asked: Asked, kind: str, cells: dict[str, str]) -> bool:
    """Apply what a file with this one row would: the same checks, the same marks; whether it was news."""
    text = io.StringIO()
    csv.writer(text).writerows([list(cells), list(cells.values())])
    lines = TABLE[kind].read(text.getvalue().encode(), kind, kind, False)
    counts = None if lines.errors else TABLE[kind].apply(session, lines, site_at(asked.now, asked.zone))
    for error in lines.errors:
        raise ImportRefused(WHOLE_SENTENCES.get(error.code, error.code), **error.values)
    return counts is not None and counts.unchanged == 0


def _waiting(session: Session, serial: str) -> PendingTerminal:
    pending = session.get(PendingTerminal, serial)
    if pending is None:
        raise ImportRefused("serial_not_waiting", serial=serial)
    return pending


def _terminal(session: Session, code: str) -> Terminal:
    found = terminal_by_code(session, code)
    if found is None:
        raise ImportRefused("unknown_terminal", terminal=code)
    return found


def _day(on: date | None) -> str:
    return "" if on is None else on.isoformat()
