"""Quarantined records whose punch is stored by now: closed with a trace, asked about no more."""

from datetime import datetime

from sqlmodel import Session

from monitor.intake.plausible import FUTURE, seconds_in
from monitor.store.queries import quarantine
from monitor.store.queries.quarantine import Decided
from monitor.store.tables import QuarantinedRecord, Terminal

BY_ITSELF = "job:intake"
MAY_COME_TRUE = (FUTURE, "before_installation")


def settle(session: Session, terminal: Terminal, now: datetime) -> None:
    """Close what waits at a terminal although a delivery has stored the same punch since."""
    waiting = quarantine.waiting_with_reasons(session, MAY_COME_TRUE, terminal.id)
    if not waiting:
        return
    identities = {record.id: identity_of(record) for record in waiting}
    known = quarantine.punch_ids(
        session, terminal.id or 0, [found for found in identities.values() if found is not None]
    )
    decided = Decided(decision="readmitted", at=now, by=BY_ITSELF, reason="delivered_again")
    quarantine.note_decisions(
        session,
        (
            decided.row(record_id, punch_id=known[identity])
            for record_id, identity in identities.items()
            if identity in known
        ),
    )


def identity_of(record: QuarantinedRecord) -> tuple[str, int] | None:
    """Device user id and time of a record; None where either cannot be read."""
    time = seconds_in(record.device_time)
    return None if time is None or not record.device_user_id else (record.device_user_id, time)
