"""The minutes as a Word file, built in code: data is only ever text of a run, never a field or markup."""

from collections.abc import Sequence
from io import BytesIO

from docx import Document
from docx.document import Document as DocumentObject
from docx.shared import Pt

from monitor.inspections.minutes_paper import MinutesPaper, Part, Row
from monitor.inspections.official_docx import (
    CENTRE,
    HEAD_SIZE,
    SMALL,
    TABLE_SIZE,
    Head,
    blank_table,
    drop_first,
    heading,
    keep_whole,
    line,
    page,
    ruled_table,
    run,
)
from monitor.inspections.paper import word


def as_docx(paper: MinutesPaper) -> bytes:
    """One document."""
    document = Document()
    about = Head(agency=paper.agency, body=paper.body, number=paper.number, title=paper.subject)
    page(document, about, paper.foot, paper.made_at_seconds)
    heading(document, about)
    line(document, paper.title, bold=True, align=CENTRE, before=12)
    line(document, paper.subject, bold=True, align=CENTRE, after=10)
    for text in paper.opening:
        line(document, text, indent=True)
    for part in paper.before:
        _part(document, part)
    line(document, paper.results_heading, bold=True)
    _table(document, paper.results, (95, 35, 35))
    if len(paper.absent) > 1:
        line(document, paper.absent_heading, bold=True, before=8)
        _table(document, paper.absent, (12, 38, 38, 32, 45))
    for part in paper.after:
        _part(document, part)
    for text in paper.closing:
        line(document, text, indent=True, before=6)
    _signatures(document, paper)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _part(document: DocumentObject, part: Part) -> None:
    above = line(document, part.heading, bold=True, before=4)
    above.paragraph_format.keep_with_next = True
    for text in part.lines:
        line(document, text, indent=True)


def _table(document: DocumentObject, rows: Sequence[Row], widths: Sequence[int]) -> None:
    table = ruled_table(document, widths, len(rows))
    for place, (row, values) in enumerate(zip(table.rows, rows, strict=True)):
        for cell, text in zip(row.cells, values, strict=True):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            short = place == 0 or len(text) <= len("100,00 %")
            paragraph.alignment = CENTRE if short else None
            run(paragraph, text, bold=place == 0, size=TABLE_SIZE)


def _signatures(document: DocumentObject, paper: MinutesPaper) -> None:
    table = blank_table(document, (55, 55, 55))
    for cell, who in zip(table.rows[0].cells, paper.signatories, strict=True):
        line(cell, who, bold=True, size=HEAD_SIZE, align=CENTRE, after=0)
        line(cell, word("paper_signature"), italic=True, size=HEAD_SIZE, align=CENTRE, after=70)
        drop_first(cell)
    keep_whole(table.rows[0]._tr.get_or_add_trPr(), head=False)
    line(document, word("minutes_recipients"), bold=True, italic=True, size=Pt(12), after=0)
    for text in paper.recipients:
        line(document, f"- {text};", size=SMALL, after=0)
