"""Lines of a push upload that may hold templates, photos, cards or passwords: never kept."""

import re
from hashlib import sha256

_TABLES = (
    rb"(?:USER|USERINFO|EXTUSER|USERPIC|FP|FINGERTMP|FACE|FVEIN|PALM|BIODATA|BIOPHOTO|ATTPHOTO|"
    rb"BIODATASTATISTICS|OPLOG|OPERLOG|IDCARD|TEMPLATEV10|USERAUTHORIZE|ERRORLOG|SMS|WORKCODE)"
)
_TABLE_LINE = re.compile(_TABLES + rb"(?=[\s=:]|$)", re.IGNORECASE)
_FIELD = re.compile(
    rb"\b(?:TMP|Pic|Photo|Content|Card|CardNo|Passwd|Password|Template|FID|Grp|Size|PhotoStamp)[ ]?=",
    re.IGNORECASE,
)
LONGEST_PLAIN_LINE = 200
"""In bytes: no punch line is longer, a template always is."""


def is_personal(line: bytes) -> bool:
    """Whether a line of an upload looks like a user, a template or a photo instead of a punch.

    Terminals end a punch's line differently, but no field of it is written as `name=value`.
    """
    bare = line.lstrip(b" \t\r\x00\xef\xbb\xbf")
    return bool(_TABLE_LINE.match(bare) or _FIELD.search(bare))


def without_content(line: bytes) -> bytes:
    """What may be kept of a line that is no punch: the line, or only how long it was."""
    if is_personal(line):
        return b"personal line, %d bytes, not kept" % len(line)
    if len(line) > LONGEST_PLAIN_LINE:
        return b"long line, %d bytes, not kept, %s" % (len(line), sha256(line).hexdigest()[:16].encode())
    return line
