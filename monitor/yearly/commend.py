"""The register of commendations: one entered or withdrawn by hand, told to the trail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from monitor import audit
from monitor.registers.errors import RegisterRefused
from monitor.registers.excuses import held_person, plain_reason, plain_text
from monitor.store.tables import Commendation, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Commended:
    """A commendation as it is entered: of a person or of a unit."""

    given_on: date
    document: str
    body: str
    issuer: str = ""
    person_id: int | None = None
    unit_id: int | None = None


def enter_commendation(session: Session, entered: Commended, *, actor: str, at: datetime, today: date) -> int:
    """Store it; gives its id. The caller has checked the reach.

    Raises RegisterRefused `commendation_incomplete`, `commendation_ahead`, `register_text_long` or
    `register_no_person`.
    """
    subject = _subject(session, entered.person_id, entered.unit_id)
    row = Commendation(
        person_id=entered.person_id,
        unit_id=entered.unit_id,
        given_on=entered.given_on,
        document=plain_text(entered.document),
        issuer=plain_text(entered.issuer),
        body=plain_reason(entered.body) if entered.body.strip() else "",
        entered_by=actor,
        entered_at=at,
    )
    if not row.document or not row.body:
        raise RegisterRefused("commendation_incomplete")
    if row.given_on > today:
        raise RegisterRefused("commendation_ahead")
    session.add(row)
    session.flush()
    detail = {"commendation": row.id, "before": None, "after": _told(row)}
    audit.record(session, at=at, actor=actor, action="commendation_enter", subject=subject, detail=detail)
    return row.id or 0


def withdraw_commendation(
    session: Session, row: Commendation, *, reason: str, actor: str, at: datetime
) -> None:
    """Take one back: it stays, marked, with who did it, when and why.

    Raises RegisterRefused `commendation_withdrawn`, `register_reason_needed` or `register_text_long`.
    """
    said = plain_reason(reason)
    if row.withdrawn_at is not None:
        raise RegisterRefused("commendation_withdrawn")
    row.withdrawn_by, row.withdrawn_at, row.withdrawn_reason = actor, at, said
    session.flush()
    subject = _subject(session, row.person_id, row.unit_id)
    detail = {"commendation": row.id, "before": _told(row), "after": None, "reason": said}
    audit.record(session, at=at, actor=actor, action="commendation_withdraw", subject=subject, detail=detail)


def _subject(session: Session, person_id: int | None, unit_id: int | None) -> str:
    if person_id is not None:
        return f"person:{held_person(session, person_id).code}"
    return f"unit:{session.get_one(Unit, unit_id).code}"


def _told(row: Commendation) -> Mapping[str, object]:
    return {
        "given_on": row.given_on,
        "document": row.document,
        "issuer": row.issuer,
        "text": row.body,
    }
