"""Records that were set aside: which wait, what was decided about them, and noting a decision."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, insert, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from monitor.store.asking import Question, among
from monitor.store.tables import ImportUndo, Punch, QuarantineDecision, QuarantinedRecord, Terminal

UNTRUE = ("dismissed", "corrected")
TAKEN_IN = ("readmitted", "released", "corrected")
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A record that was set aside, with its terminal's code; `decision` None while it waits."""

    record: QuarantinedRecord
    terminal: str
    decision: QuarantineDecision | None


def waits() -> ColumnElement[bool]:
    """The condition on a `QuarantinedRecord` that nothing was decided about it."""
    decision = aliased(QuarantineDecision)
    return ~exists().where(col(decision.record_id) == col(QuarantinedRecord.id))


def of_standing_delivery() -> ColumnElement[bool]:
    """The condition on a `QuarantinedRecord` that the file that brought it, if one did, was not undone."""
    undone = select(col(ImportUndo.import_id))
    return or_(col(QuarantinedRecord.import_id).is_(None), col(QuarantinedRecord.import_id).not_in(undone))


def kept_records(
    session: Session,
    *,
    terminal_id: int | None = None,
    with_decided: bool = False,
    limit: int = 500,
    after_id: int = 0,
) -> list[Kept]:
    """Records in order of their id, from `after_id` on; those that wait, or all of them."""
    newest = select(func.max(col(QuarantineDecision.id))).group_by(col(QuarantineDecision.record_id))
    decided = and_(
        col(QuarantineDecision.record_id) == col(QuarantinedRecord.id), col(QuarantineDecision.id).in_(newest)
    )
    wanted = (
        select(QuarantinedRecord, col(Terminal.code), QuarantineDecision)
        .join(Terminal, col(Terminal.id) == col(QuarantinedRecord.terminal_id))
        .outerjoin(QuarantineDecision, decided)
        .where(col(QuarantinedRecord.id) > after_id)
        .order_by(col(QuarantinedRecord.id))
        .limit(limit)
    )
    if terminal_id is not None:
        wanted = wanted.where(col(QuarantinedRecord.terminal_id) == terminal_id)
    if not with_decided:
        wanted = wanted.where(waits())
    rows = session.execute(wanted)
    return [Kept(record=record, terminal=code, decision=decision) for record, code, decision in rows]


def waiting_counts(session: Session) -> dict[int, int]:
    """Terminal id -> how many records wait for somebody; terminals without any are left out."""
    wanted = (
        select(col(QuarantinedRecord.terminal_id), func.count())
        .where(waits(), of_standing_delivery())
        .group_by(col(QuarantinedRecord.terminal_id))
    )
    return {row[0]: row[1] for row in session.connection().execute(wanted)}


def records_by_id(session: Session, ids: Collection[int]) -> list[QuarantinedRecord]:
    """The records with these ids that there are, in order."""
    wanted = select(QuarantinedRecord).where(col(QuarantinedRecord.id).in_(ids))
    return list(session.scalars(wanted.order_by(col(QuarantinedRecord.id))))


def decisions_on(session: Session, ids: Collection[int]) -> dict[int, set[str]]:
    """Record id -> what was decided about it so far."""
    found: dict[int, set[str]] = {}
    decision = QuarantineDecision
    wanted = select(col(decision.record_id), col(decision.decision)).where(col(decision.record_id).in_(ids))
    for record_id, what in session.connection().execute(wanted):
        found.setdefault(record_id, set()).add(what)
    return found


def twins(session: Session, record: QuarantinedRecord) -> list[QuarantinedRecord]:
    """The record and those of the same identity that came in other bytes and wait, too."""
    if not (record.device_user_id and record.device_time):
        return [record]
    same = (
        col(QuarantinedRecord.terminal_id) == record.terminal_id,
        col(QuarantinedRecord.device_user_id) == record.device_user_id,
        col(QuarantinedRecord.device_time) == record.device_time,
        col(QuarantinedRecord.id) != record.id,
        waits(),
    )
    return [record, *session.scalars(select(QuarantinedRecord).where(*same))]


_WAITING = (
    select(QuarantinedRecord)
    .where(among(col(QuarantinedRecord.reason), "reasons"), waits(), of_standing_delivery())
    .order_by(col(QuarantinedRecord.terminal_id), col(QuarantinedRecord.id))
)
_WAITING_HERE = _WAITING.where(col(QuarantinedRecord.terminal_id) == bindparam("terminal"))
_ANY_HERE = Question(_WAITING_HERE.with_only_columns(col(QuarantinedRecord.id)).limit(1))


def waiting_with_reasons(
    session: Session, reasons: Sequence[str], terminal_id: int | None = None
) -> list[QuarantinedRecord]:
    """Records that wait for one of some reasons, of a delivery that was not undone, by terminal."""
    if terminal_id is None:
        return list(session.scalars(_WAITING, {"reasons": reasons}))
    here = {"reasons": reasons, "terminal": terminal_id}
    # Every delivery asks for those of its own terminal, and nearly always there are none.
    return list(session.scalars(_WAITING_HERE, here)) if _ANY_HERE.rows(session, **here) else []


def _of_untrue() -> Question:
    decision, later_one = QuarantineDecision, aliased(QuarantineDecision)
    later = exists().where(
        col(later_one.record_id) == col(QuarantinedRecord.id), col(later_one.decision) == "released"
    )
    return Question(
        select(col(QuarantinedRecord.device_user_id), col(QuarantinedRecord.device_time))
        .join(decision, col(decision.record_id) == col(QuarantinedRecord.id))
        .where(col(QuarantinedRecord.terminal_id) == bindparam("terminal"))
        .where(among(col(decision.decision), "untrue"), ~later)
        .distinct()
    )


_UNTRUE = _of_untrue()


def found_untrue(session: Session, terminal_id: int) -> list[tuple[str, str]]:
    """Device user id and time (text) of what people found untrue at a terminal."""
    rows = _UNTRUE.rows(session, terminal=terminal_id, untrue=UNTRUE)
    return [(user, time) for user, time in rows]


def punch_ids(session: Session, terminal_id: int, identities: Collection[tuple[str, int]]) -> dict[Any, int]:
    """(Device user id, device time) -> id of the stored punch, where there is one."""
    if not identities:
        return {}
    wanted = select(col(Punch.device_user_id), col(Punch.device_time), col(Punch.id)).where(
        col(Punch.terminal_id) == terminal_id,
        col(Punch.device_time).in_({time for _, time in identities}),
    )
    found = {(user, time): punch_id or 0 for user, time, punch_id in session.connection().execute(wanted)}
    return {identity: found[identity] for identity in identities if identity in found}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Who decided what, when and why."""

    decision: str
    at: datetime
    by: str
    reason: str

    def row(
        self, record_id: int | None, *, punch_id: int | None = None, corrected_time: int | None = None
    ) -> dict[str, Any]:
        """The columns of a `QuarantineDecision`."""
        return {
            "record_id": record_id,
            "decision": self.decision,
            "decided_at": self.at,
            "decided_by": self.by,
            "reason": self.reason,
            "punch_id": punch_id,
            "corrected_time": corrected_time,
        }


def note_decisions(session: Session, rows: Iterable[dict[str, Any]]) -> None:
    """Write decisions down."""
    if found := list(rows):
        session.connection().execute(insert(QuarantineDecision), found)
