"""The catalogue of what loses punches on the way from a terminal: each fault, its check, its planted bug.

A check holds on the product, and must fail on the product with the naive handling in place: a check
that a planted bug passes would prove nothing, and fails the build.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from devices import zk, zk_child
from devices.base import BadRecord, PunchBatch, TerminalReading
from devices.errors import BadReply, DeviceError
from devices.simulated import NAMED, Faults, PunchColumns, SimulatedModel, SimulatedTerminal
from devices.zk import ZkTerminal
from devices.zk_decode import DecodedLog, LogReply, decode_log
from devices.zk_line import ALLOWED_COMMANDS
from tests.devices.office import SERIAL, STAFF, clock, history, rows_of, settings_for

pytestmark = pytest.mark.slow

Check = Callable[[], None]
Plant = Callable[[pytest.MonkeyPatch], None]
COUNT = 120


def terminal(faults: Faults | None = None, layout: str = "40") -> SimulatedTerminal:
    model = SimulatedModel(layout=layout)
    return SimulatedTerminal(
        serial=SERIAL, clock=clock, users=STAFF, log=history(COUNT), model=model, faults=faults
    )


def read(simulated: SimulatedTerminal) -> TerminalReading:
    return ZkTerminal(settings_for(simulated, timeout_seconds=1.0, deadline_seconds=2.0), clock).read()


def rows(reading: TerminalReading) -> list[tuple[str, int, int, int]]:
    punches = reading.punches
    columns = (punches.device_user_id, punches.device_seconds, punches.verify, punches.state)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def refused(name: str) -> str:
    """The code with which a terminal with this fault is refused; nothing of its log may come."""
    with terminal(NAMED[name]) as simulated:
        try:
            found = len(read(simulated).punches)
        except DeviceError as error:
            return error.code
    return f"{found} punches"


# What must hold.


def a_clean_log_comes_whole() -> None:
    with terminal() as simulated:
        assert rows(read(simulated)) == rows_of(history(COUNT))


def a_punch_during_the_reading_spoils_nothing() -> None:
    late = PunchColumns(user_id=["1002"], seconds=history(COUNT).seconds[-1:] + 60, verify=15)
    for layout in ("8", "16", "40", "49"):
        with terminal(layout=layout) as simulated:
            simulated.faults = Faults(on_log_request=partial(simulated.append, late))
            assert rows(read(simulated)) == [*rows_of(history(COUNT)), *rows_of(late)]


def a_log_that_was_cut_is_refused_whole() -> None:
    assert refused("log-cut") == "size_mismatch"


def an_impossible_date_costs_one_record() -> None:
    with terminal(NAMED["impossible-date"]) as simulated:
        reading = read(simulated)
    assert rows(reading) == rows_of(history(COUNT))[1:]
    assert [bad.reason for bad in reading.bad] == ["impossible_date"]


def a_counter_above_the_log_is_refused_in_time() -> None:
    assert refused("counts-too-much") == "no_layout_fits"


def two_foreign_ids_stay_two_people() -> None:
    with terminal(NAMED["foreign-ids"]) as simulated:
        reading = read(simulated)
    assert rows(reading) == rows_of(history(COUNT))[2:]
    assert [bad.reason for bad in reading.bad] == ["bad_user_id"] * 2
    assert len({bad.raw for bad in reading.bad}) == 2


def a_peer_that_hangs_up_is_told_at_once() -> None:
    assert refused("hangs-up") == "broken_off"  # and not "timed_out"


def live_events_are_never_acknowledged_nor_taken_for_answers() -> None:
    for name in ("live-event", "live-events"):
        with terminal(NAMED[name]) as simulated:
            assert rows(read(simulated)) == rows_of(history(COUNT))
            assert set(simulated.commands) <= ALLOWED_COMMANDS


def a_count_that_is_not_said_is_not_an_empty_log() -> None:
    for name in ("counts-unsaid", "counts-nothing"):
        with terminal(NAMED[name]) as simulated:
            assert rows(read(simulated)) == rows_of(history(COUNT))


def an_endless_log_is_refused_when_announced() -> None:
    assert refused("log-endless") == "too_large"


def a_late_or_spoilt_answer_is_no_answer() -> None:
    assert refused("late-answers") == "stray_replies"
    assert refused("spoilt-packets") == "bad_checksum"


def a_terminal_is_only_ever_asked() -> None:
    with terminal() as simulated:
        try:
            read(simulated)
        finally:
            assert set(simulated.commands) <= {
                *(1000, 1001, 1102, 1100),  # connect, exit, auth, firmware
                *(11, 50, 201),  # serial, counters, clock
                *(1502, 1503, 1504),  # a table: free, prepare, read
            }
            assert len(simulated) == COUNT


CHECKS: dict[str, Check] = {
    "PZ-A": a_clean_log_comes_whole,
    "PZ-B": a_punch_during_the_reading_spoils_nothing,
    "PZ-D": a_log_that_was_cut_is_refused_whole,
    "PZ-E": an_impossible_date_costs_one_record,
    "PZ-F": a_counter_above_the_log_is_refused_in_time,
    "PZ-G": two_foreign_ids_stay_two_people,
    "PZ-H": a_peer_that_hangs_up_is_told_at_once,
    "PZ-J": live_events_are_never_acknowledged_nor_taken_for_answers,
    "PZ-K": live_events_are_never_acknowledged_nor_taken_for_answers,
    "PZ-L": live_events_are_never_acknowledged_nor_taken_for_answers,
    "PZ-M": a_count_that_is_not_said_is_not_an_empty_log,
    "PZ-N": an_endless_log_is_refused_when_announced,
    "PZ-O": a_late_or_spoilt_answer_is_no_answer,
    "FR-1": a_terminal_is_only_ever_asked,
    "FR-3": a_terminal_is_only_ever_asked,
    "OD-1": a_terminal_is_only_ever_asked,
    "OD-2": a_terminal_is_only_ever_asked,
    "OD-3": a_terminal_is_only_ever_asked,
}


@pytest.mark.parametrize("check", dict.fromkeys(CHECKS.values()), ids=lambda check: check.__name__)
def test_the_product_holds(check: Check) -> None:
    check()


# The bugs. In the reading child they are planted by source, before it begins.


def in_child(source: str) -> Plant:
    """A bug in the process that talks to the terminal."""
    program = (
        f"from devices import zk_contact, zk_line\n{source}\nzk_contact.main()"
        if "\n" in source
        else (f"from devices import zk_contact, zk_line; {source}; zk_contact.main()")
    )

    def plant(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(zk_child, "_COMMAND", (sys.executable, "-P", "-c", program))

    return plant


def in_decoder(decode: Callable[[LogReply], DecodedLog]) -> Plant:
    """A bug in what becomes of the bytes."""
    return lambda patch: patch.setattr(zk, "decode_log", decode)


def cut_to(reply: LogReply, size: int) -> LogReply:
    """The reply as if so many bytes were all of it."""
    body = size.to_bytes(4, "little") + reply.body[4 : 4 + size]
    return replace(reply, body=body, announced=len(body), count_before=None, count_after=None)


def empty(reply: LogReply) -> DecodedLog:
    return decode_log(replace(reply, body=bytes(4), announced=4, count_before=0, count_after=0))


def by_division(reply: LogReply) -> DecodedLog:
    """The size of a record is the bytes divided by the count, whatever the count counted."""
    size = (len(reply.body) - 4) // (reply.count_before or 1)
    payload, at, found = reply.body[4:], 0, bytearray()
    for _ in range(100_000):
        if at + size > len(payload):
            return decode_log(cut_to(replace(reply, body=bytes(4) + bytes(found)), len(found)))
        found += payload[at : at + size].ljust(40, b"\0")[:40]
        at += size
    raise RecursionError("no progress")


def what_came(reply: LogReply) -> DecodedLog:
    """As many records as fit into what arrived."""
    return decode_log(cut_to(reply, (len(reply.body) - 4) // 40 * 40))


def one_bad_all_bad(reply: LogReply) -> DecodedLog:
    found = decode_log(reply)
    if found.bad:
        raise BadReply("bad_reply")
    return found


def ids_without_foreign_letters(reply: LogReply) -> DecodedLog:
    body = reply.body.replace(b"12\xfe", b"12\0").replace(b"12\xff", b"12\0")
    return decode_log(replace(reply, body=body))


def nothing_counted_nothing_read(reply: LogReply) -> DecodedLog:
    return decode_log(reply) if reply.count_before else empty(reply)


ACKNOWLEDGED = """
from devices.simulated.packets import Packet, framed
read = zk_line.Line._read_frame
def acknowledged(self):
    frame = read(self)
    if zk_line.word(frame, 8) == zk_line.EVENT:
        ack = Packet(code=2000, session=zk_line.word(frame, 12), reply_id=0)
        self._socket.sendall(framed(ack.to_bytes()))
        int(frame[16:40].rstrip(bytes(1)))
    return frame
