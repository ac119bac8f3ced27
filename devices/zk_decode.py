"""Raw bytes of a ZK attendance log -> punches and quarantined records, or one refusal.

The terminal never sends its record size, so the body is read under every layout that fits, and
accepted only when exactly one makes sense. pyzk's own parsing, which divides by a count taken at
another moment, is the thing this module exists to replace.

Refusals (all BadReply, the body in `raw`): `size_mismatch` bytes received, announced and counted
differ; `too_large` over the limits; `count_fell` the counter fell during the reading;
`log_missing` records counted, none sent; `no_layout_fits`, `ambiguous_layout`; `layout_changed`
not the one proven for this serial; `users_missing` slots without a user list to name them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from devices.base import BadRecord, PunchBatch
from devices.errors import BadReply
from devices.zk_layouts import LAYOUTS, Columns, read_columns
from devices.zk_time import SECONDS_PER_DAY, written_time

_PREFIX = 4  # u32: bytes that follow
_SOUND_SHARE = 0.9
_PADDING_SHARE = 0.25
_PROVEN_SHARE = 0.5  # a layout proven earlier needs less evidence: the log may be short, with odd ids


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReply:
    """What came over the wire for one log.

    `body`: the bytes, u32 length included; `announced`: the bytes promised; `count_before` and
    `count_after`: the terminal's record counter around the read, None where it does not say;
    `user_ids`: slot -> user id, None when the list was not read; `proven_layout`: the layout last
    accepted for this serial, "" when none.
    """

    body: bytes
    announced: int
    count_before: int | None
    count_after: int | None
    user_ids: Mapping[int, str] | None = None
    proven_layout: str = ""
    size_limit_bytes: int = 64 * 1024 * 1024
    record_limit: int = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedLog:
    """An accepted log. `layout` is "" while too few records tell the layouts apart.

    `notes`: `count_not_reported` (counter 0 or unknown, records there), `log_empty`.
    """

    punches: PunchBatch
    bad: tuple[BadRecord, ...]
    layout: str
    notes: tuple[str, ...]


def decode_log(reply: LogReply) -> DecodedLog:
    """Decode one log; same bytes, same rows. Raises BadReply and nothing else (codes above)."""
    _check_size(reply)
    window = _count_window(reply)
    payload = memoryview(reply.body)[_PREFIX:]
    columns, layout = _one_reading(reply, payload, window)
    ids, named = _identities(reply, columns)
    punches, bad = _split(columns, ids, named, payload)
    return DecodedLog(punches=punches, bad=bad, layout=layout, notes=_notes(len(ids), window))


def _notes(records: int, window: tuple[int, int] | None) -> tuple[str, ...]:
    if not records:
        return ("log_empty",)
    return ("count_not_reported",) if window is None else ()


def _refusal(reply: LogReply, code: str, **values: object) -> BadReply:
    """A refusal that keeps the bytes and says what the counters were."""
    counts = {"count_before": reply.count_before, "count_after": reply.count_after}
    return BadReply(code, raw=reply.body, received=len(reply.body), **counts, **values)


def _check_size(reply: LogReply) -> None:
    """Bytes received, announced and counted by the terminal must be the same number."""
    size = len(reply.body)
    if size > reply.size_limit_bytes:
        raise _refusal(reply, "too_large", limit=reply.size_limit_bytes)
    total = int.from_bytes(reply.body[:_PREFIX], "little")
    if size != reply.announced or (size and size - _PREFIX != total):
        raise _refusal(reply, "size_mismatch", announced=reply.announced, total=total)


def _count_window(reply: LogReply) -> tuple[int, int] | None:
    """Least and greatest number of records, None when the terminal does not say.

    Some visible-light models report 0 while holding many, so 0 says nothing by itself.
    """
    before, after = reply.count_before, reply.count_after
    if before is None or after is None or before < 0 or after < 0 or before == after == 0:
        return None
    if after < before:
        raise _refusal(reply, "count_fell")
    return before, after


def _one_reading(reply: LogReply, payload: memoryview, window: tuple[int, int] | None) -> tuple[Columns, str]:
    """The reading that makes sense and its layout's name; "" where layouts cannot be told apart yet."""
    if window and window[0] and not payload:
        raise _refusal(reply, "log_missing")
    sound = [columns for columns in _readings(reply, payload, window) if _makes_sense(columns, reply)]
    if not sound:
        raise _refusal(reply, "no_layout_fits")
    readings = _told_apart({columns.layout.name: columns for columns in sound}, reply.proven_layout)
    first, *others = readings.values()
    if not all(first.agrees_with(other) for other in others):
        raise _refusal(reply, "ambiguous_layout", layouts=",".join(readings))
    if reply.proven_layout in readings:
        return readings[reply.proven_layout], reply.proven_layout
    if others:
        return first, ""
    if reply.proven_layout:
        raise _refusal(reply, "layout_changed", proven=reply.proven_layout, found=first.layout.name)
    return first, first.layout.name


