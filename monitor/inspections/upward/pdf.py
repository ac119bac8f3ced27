"""A report as PDF: data goes into the typesetter as JSON and is never its markup."""

from dataclasses import asdict
from pathlib import Path

from monitor.exports.timesheet.form import Print
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.minutes_pdf import typeset
from monitor.inspections.paper import word
from monitor.inspections.paper_pdf import MOST_ROWS
from monitor.inspections.upward.paper import UpwardPaper

TEMPLATE = Path(__file__).with_name("upward.typ")


def as_pdf(paper: UpwardPaper, *, style: Print, folder: Path) -> bytes:
    """One document; the same paper gives the same bytes.

    Raises InspectionRefused `paper_font_missing`, `paper_too_long`.
    """
    rows = sum(len(part.grid.rows) for part in paper.parts if part.grid is not None)
    if rows > MOST_ROWS:
        raise InspectionRefused("paper_too_long", rows=rows, most=MOST_ROWS)
    fixed = {
        "nation": word("paper_nation"),
        "motto": word("paper_motto"),
        "to": word("letter_to", addressee=paper.addressee) if paper.addressee else "",
        "signature": word("letter_signature"),
        "recipients_title": word("minutes_recipients"),
    }
    return typeset(TEMPLATE, {**asdict(paper), **fixed}, paper.made_at_seconds, style=style, folder=folder)
