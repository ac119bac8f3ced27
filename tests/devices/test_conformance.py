"""What every driver must do, whatever the vendor: the same suite on each kind of the registry."""

import inspect
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from devices.base import Terminal, TerminalReading
from devices.errors import (
    CODES,
    BadCredentials,
    BadReply,
    DeviceError,
    NotSupported,
    Unreachable,
)
from devices.registry import DRIVERS, WITH_ACCOUNT
from devices.simulated import PunchColumns
from tests.devices.office import MORNING, NOW, SERIAL, clock, history, rows_of, seconds
from tests.devices.sources import PASSWORD, SOURCES, Source

pytestmark = pytest.mark.slow

KINDS_OF_ERROR = {
    "unreachable": Unreachable,
    "timed_out": Unreachable,
    "broken_off": Unreachable,
    "bad_credentials": BadCredentials,
    "bad_checksum": BadReply,
    "bad_reply": BadReply,
}
CAPABILITIES = {"clock", "counters", "pull", "since"}
WALL_CLOCK = datetime(2026, 11, 22, 10, 0, 0)


@pytest.fixture(params=sorted(DRIVERS))
def source(request: pytest.FixtureRequest) -> Source:
    """Give each registered kind in turn; one without a simulation fails here."""
    return SOURCES[request.param]


def tuples(reading: TerminalReading) -> list[tuple[str, int, int, int]]:
    punches = reading.punches
    columns = (punches.device_user_id, punches.device_seconds, punches.verify, punches.state)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def failure(terminal: Terminal) -> DeviceError:
    with pytest.raises(DeviceError) as caught:
        terminal.read()
    assert caught.value.code in CODES
    return caught.value


FAULTS = [(kind, code) for kind, source in sorted(SOURCES.items()) for code in source.faults]


def test_every_driver_has_the_protocols_methods_and_nothing_else_in_public() -> None:
    wanted = dict(inspect.getmembers(Terminal, inspect.isfunction))
    for kind, driver in DRIVERS.items():
        assert driver.kind == kind
        assert {"pull"} <= driver.capabilities <= CAPABILITIES
        public = {name for name, _ in inspect.getmembers(driver, callable) if not name.startswith("_")}
        assert public == {name for name in wanted if not name.startswith("_")}
        for name in {*public, "__init__"}:
            found, protocol = (inspect.signature(getattr(one, name)) for one in (driver, Terminal))
            assert found == protocol, f"{kind}.{name}"


def test_a_long_log_comes_whole_and_the_oldest_first(source: Source) -> None:
    log = source.log(history(1300))
    with source.make(log=log) as simulated:
        reading = source.read(simulated)
    assert tuples(reading) == rows_of(log)
    assert all(before <= after for before, after in pairwise(reading.punches.device_seconds.tolist()))
    assert (reading.serial, reading.bad, reading.covers_from) == (SERIAL, (), None)


def test_columns_have_the_documented_types(source: Source) -> None:
    with source.make(log=source.log(history(3))) as simulated:
        punches = source.read(simulated).punches
    numbers = (punches.verify, punches.state, punches.work_code)
    assert punches.device_user_id.dtype == object
    assert punches.device_seconds.dtype == np.int64
    assert {column.dtype for column in numbers} == {np.dtype(np.int32)}
    assert all(isinstance(one, str) for one in punches.device_user_id)
    assert all(isinstance(one, bytes) and one for one in punches.raw.astype(object))


def test_two_reads_of_one_log_are_equal(source: Source) -> None:
    with source.make(log=source.log(history(400))) as simulated:
        assert tuples(source.read(simulated)) == tuples(source.read(simulated))


def test_many_people_in_one_second_all_come(source: Source) -> None:
    ids = [str(number) for number in range(1001, 1061)]
    log = source.log(PunchColumns(user_id=ids, seconds=np.full(60, seconds(MORNING))))
    with source.make(log=log) as simulated:
        assert tuples(source.read(simulated)) == rows_of(log)


def test_leading_zeros_of_an_id_are_kept(source: Source) -> None:
    log = source.log(PunchColumns(user_id=["007", "7"], seconds=seconds(MORNING) + np.arange(2)))
    with source.make(log=log) as simulated:
        assert source.read(simulated).punches.device_user_id.tolist() == ["007", "7"]


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_times_are_the_wall_clock_of_the_terminals_zone(source: Source, zone: str) -> None:
    log = source.log(history(50))
    with source.make(log=log, timezone=zone) as simulated:
        reading = source.read(simulated, timezone=zone)
    assert tuples(reading) == rows_of(log)
    shown = {"Asia/Tokyo": WALL_CLOCK + timedelta(hours=2), "America/New_York": datetime(2026, 11, 21, 22)}
    assert reading.device_time == shown[zone]


def test_a_reading_tells_the_terminals_clock_beside_the_servers(source: Source) -> None:
    with source.make(faults=source.slow_clock) as simulated:
        reading = source.read(simulated)
    assert (reading.device_time, reading.server_time) == (WALL_CLOCK - timedelta(seconds=4000), NOW)


@pytest.mark.parametrize("kind", sorted(kind for kind, one in SOURCES.items() if one.impossible_clock))
def test_an_impossible_clock_is_a_note_and_not_a_failed_read(kind: str) -> None:
    source = SOURCES[kind]
    with source.make(log=source.log(history(5)), faults=source.impossible_clock) as simulated:
        reading = source.read(simulated)
    assert (reading.device_time, len(reading.punches)) == (None, 5)
    assert "clock_not_readable" in reading.notes


