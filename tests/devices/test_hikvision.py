"""The Hikvision driver: which events are punches, how pages are turned, and how it signs in."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from devices import http_contact
from devices.base import TerminalReading
from devices.digest_session import DigestSession
from devices.errors import BadCredentials, BadReply, DeviceError, NotSupported, Unreachable
from devices.http_contact import HttpContact
from devices.simulated import HikvisionModel, PunchColumns, WebFaults, WebSource, simulated_hikvision
from tests.devices.office import MORNING, SERIAL, clock, history, rows_of, seconds
from tests.devices.sources import PASSWORD, SOURCES

HIKVISION = SOURCES["hikvision"]
SEARCH = "/ISAPI/AccessControl/AcsEvent"
LAN_AT_EIGHT = {
    "major": 5,
    "minor": 75,
    "time": "2026-11-02T08:00:00+07:00",
    "employeeNoString": "1001",
    "serialNo": 1,
}


def terminal(
    count: int = 100, model: HikvisionModel | None = None, faults: WebFaults | None = None
) -> WebSource:
    log = HIKVISION.log(history(count))
    return simulated_hikvision(serial=SERIAL, clock=clock, log=log, model=model, faults=faults)


def answering(*events: dict[str, Any], **changes: Any) -> WebFaults:
    """Answer every search with these events."""
    told = {"numOfMatches": len(events), "responseStatusStrg": "OK", "InfoList": list(events)} | changes
    return WebFaults(body=json.dumps({"AcsEvent": told}).encode())


def tuples(reading: TerminalReading) -> list[tuple[str, int, int, int]]:
    punches = reading.punches
    columns = (punches.device_user_id, punches.device_seconds, punches.verify, punches.state)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def failure(call: Callable[[], TerminalReading]) -> DeviceError:
    with pytest.raises(DeviceError) as caught:
        call()
    return caught.value


def searches(simulated: WebSource) -> list[dict[str, Any]]:
    """What was searched for; a request that was refused for want of an answer does not count."""
    asked = [one for one in simulated.requests if one.path == SEARCH and "authorization" in one.headers]
    return [json.loads(one.body)["AcsEventCond"] for one in asked]


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every contact believe that its time is running out."""
    monkeypatch.setattr(http_contact, "_HURRY_AT", -1.0)


@pytest.mark.parametrize(
    ("minor", "is_punch"),
    [(75, True), (38, True), (1, True), (40, True), (101, True), (76, False), (39, False), (8, False)],
)
def test_only_an_accepted_person_is_a_punch(minor: int, is_punch: bool) -> None:
    log = PunchColumns(user_id=["1001"], seconds=np.array([seconds(MORNING)]), verify=minor)
    with simulated_hikvision(serial=SERIAL, clock=clock, log=log) as simulated:
        reading = HIKVISION.read(simulated)
    assert (reading.punches.verify.tolist(), reading.bad) == ([minor] if is_punch else [], ())


def test_doors_and_events_of_nobody_are_passed_over() -> None:
    log = PunchColumns(
        user_id=["", "1001", ""], seconds=seconds(MORNING) + np.arange(3), verify=np.array([75, 75, 21])
    )
    with simulated_hikvision(serial=SERIAL, clock=clock, log=log) as simulated:
        assert HIKVISION.read(simulated).punches.device_user_id.tolist() == ["1001"]


def test_the_state_is_what_the_person_chose_and_none_where_it_is_undefined() -> None:
    states = np.array([0, 1, 2, 3, 4, 5, 255])
    log = PunchColumns(user_id=["1001"] * 7, seconds=seconds(MORNING) + np.arange(7), verify=75, state=states)
    with simulated_hikvision(serial=SERIAL, clock=clock, log=log) as simulated:
        assert HIKVISION.read(simulated).punches.state.tolist() == [0, 1, 2, 3, 4, 5, -1]


def test_one_search_is_turned_page_by_page_in_small_pages() -> None:
    with terminal(75) as simulated:
        HIKVISION.read(simulated)
        asked = searches(simulated)
    assert [one["searchResultPosition"] for one in asked] == [0, 30, 60]
    assert {one["maxResults"] for one in asked} == {30}
    assert len({one["searchID"] for one in asked}) == 1
    assert asked[0]["startTime"].endswith("+07:00")


