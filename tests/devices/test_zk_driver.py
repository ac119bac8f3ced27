"""The ZK driver against terminals on loopback: what it reads, asks, sends and never sends."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from devices import zk_line
from devices.base import PunchBatch, Terminal, TerminalReading
from devices.errors import BadCredentials, BadReply, DeviceError, NotSupported, Unreachable
from devices.registry import open_terminal
from devices.simulated import Faults, PunchColumns, SimulatedModel, SimulatedTerminal
from devices.simulated.encode import LAYOUT_NAMES
from devices.zk import ZkTerminal
from tests.devices.office import NOW, SERIAL, STAFF, clock, history, rows_of, settings_for

pytestmark = pytest.mark.slow

CONNECT, EXIT, AUTH, VERSION = 1000, 1001, 1102, 1100
OPTIONS, SIZES, GET_TIME = 11, 50, 201
PREPARE, READ, FREE = 1503, 1504, 1502
WALL_CLOCK = datetime(2026, 11, 22, 10, 0, 0)


def terminal(
    count: int = 100, faults: Faults | None = None, model: SimulatedModel | None = None
) -> SimulatedTerminal:
    return SimulatedTerminal(
        serial=SERIAL, clock=clock, users=STAFF, log=history(count), model=model, faults=faults
    )


def opened(simulated: SimulatedTerminal, **changes: object) -> Terminal:
    return open_terminal(settings_for(simulated, **changes), clock)


def tuples(punches: PunchBatch) -> list[tuple[str, int, int, int]]:
    columns = (punches.device_user_id, punches.device_seconds, punches.verify, punches.state)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def failure(call: Callable[[], TerminalReading]) -> DeviceError:
    with pytest.raises(DeviceError) as caught:
        call()
    return caught.value


@pytest.mark.parametrize("udp", [False, True])
@pytest.mark.parametrize("layout", LAYOUT_NAMES)
def test_every_layout_is_read_whole_in_pieces_of_every_size(layout: str, udp: bool) -> None:
    model = SimulatedModel(layout=layout, udp=udp, data_bytes=5000, short_prepare=udp)
    with terminal(2500, model=model) as simulated:
        reading = opened(simulated, transport="udp" if udp else "").read()
    assert tuples(reading.punches) == rows_of(history(2500))
    assert (reading.layout, reading.bad, reading.notes) == (layout, (), ())


@pytest.mark.parametrize("segment", [1, 3, 7, 16])
def test_frames_that_arrive_in_pieces_are_put_together(segment: int) -> None:
    with terminal(30, Faults(bytes_per_segment=segment)) as simulated:
        assert tuples(opened(simulated).read().punches) == rows_of(history(30))


@pytest.mark.parametrize("short_prepare", [False, True])
def test_a_chunk_may_be_announced_in_four_bytes_or_eight(short_prepare: bool) -> None:
    with terminal(5000, model=SimulatedModel(short_prepare=short_prepare)) as simulated:
        assert tuples(opened(simulated).read().punches) == rows_of(history(5000))


def test_a_reading_says_who_when_and_how_much() -> None:
    with terminal(100) as simulated:
        reading = opened(simulated, serial=SERIAL).read()
    assert (reading.serial, reading.firmware) == (SERIAL, "Ver 6.60 Sep 19 2019")
    assert (reading.count_before, reading.count_after, reading.capacity, reading.users) == (
        100,
        100,
        100_000,
        3,
    )
    assert (reading.device_time, reading.server_time) == (WALL_CLOCK, NOW)


def test_counters_that_are_not_said_are_unknown_and_not_zero() -> None:
    with terminal(100, Faults(short_sizes=True)) as simulated:
        reading = opened(simulated).check()
    assert (reading.count_before, reading.count_after, reading.capacity, reading.users) == (None,) * 4


def test_a_check_brings_all_of_that_and_no_punch() -> None:
    with terminal(100) as simulated:
        reading = opened(simulated).check()
    assert (reading.serial, reading.count_after, reading.device_time) == (SERIAL, 100, WALL_CLOCK)
    assert (len(reading.punches), reading.layout) == (0, "")
    assert PREPARE not in simulated.commands


def test_the_servers_time_is_taken_when_the_terminals_arrives() -> None:
    moments = iter([NOW, NOW + timedelta(seconds=9)])
    with terminal(5) as simulated:
        reading = ZkTerminal(settings_for(simulated), lambda: next(moments)).read()
    assert reading.server_time == NOW + timedelta(seconds=9)


def test_a_wrong_clock_is_reported_as_it_is() -> None:
    with terminal(5, Faults(clock_offset_seconds=-4000)) as simulated:
        assert opened(simulated).read().device_time == WALL_CLOCK - timedelta(seconds=4000)


def test_a_clock_on_30_february_is_a_note_and_not_a_failed_pull() -> None:
    with terminal(5, Faults(impossible_clock=True)) as simulated:
        reading = opened(simulated).read()
    assert (reading.device_time, reading.notes) == (None, ("clock_not_readable",))
    assert len(reading.punches) == 5


def test_a_read_asks_in_the_right_order_and_for_nothing_else() -> None:
    with terminal(5, model=SimulatedModel(comm_key=77)) as simulated:
        opened(simulated, comm_key=77).read()
    assert simulated.commands == (
        *(CONNECT, AUTH, OPTIONS, VERSION, GET_TIME, SIZES),
        *(PREPARE, PREPARE, SIZES, EXIT),
    )


@pytest.mark.parametrize("layout", LAYOUT_NAMES)
def test_only_reading_commands_are_ever_sent(layout: str) -> None:
    with terminal(3000, model=SimulatedModel(layout=layout)) as simulated:
        opened(simulated).check()
        opened(simulated).read()
        assert len(simulated) == 3000
    allowed = {CONNECT, AUTH, OPTIONS, VERSION, GET_TIME, SIZES, PREPARE, READ, FREE, EXIT}
    assert set(simulated.commands) <= allowed
    assert allowed == zk_line.ALLOWED_COMMANDS


def test_the_user_list_is_left_alone_where_records_name_their_users() -> None:
    with terminal(3000) as simulated:
        opened(simulated).read()
    assert simulated.commands.count(PREPARE) == 1


def test_one_hundred_thousand_punches_are_pulled() -> None:
    with terminal(100_000) as simulated:
        reading = opened(simulated).read()
    assert len(reading.punches) == 100_000
    assert np.array_equal(reading.punches.device_seconds, history(100_000).seconds)
    assert (reading.count_after, reading.capacity) == (100_000, 100_000)


def test_punches_made_between_two_reads_are_in_the_second() -> None:
    late = PunchColumns(user_id=["1002"], seconds=history(50).seconds[-1:] + 60, verify=15)
    with terminal(50) as simulated:
        first = opened(simulated).read()
        simulated.append(late)
        second = opened(simulated).read()
    assert tuples(second.punches) == [*tuples(first.punches), *rows_of(late)]


def test_an_empty_terminal_is_empty_and_says_so() -> None:
    with terminal(0) as simulated:
        reading = opened(simulated).read()
    assert (len(reading.punches), reading.notes, reading.layout) == (0, ("log_empty",), "")


@pytest.mark.parametrize("key", [1, 1234, 123_456, 131_071, 999_999])
@pytest.mark.parametrize("session", [1, 0x1234, 0x8000, 0xFFFE])
def test_the_comm_key_opens_with_every_session(key: int, session: int) -> None:
    with terminal(5, model=SimulatedModel(comm_key=key, first_session=session)) as simulated:
        assert opened(simulated, comm_key=key).check().serial == SERIAL


@pytest.mark.parametrize("key", [0, 1233, 12345])
def test_a_wrong_comm_key_is_told_as_such_and_not_tried_again(key: int) -> None:
    with terminal(5, model=SimulatedModel(comm_key=1234)) as simulated:
        error = failure(opened(simulated, comm_key=key).read)
    assert (type(error), error.code, error.permanent) == (BadCredentials, "bad_credentials", True)
    assert simulated.commands.count(AUTH) == 1
    assert OPTIONS not in simulated.commands


def test_another_serial_number_stops_the_read_before_the_log() -> None:
    with terminal(5) as simulated:
        error = failure(opened(simulated, serial="CKT7010002").read)
    assert (type(error), error.code) == (BadReply, "wrong_serial")
    assert error.values == {"expected": "CKT7010002", "found": SERIAL}
    assert simulated.commands == (CONNECT, OPTIONS, EXIT)


@pytest.mark.parametrize("serial", ["", "AB C", "AB\u00e9", "<b>", "A" * 65])
def test_a_serial_number_that_cannot_be_one_is_refused(serial: str) -> None:
    with SimulatedTerminal(serial=serial, clock=clock) as simulated:
        assert failure(opened(simulated).read).code == "bad_serial"


def test_firmware_that_is_not_plain_text_is_left_out() -> None:
    with terminal(5, model=SimulatedModel(firmware="Ver \u1ec7\x1b[31m")) as simulated:
        assert opened(simulated).read().firmware == ""


@pytest.mark.parametrize(
    ("host", "networks", "code"),
    [
        ("127.0.0.1", (), "address_not_allowed"),
        ("127.0.0.1", ("0.0.0.0/0",), "address_not_allowed"),
        ("192.168.1.5", ("192.168.2.0/24",), "address_not_allowed"),
        ("localhost", ("127.0.0.0/8",), "not_an_address"),
        ("127.0.0.1; touch X #", ("127.0.0.0/8",), "not_an_address"),
    ],
)
def test_an_address_that_is_not_allowed_is_never_contacted(
    host: str, networks: tuple[str, ...], code: str
) -> None:
    with terminal(5) as simulated:
        error = failure(opened(simulated, host=host, allowed_networks=networks).read)
    assert (type(error), error.code) == (NotSupported, code)
    assert simulated.commands == ()


def test_nobody_there_is_unreachable() -> None:
    with terminal(5) as simulated:
        settings = settings_for(simulated)
    error = failure(ZkTerminal(settings, clock).read)
    assert (type(error), error.code) == (Unreachable, "unreachable")


def test_a_layout_proven_earlier_must_be_found_again() -> None:
    with terminal(50) as simulated:
        assert opened(simulated, layout="40").read().layout == "40"
        assert failure(opened(simulated, layout="16").read).code == "layout_changed"


def test_a_log_of_slots_needs_a_user_list_that_can_be_read() -> None:
    nameless = SimulatedModel(layout="8")
    users = [replace(user, user_id="12\u00e9") for user in STAFF]
    with SimulatedTerminal(
        serial=SERIAL, clock=clock, users=users, log=history(50), model=nameless
    ) as simulated:
        error = failure(opened(simulated).read)
    assert error.code in {"users_missing", "no_layout_fits"}
