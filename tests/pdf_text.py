"""The text of a PDF, from its own character maps: enough to search for a name in what typst writes."""

import re
import zlib
from collections.abc import Iterator

STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
CHARACTER = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*\n")
RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
BEGINS = re.compile(rb"\(|(?<!<)<(?!<)|T[Jj]\b")
DRAWS = re.compile(rb"\bBT\s.*\sTf\b", re.DOTALL)
ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pdf_text(content: bytes) -> str:
    """Everything that is shown, read with each character map in turn: a name is in one of the readings."""
    streams = [plain for raw in STREAM.findall(content) if (plain := _plain(raw)) is not None]
    maps = [found for stream in streams if b"begincmap" in stream and (found := _map(stream))]
    pages = [stream for stream in streams if DRAWS.search(stream) and b"begincmap" not in stream]
    pieces = [piece for stream in pages for piece in _pieces(stream)]
    assert maps
    assert pieces
    return "\n".join("".join(_read(piece, known) for piece in pieces) for known in maps)


def _plain(raw: bytes) -> bytes | None:
    try:
        return zlib.decompress(raw)
    except zlib.error:
        return raw if b"begincmap" in raw else None


def _map(stream: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", stream, re.DOTALL):
        found |= {int(code, 16): _letters(text) for code, text in CHARACTER.findall(block + b"\n")}
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", stream, re.DOTALL):
        for first, last, text in RANGE.findall(block):
            start = int(text, 16)
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = chr(start + step)
    return found


def _letters(text: bytes) -> str:
    return bytes.fromhex(text.decode()).decode("utf-16-be")


def _pieces(stream: bytes) -> Iterator[bytes]:
    """The codes of each shown piece of text, in order; strings may hold brackets of their own."""
    place, codes = 0, bytearray()
    while found := BEGINS.search(stream, place):
        place = found.end()
        match found[0]:
            case b"(":
                literal, place = _literal(stream, place)
                codes += literal
            case b"<":
                end = stream.index(b">", place)
                codes += bytes.fromhex(stream[place:end].decode())
                place = end + 1
            case _:
                yield bytes(codes)
                codes = bytearray()


def _literal(stream: bytes, place: int) -> tuple[bytes, int]:
    """A string from behind its opening bracket, and where it ends."""
    depth, found = 1, bytearray()
    while True:
        letter = stream[place : place + 1]
        if letter == b"\\":
            escape = ESCAPE.match(stream, place)
            assert escape is not None
            found += _unescaped(escape[1])
            place = escape.end()
            continue
        depth += (letter == b"(") - (letter == b")")
        place += 1
        if not depth:
            return bytes(found), place
        found += letter


def _unescaped(what: bytes) -> bytes:
    if what in {b"\n", b"\r"}:  # a line that goes on
        return b""
    return bytes([int(what, 8) & 0xFF]) if what[:1].isdigit() else ESCAPED.get(what, what)


def _read(piece: bytes, known: dict[int, str]) -> str:
    """Codes are two bytes each, as composite fonts have them."""
    codes = (int.from_bytes(piece[place : place + 2]) for place in range(0, len(piece), 2))
    return "".join(known.get(code, "") for code in codes)
