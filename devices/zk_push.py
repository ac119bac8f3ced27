"""ADMS / PUSH as text: what a terminal asks of our HTTP server and what it is answered. No sockets here.

Everything in a request is an attacker's: an exact list of methods and paths, a strict grammar for
what is kept of the query, and nothing of it is ever the name of a file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from urllib.parse import unquote_to_bytes

from devices.push_call import BadCall, Call

HANDSHAKE, TIME, OTHER, UPLOAD, POLL, RESULTS, REGISTRY, PING = (
    "handshake",
    "time",
    "other",
    "upload",
    "poll",
    "results",
    "registry",
    "ping",
)
"""What a call may be; `other` is a reading of cdata that has no meaning here and gets a plain OK."""

ATTLOG, OPERLOG = "ATTLOG", "OPERLOG"
DISCARDED = frozenset(
    {
        *("OPTIONS", "USERINFO", "USER", "USERPIC", "BIODATA", "BIOPHOTO", "ATTPHOTO"),
        *("FINGERTMP", "TEMPLATEV10", "FACE", "FVEIN", "WORKCODE", "IDCARD", "ERRORLOG"),
    }
)
"""Tables that are taken and thrown away: templates, photos, names and settings are none of ours."""
UNSPOKEN = frozenset({"RTLOG"})
"""Tables that do hold punches, in a form of access controllers nobody has confirmed: they are refused,
so that the terminal keeps them."""

MOST_QUERY_BYTES, MOST_QUERY_FIELDS = 2_048, 32
_PATHS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "cdata": {"GET": HANDSHAKE, "POST": UPLOAD},
        "getrequest": {"GET": POLL},
        "devicecmd": {"POST": RESULTS},
        "registry": {"POST": REGISTRY},
        "push": {"POST": REGISTRY},
        "ping": {"GET": PING},
    }
)
_PATH = re.compile(r"/iclock/([a-z]{1,16})(?:/|\.aspx)?")
_SERIAL = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TABLE = re.compile(r"[A-Z0-9_]{1,32}")
_TABLE_LINE = re.compile(rb" *TABLE *= *([ -~]{1,40}?)[ \r\x00]*(?:\n|\Z)", re.IGNORECASE)
_TOKEN = re.compile(r"[!-~](?:[ -~]{0,62}[!-~])?")
_INFO = re.compile(r"[ -~]{1,256}")
_COUNT = re.compile(r"[0-9]{1,9}")
_RECORDS_AT = 3
_LONGEST_KEY = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceInfo:
    """What a poll tells of the terminal: its firmware, and how many records it holds, if it says so."""

    firmware: str = ""
    records: int | None = None


def call_of(method: str, path: str, query: str) -> Call:
    """Read a request's first line; `path` decoded, `query` as it came. Raises BadCall."""
    what = _what(method, path)
    fields = _fields(query)
    serial = fields.get("sn", "").strip(" +")
    if not _SERIAL.fullmatch(serial):
        raise BadCall("bad_serial")
    if what == HANDSHAKE:
        what = _reading_of_cdata(fields)
    stamp, info = fields.get("stamp", ""), fields.get("info", "")
    return Call(
        what=what,
        serial=serial,
        table=_table_name(fields["table"]) if fields.get("table", "").strip(" +") else "",
        stamp=stamp if _TOKEN.fullmatch(stamp) else "",
        info=info if _INFO.fullmatch(info) else "",
        key=fields.get("comkey", "")[:_LONGEST_KEY],
    )


def _what(method: str, path: str) -> str:
    found = _PATH.fullmatch(path)
    methods = _PATHS.get(found[1]) if found else None
    if methods is None:
        raise BadCall("unknown_path")
    if method not in methods:
        raise BadCall("wrong_method", allowed=", ".join(methods))
    return methods[method]