def test_the_place_moves_on_by_what_came_and_not_by_what_was_asked() -> None:
    with terminal(75, HikvisionModel(largest_page=10)) as simulated:
        assert tuples(HIKVISION.read(simulated)) == rows_of(HIKVISION.log(history(75)))
        assert [one["searchResultPosition"] for one in searches(simulated)] == list(range(0, 75, 10))


@pytest.mark.parametrize(
    "faults", [WebFaults(count_unsaid=True), WebFaults(newest_first=True), WebFaults(repeat_rows=True)]
)
def test_habits_of_firmware_change_nothing(faults: WebFaults) -> None:
    with terminal(100, faults=faults) as simulated:
        assert tuples(HIKVISION.read(simulated)) == rows_of(HIKVISION.log(history(100)))


@pytest.mark.parametrize("lost", [1, 40])
def test_a_log_that_ends_before_its_count_is_refused(lost: int) -> None:
    with terminal(100, faults=WebFaults(lost_rows=lost)) as simulated:
        error = failure(HIKVISION.opened(simulated).read)
    assert (type(error), error.code) == (BadReply, "log_incomplete")
    assert error.values == {"received": 100 - lost, "announced": 100}


def test_a_page_with_fewer_events_than_it_says_is_refused() -> None:
    with terminal(1, faults=answering(LAN_AT_EIGHT, numOfMatches=2)) as simulated:
        assert failure(HIKVISION.opened(simulated).read).code == "log_incomplete"


def test_a_search_ends_where_more_is_said_and_nothing_comes() -> None:
    with terminal(1, faults=answering(responseStatusStrg="MORE")) as simulated:
        assert len(HIKVISION.read(simulated).punches) == 0


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b'{"AcsEvent": 5}', b'{"AcsEvent": {"InfoList": []}}', b"\xff\xfe", b""]
)
def test_a_form_nobody_knows_is_a_bad_reply(body: bytes) -> None:
    with terminal(1, faults=WebFaults(body=body)) as simulated:
        assert failure(HIKVISION.opened(simulated).read).code == "bad_reply"


def test_a_single_bad_event_is_set_aside_and_the_others_come() -> None:
    events = (
        LAN_AT_EIGHT,
        LAN_AT_EIGHT | {"serialNo": 2, "time": "2026-02-30T08:00:00+07:00"},
        LAN_AT_EIGHT | {"serialNo": 3, "employeeNoString": "10\u00e901"},
        LAN_AT_EIGHT | {"serialNo": 4, "minor": "front door"},
    )
    with terminal(1, faults=answering(*events)) as simulated:
        reading = HIKVISION.read(simulated)
    assert len(reading.punches) == 1
    assert [(one.reason, one.device_user_id) for one in reading.bad] == [
        ("impossible_date", "1001"),
        ("bad_user_id", ""),
    ]
    assert b'"serialNo": 2' in reading.bad[0].raw


def test_a_terminal_that_counts_from_1_again_loses_nothing() -> None:
    again = LAN_AT_EIGHT | {"time": "2026-11-03T08:00:00+07:00"}
    with terminal(1, faults=answering(LAN_AT_EIGHT, LAN_AT_EIGHT, again)) as simulated:
        assert len(HIKVISION.read(simulated).punches) == 2


def test_times_without_offset_are_the_terminals_own() -> None:
    with terminal(40, HikvisionModel(offsets=False)) as simulated:
        reading = HIKVISION.read(simulated)
    assert tuples(reading) == rows_of(HIKVISION.log(history(40)))
    assert reading.device_time == datetime(2026, 11, 22, 10)


def test_times_with_another_offset_are_moved_to_the_terminals_zone() -> None:
    with terminal(40, HikvisionModel(timezone="UTC")) as simulated:
        reading = HIKVISION.read(simulated)
    there = replace(history(40), seconds=history(40).seconds + 7 * 3600)
    assert tuples(reading) == rows_of(HIKVISION.log(there))
    assert reading.device_time == datetime(2026, 11, 22, 10)


