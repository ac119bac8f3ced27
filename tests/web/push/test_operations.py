"""What was done to a terminal, the key it shows, and strict mode, in which a delivery is no evidence."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, update
from werkzeug.test import Client

from monitor.config import Settings
from monitor.rules.wallclock import seconds_of
from monitor.store.session import transaction
from monitor.store.tables import Terminal
from monitor.web.push import create_push_app
from tests.office import rows
from tests.web.push.desk import LINE, NOW, UPLOAD, broken_storage, count, get, post

OPERATIONS = "/iclock/cdata?SN=SN1&table=OPERLOG&OpStamp=9&Stamp=77"
POLL = "/iclock/getrequest?SN=SN1"
COVERED = "SELECT starts, ends FROM coverage_interval ORDER BY starts"


def operation(number: int, time: str) -> bytes:
    return f"OPLOG {number}\t14\t2026-03-02 {time}\t0\t0\t0\t0\n".encode()


def at(clock: str) -> int:
    return seconds_of(datetime.fromisoformat(f"2026-03-02 {clock}"))


def settle(client: Client, clock: list[datetime], line: bytes, minutes: int) -> None:
    """Upload, then poll with an empty queue: the log is proven up to then."""
    clock[0] = NOW + timedelta(minutes=minutes)
    assert post(client, UPLOAD, line).status_code == 200
    assert get(client, POLL).status_code == 200


def test_an_operation_is_stored_once_without_who_did_it(client: Client, office: Engine) -> None:
    for _ in range(2):
        assert post(client, OPERATIONS, operation(21, "09:00:00")).text == "OK"
    assert rows(office, "SELECT kind, device_time FROM terminal_event") == [("clock_set", at("09:00:00"))]


def test_a_cleared_log_opens_a_gap_from_the_last_delivered_punch(
    client: Client, office: Engine, clock: list[datetime]
) -> None:
    settle(client, clock, LINE, 0)
    settle(client, clock, b"1\t2026-03-02 10:06:00\t0\t1\n", 6)
    assert rows(office, COVERED) == [(at("07:29:51"), at("10:06:00"))]
    clock[0] = NOW + timedelta(minutes=11)
    post(client, OPERATIONS, operation(13, "10:10:00"))
    settle(client, clock, b"1\t2026-03-02 10:12:00\t0\t1\n", 12)
    assert rows(office, COVERED) == [
        (at("07:29:51"), at("10:06:00")),
        (at("10:10:00"), at("10:12:00")),
    ]


def test_a_clear_that_is_told_late_cuts_what_was_taken_for_complete(
    client: Client, office: Engine, clock: list[datetime]
) -> None:
    settle(client, clock, LINE, 0)
    settle(client, clock, b"1\t2026-03-02 10:06:00\t0\t1\n", 6)
    with transaction(office) as session:
        session.connection().exec_driver_sql("DELETE FROM stale_span")
    post(client, OPERATIONS, operation(13, "09:00:00"))
    assert rows(office, COVERED) == [
        (at("07:29:51"), at("07:29:51")),
        (at("09:00:00"), at("10:06:00")),
    ]
    assert count(office, "stale_span") > 0


def test_after_a_clear_nothing_is_proven_before_the_next_delivery(
    client: Client, office: Engine, clock: list[datetime]
) -> None:
    settle(client, clock, LINE, 0)
    before = rows(office, COVERED)
    post(client, OPERATIONS, operation(22, "10:01:00"))
    clock[0] = NOW + timedelta(minutes=20)
    get(client, POLL)
    assert rows(office, COVERED) == before


def test_a_clock_that_was_set_is_a_fact_and_no_gap(
    client: Client, office: Engine, clock: list[datetime]
) -> None:
    settle(client, clock, LINE, 0)
    before = rows(office, COVERED)
    post(client, OPERATIONS, operation(21, "09:00:00"))
    assert rows(office, COVERED) == before


def test_a_clock_far_ahead_hides_no_more_than_the_present(
    client: Client, office: Engine, clock: list[datetime]
) -> None:
    post(client, OPERATIONS, b"OPLOG 13\t14\t2083-01-01 00:00:00\t0\n")
    settle(client, clock, b"1\t2026-03-02 10:20:00\t0\t1\n", 20)
    assert rows(office, COVERED) == [(at("10:20:00"), at("10:20:00"))]


def test_the_stamp_of_operations_is_handed_back_only_after_their_commit(
    client: Client, office: Engine
) -> None:
    with broken_storage(office):
        assert post(client, OPERATIONS, operation(21, "09:00:00")).status_code == 503
    hello = "/iclock/cdata?SN=SN1&options=all"
    assert "OPERLOGStamp=0\n" in get(client, hello).text
    post(client, OPERATIONS, operation(21, "09:00:00"))
    assert "OPERLOGStamp=77\n" in get(client, hello).text
    assert "ATTLOGStamp=0\n" in get(client, hello).text


def test_templates_among_the_operations_are_thrown_away_however_large(client: Client, office: Engine) -> None:
    large = b"FP PIN=1\tTMP=" + b"A" * 2_000_000
    assert post(client, OPERATIONS, large).text == "OK"
    assert (
        post(client, OPERATIONS, b"USER PIN=1\tName=Lan\tPasswd=9\n" + operation(21, "09:00:00")).text == "OK"
    )
    assert count(office, "terminal_event") == 1


@pytest.mark.parametrize(("query", "status"), [("", 403), ("&ComKey=1", 403), ("&ComKey=88888888", 200)])
def test_a_terminal_with_a_push_key_must_show_it(
    client: Client, office: Engine, query: str, status: int
) -> None:
    with transaction(office) as session:
        session.connection().execute(update(Terminal).values(push_key="88888888"))
    assert post(client, UPLOAD + query, LINE).status_code == status
    assert get(client, POLL + query).status_code == status
    assert count(office, "punch") == (status == 200)
    assert count(office, "pending_terminal") == 0


STRICT = Settings.model_validate(
    {"terminals": {"allowed_networks": ["127.0.0.0/8"]}, "push": {"strict": True}}
)


@pytest.fixture
def strict(office: Engine) -> Client:
    return Client(create_push_app(office, STRICT, lambda: NOW))


def test_in_strict_mode_a_delivery_asks_for_one_reading_and_is_not_stored(
    strict: Client, office: Engine
) -> None:
    for _ in range(3):
        assert post(strict, UPLOAD, LINE).text == "OK: 1"
    assert (count(office, "punch"), count(office, "coverage_interval")) == (0, 0)
    assert rows(office, "SELECT terminal_id, asked_by FROM pull_request") == [(1, "(push)")]


def test_in_strict_mode_ok_still_means_committed(strict: Client, office: Engine) -> None:
    with broken_storage(office):
        assert post(strict, UPLOAD, LINE).status_code == 503
    assert count(office, "pull_request") == 0


def test_in_strict_mode_a_terminal_that_cannot_be_read_is_turned_away_and_keeps_its_punches(
    strict: Client, office: Engine
) -> None:
    with transaction(office) as session:
        session.connection().execute(update(Terminal).values(kind="zk_push"))
    assert post(strict, UPLOAD, LINE).status_code == 403
    assert (count(office, "pull_request"), count(office, "pending_terminal")) == (0, 0)


def test_in_strict_mode_polls_prove_nothing(strict: Client, office: Engine) -> None:
    post(strict, UPLOAD, LINE)
    get(strict, POLL)
    assert count(office, "coverage_interval") == 0
