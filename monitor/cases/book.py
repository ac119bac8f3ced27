"""The book of cases: finding or opening one, and writing in its thread."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from monitor.access import Scope
from monitor.cases.errors import CaseRefused
from monitor.config import Explanations
from monitor.rules.wallclock import date_of, day_of
from monitor.store.tables import Attachment, CaseNote, DayCase, Person

LONGEST_BODY = 2000
MOST_NOTES = 60
"""Of a case: nobody needs more, and nobody shall fill the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who acts, when and under which settings; `now` is aware, in the installation's zone."""

    scope: Scope
    actor: str
    now: datetime
    limits: Explanations

    @property
    def today(self) -> int:
        """The present day, since 1970."""
        return day_of(self.now.date())

    @property
    def wall_clock(self) -> int:
        """The present as wall-clock seconds."""
        midnight = self.today * 86_400
        return midnight + self.now.hour * 3600 + self.now.minute * 60 + self.now.second


def case_of(session: Session, person_id: int, day: int) -> DayCase | None:
    """The case of a person's day."""
    mine = col(DayCase.person_id) == person_id, col(DayCase.on_date) == date_of(day)
    return session.scalars(select(DayCase).where(*mine)).first()


def opened_case(session: Session, person_id: int, day: int) -> DayCase:
    """The case of a person's day, made if there is none; the person is held until the transaction ends.

    So of two who write at once the second sees what the first did.
    """
    session.get_one(Person, person_id, with_for_update=True)
    found = case_of(session, person_id, day)
    if found is None:
        found = DayCase(person_id=person_id, on_date=date_of(day))
        session.add(found)
        session.flush()
    return found


def write_note(  # noqa: PLR0913 - the columns of a note
    session: Session,
    case: DayCase,
    *,
    at: datetime,
    kind: str,
    body: str,
    author_id: int | None,
    asked_time: int | None = None,
    witness: str = "",
) -> CaseNote:
    """Add a note to a thread. Raises CaseRefused `case_text_long`, `case_text_bad`, `case_full`."""
    for text in (body, witness):
        if len(text) > LONGEST_BODY:
            raise CaseRefused("case_text_long", most=LONGEST_BODY)
        if "\0" in text:
            raise CaseRefused("case_text_bad")
    if author_id is not None and notes_in(session, case) >= MOST_NOTES:
        raise CaseRefused("case_full", most=MOST_NOTES)
    note = CaseNote(
        case_id=case.id or 0,
        written_at=at,
        author_id=author_id,
        kind=kind,
        body=body,
        asked_time=asked_time,
        witness=witness,
    )
    session.add(note)
    session.flush()
    return note


def notes_in(session: Session, case: DayCase) -> int:
    """How many notes a thread has."""
    mine = select(func.count()).select_from(CaseNote).where(col(CaseNote.case_id) == case.id)
    return session.connection().execute(mine).scalar_one()


def last_note_id(session: Session, case: DayCase | None) -> int:
    """The newest note of a thread, 0 for none: what a reader of a form has seen."""
    if case is None:
        return 0
    mine = select(func.max(col(CaseNote.id))).where(col(CaseNote.case_id) == case.id)
    return session.connection().execute(mine).scalar() or 0


def papers_in(session: Session, case: DayCase) -> int:
    """How many papers were handed in for a case."""
    mine = select(func.count()).select_from(Attachment).join(CaseNote)
    return session.connection().execute(mine.where(col(CaseNote.case_id) == case.id)).scalar_one()