@pytest.mark.parametrize(("algorithm", "qop"), [("MD5", ""), ("MD5", "auth"), ("SHA-256", "auth")])
def test_every_form_of_challenge_is_answered(algorithm: str, qop: str) -> None:
    with terminal(70, HikvisionModel(algorithm=algorithm, qop=qop)) as simulated:
        assert len(HIKVISION.read(simulated).punches) == 70


def test_a_nonce_that_grows_old_is_replaced() -> None:
    with terminal(200, faults=WebFaults(stale_after=3)) as simulated:
        assert len(HIKVISION.read(simulated).punches) == 200


def test_a_wrong_password_is_tried_once() -> None:
    with terminal(5) as simulated:
        error = failure(HIKVISION.opened(simulated, password="abc").read)  # noqa: S106  (made up)
        signed = [one for one in simulated.requests if "authorization" in one.headers]
    assert (type(error), len(signed)) == (BadCredentials, 1)


def test_a_password_that_is_changed_in_the_middle_is_not_tried_again() -> None:
    with terminal(5) as simulated, HttpContact(HIKVISION.settings(simulated)) as contact:
        session = DigestSession(contact, "admin", PASSWORD)
        assert session.ask("GET", "/ISAPI/System/time").status == 200
        simulated.faults = WebFaults(refuse_everybody=True)
        before = len(simulated.requests)
        assert session.ask("GET", "/ISAPI/System/time").status == 401
        assert len(simulated.requests) == before + 1


@pytest.mark.parametrize(
    ("model", "kind", "code"),
    [
        (HikvisionModel(supported=False), NotSupported, "not_supported"),
        (HikvisionModel(allowed=False), BadCredentials, "no_permission"),
    ],
)
def test_a_refused_search_tells_a_model_that_cannot_from_an_account_that_may_not(
    model: HikvisionModel, kind: type[DeviceError], code: str
) -> None:
    with terminal(5, model) as simulated:
        assert HIKVISION.opened(simulated).check().serial == SERIAL
        error = failure(HIKVISION.opened(simulated).read)
    assert (type(error), error.code) == (kind, code)


def test_only_reading_requests_are_ever_sent() -> None:
    with terminal(70) as simulated:
        HIKVISION.opened(simulated).check()
        HIKVISION.read(simulated)
        asked = {(one.method, one.path) for one in simulated.requests}
    assert asked == {("GET", "/ISAPI/System/deviceInfo"), ("GET", "/ISAPI/System/time"), ("POST", SEARCH)}


def test_another_serial_number_stops_before_the_log() -> None:
    with terminal(5) as simulated:
        failure(HIKVISION.opened(simulated, serial="CKT7010002").read)
        assert searches(simulated) == []


@pytest.mark.usefixtures("hurry")
def test_a_first_read_without_time_is_cut_and_the_next_goes_on_from_there() -> None:
    ids = [str(1001 + number) for number in range(75)]
    log = HIKVISION.log(PunchColumns(user_id=ids, seconds=seconds(MORNING) + np.arange(75) // 4))
    expected = rows_of(log)
    rows: list[tuple[str, int, int, int]] = []
    since: datetime | None = None
    with simulated_hikvision(serial=SERIAL, clock=clock, log=log) as simulated:
        for _ in range(3):
            reading = HIKVISION.read(simulated, since=since)
            rows += [row for row in tuples(reading) if row not in rows]
            since = reading.covers_until
            if since is None:
                break
            assert reading.notes == ("log_cut_short",)
            assert {row for row in expected if row[1] <= seconds(since)} <= set(rows)
    assert (rows, since) == (expected, None)


@pytest.mark.usefixtures("hurry")
def test_a_log_that_comes_newest_first_cannot_be_cut() -> None:
    with terminal(75, faults=WebFaults(newest_first=True)) as simulated:
        error = failure(HIKVISION.opened(simulated).read)
    assert (type(error), error.code) == (Unreachable, "timed_out")


def test_a_range_begins_at_the_very_second() -> None:
    since = MORNING + timedelta(hours=3)
    with terminal(100) as simulated:
        HIKVISION.read(simulated, since=since)
        assert {one["startTime"] for one in searches(simulated)} == {"2026-11-02T10:30:00+07:00"}