def _readings(reply: LogReply, payload: memoryview, window: tuple[int, int] | None) -> Iterator[Columns]:
    """The body under each layout that divides it exactly into a number of records that was counted."""
    least, most = window or (0, reply.record_limit)
    for layout in LAYOUTS.values():
        count = layout.count(payload)
        if count is not None and least <= count <= min(most, reply.record_limit):
            yield read_columns(layout, payload)


def _makes_sense(columns: Columns, reply: LogReply) -> bool:
    """Nearly all records have the layout's structure; their dates play no part (clocks fall to 2000)."""
    proven = columns.layout.name == reply.proven_layout
    share = _PROVEN_SHARE if proven else _SOUND_SHARE
    return int(np.count_nonzero(columns.sound)) >= share * len(columns.sound)


def _told_apart(readings: dict[str, Columns], proven: str) -> dict[str, Columns]:
    """Drop readings that take padding for punches, as long as one is left.

    Zeros are a date, too: 16-byte records read as MA300's turn every other half into 2000-01-01.
    Asked only between readings: by itself a log of a clock that fell to 2000 is sound, and so it is under
    the layout that this terminal has proven before.
    """
    if len(readings) == 1:
        return readings
    padded = {
        name
        for name, columns in readings.items()
        if name != proven
        and np.count_nonzero(columns.coded < SECONDS_PER_DAY) > _PADDING_SHARE * len(columns.coded)
    }
    return {name: columns for name, columns in readings.items() if name not in padded} or readings


def _identities(reply: LogReply, columns: Columns) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """User id of each record, and where there is one; slots go through the user list."""
    if columns.uids is None or not len(columns.uids):
        return columns.ids, columns.named
    if reply.user_ids is None:
        raise _refusal(reply, "users_missing")
    by_slot = np.full(1 << 16, "", dtype=object)
    known = np.zeros(1 << 16, dtype=np.bool_)
    for uid, user_id in reply.user_ids.items():
        by_slot[uid], known[uid] = user_id, True
    return by_slot[columns.uids], known[columns.uids]


def _split(
    columns: Columns, ids: NDArray[np.object_], named: NDArray[np.bool_], payload: memoryview
) -> tuple[PunchBatch, tuple[BadRecord, ...]]:
    """Sound records as a batch, each other one by itself with the reason."""
    raw = columns.layout.raw(payload)
    good = named & columns.possible
    bad = tuple(_bad_record(columns, ids, named, raw, int(row)) for row in np.flatnonzero(~good))
    keep = good if bad else slice(None)
    batch = PunchBatch(
        device_user_id=ids[keep],
        device_seconds=columns.seconds[keep],
        verify=columns.verify[keep],
        state=columns.state[keep],
        work_code=columns.work_code[keep],
        raw=raw[keep],
    )
    return batch, bad


def _bad_record(
    columns: Columns,
    ids: NDArray[np.object_],
    named: NDArray[np.bool_],
    raw: NDArray[np.void],
    row: int,
) -> BadRecord:
    """What could be read of one record, and why it is not a punch."""
    unnamed = "bad_user_id" if columns.uids is None else "unknown_uid"
    return BadRecord(
        raw=bytes(raw[row]),
        reason="impossible_date" if named[row] else unnamed,
        device_user_id=ids[row],
        device_time=written_time(int(columns.coded[row])),
        line=row + 1,
    )
