"""The chain itself: adding an entry in the transaction of what it tells of, one after the other."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import Select, select, text
from sqlmodel import Session, col

from monitor.store.tables import AuditEntry

GENESIS = "0" * 64
PLAIN, DIGESTED = 1, 2
"""Forms of a link: its hash covers the fields themselves, or a salted digest of what can be erased."""

CHAIN_LOCK = 7_236_017
"""Key of PostgreSQL's advisory lock on the end of the chain."""


def record(
    session: Session, *, at: datetime, actor: str, action: str, subject: str, detail: Mapping[str, object]
) -> int:
    """Add an entry in the transaction of the change it tells of; gives its id.

    `actor` is an account's user name, `cli:` + an operating-system user, or `job:` + a job's name;
    `subject` is what it is about, e.g. `person:CB001`, `unit:XA`, `account:hanh`. Record last: until the
    transaction ends nobody else can add an entry, so that two never follow the same one.
    """
    _wait_for_the_end(session)
    previous = session.connection().execute(_last()).scalar() or GENESIS
    told = json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str)
    moment, salt = at.astimezone(UTC), secrets.token_hex(16)
    digest = digest_of(salt, actor, subject, told)
    entry = AuditEntry(
        at=moment,
        actor=actor,
        action=action,
        subject=subject,
        detail=told,
        previous_hash=previous,
        hash=digested_link(previous, moment, action, digest),
        form=DIGESTED,
        salt=salt,
        payload_sha256=digest,
    )
    session.add(entry)
    session.flush()
    return entry.id or 0


def _wait_for_the_end(session: Session) -> None:
    """One writer of the chain at a time: SQLite has no other, PostgreSQL is asked for it."""
    if session.connection().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK})


def _last() -> Select[str]:
    return select(col(AuditEntry.hash)).order_by(col(AuditEntry.id).desc()).limit(1)


def digest_of(salt: str, actor: str, subject: str, detail: str) -> str:
    """SHA-256 over what tells of people; without the salt nobody can try out what it may have been."""
    return _hash([salt, actor, subject, detail])


def digested_link(previous: str, at: datetime, action: str, digest: str) -> str:
    """The hash of an entry of form 2: over the previous one, time, action and the payload's digest."""
    return _hash([previous, at.astimezone(UTC).isoformat(), action, digest])


def link(previous: str, at: datetime, actor: str, action: str, subject: str, detail: str) -> str:
    """The hash of an entry of form 1: over its fields and the previous entry's hash."""
    return _hash([previous, at.astimezone(UTC).isoformat(), actor, action, subject, detail])


def _hash(fields: list[str]) -> str:
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()
