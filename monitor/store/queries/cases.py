"""Reading cases: threads, papers without their content, what waits, forgotten punches, reminders."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from monitor.rules.wallclock import DAY_SECONDS, date_of, day_of
from monitor.store.queries.seats import counting
from monitor.store.tables import (
    Account,
    Attachment,
    CaseDecision,
    CaseNote,
    DayCase,
    ManualPunch,
    Person,
    Posting,
    ReminderDay,
    Unit,
    WrittenReminder,
)
from monitor.store.wall import sees_all

WAITING = ("open", "explained")


def home_of(session: Session, person_id: int, day: int) -> int | None:
    """The unit that counts for a person on a day (rules 2.1), None without a posting."""
    query = select(col(Posting.unit_id)).join(Unit, col(Unit.id) == col(Posting.unit_id))
    return (
        session.connection().execute(query.where(col(Posting.person_id) == person_id, counting(day))).scalar()
    )


def reminded_homes(session: Session, day: int) -> dict[int, int]:
    """The unit on a day of everybody who was ever reminded in writing and still belongs to one."""
    reminded = select(col(WrittenReminder.person_id))
    rows = session.connection().execute(
        select(col(Posting.person_id), col(Posting.unit_id))
        .join(Unit, col(Unit.id) == col(Posting.unit_id))
        .where(col(Posting.person_id).in_(reminded), counting(day))
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A case that somebody has to answer or decide, with the unit the person belonged to on its day."""

    case: DayCase
    code: str
    name: str
    home: int

    @property
    def day(self) -> int:
        """The day since 1970."""
        return day_of(self.case.on_date)


def waiting(session: Session, unit_ids: frozenset[int] | None) -> list[Waiting]:
    """The undecided cases of people of some units (None: of all), the most overdue first."""
    rows = session.execute(
        select(DayCase, col(Person.code), col(Person.name), col(Posting.unit_id))
        .join(Person, col(Person.id) == col(DayCase.person_id))
        .join(Posting, col(Posting.person_id) == col(DayCase.person_id))
        .join(Unit, col(Unit.id) == col(Posting.unit_id))
        .where(col(DayCase.state).in_(WAITING), *_held_on_the_day())
        # Of two postings the one that counts is last, and so is kept (rules 2.1).
        .order_by(col(DayCase.id), col(Posting.valid_from), col(Unit.code).desc())
    )
    found = {case.id: Waiting(case=case, code=code, name=name, home=unit) for case, code, name, unit in rows}
    kept = [one for one in found.values() if unit_ids is None or one.home in unit_ids]
    return sorted(kept, key=lambda one: (one.case.decide_by is None, one.case.decide_by, one.code, one.day))


def _held_on_the_day() -> tuple[ColumnElement[bool], ...]:
    still = or_(col(Posting.valid_to).is_(None), col(Posting.valid_to) >= col(DayCase.on_date))
    return col(Posting.valid_from) <= col(DayCase.on_date), still


def own_waiting(session: Session, person_id: int) -> list[DayCase]:
    """What a person was asked to explain and has not, the nearest deadline first."""
    mine = col(DayCase.person_id) == person_id, col(DayCase.state) == "open", col(DayCase.due_at).is_not(None)
    return list(session.scalars(select(DayCase).where(*mine).order_by(col(DayCase.due_at))))


def asked_people(session: Session, now: datetime) -> dict[int, list[DayCase]]:
    """By person: what somebody asks them to explain, and can still be answered in time."""
    open_still = (
        *(col(DayCase.state) == "open", col(DayCase.due_at).is_not(None)),
        col(DayCase.due_at) > now,
    )
    found: defaultdict[int, list[DayCase]] = defaultdict(list)
    for case in session.scalars(select(DayCase).where(*open_still).order_by(col(DayCase.id))):
        found[case.person_id].append(case)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRow:
    """A paper without its content; one whose time is over has none."""

    id: int
    note_id: int
    name: str
    media_type: str
    bytes_count: int
    for_hr: bool
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRow:
    """A note, with its author's name ('' : the program) and person."""

    note: CaseNote
    author: str
    papers: tuple[PaperRow, ...]


def notes_of(session: Session, case_id: int) -> list[NoteRow]:
    """A thread, oldest first."""
    rows = session.execute(
        select(CaseNote, col(Account.display_name))
        .outerjoin(Account, col(Account.id) == col(CaseNote.author_id))
        .where(col(CaseNote.case_id) == case_id)
        .order_by(col(CaseNote.id))
    )
    papers = _papers_of(session, case_id)
    return [
        NoteRow(note=note, author=author or "", papers=tuple(papers.get(note.id or 0, ())))
        for note, author in rows
    ]


