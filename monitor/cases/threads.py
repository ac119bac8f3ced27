"""Who may read a case, and what of it: the thread as its reader may see it."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from monitor.access import Action
from monitor.cases.book import Asking, case_of
from monitor.cases.deciding import in_force
from monitor.cases.desks import Desks, Matter
from monitor.cases.effects import asked_times
from monitor.cases.explaining import KINDS, SENSITIVE
from monitor.rules.wallclock import day_of
from monitor.store.queries.cases import (
    NoteRow,
    PaperRow,
    attachment_with_case,
    decisions_of,
    home_of,
    manual_punches_in_month,
    notes_of,
)
from monitor.store.tables import Attachment, CaseDecision, DayCase


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of a thread; `kind` is a note's kind, a decision's, or `sensitive`: then `body` is empty."""

    at: datetime
    kind: str
    author: str
    body: str
    asked_time: int | None
    witness: str
    papers: tuple[PaperRow, ...]
    hidden_papers: int
    revoked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A case as somebody may read it; `state` is '' for a day nobody has said anything about.

    `desk` is the name of the unit whose turn it is ('': HR). `asked` are forgotten times that wait for a
    decision, `manual_punches` those that were approved in the month.
    """

    person_id: int
    day: int
    state: str
    entries: tuple[Entry, ...]
    own: bool
    may_explain: bool
    may_decide: bool
    for_hr: bool = False
    due_at: datetime | None = None
    decide_by: datetime | None = None
    level: int = 0
    desk: str = ""
    in_force: str = ""
    asked: tuple[int, ...] = ()
    manual_punches: int = 0
    seen: int = 0

    @property
    def has_explanation(self) -> bool:
        """Whether the person has said anything."""
        return any(entry.kind in {*KINDS, "sensitive"} for entry in self.entries)


def thread_of(
    session: Session, asking: Asking, person_id: int, day: int, desks: Desks | None = None
) -> Thread | None:
    """The thread of a person's day; None for whoever is neither the person nor may decide about it."""
    home = home_of(session, person_id, day)
    if home is None:
        return None
    own = asking.scope.person_id == person_id
    known = desks or Desks.on(session, asking.now.date())
    case = case_of(session, person_id, day)
    matter = Matter(person_id=person_id, day=day, home=home).of(case)
    may_decide = known.may_decide(asking.scope, matter)
    if not own and not may_decide:
        return None
    thread = Thread(
        person_id=person_id,
        day=day,
        state="",
        entries=(),
        own=own,
        may_explain=own and day <= asking.today,
        may_decide=may_decide and day <= asking.today,
        desk=_name(known, known.decider_of(matter)),
        manual_punches=manual_punches_in_month(session, person_id, day),
    )
    return thread if case is None else _with_case(session, asking, thread, case)


def _name(desks: Desks, desk: int | None) -> str:
    return "" if desk is None else desks.units.units[desk].name


def _with_case(session: Session, asking: Asking, thread: Thread, case: DayCase) -> Thread:
    notes, holds = notes_of(session, case.id or 0), in_force(session, case)
    return replace(
        thread,
        state=case.state,
        entries=_entries(session, asking, thread, case, notes),
        for_hr=case.for_hr,
        due_at=case.due_at,
        decide_by=case.decide_by,
        level=case.level,
        in_force="" if holds is None else holds.kind,
        asked=tuple(asked_times(session, case)),
        seen=max((row.note.id or 0 for row in notes), default=0),
    )


def _entries(
    session: Session, asking: Asking, thread: Thread, case: DayCase, notes: list[NoteRow]
) -> tuple[Entry, ...]:
    """The notes; the n-th that tells of a decision tells of the n-th decision."""
    decisions = list(decisions_of(session, case.id or 0))
    replaced = {one.replaces_id for one in decisions}
    waiting = iter(decisions)
    all_of_it = may_read_sensitive(asking, thread.own)
    return tuple(
        _entry(
            row, next(waiting, None) if row.note.kind in {"decided", "revoked"} else None, replaced, all_of_it
        )
        for row in notes
    )


def _entry(row: NoteRow, decision: CaseDecision | None, replaced: set[int | None], all_of_it: bool) -> Entry:
    note = row.note
    hidden = note.kind in SENSITIVE and not all_of_it
    papers = tuple(paper for paper in row.papers if all_of_it or not paper.for_hr)
    kind = "sensitive" if hidden else note.kind if decision is None else decision.kind
    return Entry(
        at=note.written_at,
        kind=kind,
        author=row.author,
        body="" if hidden else note.body,
        asked_time=note.asked_time,
        witness="" if hidden else note.witness,
        papers=papers,
        hidden_papers=len(row.papers) - len(papers),
        revoked=decision is not None and decision.id in replaced,
    )


def may_read_sensitive(asking: Asking, own: bool) -> bool:
    """Papers and words about sickness and maternity are for the person and for HR."""
    return own or asking.scope.may(Action.SEE_SENSITIVE_EXCUSES)


def paper_of(session: Session, asking: Asking, attachment_id: int) -> tuple[Attachment, DayCase] | None:
    """A paper for whoever may read it; None for everybody else, and for one whose time is over."""
    found = attachment_with_case(session, attachment_id)
    if found is None or not found[0].content:
        return None
    paper, case = found
    matter = matter_of(session, case)
    own = asking.scope.person_id == case.person_id
    if matter is None or not (own or Desks.on(session, asking.now.date()).may_decide(asking.scope, matter)):
        return None
    return found if may_read_sensitive(asking, own) or not paper.for_hr else None


def matter_of(session: Session, case: DayCase) -> Matter | None:
    """Whose day a case is about; None when the person held no posting on it."""
    day = day_of(case.on_date)
    home = home_of(session, case.person_id, day)
    return None if home is None else Matter(person_id=case.person_id, day=day, home=home).of(case)