def test_a_check_brings_who_and_when_and_no_punch(source: Source) -> None:
    with source.make(log=source.log(history(5))) as simulated:
        reading = source.opened(simulated).check()
    assert (reading.serial, reading.device_time, len(reading.punches)) == (SERIAL, WALL_CLOCK, 0)
    assert reading.firmware


def test_an_empty_log_is_empty(source: Source) -> None:
    with source.make() as simulated:
        reading = source.read(simulated)
    assert (len(reading.punches), reading.bad) == (0, ())


def test_punches_made_between_two_reads_are_in_the_second(source: Source) -> None:
    late = source.log(PunchColumns(user_id=["1002"], seconds=history(50).seconds[-1:] + 60))
    with source.make(log=source.log(history(50))) as simulated:
        first = source.read(simulated)
        simulated.append(late)
        second = source.read(simulated)
    assert tuples(second) == [*tuples(first), *rows_of(late)]


def test_a_read_leaves_the_log_as_it_was(source: Source) -> None:
    with source.make(log=source.log(history(40))) as simulated:
        source.read(simulated)
        assert len(simulated) == 40


def test_what_is_wanted_from_a_time_on_comes_from_there_on(source: Source) -> None:
    log = source.log(history(600))
    since = MORNING + timedelta(hours=12)
    wanted = [row for row in rows_of(log) if row[1] >= seconds(since)]
    with source.make(log=log) as simulated:
        reading = source.read(simulated, since=since)
    assert 0 < len(wanted) < len(log.seconds)
    assert [row for row in tuples(reading) if row[1] >= seconds(since)] == wanted
    takes_it = "since" in DRIVERS[source.kind].capabilities
    assert reading.covers_from == (since if takes_it else None)
    assert (len(reading.punches) < len(log.seconds)) == takes_it


def test_a_broken_read_gives_nothing_and_the_next_one_everything(source: Source) -> None:
    log = source.log(history(1300))
    with source.make(log=log, faults=source.faults["broken_off"]) as simulated:
        error = failure(source.opened(simulated))
        simulated.faults = type(simulated.faults)()
        assert tuples(source.read(simulated)) == rows_of(log)
    assert (type(error), error.permanent) == (Unreachable, False)


@pytest.mark.parametrize(("kind", "code"), FAULTS)
def test_errors_are_told_apart(kind: str, code: str) -> None:
    source = SOURCES[kind]
    with source.make(log=source.log(history(1300)), faults=source.faults[code]) as simulated:
        error = failure(source.opened(simulated, timeout_seconds=1.0))
    assert (type(error), error.code) == (KINDS_OF_ERROR[code], code)
    assert error.permanent == (code == "bad_credentials")


def test_nobody_there_is_unreachable(source: Source) -> None:
    with source.make() as simulated:
        terminal = source.opened(simulated)
    error = failure(terminal)
    assert (type(error), error.code) == (Unreachable, "unreachable")


def test_a_wrong_secret_is_told_as_such(source: Source) -> None:
    with source.make() as simulated:
        error = failure(source.opened(simulated, **source.wrong_secret))
    assert (type(error), error.code, error.permanent) == (BadCredentials, "bad_credentials", True)


def test_another_serial_number_stops_the_read(source: Source) -> None:
    with source.make(log=source.log(history(5))) as simulated:
        assert failure(source.opened(simulated, serial="CKT7010002")).code == source.other_serial


@pytest.mark.parametrize(
    ("host", "networks", "code"),
    [
        ("127.0.0.1", (), "address_not_allowed"),
        ("127.0.0.1", ("0.0.0.0/0",), "address_not_allowed"),
        ("localhost", ("127.0.0.0/8",), "not_an_address"),
    ],
)
def test_an_address_that_is_not_allowed_is_never_contacted(
    source: Source, host: str, networks: tuple[str, ...], code: str
) -> None:
    with source.make() as simulated:
        error = failure(source.opened(simulated, host=host, allowed_networks=networks))
    assert (type(error), error.code, list(source.asked(simulated))) == (NotSupported, code, [])


def test_no_name_card_or_picture_is_kept(source: Source) -> None:
    with source.make(log=source.log(history(5))) as simulated:
        reading = source.read(simulated)
    kept = b"".join(reading.punches.raw.astype(object))
    assert all(secret not in kept for secret in ("Nguyễn".encode(), b"Nguy", b"77001122", b"picture"))


def test_secrets_are_not_in_what_the_settings_print(source: Source) -> None:
    with source.make() as simulated:
        settings = replace(source.settings(simulated), comm_key=987_654, password=PASSWORD)
    assert PASSWORD not in repr(settings)
    assert "987654" not in repr(settings)


def test_an_account_is_asked_for_where_the_registry_says_so(source: Source) -> None:
    with source.make(log=source.log(history(5))) as simulated:
        terminal = source.opened(simulated, user="")
        if source.kind in WITH_ACCOUNT:
            assert failure(terminal).code == "credentials_missing"
        else:
            assert len(terminal.read().punches) == 5


def test_the_servers_time_is_taken_when_the_terminals_clock_arrives(source: Source) -> None:
    moments = [NOW + timedelta(seconds=at) for at in range(9, 0, -1)]
    with source.make(log=source.log(history(5))) as simulated:
        driver = DRIVERS[source.kind](source.settings(simulated), moments.pop)
        assert driver.read().server_time in (NOW + timedelta(seconds=1), NOW + timedelta(seconds=2))
    assert clock() == NOW
