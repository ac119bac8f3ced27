"""A report as a file: the workbook and the PDF of the paper, and the summary for the public."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from monitor.exports.formats import as_csv_for_people
from monitor.exports.timesheet.form import Forms
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.paper import paper_of
from monitor.inspections.paper_excel import as_xlsx
from monitor.inspections.paper_pdf import as_pdf
from monitor.inspections.public import public_table
from monitor.inspections.report import Report, report_of
from monitor.store.queries.inspection_people import found_people
from monitor.store.queries.reach import EVERYBODY, Reach
from monitor.store.wall import seeing_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What file is wanted: of which day; `.xlsx`, `.pdf` or, for the public, `.csv`; names or not."""

    day: int
    suffix: str
    names: bool
    forms: Forms
    folder: Path
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A file, how many rows it has, and the staff codes of everybody named in it."""

    content: bytes
    rows: int
    people: tuple[str, ...]


def made_file(session: Session, report: Report, reach: Reach, wanted: Made) -> Content:
    """The file as its reader may see it. Raises InspectionRefused as `paper_of`, `as_pdf`."""
    if wanted.suffix == ".csv":
        return _public(session, report, wanted.day)
    asked = replace(report.asked, days=(wanted.day,))
    people = found_people(session, reach, asked) if wanted.names else []
    paper = paper_of(report, wanted.day, wanted.forms, people, now=wanted.now)
    if wanted.suffix == ".xlsx":
        content = as_xlsx(paper)
    else:
        content = as_pdf(paper, style=wanted.forms.print, folder=wanted.folder)
    return Content(content=content, rows=len(paper.rows), people=tuple(one.code for one in people))


def _public(session: Session, report: Report, day: int) -> Content:
    """Hidden over the whole campaign, told for the reader's units."""
    with seeing_all(session):
        everybody = report_of(session, report.campaign, report.units, EVERYBODY)
    if everybody is None:
        raise InspectionRefused("campaign_no_figures", campaign=report.campaign.code)
    table = public_table(everybody, day, frozenset(report.places.ids))
    return Content(content=as_csv_for_people(table), rows=len(table), people=())