zk_line.Line._read_frame = acknowledged
"""
ONE_EVENT_A_SEGMENT = """
read = zk_line.Line._read_frame
def first_only(self):
    frame = read(self)
    if zk_line.word(frame, 8) == zk_line.EVENT:
        self._socket.recv(65536)
    return frame
zk_line.Line._read_frame = first_only
"""
KNOWN_EVENTS = """
import struct
read = zk_line.Line._read_frame
def known(self):
    frame = read(self)
    if zk_line.word(frame, 8) == zk_line.EVENT and len(frame) - 16 not in (10, 12, 14, 32, 36, 37, 52):
        raise struct.error
    return frame
zk_line.Line._read_frame = known
"""
SPINNING = """
def receive(self, size):
    got = self._socket.recv(size)
    self._journal.received += len(got)
    return got
zk_line.Line._receive = receive
"""
ANY_SIZE = """
def note(self, packet):
    self.reply = zk_line.word(packet, 0)
    if self.command == zk_line.PREPARE_BUFFER:
        self.announced = int.from_bytes(packet[9:13], "little")
zk_line.Journal.note_answer = note
"""
ANY_ANSWER = "zk_line.Journal.answers = lambda self, packet: True"


def and_then(call: str, *commands: int) -> Plant:
    """Another command after the reading, and the guard that would stop it taken away."""
    source = f"""
