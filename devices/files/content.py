"""Bytes of a file -> its lines: marks, line ends and padding taken off, workbooks opened, binary refused."""

import unicodedata

from devices.errors import NotSupported
from devices.files.html_table import html_lines, is_html
from devices.files.layout import FileLine
from devices.files.workbook import is_workbook, workbook_lines

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARK = b"\xff\xfe"
_UTF16_SWAPPED = b"\xfe\xff"
_PADDING = b"\x00\x1a"  # what USB exports of older firmware leave behind the last line
_HEAD = 4096
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1a")


def file_lines(data: bytes) -> list[FileLine]:
    """The lines that are not blank; of a workbook or of HTML, the rows.

    UTF-8 and the ASCII it contains, with or without a mark, or UTF-16LE. A line that is not UTF-8
    keeps its bytes and is read as the code page of Vietnamese Windows. Raises NotSupported `file_binary`
    or `file_utf16_swapped`, BadReply `workbook_unreadable` or `workbook_too_large`.
    """
    if is_workbook(data):
        return workbook_lines(data)
    if is_html(data):
        return html_lines(_text(data.removeprefix(_UTF8_MARK)))
    if data.startswith(_UTF16_SWAPPED):
        raise NotSupported("file_utf16_swapped")
    if data.startswith(_UTF16_MARK):
        return _wide_lines(data[len(_UTF16_MARK) :])
    if _looks_wide(data):
        return _wide_lines(data)
    body = data.removeprefix(_UTF8_MARK).rstrip(_PADDING)
    if _is_binary(body):
        raise NotSupported("file_binary")
    return _numbered(body.split(b"\n"))


def _text(raw: bytes) -> str:
    """UTF-8 or, for what is none, Windows-1258, which writes marks behind their letters."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return unicodedata.normalize("NFC", raw.decode("cp1258", errors="replace"))


def _looks_wide(data: bytes) -> bool:
    """UTF-16LE without its mark: every second byte of the beginning, which is ASCII, is zero."""
    head = data[:_HEAD]
    return len(head) > 1 and head[0] != 0 and not any(head[1::2])


def _wide_lines(data: bytes) -> list[FileLine]:
    """Lines of UTF-16LE; each keeps its own two-byte characters as its raw bytes."""
    text = data[: len(data) // 2 * 2].decode("utf-16-le", errors="replace").rstrip("\x00\x1a")
    if _is_binary(text[:_HEAD].encode()):
        raise NotSupported("file_binary")
    lines = (line.removesuffix("\r") for line in text.split("\n"))
    return [
        FileLine(number, line.encode("utf-16-le"), line)
        for number, line in enumerate(lines, start=1)
        if line.strip()
    ]


def _is_binary(body: bytes) -> bool:
    """Old black-and-white clocks write packed records into a file of the same name."""
    return any(byte < ord(" ") and byte not in _TEXT_CONTROLS for byte in body[:_HEAD])


def _numbered(lines: list[bytes]) -> list[FileLine]:
    found = []
    for number, line in enumerate(lines, start=1):
        raw = line.rstrip(b"\r\x00\x1a")
        text = _text(raw)
        if text.strip():
            found.append(FileLine(number, raw, text))
    return found
