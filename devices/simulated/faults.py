"""What a simulated terminal does wrong, each fault seen in the field or measured."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Switches, all off by default; they may be changed while the terminal serves.

    Line:
        refuse_connection: close every connection at once.
        silent: accept connections and never answer.
        stall_after_bytes, close_after_bytes: go silent, or close, once so many bytes of table data
            (log or users) went out on a connection.
        bytes_per_segment: send in segments of this size, so that frames arrive in pieces (0 = whole).
        corrupt_checksum: spoil the checksum of every packet of table data.
        wrong_reply_id: answer every request with the id of the one before it, as a late reply would.
        event_before_reply: push a live event in front of the answer to a log request.
    Counters:
        reported_count: say this number of records instead of the true one.
        short_sizes: answer the counters with fewer than 80 bytes, as some models do.
        count_falls_by: the second reading of the counters within a connection is lower by this.
    Log:
        missing_bytes: announce the whole log and send so many bytes less.
        announced_bytes: announce this size whatever the log holds.
        wrong_total: the length in front of the records is off by this many bytes.
        refuse_log: answer the log request with an error.
        impossible_date_rows: these records (by position) carry a 30 February.
        on_log_request: called when a log is asked for, before its copy is made: a punch "between the
            count and the read" is one appended here.
    Clock and access:
        clock_offset_seconds: the terminal's clock is off by this.
        impossible_clock: the terminal's clock shows a 30 February.
        refuse_every_key: any comm key is wrong.
    """

    refuse_connection: bool = False
    silent: bool = False
    stall_after_bytes: int | None = None
    close_after_bytes: int | None = None
    bytes_per_segment: int = 0
    corrupt_checksum: bool = False
    wrong_reply_id: bool = False
    event_before_reply: bool = False
    reported_count: int | None = None
    short_sizes: bool = False
    count_falls_by: int = 0
    missing_bytes: int = 0
    announced_bytes: int | None = None
    wrong_total: int = 0
    refuse_log: bool = False
    impossible_date_rows: tuple[int, ...] = ()
    on_log_request: Callable[[], None] | None = None
    clock_offset_seconds: int = 0
    impossible_clock: bool = False
    refuse_every_key: bool = False