zk_line.ALLOWED_COMMANDS = zk_line.ALLOWED_COMMANDS | {set(commands)}
leave = zk_contact._take_leave
def also(client, lines):
    {call}
    leave(client, lines)
zk_contact._take_leave = also
"""
    return in_child(source)


PLANTED: list[tuple[str, str, Plant]] = [
    ("PZ-B", "record size by division", in_decoder(by_division)),
    ("PZ-D", "what came is taken", in_decoder(what_came)),
    ("PZ-E", "one bad record refuses the log", in_decoder(one_bad_all_bad)),
    ("PZ-F", "record size by division", in_decoder(by_division)),
    ("PZ-G", "letters that are none are dropped", in_decoder(ids_without_foreign_letters)),
    ("PZ-H", "a closed connection is read on", in_child(SPINNING)),
    ("PZ-J", "events are acknowledged and lost", in_child(ACKNOWLEDGED)),
    ("PZ-K", "one event of a segment", in_child(ONE_EVENT_A_SEGMENT)),
    ("PZ-L", "events of known sizes only", in_child(KNOWN_EVENTS)),
    ("PZ-M", "count 0 is an empty log", in_decoder(nothing_counted_nothing_read)),
    ("PZ-N", "any announced size is asked for", in_child(ANY_SIZE)),
    ("PZ-O", "any packet is an answer", in_child(ANY_ANSWER)),
    ("FR-1", "cleared after reading", and_then("client.clear_attendance()", 15)),
    ("OD-1", "cleared after reading", and_then("client.clear_attendance()", 15)),
    ("FR-3", "disabled and not enabled", and_then("client.disable_device()", 1003)),
    ("OD-3", "disabled and not enabled", and_then("client.disable_device()", 1003)),
    ("OD-2", "clock set", and_then("import datetime; client.set_time(datetime.datetime.now())", 202)),
]


def must_fail(check: Check) -> None:
    """A check that passes although a bug is planted proves nothing."""
    try:
        check()
    except (Exception, pytest.fail.Exception):
        return
    pytest.fail("the planted bug was not noticed")


@pytest.mark.parametrize(
    ("fault", "plant"), [pytest.param(fault, plant, id=f"{fault} {what}") for fault, what, plant in PLANTED]
)
def test_a_planted_bug_is_noticed(monkeypatch: pytest.MonkeyPatch, fault: str, plant: Plant) -> None:
    plant(monkeypatch)
    must_fail(CHECKS[fault])


@pytest.fixture
def harmless() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        in_child("pass")(patch)
        yield patch


@pytest.mark.usefixtures("harmless")
def test_planting_itself_breaks_nothing() -> None:
    """A child that failed to start would fail every check, and every bug would seem noticed."""
    a_clean_log_comes_whole()
    a_terminal_is_only_ever_asked()


@pytest.mark.parametrize(
    "source", [ACKNOWLEDGED, ONE_EVENT_A_SEGMENT, KNOWN_EVENTS, SPINNING, ANY_SIZE, ANY_ANSWER]
)
def test_a_bug_of_the_line_reads_a_clean_log_all_the_same(
    monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    """The naive handling is what others ship: it works until its fault comes."""
    in_child(source)(monkeypatch)
    a_clean_log_comes_whole()


@pytest.mark.parametrize(
    "decode",
    [by_division, what_came, one_bad_all_bad, ids_without_foreign_letters, nothing_counted_nothing_read],
)
def test_a_bug_of_the_decoder_reads_a_clean_log_all_the_same(
    monkeypatch: pytest.MonkeyPatch, decode: Callable[[LogReply], DecodedLog]
) -> None:
    in_decoder(decode)(monkeypatch)
    a_clean_log_comes_whole()


def test_every_named_fault_ends_in_punches_or_one_coded_error() -> None:
    """Whatever a terminal does, a reading gives true punches, sets records aside, or is refused."""
    true = set(rows_of(history(COUNT)))
    for name in NAMED:
        with terminal(NAMED[name]) as simulated:
            try:
                found = read(simulated)
            except DeviceError:
                continue
            assert set(rows(found)) <= true | {
                (one, at % 86_400 + 946_684_800, *more) for one, at, *more in true
            }
            assert len(found.punches) + len(found.bad) == COUNT, name


def test_the_types_that_a_naive_decoder_gives_are_the_real_ones() -> None:
    reply = LogReply(body=bytes(4), announced=4, count_before=0, count_after=0)
    found = empty(reply)
    assert isinstance(found.punches, PunchBatch)
    assert found.punches.device_seconds.dtype == np.int64
    assert all(isinstance(bad, BadRecord) for bad in found.bad)
