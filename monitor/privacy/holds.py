"""Legal holds: nothing about a person is erased while somebody says, with a reason, that it must stay."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select
from sqlmodel import Session, col

from monitor import audit
from monitor.privacy.errors import PrivacyRefused
from monitor.store.session import transaction
from monitor.store.tables import LegalHold, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A hold as it is shown; `released_at` None: it stands."""

    person: str
    reason: str
    placed_by: str
    placed_at: datetime
    released_by: str
    released_at: datetime | None
    release_reason: str


def place_hold(engine: Engine, code: str, *, reason: str, now: datetime, actor: str) -> None:
    """Keep everything about a person until the hold is released.

    Raises PrivacyRefused: `person_unknown`, `hold_reason_missing`, `hold_stands`.
    """
    _require_reason(reason)
    with transaction(engine) as session:
        person = person_named(session, code)
        if _standing(session, person) is not None:
            raise PrivacyRefused("hold_stands", person=code)
        session.add(LegalHold(person_id=person, reason=reason.strip(), placed_by=actor, placed_at=now))
        session.flush()
        detail = {"reason": reason.strip()}
        subject = f"person:{code}"
        audit.record(session, at=now, actor=actor, action="hold_place", subject=subject, detail=detail)


def release_hold(engine: Engine, code: str, *, reason: str, now: datetime, actor: str) -> None:
    """End the hold of a person.

    Raises PrivacyRefused: `person_unknown`, `hold_reason_missing`, `hold_none`.
    """
    _require_reason(reason)
    with transaction(engine) as session:
        hold = _standing(session, person_named(session, code))
        if hold is None:
            raise PrivacyRefused("hold_none", person=code)
        hold.released_at, hold.released_by, hold.release_reason = now, actor, reason.strip()
        session.flush()
        detail = {"held_for": hold.reason, "placed_by": hold.placed_by, "reason": reason.strip()}
        subject = f"person:{code}"
        audit.record(session, at=now, actor=actor, action="hold_release", subject=subject, detail=detail)


def list_holds(session: Session, *, with_released: bool = False) -> list[Hold]:
    """The holds that stand, or all there ever were, oldest first."""
    query = select(LegalHold, col(Person.code)).join(Person, col(Person.id) == col(LegalHold.person_id))
    if not with_released:
        query = query.where(col(LegalHold.released_at).is_(None))
    return [
        Hold(
            person=code,
            reason=hold.reason,
            placed_by=hold.placed_by,
            placed_at=hold.placed_at,
            released_by=hold.released_by,
            released_at=hold.released_at,
            release_reason=hold.release_reason,
        )
        for hold, code in session.execute(query.order_by(col(LegalHold.id)))
    ]


def person_named(session: Session, code: str) -> int:
    """The id of a person by staff code. Raises PrivacyRefused `person_unknown`."""
    found = session.scalars(select(col(Person.id)).where(col(Person.code) == code)).first()
    if found is None:
        raise PrivacyRefused("person_unknown", person=code)
    return found


def _standing(session: Session, person_id: int) -> LegalHold | None:
    mine = col(LegalHold.person_id) == person_id, col(LegalHold.released_at).is_(None)
    return session.scalars(select(LegalHold).where(*mine)).first()


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise PrivacyRefused("hold_reason_missing")
