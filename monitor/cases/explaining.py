"""Explaining a day: asking somebody to, the person's own words, forgotten punches, papers."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlmodel import Session

from monitor import audit
from monitor.cases.book import Asking, opened_case, papers_in, write_note
from monitor.cases.desks import Desks, Matter
from monitor.cases.errors import CaseRefused
from monitor.cases.papers import Paper
from monitor.registers.days import refuse_closed
from monitor.registers.errors import RegisterRefused
from monitor.rules.wallclock import DAY_SECONDS, date_of
from monitor.store.tables import Attachment, CaseNote, DayCase, Person

KINDS = ("explain", "forgot", "wrong", "sick", "maternity")
SENSITIVE = frozenset({"sick", "maternity"})
"""Kinds whose words and papers are for HR alone."""
MOST_PAPERS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a person says of a day; `asked_time` (wall-clock seconds) only with kind `forgot`."""

    kind: str
    body: str
    asked_time: int | None = None
    witness: str = ""
    paper: Paper | None = None
    paper_for_hr: bool = False

    @property
    def for_hr(self) -> bool:
        """Whether the words are for HR alone."""
        return self.kind in SENSITIVE


def ask(session: Session, asking: Asking, matter: Matter, body: str) -> DayCase:
    """Ask a person to explain a day, within the days that the settings give.

    The caller has found the person in scope. Raises CaseRefused `case_not_yours`, `case_day_ahead`,
    `case_answered` (explained already) and what a note raises.
    """
    desks = Desks.on(session, asking.now.date())
    case = opened_case(session, matter.person_id, matter.day)
    if not desks.may_decide(asking.scope, matter.of(case)):
        raise CaseRefused("case_not_yours")
    _refuse_ahead(asking, matter.day)
    if case.state != "open":
        raise CaseRefused("case_answered")
    before = case.due_at
    case.due_at = _end_of_day(asking.now, asking.limits.days_to_explain)
    case.decide_by = case.due_at + timedelta(days=asking.limits.days_until_escalation)
    write_note(
        session, case, at=asking.now, kind="asked", body=body.strip(), author_id=asking.scope.account_id
    )
    session.flush()
    detail = {"before": {"due": before}, "after": {"due": case.due_at}, "reason": body.strip()}
    _tell(session, asking, "case_ask", matter, detail)
    return case


def explain(session: Session, asking: Asking, matter: Matter, said: Explanation) -> DayCase:
    """What the person says of the own day; from then on somebody has to decide.

    Raises CaseRefused `case_not_own`, `case_day_ahead`, `case_text_missing`, `case_kind`,
    `case_time_missing`, `case_time_elsewhere`, `case_time_ahead`, `case_papers_full`,
    `case_closed`, and what a note raises.
    """
    if asking.scope.person_id != matter.person_id:
        raise CaseRefused("case_not_own")
    _check(asking, matter, said)
    refuse_closed_day(session, matter)
    case = opened_case(session, matter.person_id, matter.day)
    before = case.state
    note = write_note(
        session,
        case,
        at=asking.now,
        kind=said.kind,
        body=said.body.strip(),
        author_id=asking.scope.account_id,
        asked_time=said.asked_time,
        witness=said.witness.strip(),
    )
    if said.paper is not None:
        _keep(session, case, note, said)
    case.state = "explained"
    case.for_hr = case.for_hr or said.for_hr
    case.decide_by = asking.now + timedelta(days=asking.limits.days_until_escalation)
    session.flush()
    # Neither the words nor, where they are for HR, the kind: the trail is read by more people than the case.
    kind = "sensitive" if said.for_hr else said.kind
    detail = {"before": before, "after": case.state, "kind": kind, "paper": said.paper is not None}
    _tell(session, asking, "case_explain", matter, detail)
    return case


def refuse_closed_day(session: Session, matter: Matter) -> None:
    """Refuse a day of a closed month. Raises CaseRefused `case_closed`, naming unit and month."""
    try:
        refuse_closed(session, matter.person_id, matter.day, matter.day)
    except RegisterRefused as refused:
        raise CaseRefused("case_closed", **refused.values) from refused


def _check(asking: Asking, matter: Matter, said: Explanation) -> None:
    _refuse_ahead(asking, matter.day)
    if said.kind not in KINDS:
        raise CaseRefused("case_kind")
    if not said.body.strip():
        raise CaseRefused("case_text_missing")
    if said.kind != "forgot":
        return
    if said.asked_time is None:
        raise CaseRefused("case_time_missing")
    # A night duty's OUT lies on the date after.
    if not 0 <= said.asked_time - matter.day * DAY_SECONDS < 2 * DAY_SECONDS:
        raise CaseRefused("case_time_elsewhere")
    if said.asked_time > asking.wall_clock:
        raise CaseRefused("case_time_ahead")


def _refuse_ahead(asking: Asking, day: int) -> None:
    if day > asking.today:
        raise CaseRefused("case_day_ahead")


def _keep(session: Session, case: DayCase, note: CaseNote, said: Explanation) -> None:
    if papers_in(session, case) >= MOST_PAPERS:
        raise CaseRefused("case_papers_full", most=MOST_PAPERS)
    assert said.paper is not None  # noqa: S101 - asked by the caller
    paper = said.paper
    session.add(
        Attachment(
            note_id=note.id or 0,
            name=paper.name,
            media_type=paper.media_type,
            bytes_count=len(paper.content),
            sha256=paper.sha256,
            for_hr=said.for_hr or said.paper_for_hr,
            content=paper.content,
        )
    )


def _end_of_day(now: datetime, days: int) -> datetime:
    """The last second of the day so many days ahead."""
    return datetime.combine(now.date() + timedelta(days=days), time(23, 59, 59), now.tzinfo)


def _tell(session: Session, asking: Asking, action: str, matter: Matter, detail: dict[str, object]) -> None:
    person = session.get_one(Person, matter.person_id)
    told = {"day": date_of(matter.day).isoformat(), **detail}
    audit.record(
        session,
        at=asking.now,
        actor=asking.actor,
        action=action,
        subject=f"person:{person.code}",
        detail=told,
    )
