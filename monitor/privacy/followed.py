"""What became of findings about a person: for the copy, and how its words and papers are forgotten."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Select, or_, select, update
from sqlmodel import Session, col

from monitor.store.queries.campaigns import SUBJECT
from monitor.store.tables import Account, Campaign, Finding, FindingPaper, FindingStep, Visit

Query = Select[*tuple[Any, ...]]
Columns = tuple[Any, ...]


def followed_queries(person_id: int, hidden: tuple[str, ...]) -> Iterator[tuple[str, Query]]:
    """The parts of a copy: what was found, and every step taken since.

    `hidden` are subjects of campaigns that the person may not know of yet.
    """
    finding: Columns = (col(Finding.code), col(Finding.day), col(Finding.kinds), col(Finding.words))
    opened: Columns = (*finding, col(Finding.opened_at))
    yield "followed", _of(select(*opened).select_from(Finding), person_id, hidden).order_by(col(Finding.id))
    step: Columns = (
        *(col(Finding.code), col(FindingStep.seq).label("order"), col(FindingStep.kind)),
        *(col(FindingStep.taken_at), col(Account.display_name).label("author"), col(FindingStep.outcome)),
        *(col(FindingStep.number), col(FindingStep.dated_on), col(FindingStep.due_on)),
        *(col(FindingStep.done_on), col(FindingStep.words)),
    )
    joined = (
        select(*step)
        .select_from(FindingStep)
        .join(Finding, col(Finding.id) == col(FindingStep.finding_id))
        .join(Account, col(Account.id) == col(FindingStep.taken_by))
    )
    yield "followed_steps", _of(joined, person_id, hidden).order_by(col(FindingStep.id))


def _of(query: Query, person_id: int, hidden: tuple[str, ...]) -> Query:
    """Of no campaign, or of one that the person may know of."""
    codes = [subject.removeprefix(SUBJECT) for subject in hidden]
    public = or_(col(Campaign.code).is_(None), col(Campaign.code).not_in(codes))
    joined = query.outerjoin(Visit, col(Visit.id) == col(Finding.visit_id)).outerjoin(
        Campaign, col(Campaign.id) == col(Visit.campaign_id)
    )
    return joined.where(col(Finding.person_id) == person_id, public)


def own_papers(session: Session, person_id: int, hidden: tuple[str, ...]) -> Sequence[tuple[str, bytes]]:
    """The papers of one's own explanations: a name that is unique among them, and the content."""
    query: Query = (
        select(col(FindingPaper.id), col(FindingPaper.name), col(FindingPaper.content))
        .select_from(FindingPaper)
        .join(FindingStep, col(FindingStep.id) == col(FindingPaper.step_id))
        .join(Finding, col(Finding.id) == col(FindingStep.finding_id))
        .where(col(FindingStep.kind) == "explanation")
    )
    rows = session.execute(_of(query, person_id, hidden).order_by(col(FindingPaper.id)))
    return [(f"theo-doi-{number:05}-{name}", content) for number, name, content in rows if content]


def forget_followed(session: Session, person_id: int) -> None:
    """Words and papers go; that and when each step was taken stays, for the unit's record rests on it."""
    mine = select(col(Finding.id)).where(col(Finding.person_id) == person_id)
    steps = select(col(FindingStep.id)).where(col(FindingStep.finding_id).in_(mine))
    connection = session.connection()
    papers = update(FindingPaper).where(col(FindingPaper.step_id).in_(steps))
    connection.execute(papers.values(content=b"", name=""))
    words = update(FindingStep).where(col(FindingStep.id).in_(steps), col(FindingStep.words) != "")
    connection.execute(words.values(words=""))
    said = update(Finding).where(col(Finding.id).in_(mine), col(Finding.words) != "")
    connection.execute(said.values(words=""))
