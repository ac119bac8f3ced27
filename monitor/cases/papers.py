"""Papers that people hand in: what a file is, by its content; all but plain PDF, JPEG and PNG is refused.

Nothing is stripped or mended: a paper is kept as it came, or not at all.
"""

import hashlib
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from monitor.cases.errors import CaseRefused

LONGEST_NAME = 80
MOST_PIXELS = 100_000_000
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)(?![A-Za-z0-9])")
_STARTXREF = re.compile(rb"startxref\s+([0-9]{1,12})\s+%%EOF\s*\Z")
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_SCAN, _END = 0xDA, 0xD9


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A file that may be kept; `media_type` is what its content says, whatever its name did."""

    name: str
    media_type: str
    content: bytes
    sha256: str


def examined(name: str, content: bytes, most_bytes: int) -> Paper:
    """The paper that a file is.

    Raises CaseRefused `attachment_empty`, `attachment_large`, `attachment_kind` (neither PDF nor JPEG nor
    PNG), `attachment_broken` (begins as one of them and does not go on as one), `attachment_active` (a PDF
    that says it runs something or holds other files).
    """
    if not content:
        raise CaseRefused("attachment_empty")
    if len(content) > most_bytes:
        raise CaseRefused("attachment_large", most=most_bytes // 1024)
    media_type, ending, is_whole = _kind(content)
    if not is_whole(content):
        raise CaseRefused("attachment_broken")
    if media_type == "application/pdf" and _ACTIVE.search(content):
        raise CaseRefused("attachment_active")
    return Paper(
        name=_plain_name(name, ending),
        media_type=media_type,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _kind(content: bytes) -> tuple[str, str, Callable[[bytes], bool]]:
    if content.startswith(b"%PDF-"):
        return "application/pdf", ".pdf", _is_pdf
    if content.startswith(_JPEG):
        return "image/jpeg", ".jpg", _is_jpeg
    if content.startswith(_PNG):
        return "image/png", ".png", _is_png
    raise CaseRefused("attachment_kind")


def _plain_name(name: str, ending: str) -> str:
    """The file's own name without its folder and what no name needs, ending as its content has it."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    before, dot, _ending = last.rpartition(".")
    stem = before if dot else last
    # Control and format characters: among them those that turn the direction of reading around.
    kept = "".join(c for c in stem if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*;%')
    return (kept.strip(" .")[:LONGEST_NAME] or "tep") + ending


def _is_pdf(content: bytes) -> bool:
    """Whether it has a version, an end, and there the place of a cross-reference inside itself."""
    found = _STARTXREF.search(content[-2048:])
    if re.match(rb"%PDF-[12]\.[0-9]", content) is None or found is None:
        return False
    return 0 < int(found[1]) < len(content) and b" obj" in content


def _is_png(content: bytes) -> bool:
    """Whether it is one chain of sound chunks from the header to the end, and nothing after it."""
    kinds: list[bytes] = []
    data: list[bytes] = []
    for kind, body, sound in _chunks(content):
        if not sound:
            return False
        kinds.append(kind)
        data.append(body)
    if len(kinds) < 3 or kinds[0] != b"IHDR" or kinds[-1] != b"IEND" or b"IDAT" not in kinds:  # noqa: PLR2004 - header, data, end
        return False
    size = data[0]
    return kinds.count(b"IEND") == 1 and _sensible(int.from_bytes(size[:4]), int.from_bytes(size[4:8]))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes, bool]]:
    """Kind and body of each chunk, and whether it is whole and its checksum right."""
    place = len(_PNG)
    while place < len(content):
        length = int.from_bytes(content[place : place + 4])
        kind, body = content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        check = content[place + 8 + length : place + 12 + length]
        sound = len(check) == 4 and zlib.crc32(kind + body) == int.from_bytes(check)  # noqa: PLR2004 - bytes of a CRC-32
        yield kind, body, sound
        if not sound:
            return
        place += 12 + length


def _is_jpeg(content: bytes) -> bool:
    """Whether it is a chain of segments with a frame of sensible size, a scan and an end.

    Bytes after the end are left as they are: phones of some makers put a short film there.
    """
    place, framed = 2, False
    while place + 4 <= len(content) and content[place] == 0xFF:  # noqa: PLR2004 - begins every marker
        marker, length = content[place + 1], int.from_bytes(content[place + 2 : place + 4])
        body = content[place + 4 : place + 2 + length]
        if marker == 0xFF:  # noqa: PLR2004 - fill bytes may stand before a marker
            place += 1
            continue
        if len(body) != length - 2:
            return False
        if marker in _FRAMES:
            framed = _sensible(int.from_bytes(body[1:3]), int.from_bytes(body[3:5]))
        if marker == _SCAN:
            return framed and content.find(bytes((0xFF, _END)), place) > 0
        place += 2 + length
    return False


def _sensible(first: int, second: int) -> bool:
    return 0 < first * second <= MOST_PIXELS
