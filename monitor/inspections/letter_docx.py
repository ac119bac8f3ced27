"""A paper of a finding as a Word file: data is only ever text of a run."""

from io import BytesIO

from docx import Document
from docx.shared import Pt

from monitor.inspections.letter_paper import LetterPaper
from monitor.inspections.official_docx import (
    CENTRE,
    HEAD_SIZE,
    SIZE,
    SMALL,
    Head,
    blank_table,
    drop_first,
    heading,
    keep_whole,
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
    table = blank_table(document, (80, 85))
    left, right = table.rows[0].cells
    line(left, word("minutes_recipients"), bold=True, italic=True, size=Pt(12), before=12, after=0)
    for text in paper.recipients:
        line(left, f"- {text};", size=SMALL, after=0)
    line(right, paper.signatory, bold=True, size=HEAD_SIZE, align=CENTRE, before=12, after=0)
    line(right, word("letter_signature"), italic=True, size=HEAD_SIZE, align=CENTRE, after=70)
    for cell in (left, right):
        drop_first(cell)
    keep_whole(table.rows[0]._tr.get_or_add_trPr(), head=False)
    target = BytesIO()
    document.save(target)
    return target.getvalue()
