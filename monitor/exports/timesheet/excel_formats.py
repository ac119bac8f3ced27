"""Cell formats of the official sheets: one font, thin borders, shading that survives a photocopier."""

from typing import Any

import xlsxwriter

FONT = "Times New Roman"
SHADE = "#D9D9D9"
NO_ZERO = "General;-General;"
"""A total of nothing is an empty cell on paper, and still the number 0."""

CROSSED = 14
"""Excel's thin diagonal stripes: days on which somebody belonged elsewhere."""

Format = Any
"""A format of the library, which has no type information."""


class Formats:
    """Named formats of one workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        def made(**more: object) -> Format:
            return book.add_format({"font_name": FONT, "font_size": 11, "valign": "vcenter", **more})

        middle = {"align": "center", "border": 1}
        small = {**middle, "font_size": 9, "text_wrap": True}
        head = {**middle, "bold": True, "text_wrap": True, "font_size": 10}
        self.plain = made(text_wrap=True)
        self.line = made()
        self.right = made(align="right", italic=True)
        self.center = made(align="center", text_wrap=True)
        self.center_bold = made(align="center", bold=True)
        self.center_italic = made(align="center", italic=True)
        self.title = made(align="center", bold=True, font_size=16)
        self.draft = made(align="center", bold=True, font_size=13, font_color="#B00000")
        self.head = made(**head)
        self.head_off = made(**head, bg_color=SHADE)
        # A column head over several rows is not a merged cell: rows are written one by one, top down.
        self.head_upper = made(**{**head, "border": 0, "left": 1, "right": 1, "top": 1})
        self.head_inner = made(**{**head, "border": 0, "left": 1, "right": 1})
        self.head_number = made(**middle, italic=True, font_size=9)
        self.head_number_off = made(**middle, italic=True, font_size=9, bg_color=SHADE)
        self.number = made(**middle, num_format=NO_ZERO)
        self.name = made(border=1)
        self.cell = made(**small)
        self.cell_off = made(**small, bg_color=SHADE)
        self.away = made(**small, pattern=CROSSED, fg_color="#808080", bg_color="#FFFFFF")
        self.sum_name = made(**middle, bold=True)
        self.sum = made(**middle, bold=True, num_format=NO_ZERO)
        self.sum_off = made(**small, bg_color=SHADE)
