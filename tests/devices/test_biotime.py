"""The BioTime driver: tokens, pages, one terminal among many, and how far its log is known."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from devices import http_contact
from devices.base import TerminalReading
from devices.errors import BadCredentials, BadReply, DeviceError, NotSupported, Unreachable
from devices.simulated import BioTimeModel, WebFaults, WebSource, simulated_biotime
from tests.devices.office import MORNING, SERIAL, clock, history, rows_of, seconds
from tests.devices.sources import SOURCES

BIOTIME = SOURCES["biotime"]
WALL_CLOCK = datetime(2026, 11, 22, 10)
TRANSACTIONS = "/iclock/api/transactions/"


def server(count: int = 60, model: BioTimeModel | None = None, faults: WebFaults | None = None) -> WebSource:
    log = BIOTIME.log(history(count))
    return simulated_biotime(serial=SERIAL, clock=clock, log=log, model=model, faults=faults)


def tuples(reading: TerminalReading) -> list[tuple[str, int, int, int]]:
    punches = reading.punches
    columns = (punches.device_user_id, punches.device_seconds, punches.verify, punches.state)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def failure(call: Callable[[], TerminalReading]) -> DeviceError:
    with pytest.raises(DeviceError) as caught:
        call()
    return caught.value


def signatures(simulated: WebSource) -> list[str]:
    """Kinds of token that requests for punches carried, in order."""
    asked = [one for one in simulated.requests if one.path == TRANSACTIONS]
    return [one.headers["authorization"].split()[0] for one in asked]


@pytest.mark.parametrize(
    ("gives", "takes", "used"),
    [
        (("JWT", "Token"), ("JWT", "Token"), "JWT"),
        (("JWT",), ("JWT",), "JWT"),
        (("Token",), ("Token",), "Token"),
        (("JWT", "Token"), ("Token",), "Token"),
    ],
)
def test_either_token_opens_the_server(gives: tuple[str, ...], takes: tuple[str, ...], used: str) -> None:
    with server(model=BioTimeModel(gives=gives, takes=takes)) as simulated:
        assert tuples(BIOTIME.read(simulated)) == rows_of(BIOTIME.log(history(60)))
        assert set(signatures(simulated)) == {used}


def test_a_token_that_expires_is_renewed() -> None:
    model = BioTimeModel(largest_page=10)
    with server(200, model, WebFaults(stale_after=3)) as simulated:
        assert len(BIOTIME.read(simulated).punches) == 200
        assert len([one for one in simulated.requests if one.path.endswith("token-auth/")]) > 5


@pytest.mark.parametrize("takes", [(), ("Other",)])
def test_a_server_that_takes_no_token_refuses_the_account(takes: tuple[str, ...]) -> None:
    with server(model=BioTimeModel(takes=takes)) as simulated:
        error = failure(BIOTIME.opened(simulated).read)
        assert (type(error), error.code, len(simulated.requests)) == (BadCredentials, "bad_credentials", 4)


def test_a_wrong_password_is_tried_once() -> None:
    with server() as simulated:
        error = failure(BIOTIME.opened(simulated, password="abc").read)  # noqa: S106  (made up)
        assert (type(error), len(simulated.requests)) == (BadCredentials, 1)


def test_a_server_without_a_door_for_programs_is_not_supported() -> None:
    with server(model=BioTimeModel(gives=())) as simulated:
        error = failure(BIOTIME.opened(simulated).read)
    assert (type(error), error.code) == (NotSupported, "not_supported")


@pytest.mark.parametrize(
    ("name", "cap"), [("page_size", 1000), ("limit", 20), ("limit", 1000), ("rows", 1000)]
)
def test_pages_of_any_size_are_turned_to_the_end(name: str, cap: int) -> None:
    model = BioTimeModel(page_name=name, largest_page=cap)
    with server(60, model) as simulated:
        assert tuples(BIOTIME.read(simulated)) == rows_of(BIOTIME.log(history(60)))


def test_the_host_that_the_next_page_names_is_never_asked() -> None:
    with server() as other:
        model = BioTimeModel(largest_page=10, inner_host=f"http://127.0.0.1:{other.port}")
        with server(60, model) as simulated:
            assert len(BIOTIME.read(simulated).punches) == 60
        assert other.requests == []


@pytest.mark.parametrize(
    "faults", [WebFaults(newest_first=True), WebFaults(repeat_rows=True, count_unsaid=True)]
)
def test_any_order_and_repeated_rows_change_nothing(faults: WebFaults) -> None:
    with server(60, BioTimeModel(largest_page=10), faults) as simulated:
        assert tuples(BIOTIME.read(simulated)) == rows_of(BIOTIME.log(history(60)))


def test_rows_that_an_unordered_server_never_gave_are_missed() -> None:
    with server(faults=WebFaults(lost_rows=1)) as simulated:
        error = failure(BIOTIME.opened(simulated).read)
    assert (type(error), error.code, error.values) == (
        BadReply,
        "log_incomplete",
        {"received": 59, "announced": 60},
    )


@pytest.mark.parametrize("following", ["?page=1", "http://x/?page=1&page_size=500", "http://x/?page=2"])
def test_a_page_that_leads_nowhere_ends_the_read(following: str) -> None:
    body = json.dumps({"count": 0, "next": following, "data": []}).encode()
    with server(faults=WebFaults(body=body)) as simulated:
        error = failure(BIOTIME.opened(simulated).read)
    assert (type(error), error.code) == (BadReply, "log_incomplete")


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"data": 5},
        {"data": [5]},
        {"data": [], "next": "http://[x/?page=2"},
        {"data": [], "next": "http://x/"},
        {"data": [{"id": 1, "emp_code": "1", "punch_time": "2026-11-02 08:00:00"}]},
    ],
)
def test_a_form_nobody_knows_is_a_bad_reply(told: dict[str, object]) -> None:
    with server(faults=WebFaults(body=json.dumps(told).encode())) as simulated:
        assert failure(BIOTIME.opened(simulated).read).code == "bad_reply"


@pytest.mark.parametrize("filters", [True, False])
def test_punches_of_other_terminals_are_left_to_them(filters: bool) -> None:
    model = BioTimeModel(others=("CKT7010002", "CKT7010003"), filters=filters)
    with server(60, model) as simulated:
        reading = BIOTIME.read(simulated)
    assert tuples(reading) == rows_of(BIOTIME.log(history(60)))
    assert reading.serial == SERIAL


def test_which_terminal_is_meant_must_be_said() -> None:
    with server() as simulated:
        error = failure(BIOTIME.opened(simulated, serial="").read)
        assert (type(error), error.code, simulated.requests) == (NotSupported, "serial_missing", [])


def test_a_terminal_that_the_server_does_not_know_is_told_before_its_log_is_asked_for() -> None:
    with server() as simulated:
        error = failure(BIOTIME.opened(simulated, serial="CKT7010009").read)
        assert signatures(simulated) == []
    assert (type(error), error.code) == (NotSupported, "terminal_unknown")
    assert error.values == {"serial": "CKT7010009"}


def test_a_terminal_found_on_a_later_page_of_the_list_is_found() -> None:
    model = BioTimeModel(others=tuple(f"CKT80100{number}" for number in range(10, 40)), largest_page=10)
    with server(5, model) as simulated:
        assert BIOTIME.opened(simulated).check().firmware == "Ver 8.0.4.3"


def test_nothing_is_known_after_the_terminals_last_word_to_its_server() -> None:
    with server(model=BioTimeModel(silent_for=timedelta(days=2))) as simulated:
        reading = BIOTIME.read(simulated)
    assert (reading.device_time, reading.covers_until) == (WALL_CLOCK, WALL_CLOCK - timedelta(days=2))


def test_where_terminals_may_not_be_listed_the_newest_upload_is_its_last_word() -> None:
    with server(model=BioTimeModel(lists=False)) as simulated:
        reading = BIOTIME.read(simulated)
    newest = MORNING + timedelta(seconds=int(history(60).seconds[-1]) - seconds(MORNING) + 5)
    assert (reading.covers_until, reading.notes) == (newest, ("terminal_not_listed",))


def test_a_terminal_of_which_nothing_is_known_covers_nothing() -> None:
    with server(0, BioTimeModel(lists=False)) as simulated:
        reading = BIOTIME.read(simulated)
    assert (reading.device_time, reading.covers_until) == (None, None)
    assert reading.notes == ("terminal_not_listed", "last_contact_unknown")


def test_a_server_that_does_not_date_its_answers_has_no_readable_clock() -> None:
    with server(model=BioTimeModel(dated=False)) as simulated:
        reading = BIOTIME.read(simulated)
    assert (reading.device_time, reading.notes) == (None, ("clock_not_readable",))


def test_a_range_begins_half_an_hour_early_for_what_was_uploaded_late() -> None:
    since = MORNING + timedelta(hours=3)
    with server() as simulated:
        reading = BIOTIME.read(simulated, since=since)
        (asked,) = (one.query for one in simulated.requests if one.path == TRANSACTIONS)
    assert (asked["start_time"], asked["terminal_sn"]) == ("2026-11-02 10:00:00", SERIAL)
    assert reading.covers_from == since


def test_a_single_bad_row_is_set_aside_and_the_others_come() -> None:
    row = {"id": 1, "emp_code": "1001", "punch_time": "2026-11-02 08:00:00", "terminal_sn": SERIAL}
    rows = [row, row | {"id": 2, "punch_time": "2026-02-30 08:00:00"}, row | {"id": 3, "emp_code": None}]
    body = json.dumps({"count": 3, "next": None, "data": rows}).encode()
    with server(faults=WebFaults(body=body)) as simulated:
        reading = BIOTIME.read(simulated)
    assert tuples(reading) == [("1001", seconds(datetime(2026, 11, 2, 8)), -1, -1)]
    assert [one.reason for one in reading.bad] == ["impossible_date", "bad_user_id"]


def test_a_first_read_without_time_is_cut_where_the_oldest_come_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http_contact, "_HURRY_AT", -1.0)
    with server(60, BioTimeModel(largest_page=25)) as simulated:
        reading = BIOTIME.read(simulated)
        simulated.faults = WebFaults(newest_first=True)
        error = failure(BIOTIME.opened(simulated).read)
    assert tuples(reading) == rows_of(BIOTIME.log(history(60)))[:25]
    newest = int(history(60).seconds[24])
    assert reading.covers_until is not None
    assert (seconds(reading.covers_until), reading.notes) == (newest - 1, ("log_cut_short",))
    assert (type(error), error.code) == (Unreachable, "timed_out")


def test_only_reading_requests_are_ever_sent() -> None:
    with server() as simulated:
        BIOTIME.read(simulated)
        asked = {(one.method, one.path) for one in simulated.requests}
    assert asked == {
        ("POST", "/jwt-api-token-auth/"),
        ("GET", "/iclock/api/terminals/"),
        ("GET", TRANSACTIONS),
    }
