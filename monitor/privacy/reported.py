"""Reports from citizens: what a copy tells the person they are about, and erasing them in time."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, delete, exists, select, update
from sqlmodel import Session, col

from monitor import audit
from monitor.config import Privacy
from monitor.privacy.years import years_later
from monitor.rules.wallclock import DAY_SECONDS, day_of
from monitor.store.tables import (
    CitizenReport,
    CitizenReporter,
    CitizenReportOutcome,
    CitizenReportPaper,
    LegalHold,
)

Query = Select[*tuple[Any, ...]]


def report_queries(person_id: int) -> Iterator[tuple[str, Query]]:
    """That a report was about the person and what it came to, once it is concluded.

    Neither its words nor its papers: they may tell who reported.
    """
    columns: tuple[Any, ...] = (
        *(col(CitizenReport.source), col(CitizenReport.received_at), col(CitizenReport.happened_at)),
        *(col(CitizenReportOutcome.outcome), col(CitizenReportOutcome.concluded_at)),
    )
    joined = select(*columns).join(
        CitizenReportOutcome, col(CitizenReportOutcome.report_id) == col(CitizenReport.id)
    )
    mine = joined.where(col(CitizenReport.person_id) == person_id)
    yield "citizen_reports", mine.order_by(col(CitizenReportOutcome.id))


def due_reports(session: Session, limits: Privacy, today: date) -> Sequence[int]:
    """The reports whose time is over, unless a hold keeps everything about their person."""
    if not limits.reports_years:
        return []
    before = day_of(years_later(today, -limits.reports_years)) * DAY_SECONDS
    held = exists().where(
        col(LegalHold.person_id) == col(CitizenReport.person_id), col(LegalHold.released_at).is_(None)
    )
    old = col(CitizenReport.received_at) < before, col(CitizenReport.erased_at).is_(None), ~held
    found = session.scalars(select(col(CitizenReport.id)).where(*old).order_by(col(CitizenReport.id)))
    return [one or 0 for one in found]


def erase_reports(session: Session, ids: Sequence[int], now: datetime, actor: str) -> None:
    """Who reported, of whom, in which words and papers; source, unit, month and outcome stay countable."""
    connection = session.connection()
    connection.execute(delete(CitizenReporter).where(col(CitizenReporter.report_id).in_(ids)))
    papers = update(CitizenReportPaper).where(col(CitizenReportPaper.report_id).in_(ids))
    connection.execute(papers.values(content=b"", name=""))
    reasons = update(CitizenReportOutcome).where(col(CitizenReportOutcome.report_id).in_(ids))
    connection.execute(reasons.values(reason=""))
    gone = {"words": "", "person_id": None, "happened_at": None, "erased_at": now}
    connection.execute(update(CitizenReport).where(col(CitizenReport.id).in_(ids)).values(**gone))
    if ids:
        detail: dict[str, object] = {"reports": len(ids), "reason": "retention"}
        audit.record(session, at=now, actor=actor, action="report_erase", subject="reports", detail=detail)


def forget_reports(session: Session, person_id: int, now: datetime, actor: str) -> None:
    """Reports about somebody whose explanations are forgotten."""
    mine = col(CitizenReport.person_id) == person_id, col(CitizenReport.erased_at).is_(None)
    erase_reports(
        session, [one or 0 for one in session.scalars(select(col(CitizenReport.id)).where(*mine))], now, actor
    )
