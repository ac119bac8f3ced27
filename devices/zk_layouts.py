"""The record layouts of ZK attendance logs, and how to read a body under one of them.

The record size is never sent, so a body is read under each layout whose size fits, and judged by
what comes out (`zk_decode`). Sources: the vendor's documents for 8, 16 and 40 bytes; field reports
for the MA300's byte order, 49 bytes (MB560-VL, SpeedFace V5L, UFace) and the FF "255" marker.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from devices.zk_time import decode_times

MARKER = b"\xff255\0\0\0\0\0"
NO_VALUE = -1
_TEXT_ID = re.compile(rb"[0-9A-Za-z]{1,24}\0*")
_MOST_SLOT_BITS = 16
_SLOT_BITS_TO_SPARE = 3
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One way in which a log's records may lie: `head` bytes, then records of type `record`.

    `identity` tells what the record names: the terminal's `slot` (uid, reused after a deletion), the
    user id as a `number` (leading zeros lost by the terminal), or the user id as `text`.
    """

    name: str
    identity: Literal["slot", "number", "text"]
    record: np.dtype[Any]
    head: int = 0

    def count(self, payload: memoryview) -> int | None:
        """How many records the payload holds under this layout, None when it does not fit exactly."""
        records, rest = divmod(len(payload) - self.head, self.record.itemsize)
        if rest or records < 0 or payload[: self.head] != MARKER[: self.head]:
            return None
        return records

    def rows(self, payload: memoryview) -> NDArray[Any]:
        """The records as a structured array over the payload, which must fit."""
        return np.frombuffer(payload, self.record, offset=self.head)

    def raw(self, payload: memoryview) -> NDArray[np.void]:
        """Each record's own bytes, its marker included, as a view of the payload."""
        return np.frombuffer(payload, f"V{self.record.itemsize}", offset=self.head)


def _record(size: int, **fields: tuple[str, int]) -> np.dtype[Any]:
    return np.dtype(
        {
            "names": list(fields),
            "formats": [form for form, _ in fields.values()],
            "offsets": [offset for _, offset in fields.values()],
            "itemsize": size,
        }
    )


def _text_record(size: int, start: int = 0) -> np.dtype[Any]:
    """The 40-byte fields at `start` within `size` bytes, the 24-byte id as three words, for speed.

    What stands in front of `start` is the marker.
    """
    marks = {"mark": (f"V{start}", 0)} if start else {}
    return _record(
        size,
        **marks,
        id_0=("<u8", start + 2),
        id_1=("<u8", start + 10),
        id_2=("<u8", start + 18),
        verify=("u1", start + 26),
        time=("<u4", start + 27),
        state=("u1", start + 31),
    )


_LAYOUTS = (
    Layout(
        name="8",
        identity="slot",
        record=_record(8, uid=("<u2", 0), verify=("u1", 2), time=("<u4", 3), state=("u1", 7)),
    ),
    Layout(
        name="8-ma300",
        identity="slot",
        record=_record(8, uid=("<u2", 0), verify=("u1", 2), state=("u1", 3), time=("<u4", 4)),
    ),
    Layout(
        name="16",
        identity="number",
        record=_record(
            16, uid=("<u4", 0), time=("<u4", 4), verify=("u1", 8), state=("u1", 9), work_code=("<u4", 12)
        ),
    ),
    Layout(name="40", identity="text", record=_text_record(40)),
    Layout(name="49", identity="text", record=_text_record(49)),
    Layout(name="49-marker", identity="text", record=_text_record(49, start=len(MARKER))),
    Layout(name="40-marker", identity="text", record=_text_record(40), head=len(MARKER)),
)
LAYOUTS = {layout.name: layout for layout in _LAYOUTS}


def _codes(*known: int) -> NDArray[np.bool_]:
    table = np.zeros(256, dtype=np.bool_)
    table[list(known)] = True
    return table


_KNOWN_VERIFY = _codes(*range(30))  # 0 password, 1 finger, 2 card, 15 face, 25 palm, combinations
_KNOWN_STATE = _codes(0, 1, 2, 3, 4, 5, 255)
_GREATEST_WORK_CODE = 99_999_999  # keyed in by hand, eight digits; what is greater is a date misread
_NO_WORK_CODE = 0xFFFFFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """A body read under one layout; all arrays have one entry for each record.

    `ids`: user id text, "" where the record holds none that can be trusted (`named` is false there);
    `uids`: slot numbers, only for `slot` layouts; `seconds`: int64 from 1970, valid where `possible`;
    `coded`: the time word; `verify`, `state`, `work_code`: int32; `sound`: the record has the
    structure of its layout.
    """

    layout: Layout
    ids: NDArray[np.object_]
    named: NDArray[np.bool_]
    uids: NDArray[np.uint16] | None
    seconds: NDArray[np.int64]
    possible: NDArray[np.bool_]
    coded: NDArray[np.uint32]
    verify: NDArray[np.int32]
    state: NDArray[np.int32]
    work_code: NDArray[np.int32]
    sound: NDArray[np.bool_]

    def agrees_with(self, other: "Columns") -> bool:
        """Both readings give the same punches, so it does not matter which layout is the true one."""
        pairs = ((self.ids, other.ids), (self.coded, other.coded), (self.verify, other.verify))
        return all(np.array_equal(a, b) for a, b in (*pairs, (self.state, other.state)))


