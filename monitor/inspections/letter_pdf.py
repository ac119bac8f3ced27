"""A paper of a finding as PDF: data goes into the typesetter as JSON and is never its markup."""

from dataclasses import asdict
from pathlib import Path

from monitor.exports.timesheet.form import Print
from monitor.inspections.letter_paper import LetterPaper
from monitor.inspections.minutes_pdf import typeset
from monitor.inspections.paper import word

TEMPLATE = Path(__file__).with_name("letter.typ")


def as_pdf(paper: LetterPaper, *, style: Print, folder: Path) -> bytes:
    """One document; the same step gives the same bytes. Raises InspectionRefused `paper_font_missing`."""
    fixed = {
        "nation": word("paper_nation"),
        "motto": word("paper_motto"),
        "to": word("letter_to", addressee=paper.addressee),
        "signature": word("letter_signature"),
        "recipients_title": word("minutes_recipients"),
    }
    return typeset(TEMPLATE, {**asdict(paper), **fixed}, paper.made_at_seconds, style=style, folder=folder)
