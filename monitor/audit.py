"""The audit trail: who did what, when, to what, each entry chained to the one before."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import Select, select
from sqlmodel import Session, col

from monitor.store.tables import AuditEntry

GENESIS = "0" * 64


def record(
    session: Session, *, at: datetime, actor: str, action: str, subject: str, detail: Mapping[str, object]
) -> None:
    """Add an entry in the transaction of the change it tells of.

    `actor` is an account's user name, `cli:` + an operating-system user, or `job:` + a job's name.
    """
    previous = session.connection().execute(_last()).scalar() or GENESIS
    text = json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str)
    moment = at.astimezone(UTC)
    session.add(
        AuditEntry(
            at=moment,
            actor=actor,
            action=action,
            subject=subject,
            detail=text,
            previous_hash=previous,
            hash=link(previous, moment, actor, action, subject, text),
        )
    )
    session.flush()


def _last() -> Select[str]:
    return select(col(AuditEntry.hash)).order_by(col(AuditEntry.id).desc()).limit(1)


def link(previous: str, at: datetime, actor: str, action: str, subject: str, detail: str) -> str:
    """The hash of an entry: SHA-256 over its fields and the previous entry's hash."""
    fields = [previous, at.astimezone(UTC).isoformat(), actor, action, subject, detail]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()


def first_broken_link(session: Session) -> int | None:
    """The id of the first entry that does not follow from the one before; None when all do."""
    previous = GENESIS
    for entry in session.connection().execute(select(AuditEntry).order_by(col(AuditEntry.id))):
        expected = link(previous, entry.at, entry.actor, entry.action, entry.subject, entry.detail)
        if entry.previous_hash != previous or entry.hash != expected:
            return int(entry.id)
        previous = entry.hash
    return None
