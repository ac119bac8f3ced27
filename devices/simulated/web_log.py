"""What a simulated source over HTTP remembers, and what it does wrong."""

import threading
from dataclasses import dataclass

import numpy as np

from devices.simulated.log import PunchColumns


@dataclass(frozen=True, slots=True, kw_only=True)
class WebFaults:
    """Switches, all off by default; they may be changed while the source serves.

    Line:
        refuse_connection: close every connection at once.
        silent: accept requests and never answer.
        drip: send every answer byte by byte, slowly and for ever.
        hang_up: close the connection after every answer without having said so.
    Pages of the log:
        broken_page: the page from which on (0 = the first) the connection breaks within the body.
        status: answer with this status. redirect_to: answer with a redirect to this address.
        body: answer with these bytes.
        repeat_rows: every seventh row comes twice, as when a log grows while it is turned over.
        newest_first: give the newest rows first.
        lost_rows: leave out so many rows at the end and still count them.
        count_unsaid: do not say how many rows there are.
    Access and clock:
        refuse_everybody: any password is wrong.
        stale_after: call the nonce or token too old after so many requests, each time.
        clock_offset_seconds: its clock is off by this. impossible_clock: its clock shows a 30 February.
    """

    refuse_connection: bool = False
    silent: bool = False
    drip: bool = False
    hang_up: bool = False
    broken_page: int | None = None
    status: int = 0
    redirect_to: str = ""
    body: bytes | None = None
    repeat_rows: bool = False
    newest_first: bool = False
    lost_rows: int = 0
    count_unsaid: bool = False
    refuse_everybody: bool = False
    stale_after: int = 0
    clock_offset_seconds: int = 0
    impossible_clock: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record; `number` counts from 1 and is never used twice."""

    number: int
    user_id: str
    seconds: int
    verify: int
    state: int
    work_code: int


class WebLog:
    """The records of a source, safe between threads."""

    def __init__(self) -> None:
        """Start with none."""
        self._rows: tuple[Row, ...] = ()
        self._last = 0
        self._lock = threading.Lock()

    def append(self, punches: PunchColumns) -> None:
        """Add punches at the end."""
        count = len(punches.seconds)
        columns = (punches.seconds, punches.verify, punches.state, punches.work_code)
        numbers = zip(*(np.broadcast_to(one, count).tolist() for one in columns), strict=True)
        with self._lock:
            fresh = [
                Row(
                    number=self._last + place,
                    user_id=one.decode() if isinstance(one, bytes) else str(one),
                    seconds=seconds,
                    verify=verify,
                    state=state,
                    work_code=work_code,
                )
                for place, (one, (seconds, verify, state, work_code)) in enumerate(
                    zip(punches.user_id, numbers, strict=True), start=1
                )
            ]
            self._last += count
            self._rows += tuple(fresh)

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._rows = ()

    def rows(self, faults: WebFaults) -> list[Row]:
        """The records by time, as the faults have them."""
        rows = sorted(self._rows, key=lambda row: row.seconds, reverse=faults.newest_first)
        if faults.repeat_rows:
            rows = [row for row in rows for _ in range(1 + (row.number % 7 == 0))]
        return rows

    def __len__(self) -> int:
        """Give the number of records held."""
        return len(self._rows)
