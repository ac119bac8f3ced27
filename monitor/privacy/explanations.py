"""What is stored of a person's explanations: for the copy, and how its words and papers are forgotten."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Select, select, update
from sqlmodel import Session, col

from monitor.store.tables import (
    Account,
    Attachment,
    CaseDecision,
    CaseNote,
    DayCase,
    ReminderDay,
    WrittenReminder,
)

Query = Select[*tuple[Any, ...]]
Columns = tuple[Any, ...]


def case_queries(person_id: int) -> Iterator[tuple[str, Query]]:
    """The parts of a copy: cases, notes, papers without their content, decisions, reminders."""
    mine = col(DayCase.person_id) == person_id
    yield "cases", select(*_case_columns()).where(mine).order_by(col(DayCase.on_date))
    yield "case_notes", _of_case(_note_columns(), CaseNote).where(mine).order_by(col(CaseNote.id))
    yield "papers", _papers(person_id)
    yield "decisions", _of_case(_decision_columns(), CaseDecision).where(mine).order_by(col(CaseDecision.id))
    yield "reminders", _reminders(person_id)


def _case_columns() -> Columns:
    return (
        *(col(DayCase.on_date), col(DayCase.state).label("case_state"), col(DayCase.due_at)),
        *(col(DayCase.level), col(DayCase.for_hr)),
    )


def _note_columns() -> Columns:
    return (
        *(col(DayCase.on_date), col(CaseNote.written_at), col(Account.display_name).label("author")),
        *(col(CaseNote.kind), col(CaseNote.body), col(CaseNote.asked_time), col(CaseNote.witness)),
    )


def _decision_columns() -> Columns:
    return (
        *(col(DayCase.on_date), col(CaseDecision.decided_at), col(Account.display_name).label("decider")),
        *(col(CaseDecision.kind), col(CaseDecision.reason)),
    )


def _of_case(columns: Columns, table: Any) -> Query:
    author = CaseNote.author_id if table is CaseNote else CaseDecision.decider_id
    joined = select(*columns).select_from(table).join(DayCase, col(DayCase.id) == col(table.case_id))
    return joined.outerjoin(Account, col(Account.id) == col(author))


def _papers(person_id: int) -> Query:
    columns: Columns = (
        *(col(DayCase.on_date), col(CaseNote.written_at), col(Attachment.name).label("file")),
        *(col(Attachment.media_type), col(Attachment.bytes_count), col(Attachment.sha256)),
        col(Attachment.for_hr),
    )
    joined = (
        select(*columns)
        .select_from(Attachment)
        .join(CaseNote, col(CaseNote.id) == col(Attachment.note_id))
        .join(DayCase, col(DayCase.id) == col(CaseNote.case_id))
    )
    return joined.where(col(DayCase.person_id) == person_id).order_by(col(Attachment.id))


def _reminders(person_id: int) -> Query:
    row = WrittenReminder
    columns: Columns = (
        *(col(row.number), col(row.issued_on), col(row.issuer), col(row.rule_cited), col(row.body)),
        *(col(ReminderDay.on_date), col(ReminderDay.withdrawn_at)),
    )
    joined = select(*columns).join(ReminderDay, col(ReminderDay.reminder_id) == col(row.id))
    return joined.where(col(row.person_id) == person_id).order_by(col(row.id), col(ReminderDay.on_date))


def papers_of(session: Session, person_id: int) -> Sequence[tuple[str, bytes]]:
    """The papers themselves: a name that is unique among them, and the content."""
    query = select(col(Attachment.id), col(Attachment.name), col(Attachment.content))
    rows = session.execute(
        query.join(CaseNote, col(CaseNote.id) == col(Attachment.note_id))
        .join(DayCase, col(DayCase.id) == col(CaseNote.case_id))
        .where(col(DayCase.person_id) == person_id)
        .order_by(col(Attachment.id))
    )
    return [(f"{number:05}-{name}", content) for number, name, content in rows if content]


def forget_cases(session: Session, person_id: int) -> None:
    """Words and papers; that, when and how a day was decided stays, for verdicts rest on it."""
    cases = select(col(DayCase.id)).where(col(DayCase.person_id) == person_id)
    notes = select(col(CaseNote.id)).where(col(CaseNote.case_id).in_(cases))
    connection = session.connection()
    papers = update(Attachment).where(col(Attachment.note_id).in_(notes))
    connection.execute(papers.values(content=b"", name=""))
    connection.execute(update(CaseNote).where(col(CaseNote.case_id).in_(cases)).values(body="", witness=""))
    connection.execute(update(CaseDecision).where(col(CaseDecision.case_id).in_(cases)).values(reason=""))
    mine = update(WrittenReminder).where(col(WrittenReminder.person_id) == person_id)
    connection.execute(mine.values(body=""))
