"""A paper of a finding as a Word file: data is only ever text of a run."""

from io import BytesIO

from docx import Document

from monitor.inspections.letter_paper import LetterPaper
from monitor.inspections.official_docx import (
    CENTRE,
    SIZE,
    Head,
    closing,
    heading,
    line,
    page,
)
from monitor.inspections.paper import word


def as_docx(paper: LetterPaper) -> bytes:
    """One document."""
    document = Document()
    about = Head(
        agency=paper.agency,
        body=paper.body,
        number=paper.number,
        title=paper.subject or paper.matter,
        matter=paper.matter,
        dated=paper.dated,
    )
    page(document, about, paper.foot, paper.made_at_seconds)
    heading(document, about)
    if paper.title:
        line(document, paper.title, bold=True, align=CENTRE, before=14)
        line(document, paper.subject, bold=True, align=CENTRE, after=8)
    line(document, word("letter_to", addressee=paper.addressee), size=SIZE, align=CENTRE, before=10, after=10)
    for text in paper.lines:
        line(document, text, indent=True, after=6)
    closing(document, paper.recipients, paper.signatory)
    target = BytesIO()
    document.save(target)
    return target.getvalue()
