"""The ZK terminal's user list: slot, user id and name; passwords and cards are never kept."""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from devices.errors import BadReply
from devices.zk_layouts import number_id, text_id

_NAME_TAIL = 3  # a name cut at 24 bytes may end within a UTF-8 letter of up to four
_SOUND_SHARE = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class ZkUser:
    """One entry: `uid` is the slot, `user_id` the number people know, `name` only for display."""

    uid: int
    user_id: str
    name: str


def _record(size: int, name: tuple[str, int], user_id: tuple[str, int]) -> np.dtype[Any]:
    """Only the fields that are kept have a name; password and card are stepped over."""
    formats, offsets = zip(("<u2", 0), name, user_id, strict=True)
    fields = {"names": ["uid", "name", "user_id"], "formats": formats, "offsets": offsets, "itemsize": size}
    record: np.dtype[Any] = np.dtype(cast(Any, fields))  # numpy's stubs want a TypedDict literal
    return record


_SHORT = _record(28, name=("V8", 8), user_id=("V4", 24))
_LONG = _record(72, name=("V24", 11), user_id=("V24", 48))


def decode_users(body: bytes, *, announced: int, before: int | None, after: int | None) -> tuple[ZkUser, ...]:
    """Read a user list body (u32 total, then records of 28 or 72 bytes).

    `before` and `after` are the terminal's own user counts, None or 0 where it does not say. Users
    without a usable id are left out, so that their punches are quarantined instead of guessed.
    Raises BadReply `user_list_size_mismatch` or `user_list_unreadable`.
    """
    if len(body) != announced or (body and len(body) - 4 != int.from_bytes(body[:4], "little")):
        raise BadReply("user_list_size_mismatch", received=len(body), announced=announced)
    payload = body[4:]
    readings = [_read(payload, record) for record in (_LONG, _SHORT) if _fits(payload, record, before, after)]
    sound = [users for users, share in readings if share >= _SOUND_SHARE]
    if not payload:
        return ()
    if len(sound) != 1:
        raise BadReply("user_list_unreadable", received=len(body), fitting=len(sound))
    return sound[0]


def user_ids(users: tuple[ZkUser, ...]) -> dict[int, str]:
    """Slot -> user id; a slot that stands twice in the list names nobody."""
    by_slot: dict[int, str] = {}
    twice = set()
    for user in users:
        if by_slot.setdefault(user.uid, user.user_id) != user.user_id:
            twice.add(user.uid)
    return {uid: user_id for uid, user_id in by_slot.items() if uid not in twice}


def _fits(payload: bytes, record: np.dtype[Any], before: int | None, after: int | None) -> bool:
    records, rest = divmod(len(payload), record.itemsize)
    known = before and after
    return not rest and (not known or min(before or 0, after or 0) <= records <= max(before or 0, after or 0))


def _read(payload: bytes, record: np.dtype[Any]) -> tuple[tuple[ZkUser, ...], float]:
    """The usable users under one record size, and their share of all."""
    rows: NDArray[Any] = np.frombuffer(payload, record)
    text_of = number_id if record is _SHORT else text_id
    users = tuple(
        ZkUser(uid=uid, user_id=user_id, name=_name(name))
        for uid, name, raw_id in rows.tolist()
        if uid and (user_id := text_of(raw_id))
    )
    return users, len(users) / max(len(rows), 1)


def _name(raw: bytes) -> str:
    """The name when it is UTF-8, a cut last letter aside; "" for the other encodings in use.

    GBK, cp1258 and TCVN3 cannot be told apart by their bytes, and a wrong name is worse than none.
    """
    text = raw.split(b"\0", 1)[0]
    for cut in range(min(_NAME_TAIL, len(text)) + 1):
        try:
            return text[: len(text) - cut].decode("utf-8").strip()
        except UnicodeDecodeError:
            continue
    return ""
