"""Reports from citizens: taking one in, checking it against the records of then, and what it came to."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from monitor import audit
from monitor.cases.papers import Paper
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.findings import Origin, add_finding
from monitor.inspections.officers import received_units
from monitor.inspections.reporter import ANONYMOUS, Reporter, keep_reporter
from monitor.inspections.snapshot import wall_clock
from monitor.inspections.wish import By
from monitor.rules.wallclock import DAY_SECONDS
from monitor.store.tables import (
    CitizenReport,
    CitizenReportOutcome,
    CitizenReportPaper,
    Finding,
    Person,
    Unit,
)
from monitor.store.tables.citizen_reports import OUTCOMES, SOURCES

SUBJECT = "report:"
LONGEST_WORDS, LONGEST_REASON = 4_000, 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A report as it is taken in; times are wall-clock seconds, `person_id` is in the officer's reach."""

    source: str
    received_at: int
    unit_id: int
    words: str
    person_id: int | None = None
    happened_at: int | None = None
    reporter: Reporter = ANONYMOUS
    paper: Paper | None = None

    def check(self, by: By) -> None:
        """Raises InspectionRefused `report_source`, `report_words`, `report_ahead`."""
        if self.source not in SOURCES:
            raise InspectionRefused("report_source")
        if not 0 < len(self.words.strip()) <= LONGEST_WORDS:
            raise InspectionRefused("report_words", most=LONGEST_WORDS)
        if max(self.received_at, self.happened_at or 0) > wall_clock(by):
            raise InspectionRefused("report_ahead")


def take_in(session: Session, told: Told, by: By, *, code: str) -> CitizenReport:
    """Keep a report; the trail learns neither words nor names.

    Raises InspectionRefused `report_unit` (not one the account receives reports about), and as `Told.check`.
    """
    told.check(by)
    units = received_units(session, by.account_id or 0)
    if units is not None and told.unit_id not in units:
        raise InspectionRefused("report_unit")
    report = CitizenReport(
        code=code,
        source=told.source,
        received_at=told.received_at,
        unit_id=told.unit_id,
        person_id=told.person_id,
        happened_at=told.happened_at,
        words=told.words.strip(),
        received_by=by.account_id or 0,
        entered_at=by.now,
    )
    session.add(report)
    session.flush()
    keep_reporter(session, report, told.reporter, by)
    if told.paper is not None:
        session.add(_paper(report, told.paper))
    paper = None if told.paper is None else told.paper.sha256
    _tell(session, "report_take", report, by, {"source": told.source, "unit": told.unit_id, "paper": paper})
    return report


def _paper(report: CitizenReport, paper: Paper) -> CitizenReportPaper:
    return CitizenReportPaper(
        report_id=report.id or 0,
        name=paper.name,
        media_type=paper.media_type,
        bytes_count=len(paper.content),
        sha256=paper.sha256,
        content=paper.content,
    )


def conclude(session: Session, report: CitizenReport, outcome: str, reason: str, by: By) -> None:
    """What a report came to, with the reason; until it is followed up, that may be corrected by a new row.

    Raises InspectionRefused `report_outcome`, `report_reason`, `report_followed`, `report_erased`.
    """
    if report.erased_at is not None:
        raise InspectionRefused("report_erased")
    if finding_of(session, report) is not None:
        raise InspectionRefused("report_followed")
    if outcome not in OUTCOMES:
        raise InspectionRefused("report_outcome")
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise InspectionRefused("report_reason", most=LONGEST_REASON)
    before = outcomes_of(session, report)
    session.add(
        CitizenReportOutcome(
            report_id=report.id or 0,
            outcome=outcome,
            reason=reason.strip(),
            concluded_by=by.account_id or 0,
            concluded_at=by.now,
        )
    )
    detail: dict[str, object] = {"before": before[-1].outcome if before else "", "after": outcome}
    _tell(session, "report_conclude", report, by, detail)


def follow_up(session: Session, report: CitizenReport, words: str, by: By, *, code: str) -> Finding:
    """Follow up a confirmed report as a finding, in the officer's own words: never the reporter's.

    Raises InspectionRefused `report_not_confirmed`, `report_followed`, `report_words`, `report_no_day`.
    """
    said = outcomes_of(session, report)
    if not said or said[-1].outcome != "confirmed":
        raise InspectionRefused("report_not_confirmed")
    if finding_of(session, report) is not None:
        raise InspectionRefused("report_followed")
    if not words.strip():
        raise InspectionRefused("report_words", most=LONGEST_REASON)
    if report.happened_at is None:
        raise InspectionRefused("report_no_day")
    origin = Origin(day=report.happened_at // DAY_SECONDS, report_id=report.id)
    return add_finding(
        session,
        origin,
        by,
        code=code,
        unit_id=report.unit_id,
        person_id=report.person_id,
        kinds=("reported",),
        words=words.strip(),
    )


def outcomes_of(session: Session, report: CitizenReport) -> Sequence[CitizenReportOutcome]:
    """What was concluded of a report, the one that counts last."""
    mine = select(CitizenReportOutcome).where(col(CitizenReportOutcome.report_id) == report.id)
    return session.scalars(mine.order_by(col(CitizenReportOutcome.id))).all()


def finding_of(session: Session, report: CitizenReport) -> Finding | None:
    """The finding that a report led to."""
    return session.scalars(select(Finding).where(col(Finding.report_id) == report.id)).first()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """A report of the register; `outcome` '' while it is not concluded."""

    report: CitizenReport
    unit: Unit
    person: Person | None
    outcome: str


def register(session: Session, account_id: int, code: str | None = None) -> list[ReportRow]:
    """The reports that an account receives, the newest first; one of them by its code."""
    units = received_units(session, account_id)
    wanted = (
        select(CitizenReport, Unit, Person)
        .join(Unit, col(Unit.id) == col(CitizenReport.unit_id))
        .outerjoin(Person, col(Person.id) == col(CitizenReport.person_id))
        .order_by(col(CitizenReport.received_at).desc(), col(CitizenReport.id).desc())
    )
    if units is not None:
        wanted = wanted.where(col(CitizenReport.unit_id).in_(units))
    if code is not None:
        wanted = wanted.where(col(CitizenReport.code) == code)
    rows = session.execute(wanted).all()
    last = last_outcomes(session)
    return [
        ReportRow(report=row[0], unit=row[1], person=row[2], outcome=last.get(row[0].id or 0, ""))
        for row in rows
    ]


def last_outcomes(session: Session) -> dict[int, str]:
    """The outcome that counts, by report."""
    rows = session.execute(
        select(col(CitizenReportOutcome.report_id), col(CitizenReportOutcome.outcome)).order_by(
            col(CitizenReportOutcome.id)
        )
    )
    return {row[0]: row[1] for row in rows}


def papers_of_report(session: Session, report: CitizenReport) -> Sequence[CitizenReportPaper]:
    """The papers that came with a report."""
    mine = select(CitizenReportPaper).where(col(CitizenReportPaper.report_id) == report.id)
    return session.scalars(mine.order_by(col(CitizenReportPaper.id))).all()


def _tell(session: Session, action: str, report: CitizenReport, by: By, detail: dict[str, object]) -> None:
    session.flush()
    subject = f"{SUBJECT}{report.code}"
    audit.record(session, at=by.now, actor=by.actor, action=action, subject=subject, detail=detail)
