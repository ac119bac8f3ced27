"""Deliveries that are no punches: what was done to a terminal, and, in strict mode, that it has news.

Every function returns when its transaction is committed, as in `monitor.intake.push`.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from devices.registry import DRIVERS
from devices.zk_push_operations import FACTORY_RESET, LOG_CLEARED, Operation
from monitor.intake.coverage import break_push
from monitor.intake.plausible import latest_time
from monitor.intake.push import Caller, PushRefused, Store, admitted, contact_of
from monitor.store.queries.pulls import BY_PUSH, ask_for_reading
from monitor.store.queries.push import new_events
from monitor.store.tables import PushContact, Terminal, TerminalEvent
from monitor.store.together import committed

log = logging.getLogger(__name__)

LOSES_RECORDS = frozenset({LOG_CLEARED, FACTORY_RESET})


def accept_operations(
    store: Store, caller: Caller, operations: Sequence[Operation], stamp: str, now: datetime
) -> int:
    """Store each operation once and open a gap where the log was cleared; returns how many are new.

    Raises PushRefused.
    """

    def take(session: Session) -> int:
        terminal = admitted(session, caller, lock=True)
        contact = contact_of(session, terminal, caller, now)
        contact.operations_stamp = stamp or contact.operations_stamp
        told = {(operation.kind, operation.device_seconds) for operation in operations}
        fresh = new_events(session, terminal.id or 0, told)
        for kind, device_time in sorted(fresh, key=lambda event: event[1]):
            event = TerminalEvent(
                terminal_id=terminal.id or 0, kind=kind, device_time=device_time, received_at=now
            )
            _take(session, terminal, contact, event)
        return len(fresh)

    return committed(store, take)


def _take(session: Session, terminal: Terminal, contact: PushContact, event: TerminalEvent) -> None:
    session.add(event)
    about = {"event": f"terminal_{event.kind}", "terminal": terminal.code, "device_time": event.device_time}
    log.warning("terminal %s: %s", terminal.code, event.kind, extra=about)
    if event.kind not in LOSES_RECORDS:
        return
    # A clock that runs ahead must not hide everything up to the time it shows.
    broken_at = min(event.device_time, latest_time(terminal, event.received_at))
    contact.broken_at = max(broken_at, contact.broken_at or broken_at)
    contact.acknowledged_at = None
    break_push(session, terminal.id or 0, broken_at)


def ask_for_own_log(store: Store, caller: Caller, stamp: str, now: datetime) -> None:
    """Strict mode: nothing of a delivery is kept, but the terminal's own log is to be read.

    Raises PushRefused, `push_not_evidence` for a terminal that cannot be read.
    """

    def ask(session: Session) -> None:
        terminal = admitted(session, caller)
        if terminal.kind not in DRIVERS:
            raise PushRefused("push_not_evidence", serial=caller.serial)
        contact = contact_of(session, terminal, caller, now)
        contact.stamp = stamp or contact.stamp
        ask_for_reading(session, terminal.id or 0, now, BY_PUSH)

    committed(store, ask)
