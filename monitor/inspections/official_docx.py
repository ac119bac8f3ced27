"""What official papers share in Word: the page, the heading with its lines, text, tables without lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from docx.document import Document as DocumentObject
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from monitor.inspections.paper import word

FONT = "Times New Roman"
SIZE, TABLE_SIZE, HEAD_SIZE, SMALL = Pt(14), Pt(12), Pt(13), Pt(11)
CENTRE, BOTH = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY
MARGINS = {"top": 20, "bottom": 20, "left": 30, "right": 15}
"""Millimetres, as Nghị định 30/2020 sets them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The heading of a paper; `matter` stands under the number of a letter, `dated` under the motto."""

    agency: str
    body: str
    number: str
    title: str
    matter: str = ""
    dated: str = ""


def page(document: DocumentObject, about: Head, foot_text: str, made_at_seconds: int) -> None:
    """A4 upright with the margins and letters of the decree; the file says nothing of who made it."""
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
    told, moment = document.core_properties, datetime.fromtimestamp(made_at_seconds, UTC)
    told.title, told.author, told.comments = about.title, about.body, ""
    told.created = told.modified = moment.replace(tzinfo=None)
    foot = section.footer.paragraphs[0]
    run(foot, foot_text, size=Pt(9))
    foot.alignment = CENTRE


def run(
    paragraph: Paragraph, text: str, *, bold: bool = False, italic: bool = False, size: Pt | None = None
) -> None:
    """Text in a paragraph, never markup or a field."""
    made = paragraph.add_run(text)
    made.bold, made.italic, made.font.size = bold, italic, size
    # Word falls back to another font for Vietnamese letters that it takes for East Asian ones.
    made.font.name = FONT
    made._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)


def line(  # noqa: PLR0913 - what a line looks like
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
    """A paragraph of one run; an indented one is justified."""
    paragraph = place.add_paragraph()
    run(paragraph, text, bold=bold, italic=italic, size=size)
    shape = paragraph.paragraph_format
    paragraph.alignment = align or (BOTH if indent else None)
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    if indent:
        shape.first_line_indent = Cm(1)
    # What is bold heads something: it stays with what follows.
    shape.keep_with_next = bold and not isinstance(place, _Cell)
    return paragraph


def heading(document: DocumentObject, about: Head) -> None:
    """The body's name at the left with the number, the nation's at the right, each with its line below."""
    table = blank_table(document, (62, 105))
    left, right = table.rows[0].cells
    if about.agency:
        line(left, about.agency, size=HEAD_SIZE, align=CENTRE, after=0)
    line(left, about.body, bold=True, size=HEAD_SIZE, align=CENTRE, after=0)
    rule(left, 22)
    line(left, about.number, size=HEAD_SIZE, align=CENTRE, before=6, after=0)
    if about.matter:
        line(left, about.matter, size=Pt(12), align=CENTRE)
    line(right, word("paper_nation"), bold=True, size=Pt(12.5), align=CENTRE, after=0)
    line(right, word("paper_motto"), bold=True, size=SIZE, align=CENTRE, after=0)
    rule(right, 18)
    if about.dated:
        line(right, about.dated, italic=True, size=HEAD_SIZE, align=CENTRE, before=6)
    for cell in (left, right):
        drop_first(cell)


def rule(cell: _Cell, inset: int) -> None:
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


def blank_table(document: DocumentObject, widths: Sequence[float]) -> Table:
    """One row without lines; widths in millimetres."""
    table: Table = document.add_table(rows=1, cols=len(widths))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    set_widths(table, widths)
    return table


def ruled_table(document: DocumentObject, widths: Sequence[float], rows: int) -> Table:
    """Rows with lines around each cell, none split, the first repeated on every page; widths in mm."""
    table: Table = document.add_table(rows=rows, cols=len(widths))
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    set_widths(table, widths)
    _set_padding(table, Mm(0.8))
    for place, row in enumerate(table.rows):
        keep_whole(row._tr.get_or_add_trPr(), head=place == 0)
    return table


def set_widths(table: Table, widths: Sequence[float]) -> None:
    """Set the millimetres of columns: Word goes by the cells, LibreOffice by the table's grid."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)


def closing(document: DocumentObject, recipients: Sequence[str], signatory: str) -> None:
    """Who receives a paper, at the left, beside the place where it is signed; on one page together."""
    table = blank_table(document, (80, 85))
    left, right = table.rows[0].cells
    line(left, word("minutes_recipients"), bold=True, italic=True, size=Pt(12), before=12, after=0)
    for text in recipients:
        line(left, f"- {text};", size=SMALL, after=0)
    line(right, signatory, bold=True, size=HEAD_SIZE, align=CENTRE, before=12, after=0)
    line(right, word("letter_signature"), italic=True, size=HEAD_SIZE, align=CENTRE, after=70)
    for cell in (left, right):
        drop_first(cell)
    keep_whole(table.rows[0]._tr.get_or_add_trPr(), head=False)


def _set_padding(table: Table, width: Length) -> None:
    """The space between a cell's lines and its text, left and right; Word's own breaks short words."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(width.twips))
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    # In the order of the schema, margins stand before the look.
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook", "w:tblCaption", "w:tblDescription")


def drop_first(cell: _Cell) -> None:
    """A new cell begins with an empty paragraph; one that has others needs it no more."""
    first = cell.paragraphs[0]._p
    first.getparent().remove(first)


def keep_whole(properties: object, *, head: bool) -> None:
    """Rows are not split between pages; the head is repeated on each."""
    for name in ("w:cantSplit", *(("w:tblHeader",) if head else ())):
        properties.append(OxmlElement(name))  # type: ignore[attr-defined]  # an element of lxml