def _fields(query: str) -> dict[str, str]:
    """The query by lower-case names: firmware writes `SN` and `sn`. A name that comes twice is refused.

    A plus sign stays one: stamps hold them, and no terminal writes a form.
    """
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    fields = {_decoded(name).lower(): _decoded(value) for name, _, value in pairs}
    if len(query) > MOST_QUERY_BYTES or len(pairs) > MOST_QUERY_FIELDS or len(fields) < len(pairs):
        raise BadCall("bad_query")
    return fields


def _decoded(text: str) -> str:
    """Percent signs taken off; every byte becomes a sign, so that nothing can fail here."""
    return unquote_to_bytes(text.encode("utf-8", "surrogatepass")).decode("latin-1")


def _reading_of_cdata(fields: Mapping[str, str]) -> str:
    if fields.get("type", "").strip(" +").lower() == "time":
        return TIME
    return HANDSHAKE if "options" in fields or not {"type", "table"} & set(fields) else OTHER


def _table_name(text: str) -> str:
    name = text.strip(" +").upper()
    if not _TABLE.fullmatch(name):
        raise BadCall("bad_table")
    if name in UNSPOKEN:
        raise BadCall("table_not_spoken", table=name)
    return name


def split_table(call: Call, body: bytes) -> tuple[str, bytes]:
    """The table of an upload and the body without the line that may name it; raises BadCall `bad_table`.

    Some firmware writes `TABLE=ATTLOG` as first line of the body. An upload that names no table, or
    two, is refused: punches are never guessed.
    """
    found = _TABLE_LINE.match(body)
    if found is None:
        named, rest = call.table, body
    else:
        named, rest = _table_name(found[1].decode("ascii")), body[found.end() :]
    if not named or (call.table and named != call.table):
        raise BadCall("bad_table")
    return named, rest


def device_info(info: str) -> DeviceInfo:
    """Read `Ver 6.8.0(build640),2,0,150,192.168.1.201`: firmware, users, fingerprints, records and more."""
    fields = [field.strip() for field in info.split(",")]
    records = fields[_RECORDS_AT] if len(fields) > _RECORDS_AT else ""
    return DeviceInfo(firmware=fields[0], records=int(records) if _COUNT.fullmatch(records) else None)


def handshake_answer(serial: str, *, stamp: str, operations_stamp: str, timezone: str) -> str:
    """The options without which a terminal does not work properly.

    The stamps are the tokens of the newest committed batch of punches and of operations; without one
    `0` asks for all that the terminal holds. `timezone` '' leaves the line out: some firmware moves its
    clock by it. Punches and operations are asked for, and no names, templates or photos.
    """
    zone = [f"TimeZone={timezone}"] if timezone else []
    lines = [
        f"GET OPTION FROM: {serial}",
        f"ATTLOGStamp={stamp or 0}",
        f"OPERLOGStamp={operations_stamp or 0}",
        "ErrorDelay=60",
        "Delay=30",
        "TransTimes=00:00;14:05",
        "TransInterval=1",
        "TransFlag=TransData AttLog\tOpLog",
        *zone,
        "Realtime=1",
        "Encrypt=0",
        "Timeout=60",
        "SyncTime=0",
        "ServerVer=2.2.14",
        "PushProtVer=2.4.1",
    ]
    return "\n".join(lines) + "\n"


def timezone_option(setting: str, offset: timedelta) -> str:
    """The TimeZone of a handshake: `off` is none, '' the terminal's own offset, else what was set.

    Whole hours are written `7`, which every firmware takes, other offsets in minutes.
    """
    if setting:
        return "" if setting == "off" else setting
    minutes = int(offset.total_seconds()) // 60
    return str(minutes if minutes % 60 else minutes // 60)


def time_answer(local: datetime) -> str:
    """The answer to `type=time`; `local` is aware, in the terminal's zone, whose offset it carries."""
    return f"Time={local.replace(microsecond=0).isoformat()}"


def upload_answer(lines: int) -> str:
    """The acknowledgement of an upload; only to be sent after its commit."""
    return f"OK: {lines}"
