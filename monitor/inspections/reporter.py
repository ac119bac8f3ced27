"""Who reported something: sealed apart from the report, opened for a receiving officer alone, and told."""

import json
from dataclasses import asdict, dataclass

from sqlmodel import Session

from monitor import audit
from monitor.accounts.sealing import seal, unseal
from monitor.config import secret_key
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.wish import By
from monitor.store.tables import CitizenReport, CitizenReporter

PURPOSE = b"attendance-monitor citizen reporter 1"
LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """A name and how to reach it, either of them optional."""

    name: str = ""
    contact: str = ""

    @property
    def anonymous(self) -> bool:
        """Whether nothing was told."""
        return not (self.name.strip() or self.contact.strip())

    def check(self) -> None:
        """Raises InspectionRefused `report_reporter_long`."""
        if max(len(self.name), len(self.contact)) > LONGEST:
            raise InspectionRefused("report_reporter_long", most=LONGEST)


ANONYMOUS = Reporter()


def keep_reporter(session: Session, report: CitizenReport, reporter: Reporter, by: By) -> None:
    """Seal who reported; of an anonymous report nothing is kept. Raises as `Reporter.check`."""
    reporter.check()
    if not reporter.anonymous:
        told = json.dumps(asdict(reporter), ensure_ascii=False)
        sealed = seal(told, secret_key(by.settings), PURPOSE)
        session.add(CitizenReporter(report_id=report.id or 0, sealed=sealed))


def has_reporter(session: Session, report: CitizenReport) -> bool:
    """Whether somebody stands behind a report, without opening the seal."""
    return session.get(CitizenReporter, report.id) is not None


def open_reporter(session: Session, report: CitizenReport, by: By) -> Reporter:
    """Who reported, once the trail knows who asked.

    The caller has checked that the account receives the report. Raises InspectionRefused `report_anonymous`,
    `report_sealed` (the installation's key is another one now).
    """
    kept = session.get(CitizenReporter, report.id)
    if kept is None:
        raise InspectionRefused("report_anonymous")
    told = unseal(kept.sealed, secret_key(by.settings), PURPOSE)
    if not told:
        raise InspectionRefused("report_sealed")
    subject = f"report:{report.code}"
    audit.record(session, at=by.now, actor=by.actor, action="view_reporter", subject=subject, detail={})
    return Reporter(**json.loads(told))