def read_columns(layout: Layout, payload: memoryview) -> Columns:
    """Read a payload that fits `layout` exactly; never raises on what the records contain."""
    rows = layout.rows(payload)
    coded = np.ascontiguousarray(rows["time"])
    seconds, possible, codable = decode_times(coded)
    ids, named = _IDENTITIES[layout.identity](rows)
    sound = named & codable & _KNOWN_VERIFY[rows["verify"]] & _KNOWN_STATE[rows["state"]]
    fields = rows.dtype.names or ()
    if "mark" in fields:
        sound &= rows["mark"] == np.void(MARKER)
    if "work_code" in fields:
        sound &= (rows["work_code"] <= _GREATEST_WORK_CODE) | (rows["work_code"] == _NO_WORK_CODE)
    return Columns(
        layout=layout,
        ids=ids,
        named=named,
        uids=rows["uid"] if layout.identity == "slot" else None,
        seconds=seconds,
        possible=possible,
        coded=coded,
        verify=rows["verify"].astype(np.int32),
        state=rows["state"].astype(np.int32),
        work_code=_work_codes(rows),
        sound=sound,
    )


def _work_codes(rows: NDArray[Any]) -> NDArray[np.int32]:
    """Only the 16-byte record has a known place; a code over 31 bits is no code, the raw bytes stay."""
    if "work_code" not in (rows.dtype.names or ()):
        return np.full(len(rows), NO_VALUE, dtype=np.int32)
    signed = rows["work_code"].astype(np.int32)
    return np.where(signed < 0, np.int32(NO_VALUE), signed)


def _slot_ids(rows: NDArray[Any]) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """A slot is not a user id: the ids stay empty until the user list is joined."""
    return np.full(len(rows), "", dtype=object), rows["uid"] != 0


def _number_ids(rows: NDArray[Any]) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    return _texts([rows["uid"].astype(np.uint64)], number_id)


def _text_ids(rows: NDArray[Any]) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    words = [np.ascontiguousarray(rows[name]) for name in ("id_0", "id_1", "id_2")]
    while len(words) > 1 and not words[-1].any():
        words.pop()
    return _texts(words, text_id)


def _texts(
    words: list[NDArray[np.uint64]], text_of: Callable[[bytes], str]
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Text for each row's words, and where there is one, asking about once for each different id.

    A hundred thousand records name a few hundred people. The words are hashed into slots, each slot
    keeps one id, and only rows whose id lost its slot to another are asked for one by one. A few rows
    have few slots: a terminal's newest records are read every minute.
    """
    bits = min(_MOST_SLOT_BITS, len(words[0]).bit_length() + _SLOT_BITS_TO_SPARE)
    slots, size = _hashed(words, bits), 1 << bits
    kept = [np.zeros(size, dtype=np.uint64) for _ in words]
    lost = np.zeros(len(slots), dtype=np.bool_)
    for word, keeper in zip(words, kept, strict=True):
        keeper[slots] = word
        lost |= keeper[slots] != word
    texts = np.full(size, "", dtype=object)
    used = np.flatnonzero(np.bincount(slots, minlength=size))
    texts[used] = _spelled(kept, used, text_of)
    named = np.zeros(size, dtype=np.bool_)
    named[used] = texts[used] != ""
    ids, has_id = texts[slots], named[slots]
    rows = np.flatnonzero(lost)
    ids[rows] = _spelled(words, rows, text_of)
    has_id[rows] = ids[rows] != ""
    return ids, has_id


def _spelled(
    words: list[NDArray[np.uint64]], rows: NDArray[np.intp], text_of: Callable[[bytes], str]
) -> list[str]:
    packed = np.column_stack([word[rows] for word in words]).tobytes()
    width = 8 * len(words)
    return [text_of(packed[at : at + width]) for at in range(0, len(packed), width)]


def _hashed(words: list[NDArray[np.uint64]], bits: int) -> NDArray[np.intp]:
    """A slot for each row, of 2^bits; digits sit in few bits, hence the folding between the products."""
    mixed = np.zeros(len(words[0]), dtype=np.uint64)
    for word in words:
        mixed = (mixed ^ word) * _GOLDEN
        mixed ^= mixed >> np.uint64(32)
    return ((mixed * _GOLDEN) >> np.uint64(64 - bits)).astype(np.intp)


def number_id(raw: bytes) -> str:
    """A user id kept as a number; zero is none."""
    return str(int.from_bytes(raw, "little") or "")


def text_id(raw: bytes) -> str:
    """The user id, leading zeros kept; "" unless letters and digits, then only NULs."""
    return raw.rstrip(b"\0").decode("ascii") if _TEXT_ID.fullmatch(raw) else ""


_IDENTITIES: dict[str, Callable[[NDArray[Any]], tuple[NDArray[np.object_], NDArray[np.bool_]]]] = {
    "slot": _slot_ids,
    "number": _number_ids,
    "text": _text_ids,
}