def _papers_of(session: Session, case_id: int) -> dict[int, list[PaperRow]]:
    row = Attachment
    columns: tuple[Any, ...] = (
        *(col(row.id), col(row.note_id), col(row.name), col(row.media_type), col(row.bytes_count)),
        *(col(row.for_hr), func.length(col(row.content))),
    )
    query = select(*columns).join(CaseNote, col(CaseNote.id) == col(row.note_id))
    found: defaultdict[int, list[PaperRow]] = defaultdict(list)
    for one in session.connection().execute(
        query.where(col(CaseNote.case_id) == case_id).order_by(col(row.id))
    ):
        found[one[1]].append(
            PaperRow(
                id=one[0],
                note_id=one[1],
                name=one[2],
                media_type=one[3],
                bytes_count=one[4],
                for_hr=bool(one[5]),
                kept=bool(one[6]),
            )
        )
    return found


def decisions_of(session: Session, case_id: int) -> Sequence[CaseDecision]:
    """All decisions of a case, oldest first."""
    mine = select(CaseDecision).where(col(CaseDecision.case_id) == case_id)
    return session.scalars(mine.order_by(col(CaseDecision.id))).all()


def attachment_with_case(session: Session, attachment_id: int) -> tuple[Attachment, DayCase] | None:
    """A paper with its content, and the case that it belongs to."""
    row = session.execute(
        select(Attachment, DayCase)
        .join(CaseNote, col(CaseNote.id) == col(Attachment.note_id))
        .join(DayCase, col(DayCase.id) == col(CaseNote.case_id))
        .where(col(Attachment.id) == attachment_id)
    ).first()
    return None if row is None else (row[0], row[1])


@sees_all
def manual_punches_in_month(session: Session, person_id: int, day: int) -> int:
    """How many forgotten punches were approved for a person in the month of a day."""
    first = date_of(day).replace(day=1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    within = (
        col(ManualPunch.time) >= day_of(first) * DAY_SECONDS,
        col(ManualPunch.time) < day_of(after) * DAY_SECONDS,
    )
    mine = col(ManualPunch.person_id) == person_id, col(ManualPunch.withdrawn_at).is_(None)
    query = select(func.count()).select_from(ManualPunch).where(*mine, *within)
    return session.connection().execute(query).scalar_one()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderRow:
    """A written reminder, the days it is about, and whether each still stands."""

    reminder: WrittenReminder
    code: str
    name: str
    days: tuple[tuple[date, datetime | None], ...]

    @property
    def standing(self) -> tuple[date, ...]:
        """The days that were not withdrawn."""
        return tuple(on for on, withdrawn_at in self.days if withdrawn_at is None)


def reminders(
    session: Session, *, people: Iterable[int] | None = None, reminder_id: int | None = None
) -> list[ReminderRow]:
    """Reminders of some people (None: of everybody), or one of them, the newest first."""
    query = select(WrittenReminder, col(Person.code), col(Person.name)).join(
        Person, col(Person.id) == col(WrittenReminder.person_id)
    )
    if people is not None:
        query = query.where(col(WrittenReminder.person_id).in_(list(people)))
    if reminder_id is not None:
        query = query.where(col(WrittenReminder.id) == reminder_id)
    rows = session.execute(
        query.order_by(col(WrittenReminder.issued_on).desc(), col(WrittenReminder.id).desc())
    )
    found = [(row[0], row[1], row[2]) for row in rows]
    days = _reminded_days(session, [reminder.id or 0 for reminder, _, _ in found])
    return [
        ReminderRow(reminder=reminder, code=code, name=name, days=tuple(days.get(reminder.id or 0, ())))
        for reminder, code, name in found
    ]


def _reminded_days(session: Session, ids: Sequence[int]) -> dict[int, list[tuple[date, datetime | None]]]:
    columns = (col(ReminderDay.reminder_id), col(ReminderDay.on_date), col(ReminderDay.withdrawn_at))
    rows = session.execute(
        select(*columns).where(col(ReminderDay.reminder_id).in_(ids)).order_by(col(ReminderDay.on_date))
    )
    found: defaultdict[int, list[tuple[date, datetime | None]]] = defaultdict(list)
    for reminder, on, withdrawn_at in rows:
        found[reminder].append((on, withdrawn_at))
    return found
