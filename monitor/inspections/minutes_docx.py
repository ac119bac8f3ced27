"""The minutes as a Word file, built in code: data is only ever text of a run, never a field or markup."""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from monitor.inspections.minutes_paper import MinutesPaper, Part, Row
from monitor.inspections.paper import word

FONT = "Times New Roman"
SIZE, TABLE_SIZE, HEAD_SIZE, SMALL = Pt(14), Pt(12), Pt(13), Pt(11)
CENTRE, BOTH = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY
MARGINS = {"top": 20, "bottom": 20, "left": 30, "right": 15}
"""Millimetres, as Nghị định 30/2020 sets them."""
WRITING_WIDTH = 165


def as_docx(paper: MinutesPaper) -> bytes:
    """One document."""
    document = Document()
    _page(document, paper)
    _heading(document, paper)
    _line(document, paper.title, bold=True, align=CENTRE, before=12)
    _line(document, paper.subject, bold=True, align=CENTRE, after=10)
    for text in paper.opening:
        _line(document, text, indent=True)
    for part in paper.before:
        _part(document, part)
    _line(document, paper.results_heading, bold=True)
    _table(document, paper.results, (95, 35, 35))
    if len(paper.absent) > 1:
        _line(document, paper.absent_heading, bold=True, before=8)
        _table(document, paper.absent, (12, 38, 38, 32, 45))
    for part in paper.after:
        _part(document, part)
    for text in paper.closing:
        _line(document, text, indent=True, before=6)
    _signatures(document, paper)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _page(document: DocumentObject, paper: MinutesPaper) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    for side, millimetres in MARGINS.items():
        setattr(section, f"{side}_margin", Mm(millimetres))
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, SIZE
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), FONT)
    normal.paragraph_format.space_after = Pt(4)
    about, moment = document.core_properties, datetime.fromtimestamp(paper.made_at_seconds, UTC)
    about.title, about.author, about.comments = paper.subject, paper.body, ""
    about.created = about.modified = moment.replace(tzinfo=None)
    foot = section.footer.paragraphs[0]
    _run(foot, paper.foot, size=Pt(9))
    foot.alignment = CENTRE


def _run(
    paragraph: Paragraph, text: str, *, bold: bool = False, italic: bool = False, size: Pt | None = None
) -> None:
    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size = bold, italic, size
    # Word falls back to another font for Vietnamese letters that it takes for East Asian ones.
    run.font.name = FONT
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)


def _line(  # noqa: PLR0913 - what a line looks like
    place: DocumentObject | _Cell,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    size: Pt | None = None,
    align: WD_ALIGN_PARAGRAPH | None = None,
    indent: bool = False,
    before: int = 0,
    after: int = 4,
) -> Paragraph:
    paragraph = place.add_paragraph()
    _run(paragraph, text, bold=bold, italic=italic, size=size)
    shape = paragraph.paragraph_format
    paragraph.alignment = align or (BOTH if indent else None)
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    if indent:
        shape.first_line_indent = Cm(1)
    # What is bold heads something: it stays with what follows.
    shape.keep_with_next = bold and not isinstance(place, _Cell)
    return paragraph


def _part(document: DocumentObject, part: Part) -> None:
    heading = _line(document, part.heading, bold=True, before=4)
    heading.paragraph_format.keep_with_next = True
    for text in part.lines:
        _line(document, text, indent=True)


def _heading(document: DocumentObject, paper: MinutesPaper) -> None:
    """The body's name at the left with the number, the nation's at the right, each with its line below."""
    table = _blank_table(document, (70, 95))
    left, right = table.rows[0].cells
    _line(left, paper.agency, size=HEAD_SIZE, align=CENTRE, after=0)
    _line(left, paper.body, bold=True, size=HEAD_SIZE, align=CENTRE, after=0)
    _rule(left, 22)
    _line(left, paper.number, size=HEAD_SIZE, align=CENTRE, before=6)
    _line(right, word("paper_nation"), bold=True, size=Pt(12.5), align=CENTRE, after=0)
    _line(right, word("paper_motto"), bold=True, size=SIZE, align=CENTRE, after=0)
    _rule(right, 18)
    for cell in (left, right):
        _drop_first(cell)


def _rule(cell: _Cell, inset: int) -> None:
    """A thin line in a paragraph of its own, `inset` millimetres from both edges."""
    rule = cell.add_paragraph()
    shape = rule.paragraph_format
    shape.left_indent = shape.right_indent = Mm(inset)
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing = Pt(3)
    border = OxmlElement("w:bottom")
    for name, value in {"val": "single", "sz": "6", "space": "0", "color": "000000"}.items():
        border.set(qn(f"w:{name}"), value)
    borders = OxmlElement("w:pBdr")
    borders.append(border)
    # In the order of the schema, borders stand before spacing and indents.
    rule._p.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")


def _blank_table(document: DocumentObject, widths: Sequence[int]) -> Table:
    table: Table = document.add_table(rows=1, cols=len(widths))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for cell, width in zip(table.rows[0].cells, widths, strict=True):
        cell.width = Mm(width)
    return table


def _drop_first(cell: _Cell) -> None:
    """A new cell begins with an empty paragraph; one that has others needs it no more."""
    first = cell.paragraphs[0]._p
    first.getparent().remove(first)


def _table(document: DocumentObject, rows: Sequence[Row], widths: Sequence[int]) -> None:
    table = document.add_table(rows=0, cols=len(widths))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for place, values in enumerate(rows):
        row = table.add_row()
        _keep_whole(row._tr.get_or_add_trPr(), head=place == 0)
        for column, (cell, text) in enumerate(zip(row.cells, values, strict=True)):
            cell.width = Mm(widths[column])
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            short = place == 0 or len(text) <= len("100,00 %")
            paragraph.alignment = CENTRE if short else None
            _run(paragraph, text, bold=place == 0, size=TABLE_SIZE)


def _keep_whole(properties: object, *, head: bool) -> None:
    """Rows are not split between pages; the head is repeated on each."""
    for name in ("w:cantSplit", *(("w:tblHeader",) if head else ())):
        properties.append(OxmlElement(name))  # type: ignore[attr-defined]  # an element of lxml


def _signatures(document: DocumentObject, paper: MinutesPaper) -> None:
    table = _blank_table(document, (55, 55, 55))
    for cell, who in zip(table.rows[0].cells, paper.signatories, strict=True):
        _line(cell, who, bold=True, size=HEAD_SIZE, align=CENTRE, after=0)
        _line(cell, word("paper_signature"), italic=True, size=HEAD_SIZE, align=CENTRE, after=70)
        _drop_first(cell)
    _keep_whole(table.rows[0]._tr.get_or_add_trPr(), head=False)
    _line(document, word("minutes_recipients"), bold=True, italic=True, size=Pt(12), after=0)
    for text in paper.recipients:
        _line(document, f"- {text};", size=SMALL, after=0)
