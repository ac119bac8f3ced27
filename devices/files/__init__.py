"""Punch files that an operator carries from a terminal or exports from a program: bytes in, punches out."""

from devices.errors import BadReply
from devices.files.content import file_lines
from devices.files.layout import FileReading
from devices.files.registry import AUTO, LAYOUTS, layout_for

__all__ = ["AUTO", "LAYOUTS", "FileReading", "read_punch_file"]


def read_punch_file(data: bytes, layout: str = AUTO) -> FileReading:
    """Read a punch file; the layout is found by its content, never by its name, or named.

    `layout` is a name of `LAYOUTS` or `auto`; behind it `:dmy` or `:mdy` says in which order days and
    months stand. A line that cannot be read becomes a bad record with its number; a file without any
    line is refused unless its layout is named. Raises NotSupported `file_binary`, `file_utf16_swapped` or
    `layout_not_known`; BadReply `layout_unknown`, `file_without_lines`, `header_missing`,
    `date_order_ambiguous`, `date_order_mixed`, `workbook_unreadable` or `workbook_too_large`.
    """
    lines = file_lines(data)
    if not lines and layout == AUTO:
        raise BadReply("file_without_lines")  # more often a failed copy than a clock nobody used
    form, order = layout_for(layout, lines)
    return form.read(lines, order)
