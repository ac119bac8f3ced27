"""Who left and when, what of them is still stored, and whose records are never made anew."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, not_, or_, select, union_all
from sqlmodel import Session, col

from monitor.rules.wallclock import date_of
from monitor.store.asking import Question
from monitor.store.queries.periods import RECORDS, closed
from monitor.store.queries.stale import Span
from monitor.store.tables import (
    Account,
    Allowance,
    Attachment,
    AuditEntry,
    Badge,
    CaseDecision,
    CaseNote,
    CitizenReport,
    DayCase,
    Excuse,
    ExemptFinding,
    Finding,
    FindingStep,
    LegalHold,
    ManualPunch,
    MonthReply,
    Period,
    Person,
    Posting,
    RetiredPerson,
    RosterEntry,
    Shown,
    VisitMark,
    VisitPerson,
    VisitReason,
    WrittenReminder,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaver:
    """A person without a posting any more; `left_on` is the last day of the last one."""

    person_id: int
    code: str
    left_on: date
    unlinked: bool
    pseudonymised: bool
    held: bool


def leavers(session: Session, today: date) -> list[Leaver]:
    """Everybody whose last posting has ended, by the day it did."""
    still = exists().where(
        col(Posting.person_id) == col(Person.id),
        or_(col(Posting.valid_to).is_(None), col(Posting.valid_to) >= today),
    )
    columns: tuple[Any, ...] = (
        *(col(Person.id), col(Person.code), func.max(col(Posting.valid_to))),
        *(col(RetiredPerson.unlinked_at).is_not(None), col(RetiredPerson.pseudonymised_at).is_not(None)),
        _held(),
    )
    rows = session.connection().execute(
        select(*columns)
        .join(Posting, col(Posting.person_id) == col(Person.id))
        .outerjoin(RetiredPerson, col(RetiredPerson.person_id) == col(Person.id))
        .where(not_(still.correlate(Person)))
        .group_by(*columns[:2], *columns[3:5])
        .order_by(func.max(col(Posting.valid_to)), col(Person.code))
    )
    return [
        Leaver(
            person_id=row[0] or 0,
            code=row[1],
            left_on=row[2],
            unlinked=bool(row[3]),
            pseudonymised=bool(row[4]),
            held=bool(row[5]),
        )
        for row in rows
    ]


def _held() -> ColumnElement[bool]:
    hold = exists().where(col(LegalHold.person_id) == col(Person.id), col(LegalHold.released_at).is_(None))
    return hold.correlate(Person)


_UNLINKED = Question(select(col(RetiredPerson.person_id)).where(col(RetiredPerson.unlinked_at).is_not(None)))


def frozen(session: Session) -> frozenset[int]:
    """The people whose punches no longer lead to them: their records stay as they are for ever."""
    return frozenset(person_id for (person_id,) in _UNLINKED.rows(session))


def without_frozen(session: Session, spans: Iterable[Span]) -> list[Span]:
    """The spans of those whose records may be made anew."""
    gone = frozen(session)
    return [span for span in spans if span[0] not in gone]


def open_months(session: Session, person_id: int) -> list[str]:
    """Months, `YYYY-MM`, in which records of a person lie in no closed period."""
    found: set[int] = set()
    for table in RECORDS:
        sealed = exists().where(
            closed(),
            col(Period.unit_id) == table.c.unit_id,
            col(Period.first_day) <= table.c.day,
            col(Period.last_day) >= table.c.day,
        )
        mine = select(table.c.day).where(table.c.person_id == person_id, not_(sealed.correlate(table)))
        found |= set(session.connection().execute(mine.distinct()).scalars())
    return sorted({f"{date_of(day):%Y-%m}" for day in found})


def with_badges(session: Session) -> frozenset[int]:
    """People whom a device user id means."""
    return frozenset(session.connection().execute(select(col(Badge.person_id)).distinct()).scalars())


def with_live_accounts(session: Session) -> frozenset[int]:
    """People with an account that still bears a name of its own."""
    named = select(col(Account.person_id)).outerjoin(
        RetiredPerson, col(RetiredPerson.person_id) == col(Account.person_id)
    )
    alive = or_(
        col(RetiredPerson.pseudonym).is_(None), col(Account.display_name) != col(RetiredPerson.pseudonym)
    )
    rows = session.connection().execute(named.where(col(Account.person_id).is_not(None), alive))
    return frozenset(one for one in rows.scalars() if one is not None)


def with_explanations(session: Session) -> frozenset[int]:
    """People with a stored document or reason of an absence."""
    told = union_all(
        select(col(Excuse.person_id)).where(col(Excuse.document) != ""),
        select(col(Allowance.person_id)).where(col(Allowance.document) != ""),
        select(col(RosterEntry.person_id)).where(col(RosterEntry.document) != ""),
        select(col(ExemptFinding.person_id)).where(col(ExemptFinding.document) != ""),
        select(col(ManualPunch.person_id)).where(col(ManualPunch.reason) != ""),
        select(col(MonthReply.person_id)).where(col(MonthReply.text) != ""),
        select(col(WrittenReminder.person_id)).where(col(WrittenReminder.body) != ""),
        *_told_in_cases(),
        *_told_on_visits(),
        *_told_in_findings(),
    )
    return frozenset(session.connection().execute(told).scalars())


def _told_in_cases() -> tuple[Select[int], ...]:
    """The people whose cases still hold words or papers."""
    people = select(col(DayCase.person_id))
    notes = people.join(CaseNote, col(CaseNote.case_id) == col(DayCase.id))
    return (
        notes.where(or_(col(CaseNote.body) != "", col(CaseNote.witness) != "")),
        notes.join(Attachment, col(Attachment.note_id) == col(CaseNote.id)).where(col(Attachment.name) != ""),
        people.join(CaseDecision, col(CaseDecision.case_id) == col(DayCase.id)).where(
            col(CaseDecision.reason) != ""
        ),
    )


def _told_in_findings() -> tuple[Select[Any], ...]:
    """The people whose findings, or reports about them, still hold words."""
    steps = select(col(Finding.person_id)).join(FindingStep, col(FindingStep.finding_id) == col(Finding.id))
    known = col(Finding.person_id).is_not(None)
    return (
        select(col(Finding.person_id)).where(known, col(Finding.words) != ""),
        steps.where(known, col(FindingStep.words) != ""),
        select(col(CitizenReport.person_id)).where(col(CitizenReport.person_id).is_not(None)),
    )


def _told_on_visits() -> tuple[Select[int], ...]:
    """The people of whom visits of inspections still hold words or documents."""
    said = or_(col(VisitReason.words) != "", col(VisitReason.document) != "")
    return (
        select(col(VisitPerson.person_id)).where(col(VisitPerson.document) != ""),
        select(col(VisitMark.person_id)).where(col(VisitMark.note) != ""),
        select(col(VisitReason.person_id)).where(said),
    )


def old_entries(session: Session, before: datetime, never: Iterable[str]) -> list[int]:
    """Ids of audit entries from before a moment that still tell something, held people's left out."""
    held = select(col(LegalHold.person_id)).where(col(LegalHold.released_at).is_(None))
    subjects = select("person:" + col(Person.code)).where(col(Person.id).in_(held))
    accounts = select("account:" + col(Account.user_name)).where(col(Account.person_id).in_(held))
    shows = exists().where(col(Shown.entry_id) == col(AuditEntry.id), col(Shown.person_id).in_(held))
    old = (
        col(AuditEntry.at) < before,
        col(AuditEntry.actor) != "",
        col(AuditEntry.action).not_in(list(never)),
        col(AuditEntry.subject).not_in(subjects),
        col(AuditEntry.subject).not_in(accounts),
        not_(shows.correlate(AuditEntry)),
    )
    rows = session.connection().execute(select(col(AuditEntry.id)).where(*old).order_by(col(AuditEntry.id)))
    return [one or 0 for one in rows.scalars()]


def entries_about(session: Session, subjects: Iterable[str]) -> list[int]:
    """Ids of audit entries with one of these subjects."""
    mine = select(col(AuditEntry.id)).where(col(AuditEntry.subject).in_(list(subjects)))
    return [one or 0 for one in session.connection().execute(mine).scalars()]
