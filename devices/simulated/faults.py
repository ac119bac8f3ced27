"""What a simulated terminal does wrong, each fault seen in the field or measured."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


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
        events_in_one_segment: push so many, of an unknown size and id, in one segment with that answer.
    Line, over UDP:
        datagram_lost_every: every so many-th datagram that it sends is lost (0 = none).
        datagram_late_every: every so many-th arrives only with the next answer.
        datagrams_doubled: every datagram arrives twice.
        datagrams_reversed: the datagrams of one answer arrive the last first.
    Counters:
        reported_count: say this number of records instead of the true one.
        short_sizes: answer the counters with fewer than 80 bytes, as some models do.
        count_falls_by: the second reading of the counters within a connection is lower by this.
        nearly_full: say a capacity that the log has all but reached.
    Log:
        missing_bytes: announce the whole log and send so many bytes less.
        announced_bytes: announce this size whatever the log holds.
        wrong_total: the length in front of the records is off by this many bytes.
        refuse_log: answer the log request with an error.
        impossible_date_rows: these records (by position) carry a 30 February.
        reset_clock_rows: these carry the first of January 2000, as after a lost battery.
        foreign_id_rows: these carry user ids of two different bytes that are no letters of UTF-8.
        on_log_request: called when a log is asked for, before its copy is made: a punch "between the
            count and the read" is one appended here.
    Clock and access:
        clock_offset_seconds: the terminal's clock is off by this.
        impossible_clock: the terminal's clock shows a 30 February.
        refuse_every_key: any comm key is wrong.
        serial: answer with this serial number, as another terminal at the same address does.
    """

    refuse_connection: bool = False
    silent: bool = False
    stall_after_bytes: int | None = None
    close_after_bytes: int | None = None
    bytes_per_segment: int = 0
    corrupt_checksum: bool = False
    wrong_reply_id: bool = False
    event_before_reply: bool = False
    events_in_one_segment: int = 0
    datagram_lost_every: int = 0
    datagram_late_every: int = 0
    datagrams_doubled: bool = False
    datagrams_reversed: bool = False
    reported_count: int | None = None
    short_sizes: bool = False
    count_falls_by: int = 0
    nearly_full: bool = False
    missing_bytes: int = 0
    announced_bytes: int | None = None
    wrong_total: int = 0
    refuse_log: bool = False
    impossible_date_rows: tuple[int, ...] = ()
    reset_clock_rows: tuple[int, ...] = ()
    foreign_id_rows: tuple[int, ...] = ()
    on_log_request: Callable[[], None] | None = None
    clock_offset_seconds: int = 0
    impossible_clock: bool = False
    refuse_every_key: bool = False
    serial: str = ""


NAMED: Mapping[str, Faults] = MappingProxyType(
    {
        "refuses": Faults(refuse_connection=True),
        "silent": Faults(silent=True),
        "stalls": Faults(stall_after_bytes=2000),
        "hangs-up": Faults(close_after_bytes=2000),
        "crumbles": Faults(bytes_per_segment=7),
        "spoilt-packets": Faults(corrupt_checksum=True),
        "late-answers": Faults(wrong_reply_id=True),
        "live-event": Faults(event_before_reply=True),
        "live-events": Faults(events_in_one_segment=2),
        "counts-nothing": Faults(reported_count=0),
        "counts-too-much": Faults(reported_count=10_000_000),
        "counts-unsaid": Faults(short_sizes=True),
        "count-falls": Faults(count_falls_by=1),
        "nearly-full": Faults(nearly_full=True),
        "log-cut": Faults(missing_bytes=40),
        "log-endless": Faults(announced_bytes=2_000_000_000),
        "log-mismeasured": Faults(wrong_total=40),
        "log-refused": Faults(refuse_log=True),
        "impossible-date": Faults(impossible_date_rows=(0,)),
        "battery-lost": Faults(reset_clock_rows=(0,)),
        "foreign-ids": Faults(foreign_id_rows=(0, 1)),
        "clock-slow": Faults(clock_offset_seconds=-400),
        "clock-fast": Faults(clock_offset_seconds=400),
        "clock-impossible": Faults(impossible_clock=True),
        "key-refused": Faults(refuse_every_key=True),
        "replaced": Faults(serial="REPLACED0001"),
        "datagrams-lost": Faults(datagram_lost_every=7),
        "datagrams-late": Faults(datagram_late_every=5),
        "datagrams-doubled": Faults(datagrams_doubled=True),
        "datagrams-reversed": Faults(datagrams_reversed=True),
    }
)
"""Faults that can be switched on by name, in the demo for one (`monitor demo --fault CODE=NAME`)."""
