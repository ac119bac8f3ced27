"""Punch files that an operator carries from a terminal: bytes in, punches out."""

from devices.errors import BadReply
from devices.files.content import file_lines
from devices.files.layout import FileReading
from devices.files.registry import AUTO, LAYOUTS, layout_for

__all__ = ["AUTO", "LAYOUTS", "FileReading", "read_punch_file"]


def read_punch_file(data: bytes, layout: str = AUTO) -> FileReading:
    """Read a punch file; the layout is found by its content, never by its name, or named.

    A line that cannot be read becomes a bad record with its number; a file without any line is
    refused unless its layout is named. Raises NotSupported `file_binary`, `file_utf16_swapped` or
    `layout_not_known`, BadReply `layout_unknown` or `file_without_lines`.
    """
    lines = file_lines(data)
    if not lines and layout == AUTO:
        raise BadReply("file_without_lines")  # more often a failed copy than a clock nobody used
    form = layout_for(layout, lines)
    batch, bad = form.read(lines)
    return FileReading(layout=form.name, lines=len(lines), batch=batch, bad=bad)
