"""What a decision brings about elsewhere, and how that is withdrawn: marked, never deleted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.cases.errors import CaseRefused
from monitor.registers.errors import RegisterRefused
from monitor.registers.excuses import Entered, enter_excuse, withdraw_excuse
from monitor.rules.wallclock import DAY_SECONDS, day_of
from monitor.store.queries import stale
from monitor.store.tables import (
    CaseDecision,
    CaseNote,
    DayCase,
    DecisionEffect,
    Excuse,
    ExplainedDay,
    ManualPunch,
    ReminderDay,
    WrittenReminder,
)

Effect = tuple[str, int]
"""Kind and id of the row that was made."""

LONGEST_FIELD = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Paperwork:
    """The document of an excuse: its type, number and date; the interval in wall-clock seconds."""

    type_code: str
    starts: int
    ends: int
    document: str = ""
    document_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminding:
    """A written reminder as it is issued: by which authority, under which number and date, of which rule."""

    issuer: str
    number: str
    issued_on: date
    rule_cited: str
    body: str = ""

    def check(self) -> None:
        """Raises CaseRefused `reminder_incomplete`, `case_text_long`."""
        needed = (self.issuer, self.number, self.rule_cited)
        if not all(text.strip() for text in needed):
            raise CaseRefused("reminder_incomplete")
        if any(len(text) > LONGEST_FIELD for text in needed):
            raise CaseRefused("case_text_long", most=LONGEST_FIELD)


def mark_explained(session: Session, case: DayCase, *, actor: str, at: datetime) -> Iterator[Effect]:
    """The day bears the reason `explained` (rules 5)."""
    found = session.get(ExplainedDay, (case.person_id, case.on_date))
    if found is None:
        found = ExplainedDay(
            person_id=case.person_id, on_date=case.on_date, accepted_by=actor, accepted_at=at
        )
        session.add(found)
    found.accepted_by, found.accepted_at, found.withdrawn_at = actor, at, None
    _mark_days(session, case)
    yield "explained", case.id or 0


def enter_papers(
    session: Session, case: DayCase, papers: Paperwork, *, actor: str, at: datetime, entered_at: int
) -> Iterator[Effect]:
    """An approved excuse, through the one door for excuses. Raises CaseRefused with its codes."""
    entered = Entered(
        person_id=case.person_id,
        type_code=papers.type_code,
        starts=papers.starts,
        ends=papers.ends,
        document=papers.document,
        document_date=papers.document_date,
    )
    try:
        yield "excuse", enter_excuse(session, entered, entered_at=entered_at, actor=actor, at=at)
    except RegisterRefused as refused:
        raise CaseRefused(refused.code, **refused.values) from refused


def approve_punches(session: Session, case: DayCase, *, actor: str, at: datetime) -> Iterator[Effect]:
    """A manual punch for every time that was asked for and does not count yet.

    Raises CaseRefused `manual_not_asked`.
    """
    asked = asked_times(session, case)
    if not asked:
        raise CaseRefused("manual_not_asked")
    # The words stay with the note: the punch names its case, as everything that is exported should not.
    for time in asked:
        punch = ManualPunch(
            person_id=case.person_id,
            time=time,
            approved_by=actor,
            approved_at=at,
            reason=f"giải trình {case.id}",
        )
        session.add(punch)
        session.flush()
        yield "manual", punch.id or 0
    _mark_days(session, case)


def asked_times(session: Session, case: DayCase) -> list[int]:
    """The forgotten times of a case that no manual punch stands for, in order."""
    mine = col(CaseNote.case_id) == case.id, col(CaseNote.asked_time).is_not(None)
    asked = set(session.scalars(select(col(CaseNote.asked_time)).where(*mine)))
    counted = select(col(ManualPunch.time)).where(
        col(ManualPunch.person_id) == case.person_id, col(ManualPunch.withdrawn_at).is_(None)
    )
    standing = set(session.scalars(counted.where(col(ManualPunch.time).in_(asked))))
    return sorted(time for time in asked - standing if time is not None)


def remind(
    session: Session, case: DayCase, said: Reminding, *, author_id: int, at: datetime
) -> Iterator[Effect]:
    """Put the day on the reminder of this number and date; the first day makes it."""
    about = reminded(session, case.person_id, case.on_date, said, author_id=author_id, at=at)
    yield "reminder", about.id or 0


def reminded(
    session: Session, person_id: int, on: date, said: Reminding, *, author_id: int, at: datetime
) -> ReminderDay:
    """A day on the written reminder of this number and date. Raises CaseRefused `reminder_incomplete`."""
    said.check()
    same = (
        col(WrittenReminder.person_id) == person_id,
        col(WrittenReminder.number) == said.number.strip(),
        col(WrittenReminder.issued_on) == said.issued_on,
        col(WrittenReminder.issuer) == said.issuer.strip(),
    )
    reminder = session.scalars(select(WrittenReminder).where(*same)).first()
    if reminder is None:
        reminder = WrittenReminder(
            person_id=person_id,
            issuer=said.issuer.strip(),
            number=said.number.strip(),
            issued_on=said.issued_on,
            rule_cited=said.rule_cited.strip(),
            body=said.body.strip(),
            author_id=author_id,
            written_at=at,
        )
        session.add(reminder)
        session.flush()
    about = ReminderDay(reminder_id=reminder.id or 0, on_date=on)
    session.add(about)
    session.flush()
    return about


def withdraw(
    session: Session, decision: CaseDecision, case: DayCase, *, reason: str, actor: str, at: datetime
) -> None:
    """Take back what a decision brought about. Raises CaseRefused with the codes of the excuses' door."""
    standing = select(DecisionEffect).where(
        col(DecisionEffect.decision_id) == decision.id, col(DecisionEffect.withdrawn_at).is_(None)
    )
    for effect in session.scalars(standing).all():
        match effect.kind:
            case "explained":
                explained = session.get_one(ExplainedDay, (case.person_id, case.on_date))
                explained.withdrawn_at = at
            case "manual":
                session.get_one(ManualPunch, effect.target_id).withdrawn_at = at
            case "reminder":
                session.get_one(ReminderDay, effect.target_id).withdrawn_at = at
            case _:
                _withdraw_excuse(session, effect.target_id, reason, actor, at)
        effect.withdrawn_at = at
    _mark_days(session, case)


def _withdraw_excuse(session: Session, excuse_id: int, reason: str, actor: str, at: datetime) -> None:
    """Unless somebody has withdrawn it in the register already."""
    if session.get_one(Excuse, excuse_id).status == "rejected":
        return
    try:
        withdraw_excuse(session, excuse_id, reason=reason, actor=actor, at=at)
    except RegisterRefused as refused:
        raise CaseRefused(refused.code, **refused.values) from refused


def _mark_days(session: Session, case: DayCase) -> None:
    """The day and those beside it: a punch may belong to a neighbouring block (rules 3)."""
    day = day_of(case.on_date)
    stale.mark(session, [(case.person_id, max(0, day - 1), day + 1)])


def whole_day(day: int) -> tuple[int, int]:
    """The first and the last second of a day."""
    return day * DAY_SECONDS, (day + 1) * DAY_SECONDS - 1
