"""A small .xls of the old binary kind: one sheet of texts and numbers, as programs of 2003 wrote it."""

import struct
from collections.abc import Sequence

_SECTOR = 512
_END, _FAT, _FREE = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF


def xls(rows: Sequence[Sequence[str | float]]) -> bytes:
    """The file: a compound file whose one stream is the workbook."""
    stream = _workbook(rows).ljust(8 * _SECTOR, b"\0")  # shorter streams live elsewhere
    sectors = -(-len(stream) // _SECTOR)
    chain = [*range(1, sectors), _END, _END, _FAT]
    fat = struct.pack("<128I", *chain, *[_FREE] * (128 - len(chain)))
    directory = _entry("Root Entry", 5, child=1) + _entry("Workbook", 2, start=0, size=len(stream))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, sectors, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", sectors + 1, *[_FREE] * 108)
    return header + stream.ljust(sectors * _SECTOR, b"\0") + directory.ljust(_SECTOR, b"\0") + fat


def _entry(name: str, kind: int, *, child: int = _FREE, start: int = _END, size: int = 0) -> bytes:
    wide = (name + "\0").encode("utf-16-le")
    return (
        wide.ljust(64, b"\0")
        + struct.pack("<HBB3I", len(wide), kind, 1, _FREE, _FREE, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _workbook(rows: Sequence[Sequence[str | float]]) -> bytes:
    begin = struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0)
    name = b"Sheet1"
    globals_length = len(_record(0x809, begin)) + 4 + 8 + len(name) + 4
    sheet = struct.pack("<IBBBB", globals_length, 0, 0, len(name), 0) + name
    cells = b"".join(_cell(r, c, value) for r, row in enumerate(rows) for c, value in enumerate(row))
    size = struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0)
    of_sheet = struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 0)
    end = _record(0x0A, b"")
    return (
        _record(0x809, begin)
        + _record(0x85, sheet)
        + end
        + _record(0x809, of_sheet)
        + _record(0x200, size)
        + cells
        + end
    )


def _cell(row: int, column: int, value: str | float) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(value, str):
        return _record(0x204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
    return _record(0x203, place + struct.pack("<d", value))
