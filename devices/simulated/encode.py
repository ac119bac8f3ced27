"""Users and punches as the bytes a ZK terminal keeps; written apart from the decoder, to check it."""

from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

MARKER = b"\xff" + b"255" + bytes(5)
IMPOSSIBLE_TIME = ((26 * 12 + 1) * 31 + 29) * 86_400  # 30 February 2026, 00:00:00

LAYOUT_NAMES = ("8", "8-ma300", "16", "40", "49", "49-marker", "40-marker")


def encode_time(moment: datetime) -> int:
    """One naive datetime as the terminal's 32-bit word, in which every month has 31 days."""
    days = ((moment.year % 100) * 12 + moment.month - 1) * 31 + moment.day - 1
    return days * 86_400 + moment.hour * 3600 + moment.minute * 60 + moment.second


def encode_times(seconds: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Seconds from 1970-01-01 00:00:00 (naive wall clock, 2000 to 2099) as 32-bit words."""
    days = (seconds // 86_400).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    since_2000 = months.astype(np.int64) - 30 * 12
    day_of_month = (days - months.astype("datetime64[D]")).astype(np.int64)
    coded: NDArray[np.uint32] = ((since_2000 * 31 + day_of_month) * 86_400 + seconds % 86_400).astype("<u4")
    return coded


def encode_records(rows: NDArray[Any], layout: str) -> bytes:
    """Records of a log (dtype `log.ROW`) in one of LAYOUT_NAMES, without the length in front."""
    if layout == "8":
        return _packed(rows, [("uid", "<u2"), ("verify", "u1"), ("time", "<u4"), ("state", "u1")])
    if layout == "8-ma300":
        return _packed(rows, [("uid", "<u2"), ("verify", "u1"), ("state", "u1"), ("time", "<u4")])
    if layout == "16":
        return _sixteen(rows)
    plain = _forty(rows)
    if layout == "49":
        return np.pad(plain, ((0, 0), (0, 9))).tobytes()
    marker = np.frombuffer(MARKER, np.uint8)
    if layout == "49-marker":
        return np.hstack([np.broadcast_to(marker, (len(plain), len(marker))), plain]).tobytes()
    return (MARKER if layout == "40-marker" else b"") + plain.tobytes()


def _packed(rows: NDArray[Any], fields: list[tuple[str, str]]) -> bytes:
    out = np.zeros(len(rows), dtype=fields)
    for name, _ in fields:
        out[name] = rows[name]
    return out.tobytes()


def _sixteen(rows: NDArray[Any]) -> bytes:
    fields = [("user_id", "<u4"), ("time", "<u4"), ("verify", "u1"), ("state", "u1")]
    out = np.zeros(len(rows), dtype=[*fields, ("reserved", "V2"), ("work_code", "<u4")])
    out["user_id"] = rows["user_id"].astype(np.uint32)
    for name in ("time", "verify", "state", "work_code"):
        out[name] = rows[name]
    return out.tobytes()


def _forty(rows: NDArray[Any]) -> NDArray[np.uint8]:
    """The 40-byte records as a matrix of bytes, one row each."""
    out = np.zeros((len(rows), 40), np.uint8)
    out[:, 0:2] = _bytes_of(rows["uid"], "<u2")
    out[:, 2:26] = _bytes_of(rows["user_id"], "S24")
    out[:, 26] = rows["verify"]
    out[:, 27:31] = _bytes_of(rows["time"], "<u4")
    out[:, 31] = rows["state"]
    out[:, 36] = 0xFF  # seen in documented records; its meaning is not known
    return out


def _bytes_of(column: NDArray[Any], form: str) -> NDArray[np.uint8]:
    packed = np.ascontiguousarray(column.astype(form))
    return packed.view(np.uint8).reshape(len(column), packed.dtype.itemsize)


def encode_user_28(*, uid: int, user_id: str, name: bytes, password: bytes, card: int) -> bytes:
    """One user of the older models; the id is a number."""
    head = uid.to_bytes(2, "little") + b"\0" + password[:5].ljust(5, b"\0") + name[:8].ljust(8, b"\0")
    return head + card.to_bytes(4, "little") + bytes(4) + int(user_id).to_bytes(4, "little")


def encode_user_72(*, uid: int, user_id: str, name: bytes, password: bytes, card: int) -> bytes:
    """One user of the newer models; names are cut at 24 bytes, letter or not."""
    head = uid.to_bytes(2, "little") + b"\0" + password[:8].ljust(8, b"\0") + name[:24].ljust(24, b"\0")
    group = b"\x01" + b"1".ljust(7, b"\0")
    return head + card.to_bytes(4, "little") + group + b"\0" + user_id.encode().ljust(24, b"\0")
