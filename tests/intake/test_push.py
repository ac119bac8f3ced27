"""What is kept of a delivery: each punch once, the stamp beside it, and for when the log is complete."""

import logging
from collections.abc import Sequence
from datetime import datetime
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, event, update
from sqlalchemy.exc import OperationalError

from devices.zk_push import DeviceInfo
from monitor.intake import push
from monitor.intake.push import (
    Caller,
    PushRefused,
    greet,
    note_poll,
    park,
)
from monitor.rules.wallclock import seconds_of, text_of
from monitor.store.session import transaction
from monitor.store.tables import Terminal
from tests.intake.pushing import (
    CALLER,
    LOOPBACK,
    NOW,
    QUIET,
    contact,
    deliver,
    line,
    minutes,
    stored,
)
from tests.office import punch, rows


def test_a_delivery_is_stored_as_it_came_and_marks_its_people(office: Engine) -> None:
    rows_before = rows(office, "SELECT count(*) FROM stale_span")
    intake = deliver(office, line("1", "2026-03-02 07:29:51", state=1, verify=15))
    assert (intake.stored, intake.duplicates, intake.quarantined) == (1, 0, 0)
    assert rows(office, "SELECT verify, state, source FROM punch") == [(15, 1, "push")]
    assert rows(office, "SELECT raw FROM punch") == [(b"1\t2026-03-02 07:29:51\t1\t15\t0\t\t",)]
    assert rows(office, "SELECT count(*) FROM stale_span") > rows_before


def test_a_resend_stores_nothing_twice_and_quarantines_nothing_twice(office: Engine) -> None:
    lines = (line("1", "2026-03-02 07:29:51"), b"rubbish", line("1", "2026-03-02 07:29:51"))
    assert deliver(office, *lines).stored == 1
    again = deliver(office, *lines)
    assert (again.stored, again.duplicates, again.quarantined) == (0, 2, 1)
    assert rows(office, "SELECT reason, raw FROM quarantined_record") == [("bad_line", b"rubbish")]
    assert len(stored(office)) == 1


@pytest.mark.parametrize("pushed_first", [True, False])
def test_a_punch_that_is_pulled_and_pushed_is_one(office: Engine, pushed_first: bool) -> None:
    def pushed() -> None:
        deliver(office, line("1", "2026-03-02 07:29:51", state=4, verify=15))

    def pulled() -> None:
        punch(office, ("1", "2026-03-02 07:29:51"))

    for channel in (pushed, pulled) if pushed_first else (pulled, pushed):
        channel()
    assert stored(office) == [("1", "2026-03-02 07:29:51", "push" if pushed_first else "pull")]
    assert rows(office, "SELECT count(*) FROM punch_variant") == [(1,)]


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        ("2026-03-02 10:10:01", "in_the_future"),
        ("2000-01-01 00:00:03", "clock_reset"),
        ("2026-02-30 07:00:00", "impossible_date"),
        ("1772409600", "epoch_time"),
    ],
)
def test_a_time_that_cannot_be_is_kept_aside_and_the_rest_is_stored(
    office: Engine, time: str, reason: str
) -> None:
    intake = deliver(office, line("1", time), line("1", "2026-03-02 07:29:51"))
    assert (intake.stored, intake.quarantined) == (1, 1)
    assert rows(office, "SELECT reason, raw, source FROM quarantined_record") == [
        (reason, line("1", time), "push")
    ]


def test_poison_of_any_length_is_kept_and_never_stops_the_rest(office: Engine) -> None:
    noise = bytes(range(11, 256)) * 60
    intake = deliver(office, noise, b"\xff\x00\xfe", line("1", "2026-03-02 07:29:51"))
    assert (intake.stored, intake.quarantined) == (1, 2)
    assert {row[0] for row in rows(office, "SELECT reason FROM quarantined_record")} == {
        "line_too_long",
        "bad_line",
    }


def test_a_full_load_of_long_poison_fits_the_database(office: Engine) -> None:
    poison = [bytes((place % 200 + 33,)) * 3000 + b"\x80" * place for place in range(50)]
    assert deliver(office, *poison).quarantined == 50


def test_the_stamp_handed_back_is_one_that_came_with_a_committed_batch(office: Engine) -> None:
    assert greet(office, CALLER, NOW).stamp == ""
    deliver(office, line("1", "2026-03-02 07:29:51"), stamp="777")
    assert greet(office, CALLER, NOW).stamp == "777"
    deliver(office, line("1", "2026-03-02 07:29:52"))
    assert greet(office, CALLER, NOW).stamp == "777"


