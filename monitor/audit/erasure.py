"""Erasing what old entries tell of people, apart from the chain, and saying so in the chain."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col

from monitor.audit.chain import record
from monitor.store.tables import AuditEntry, Shown

ERASURE = "erase_payloads"
NEVER_ERASED = frozenset({ERASURE, "period_close", "period_reopen"})
"""What vouches for something that stays: other erasures, and the seals of closed months."""

CHUNK = 500


def erase_payloads(
    session: Session, ids: Iterable[int], *, now: datetime, actor: str, reason: str
) -> tuple[int, ...]:
    """Empty the payloads of these entries and forget whom they showed; gives the ids that were erased.

    The entries stay in the chain; one more tells which of them were erased, why and by whom, so that an
    erasure behind the program's back is found (`first_broken_link`). Entries of NEVER_ERASED are left.
    """
    gone: list[int] = []
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), CHUNK):
        gone += _erase(session, wanted[start : start + CHUNK])
    if gone:
        detail = {"ids": ranges(gone), "reason": reason}
        record(session, at=now, actor=actor, action=ERASURE, subject="audit", detail=detail)
    return tuple(gone)


def _erase(session: Session, ids: Sequence[int]) -> list[int]:
    mine = (
        col(AuditEntry.id).in_(ids),
        col(AuditEntry.action).not_in(NEVER_ERASED),
        col(AuditEntry.actor) != "",
    )
    empty = {"actor": "", "subject": "", "detail": "", "salt": ""}
    erased = update(AuditEntry).where(*mine).values(empty).returning(col(AuditEntry.id))
    gone = sorted(one or 0 for one in session.connection().execute(erased).scalars())
    session.connection().execute(delete(Shown).where(col(Shown.entry_id).in_(gone)))
    return gone


def ranges(ids: Sequence[int]) -> list[list[int]]:
    """Sorted numbers as [first, last] of each run without a gap."""
    found: list[list[int]] = []
    for one in ids:
        if found and one == found[-1][1] + 1:
            found[-1][1] = one
        else:
            found.append([one, one])
    return found
