"""A report as a Word file: data is only ever text of a run."""

from io import BytesIO

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.section import WD_ORIENT
from docx.shared import Mm, Pt

from monitor.inspections.official_docx import (
    CENTRE,
    Head,
    closing,
    heading,
    line,
    page,
    ruled_table,
    run,
)
from monitor.inspections.paper import word
from monitor.inspections.upward.paper import Part, UpwardPaper
from monitor.inspections.upward.tables import Grid

CELL_SIZE = Pt(9)
LEFT_COLUMN = 1
"""The column of names: it is set flush left, figures in the middle."""


def as_docx(paper: UpwardPaper) -> bytes:
    """One document."""
    document = Document()
    about = Head(
        agency=paper.agency, body=paper.body, number=paper.number, title=paper.subject, dated=paper.dated
    )
    page(document, about, paper.foot, paper.made_at_seconds)
    if paper.wide:
        _turn(document)
    heading(document, about)
    line(document, paper.title, bold=True, align=CENTRE, before=14)
    line(document, paper.subject, bold=True, align=CENTRE, after=8)
    if paper.addressee:
        line(document, word("letter_to", addressee=paper.addressee), align=CENTRE, after=8)
    for text in paper.opening:
        line(document, text, indent=True)
    for part in paper.parts:
        _part(document, part)
    closing(document, paper.recipients, paper.signatory)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _turn(document: DocumentObject) -> None:
    """A4 across; the margins of the decree turn with the sheet."""
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(15)


def _part(document: DocumentObject, part: Part) -> None:
    line(document, part.heading, bold=True, before=6)
    for text in part.lines:
        line(document, text, indent=True)
    if part.grid is not None:
        _grid(document, part.grid)


def _grid(document: DocumentObject, grid: Grid) -> None:
    table = ruled_table(document, grid.widths, len(grid.rows))
    for place, (row, values) in enumerate(zip(table.rows, grid.rows, strict=True)):
        bold = place == 0 or (grid.summed and place == len(grid.rows) - 1)
        for column, (cell, text) in enumerate(zip(row.cells, values, strict=True)):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            named = column == LEFT_COLUMN or not (grid.summed or text[:1].isdigit() or text == "–")
            paragraph.alignment = None if named and place else CENTRE
            run(paragraph, text, bold=bold, size=CELL_SIZE)