def test_a_batch_that_is_not_committed_leaves_neither_punch_nor_stamp(
    office: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(office, line("1", "2026-03-02 07:00:00"), stamp="1")

    def fails(*_: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("disk full"))

    event.listen(office, "commit", fails)
    with pytest.raises(OperationalError):
        deliver(office, line("1", "2026-03-02 07:29:51"), b"rubbish", stamp="2")
    event.remove(office, "commit", fails)
    assert len(stored(office)) == 1
    assert rows(office, "SELECT count(*) FROM quarantined_record") == [(0,)]
    assert greet(office, CALLER, NOW).stamp == "1"


def test_another_device_under_the_same_code_starts_without_a_stamp(office: Engine) -> None:
    deliver(office, line("1", "2026-03-02 07:29:51"), stamp="777")
    with transaction(office) as session:
        session.connection().execute(update(Terminal).values(serial="SN2"))
    other = Caller(serial="SN2", address="127.0.0.1", allowed_networks=LOOPBACK)
    assert greet(office, other, NOW).stamp == ""
    with pytest.raises(PushRefused):
        greet(office, CALLER, NOW)


@pytest.mark.parametrize(
    ("values", "caller", "code"),
    [
        ({}, Caller(serial="SN9", address="127.0.0.1", allowed_networks=LOOPBACK), "serial_unknown"),
        ({"push": False}, CALLER, "serial_unknown"),
        ({}, Caller(serial="SN1", address="10.1.2.3", allowed_networks=LOOPBACK), "address_not_allowed"),
        ({}, Caller(serial="SN1", address="127.0.0.1", allowed_networks=()), "address_not_allowed"),
        (
            {},
            Caller(serial="SN1", address="127.0.0.1", allowed_networks=("0.0.0.0/0",)),
            "address_not_allowed",
        ),
        ({"push_network": "127.0.0.2/32"}, CALLER, "address_not_allowed"),
        ({"push_network": "nonsense"}, CALLER, "address_not_allowed"),
    ],
)
def test_who_may_not_deliver_leaves_no_trace(
    office: Engine, values: dict[str, object], caller: Caller, code: str
) -> None:
    if values:
        with transaction(office) as session:
            session.connection().execute(update(Terminal).values(values))
    for refused in (
        lambda: deliver(office, line("1", "2026-03-02 07:29:51"), caller=caller),
        lambda: greet(office, caller, NOW),
        lambda: note_poll(office, caller, QUIET, NOW),
    ):
        with pytest.raises(PushRefused) as error:
            refused()
        assert error.value.code == code
    assert stored(office) == []
    assert rows(office, "SELECT count(*) FROM push_contact") == [(0,)]


@pytest.mark.parametrize("values", [{"push_network": "127.0.0.0/24"}, {"kind": "zk_push", "push": False}])
def test_who_may_deliver(office: Engine, values: dict[str, object]) -> None:
    with transaction(office) as session:
        session.connection().execute(update(Terminal).values(values))
    assert deliver(office, line("1", "2026-03-02 07:29:51")).stored == 1


def test_an_unknown_serial_number_waits_in_one_row(office: Engine, caplog: pytest.LogCaptureFixture) -> None:
    stranger = Caller(serial="SN9", address="127.0.0.1", allowed_networks=LOOPBACK)
    with caplog.at_level(logging.WARNING):
        for minute in range(3):
            park(office, stranger, minutes(minute))
    assert rows(office, "SELECT serial, address, attempts FROM pending_terminal") == [("SN9", "127.0.0.1", 3)]
    assert [record.__dict__["event"] for record in caplog.records] == ["terminal_pending"]


def test_a_flood_of_serial_numbers_keeps_those_that_called_last(
    office: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "MOST_PENDING", 3)
    for number in range(6):
        park(
            office,
            Caller(serial=f"X{number}", address="127.0.0.1", allowed_networks=LOOPBACK),
            minutes(number),
        )
    assert rows(office, "SELECT serial FROM pending_terminal ORDER BY serial") == [("X3",), ("X4",), ("X5",)]


def test_an_approved_serial_number_waits_no_longer(office: Engine) -> None:
    park(office, CALLER, NOW)
    greet(office, CALLER, NOW)
    assert rows(office, "SELECT count(*) FROM pending_terminal") == [(0,)]


def test_polls_are_written_down_once_a_minute_and_tell_of_the_firmware(office: Engine) -> None:
    note_poll(office, CALLER, DeviceInfo(firmware="Ver 6.8.0", records=150), NOW)
    note_poll(office, CALLER, QUIET, minutes(0.5))
    assert contact(office).last_at == NOW
    note_poll(office, CALLER, QUIET, minutes(1))
    found = contact(office)
    assert (found.last_at, found.firmware, found.records) == (minutes(1), "Ver 6.8.0", 150)


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("09:59:58", "07:59:40", ["terminal_clock_moved"]),
        ("09:59:58", "09:59:40", []),
        ("09:59:58", "09:41:00", []),
        ("07:00:00", "05:00:00", []),  # a backlog before: nothing is known of the clock
    ],
)
def test_a_clock_that_a_zone_moved_is_told(
    office: Engine, caplog: pytest.LogCaptureFixture, first: str, second: str, told: Sequence[str]
) -> None:
    deliver(office, line("1", f"2026-03-02 {first}"))
    deliver(office, line("2", f"2026-03-02 {second}"))
    assert [record.__dict__["event"] for record in caplog.records] == list(told)


def test_two_deliveries_at_once_store_each_punch_once(office: Engine) -> None:
    lines = [line("1", text_of(seconds_of(datetime(2026, 3, 2, 7)) + place)) for place in range(200)]
    start = Barrier(4)
    failures: list[Exception] = []

    def send() -> None:
        start.wait()
        try:
            deliver(office, *lines)
        except Exception as error:
            failures.append(error)

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert rows(office, "SELECT count(*) FROM punch") == [(200,)]


def test_pushing_terminals_are_found_by_their_own_serial_number_only(office: Engine) -> None:
    with transaction(office) as session:
        session.add(Terminal(id=2, code="M2", name="M2", kind="zk_push", serial="SN2"))
    other = Caller(serial="SN2", address="127.0.0.1", allowed_networks=LOOPBACK)
    deliver(office, line("1", "2026-03-02 07:29:51"), caller=other)
    deliver(office, line("1", "2026-03-02 07:29:51"))
    assert rows(office, "SELECT terminal_id FROM punch ORDER BY terminal_id") == [(1,), (2,)]
