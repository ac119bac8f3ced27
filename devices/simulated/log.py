"""What a simulated terminal remembers: its users and its log of punches, safe between threads."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from devices.simulated.encode import encode_times

ROW = np.dtype(
    [
        ("uid", "<u2"),
        ("user_id", "S24"),
        ("time", "<u4"),
        ("verify", "u1"),
        ("state", "u1"),
        ("work_code", "<u4"),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedUser:
    """A user as the terminal keeps it; `name` may be given as bytes to try other encodings."""

    uid: int
    user_id: str
    name: str | bytes = ""
    password: str = ""
    card: int = 0

    @property
    def name_bytes(self) -> bytes:
        """The name as stored."""
        return self.name if isinstance(self.name, bytes) else self.name.encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class PunchColumns:
    """Punches to put into a log, as columns of one length.

    `user_id`: device user ids (`str`, or `bytes` for what no terminal should hold); `seconds`: int64
    from 1970-01-01 00:00:00 to the naive wall-clock reading; `verify`, `state`, `work_code`: one
    number for all, or one each.
    """

    user_id: Sequence[str | bytes] | NDArray[Any]
    seconds: NDArray[np.int64]
    verify: int | NDArray[Any] = 1
    state: int | NDArray[Any] = 0
    work_code: int | NDArray[Any] = 0


class SimulatedLog:
    """The users and the records; when full, the oldest records go, as on a real terminal."""

    def __init__(self, users: Iterable[SimulatedUser], capacity: int) -> None:
        """Start with no punches."""
        self.users = tuple(users)
        self.capacity = capacity
        self._uids = {user.user_id.encode(): user.uid for user in self.users}
        self._rows = np.zeros(0, dtype=ROW)
        self._lock = threading.Lock()

    def append(self, punches: PunchColumns) -> None:
        """Add punches at the end. A user id the terminal does not know gets slot 0."""
        rows = self._as_rows(punches)
        with self._lock:
            self._rows = np.concatenate([self._rows, rows])[-self.capacity :]

    def clear(self) -> None:
        """Forget all punches, as an operator at the terminal can."""
        with self._lock:
            self._rows = np.zeros(0, dtype=ROW)

    def snapshot(self) -> NDArray[Any]:
        """The records now, dtype ROW; never changed afterwards."""
        with self._lock:
            return self._rows

    def __len__(self) -> int:
        """Give the number of records held."""
        return len(self.snapshot())

    def _as_rows(self, punches: PunchColumns) -> NDArray[Any]:
        rows = np.zeros(len(punches.seconds), dtype=ROW)
        rows["user_id"] = _id_bytes(punches.user_id)
        rows["time"] = encode_times(np.asarray(punches.seconds, dtype=np.int64))
        rows["verify"], rows["state"] = punches.verify, punches.state
        rows["work_code"] = punches.work_code
        ids, places = np.unique(rows["user_id"], return_inverse=True)
        rows["uid"] = np.array([self._uids.get(bytes(one), 0) for one in ids], dtype=np.uint16)[places]
        return rows


def _id_bytes(ids: Sequence[str | bytes] | NDArray[Any]) -> NDArray[np.bytes_]:
    return np.array([one.encode() if isinstance(one, str) else one for one in ids], dtype="S24")
