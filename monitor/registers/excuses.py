"""One excuse entered or withdrawn by hand: checked, marked stale, told to the trail (rules 5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from monitor import audit
from monitor.registers.days import day_bounds, refuse_closed, touched_days
from monitor.registers.errors import RegisterRefused
from monitor.rules.wallclock import text_of
from monitor.setup.cells import CellRefused
from monitor.setup.cells import text as cell_text
from monitor.store.queries import stale
from monitor.store.tables import Excuse, ExcuseEntry, ExcuseType, Person

LONGEST_TEXT = 200
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """An excuse as it is entered; times are wall-clock seconds of the installation, both ends included."""

    person_id: int
    type_code: str
    starts: int
    ends: int
    document: str = ""
    document_date: date | None = None


def enter_excuse(
    session: Session,
    entered: Entered,
    *,
    entered_at: int,
    actor: str,
    at: datetime,
    replaces: int | None = None,
) -> int:
    """Store an approved excuse, mark its days stale, tell the trail; gives its id.

    `entered_at` is the wall-clock reading of `at`; `replaces` the withdrawn excuse that it stands for.
    The caller has checked that the person is in the actor's reach on these days.

    Raises RegisterRefused `unknown_excuse_type`, `ends_before_start`, `excuse_document_needed`,
    `register_text_long`, `register_no_person`, `excuse_overlap` or `register_month_closed`.
    """
    person = held_person(session, entered.person_id)
    _check(session, entered, person)
    excuse = Excuse(
        person_id=entered.person_id,
        type_code=entered.type_code,
        starts=entered.starts,
        ends=entered.ends,
        document=plain_text(entered.document),
        document_date=entered.document_date,
        entered_at=entered_at,
    )
    session.add(excuse)
    session.flush()
    found = excuse.id or 0
    session.add(ExcuseEntry(excuse_id=found, entered_by=actor, entered_at=at, replaces_id=replaces))
    stale.mark(session, [(entered.person_id, *touched_days(entered.starts, entered.ends, at))])
    detail = {"excuse": found, "before": None, "after": _told(excuse), "replaces": replaces}
    session.flush()
    audit.record(
        session, at=at, actor=actor, action="excuse_enter", subject=f"person:{person.code}", detail=detail
    )
    return found


def withdraw_excuse(session: Session, excuse_id: int, *, reason: str, actor: str, at: datetime) -> None:
    """Take an excuse back: it stays, rejected, with who did it, when and why; its days become stale.

    Raises RegisterRefused `excuse_unknown`, `excuse_withdrawn`, `register_reason_needed`,
    `register_text_long` or `register_month_closed`.
    """
    said = plain_reason(reason)
    excuse = session.get(Excuse, excuse_id, with_for_update=True)
    if excuse is None:
        raise RegisterRefused("excuse_unknown")
    if excuse.status == "rejected":
        raise RegisterRefused("excuse_withdrawn")
    person = held_person(session, excuse.person_id)
    refuse_closed(session, excuse.person_id, *day_bounds(excuse.starts, excuse.ends))
    before = _told(excuse)
    excuse.status = "rejected"
    entry = session.get(ExcuseEntry, excuse_id) or ExcuseEntry(excuse_id=excuse_id)
    entry.withdrawn_by, entry.withdrawn_at, entry.withdrawn_reason = actor, at, said
    session.add(entry)
    stale.mark(session, [(excuse.person_id, *touched_days(excuse.starts, excuse.ends, at))])
    detail = {"excuse": excuse_id, "before": before, "after": _told(excuse), "reason": said}
    session.flush()
    audit.record(
        session, at=at, actor=actor, action="excuse_withdraw", subject=f"person:{person.code}", detail=detail
    )


def plain_text(text: str) -> str:
    """A line of text as imports take it. Raises RegisterRefused `bad_characters`, `register_text_long`."""
    try:
        said = cell_text(text)
    except CellRefused as refused:
        raise RegisterRefused(refused.code, **refused.values) from refused
    if len(said) > LONGEST_TEXT:
        raise RegisterRefused("register_text_long", most=LONGEST_TEXT)
    return said


def plain_reason(reason: str) -> str:
    """The reason without blanks around it. Raises RegisterRefused when it is missing or too long."""
    said = " ".join(reason.split())
    if not said:
        raise RegisterRefused("register_reason_needed")
    if len(said) > LONGEST_REASON:
        raise RegisterRefused("register_text_long", most=LONGEST_REASON)
    return said


def overlapping(session: Session, person_id: int, starts: int, ends: int) -> Excuse | None:
    """The first approved excuse of a person that shares time with an interval; those that touch do not."""
    return session.scalar(
        select(Excuse)
        .where(
            col(Excuse.person_id) == person_id,
            col(Excuse.status) == "approved",
            col(Excuse.starts) < max(ends, starts + 1),
            col(Excuse.ends) > starts,
        )
        .order_by(col(Excuse.starts), col(Excuse.id))
    )


def held_person(session: Session, person_id: int) -> Person:
    """The person, held until the transaction ends: of two who enter at once the second sees the first's."""
    found = session.get(Person, person_id, with_for_update=True)
    if found is None:
        raise RegisterRefused("register_no_person")
    return found


def _check(session: Session, entered: Entered, person: Person) -> None:
    kind = session.get(ExcuseType, entered.type_code)
    if kind is None:
        known = ", ".join(session.scalars(select(col(ExcuseType.code)).order_by(col(ExcuseType.code))))
        raise RegisterRefused("unknown_excuse_type", value=entered.type_code, known=known)
    if entered.ends < entered.starts:
        times = {"start": text_of(entered.starts), "end": text_of(entered.ends)}
        raise RegisterRefused("ends_before_start", **times)
    if kind.needs_document and not entered.document.strip():
        raise RegisterRefused("excuse_document_needed", name=kind.name)
    other = overlapping(session, entered.person_id, entered.starts, entered.ends)
    if other is not None:
        values = {"start": text_of(other.starts), "end": text_of(other.ends), "other": other.id}
        raise RegisterRefused("excuse_overlap", person=person.code, name=person.name, **values)
    refuse_closed(session, entered.person_id, *day_bounds(entered.starts, entered.ends))


def _told(excuse: Excuse) -> Mapping[str, object]:
    """What the trail says of an excuse: never why somebody is away, which the excuse itself keeps."""
    return {
        "starts": text_of(excuse.starts),
        "ends": text_of(excuse.ends),
        "status": excuse.status,
        "has_document": bool(excuse.document),
    }
