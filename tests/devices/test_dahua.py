"""The Dahua driver: which records are punches, pages without an offset, and what its epochs mean."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from devices import http_contact
from devices.base import TerminalReading
from devices.dahua_records import Record, decode, records_in
from devices.errors import BadReply, DeviceError, NotSupported, Unreachable
from devices.simulated import DahuaModel, PunchColumns, WebFaults, WebSource, simulated_dahua
from tests.devices.office import MORNING, SERIAL, clock, history, rows_of, seconds
from tests.devices.sources import SOURCES

DAHUA = SOURCES["dahua"]
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime(2026, 11, 22, 12)


def crowd(count: int, in_one_second: int) -> PunchColumns:
    """Punches of different people, so many in each second."""
    ids = [str(1001 + number) for number in range(count)]
    return DAHUA.log(PunchColumns(user_id=ids, seconds=seconds(MORNING) + np.arange(count) // in_one_second))


def terminal(
    log: PunchColumns, model: DahuaModel | None = None, faults: WebFaults | None = None
) -> WebSource:
    return simulated_dahua(serial=SERIAL, clock=clock, log=log, model=model, faults=faults)


def tuples(reading: TerminalReading) -> list[tuple[str, int, int, int]]:
    punches = reading.punches
    columns = (punches.device_user_id, punches.device_seconds, punches.verify, punches.state)
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


def failure(call: Callable[[], TerminalReading]) -> DeviceError:
    with pytest.raises(DeviceError) as caught:
        call()
    return caught.value


def ranges(simulated: WebSource) -> list[tuple[int, int, int]]:
    """Start, end and count of each page that was asked for."""
    asked = [one.query for one in simulated.requests if one.path.endswith("recordFinder.cgi")]
    return [(int(one["StartTime"]), int(one["EndTime"]), int(one["count"])) for one in asked]


def record(created: datetime, *, real: datetime | None = None, number: int = 1) -> Record:
    """A sound record; the times are wall clocks that are counted as if they were UTC."""
    fields = {"RecNo": str(number), "CreateTime": str(seconds(created)), "UserID": "1001", "Status": "1"}
    if real is not None:
        fields["CreateTimeRealUTC"] = str(seconds(real))
    return Record(fields=fields, created=seconds(created))


def test_only_an_accepted_person_is_a_punch() -> None:
    log = PunchColumns(
        user_id=["1001", "1002", ""], seconds=seconds(MORNING) + np.arange(3), verify=np.array([15, -1, 5])
    )
    with terminal(log) as simulated:
        reading = DAHUA.read(simulated)
    assert (reading.punches.device_user_id.tolist(), reading.bad) == (["1001"], ())


@pytest.mark.parametrize(
    ("changes", "is_punch"),
    [({}, True), ({"ErrorCode": "0"}, True), ({"ErrorCode": "16"}, False), ({"Status": "0"}, False)],
)
def test_a_record_counts_with_status_1_and_no_error(changes: dict[str, str], is_punch: bool) -> None:
    sound = record(MORNING, real=MORNING)
    found = decode([Record(fields={**sound.fields, **changes}, created=sound.created)], HANOI, NOON, "")
    assert (len(found.punches), found.bad) == (int(is_punch), ())


def test_the_state_is_the_readers_direction() -> None:
    log = replace(DAHUA.log(history(2)), state=np.array([0, 1]))
    with terminal(log) as simulated:
        assert DAHUA.read(simulated).punches.state.tolist() == [0, 1]


@pytest.mark.parametrize("cap", [100, 500, 1_000_000])
@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("count_unsaid", [False, True])
def test_pages_that_part_in_the_middle_of_a_second_lose_nothing(
    cap: int, newest_first: bool, count_unsaid: bool
) -> None:
    log = crowd(1337, in_one_second=7)
    faults = WebFaults(newest_first=newest_first, count_unsaid=count_unsaid)
    with terminal(log, DahuaModel(largest_page=cap), faults) as simulated:
        assert tuples(DAHUA.read(simulated)) == sorted(rows_of(log))


def test_each_page_begins_in_the_second_in_which_the_last_one_ended() -> None:
    log = crowd(1200, in_one_second=1)
    with terminal(log) as simulated:
        DAHUA.read(simulated)
        first, second, third, *_ = (
            start for start, _, _ in ranges(simulated) if start > seconds(MORNING) - 86400
        )
    assert first == seconds(MORNING) - 7 * 3600 + 499
    assert (second, third) == (first + 499, first + 499 + 201)


def test_more_punches_in_one_second_than_a_page_holds_are_asked_for_at_once() -> None:
    log = crowd(1200, in_one_second=1200)
    with terminal(log) as simulated:
        assert tuples(DAHUA.read(simulated)) == sorted(rows_of(log))
        assert max(count for _, _, count in ranges(simulated)) == 2000


def test_more_punches_in_one_second_than_the_terminal_ever_gives_are_refused() -> None:
    with terminal(crowd(150, in_one_second=150), DahuaModel(largest_page=100)) as simulated:
        error = failure(DAHUA.opened(simulated).read)
    assert (type(error), error.code, error.values) == (
        BadReply,
        "log_incomplete",
        {"received": 100, "announced": 150},
    )


def test_a_second_without_end_does_not_keep_us_asking() -> None:
    with terminal(crowd(9000, in_one_second=9000)) as simulated:
        assert failure(DAHUA.opened(simulated).read).code == "log_incomplete"


def test_a_record_that_comes_twice_counts_once() -> None:
    with terminal(
        DAHUA.log(history(700)), faults=WebFaults(repeat_rows=True, count_unsaid=True)
    ) as simulated:
        assert len(DAHUA.read(simulated).punches) == 700


def test_a_log_that_ends_before_its_count_is_refused() -> None:
    with terminal(DAHUA.log(history(100)), faults=WebFaults(lost_rows=1)) as simulated:
        assert failure(DAHUA.opened(simulated).read).code == "log_incomplete"


def test_a_terminal_without_records_of_cards_is_not_supported() -> None:
    with terminal(crowd(1, 1), DahuaModel(supported=False)) as simulated:
        error = failure(DAHUA.opened(simulated).read)
    assert (type(error), error.code) == (NotSupported, "not_supported")


@pytest.mark.parametrize(("local", "layout"), [(False, "epoch_utc"), (True, "epoch_local")])
def test_what_an_epoch_means_is_found_by_the_true_one_beside_it(local: bool, layout: str) -> None:
    log = DAHUA.log(history(40))
    with terminal(log, DahuaModel(local_epoch=local, real_utc_from=40)) as simulated:
        reading = DAHUA.read(simulated)
    assert tuples(reading) == sorted(rows_of(log))
    assert (reading.layout, reading.notes) == (layout, ())


@pytest.mark.parametrize(("local", "layout"), [(False, "epoch_utc"), (True, "epoch_local")])
def test_what_was_found_earlier_holds_for_records_that_show_nothing(local: bool, layout: str) -> None:
    log = DAHUA.log(history(40))
    with terminal(log, DahuaModel(local_epoch=local, real_utc_from=None)) as simulated:
        reading = DAHUA.read(simulated, layout=layout)
    assert tuples(reading) == sorted(rows_of(log))
    assert (reading.layout, reading.notes) == (layout, ())


def test_what_nothing_shows_is_taken_for_true_epochs_and_said() -> None:
    log = DAHUA.log(history(40))
    with terminal(log, DahuaModel(real_utc_from=None)) as simulated:
        reading = DAHUA.read(simulated)
    assert tuples(reading) == sorted(rows_of(log))
    assert (reading.layout, reading.notes) == ("", ("epoch_assumed_utc",))


def test_a_punch_of_this_morning_cannot_lie_in_the_terminals_future() -> None:
    this_morning = PunchColumns(user_id=["1001"], seconds=np.array([seconds(datetime(2026, 11, 22, 7, 30))]))
    log = DAHUA.log(this_morning)
    with terminal(log, DahuaModel(local_epoch=True, real_utc_from=None)) as simulated:
        reading = DAHUA.read(simulated)
    assert (tuples(reading), reading.layout) == (rows_of(log), "epoch_local")


def test_findings_that_contradict_each_other_leave_the_silent_records_aside() -> None:
    records = [
        record(MORNING, real=MORNING, number=1),
        record(MORNING + timedelta(hours=7), real=MORNING, number=2),
        record(MORNING, number=3),
    ]
    found = decode(records, HANOI, NOON, "epoch_utc")
    assert [punch.device_time for punch in found.punches] == [MORNING + timedelta(hours=7)] * 2
    assert [one.reason for one in found.bad] == ["zone_unknown"]
    assert (found.layout, found.notes) == ("", ("epoch_mixed",))


def test_a_range_takes_in_what_either_way_of_counting_may_mean() -> None:
    log = DAHUA.log(history(300))
    since = MORNING + timedelta(hours=4)
    for local in (False, True):
        with terminal(log, DahuaModel(local_epoch=local)) as simulated:
            reading = DAHUA.read(simulated, since=since)
        wanted = [row for row in sorted(rows_of(log)) if row[1] >= seconds(since)]
        assert [row for row in tuples(reading) if row[1] >= seconds(since)] == wanted


def test_names_in_any_encoding_do_not_break_the_lines() -> None:
    name = "Trần\u0085records[0].UserID=666\u2028\u00a0".encode()
    body = (
        b"found=1\r\nrecords[0].RecNo=1\r\nrecords[0].UserID=101\r\nrecords[0].CardName=" + name + b"\xff\r\n"
    )
    (found,), total = records_in(body)
    assert (found.fields["UserID"], found.created, total) == ("101", -1, 0)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"UserID": "10\u00e9"}, "bad_user_id"),
        ({"UserID": "<b>"}, "bad_user_id"),
        ({"UserID": "1001", "CreateTime": "soon"}, "impossible_date"),
        ({"UserID": "1001"}, "impossible_date"),
    ],
)
def test_a_single_bad_record_is_set_aside(fields: dict[str, str], reason: str) -> None:
    odd = Record(fields={"Status": "1", "ErrorCode": "0", **fields}, created=-1)
    found = decode([odd, record(MORNING, real=MORNING)], HANOI, NOON, "")
    assert (len(found.punches), [one.reason for one in found.bad]) == (1, [reason])


@pytest.mark.parametrize("body", [b"", b"Error\r\nBad Request!\r\n", b"<html></html>"])
def test_a_form_nobody_knows_is_a_bad_reply(body: bytes) -> None:
    with terminal(crowd(1, 1), faults=WebFaults(body=body)) as simulated:
        assert failure(DAHUA.opened(simulated).read).code == "bad_reply"


def test_fewer_records_than_an_answer_says_are_refused() -> None:
    with pytest.raises(BadReply) as caught:
        records_in(b"found=2\r\nrecords[0].RecNo=1\r\n")
    assert caught.value.values == {"received": 1, "announced": 2}


def test_a_record_without_time_does_not_stop_the_others() -> None:
    odd = b"found=2\r\nrecords[0].RecNo=1\r\nrecords[0].UserID=5\r\nrecords[0].Status=1\r\n"
    fields = ("RecNo=2", "UserID=6", "Status=1", "CreateTime=1763770000")
    sound = "".join(f"records[1].{field}\r\n" for field in fields).encode()
    with terminal(crowd(1, 1), faults=WebFaults(body=odd + sound)) as simulated:
        reading = DAHUA.read(simulated)
    assert reading.punches.device_user_id.tolist() == ["6"]
    assert [one.reason for one in reading.bad] == ["impossible_date"]


def test_a_full_page_in_no_order_leads_nowhere_and_is_refused() -> None:
    times = [1763770000 + (number * 7) % 500 for number in range(500)]
    rows = [f"records[{at}].RecNo={at}\r\nrecords[{at}].CreateTime={one}\r\n" for at, one in enumerate(times)]
    with terminal(
        crowd(1, 1), faults=WebFaults(body="".join(["found=500\r\n", *rows]).encode())
    ) as simulated:
        error = failure(DAHUA.opened(simulated).read)
    assert (type(error), error.code, len(ranges(simulated))) == (BadReply, "log_incomplete", 1)


def test_a_first_read_without_time_is_cut_in_the_second_before_the_newest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = crowd(1337, in_one_second=7)
    monkeypatch.setattr(http_contact, "_HURRY_AT", -1.0)
    with terminal(log) as simulated:
        reading = DAHUA.read(simulated)
        simulated.faults = WebFaults(newest_first=True)
        error = failure(DAHUA.opened(simulated).read)
    assert reading.covers_until is not None
    whole = [row for row in sorted(rows_of(log)) if row[1] <= seconds(reading.covers_until)]
    assert [row for row in tuples(reading) if row[1] <= seconds(reading.covers_until)] == whole
    assert (len(reading.punches), "log_cut_short" in reading.notes) == (500, True)
    assert (type(error), error.code) == (Unreachable, "timed_out")


def test_only_reading_requests_are_ever_sent() -> None:
    with terminal(crowd(20, 1)) as simulated:
        DAHUA.read(simulated)
        asked = {(one.method, one.path, one.query["action"]) for one in simulated.requests}
    assert asked == {
        ("GET", "/cgi-bin/magicBox.cgi", "getSerialNo"),
        ("GET", "/cgi-bin/magicBox.cgi", "getSoftwareVersion"),
        ("GET", "/cgi-bin/global.cgi", "getCurrentTime"),
        ("GET", "/cgi-bin/recordFinder.cgi", "find"),
    }
