"""What the port need not ask again – polls that say nothing, who was let in – and what it must."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, event, update
from werkzeug.test import Client, TestResponse

from monitor.store.session import transaction
from monitor.store.tables import Terminal
from monitor.web.push_heard import Heard, Known
from tests.intake.pushing import coverage
from tests.office import rows
from tests.web.push.desk import LINE, NOW, UPLOAD, broken_storage, count, get, post

POLL = "/iclock/getrequest?SN=SN1"


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def test_a_poll_is_noted_once_a_minute_and_asks_nothing_in_between(
    office: Engine, client: Client, clock: list[datetime]
) -> None:
    get(client, POLL)
    with statements(office) as asked:
        for _ in range(5):
            clock[0] += timedelta(seconds=11)
            assert get(client, POLL).text == "OK"
    assert asked == []
    clock[0] += timedelta(seconds=5)
    get(client, POLL)
    assert rows(office, "SELECT last_at FROM push_contact") == [("2026-03-02 03:01:00.000000",)]


def test_the_first_poll_after_an_upload_still_proves_its_hours(
    office: Engine, client: Client, clock: list[datetime]
) -> None:
    get(client, POLL)
    assert post(client, UPLOAD, LINE).text == "OK: 1"
    clock[0] += timedelta(seconds=20)
    get(client, POLL)
    assert coverage(office) == [("2026-03-02 07:29:51", "2026-03-02 07:30:11")]


def test_another_caller_or_firmware_is_not_taken_for_the_one_before(office: Engine, client: Client) -> None:
    get(client, POLL)
    assert get(client, POLL, address="10.0.0.5").status_code == 403
    get(client, POLL + "&INFO=Ver%209,0,0,0")
    assert rows(office, "SELECT firmware FROM push_contact") == [("Ver 9",)]


def test_a_clock_that_is_set_back_makes_nobody_silent(
    office: Engine, client: Client, clock: list[datetime]
) -> None:
    get(client, POLL)
    clock[0] -= timedelta(hours=1)
    with statements(office) as asked:
        get(client, POLL)
    assert asked != []


def test_a_delivery_asks_once_who_it_is_when_it_was_let_in_before(office: Engine, client: Client) -> None:
    post(client, UPLOAD, LINE)
    with statements(office) as asked:
        post(client, UPLOAD, LINE)
    assert [one for one in asked if one.startswith("BEGIN")] == ["BEGIN IMMEDIATE"]


def test_who_may_no_longer_deliver_stores_nothing_although_it_was_let_in_before(
    office: Engine, client: Client
) -> None:
    post(client, UPLOAD, LINE)
    with transaction(office) as session:
        session.connection().execute(update(Terminal).values(push=False))
    later = LINE.replace(b"07:29", b"08:29")
    assert post(client, UPLOAD, later).status_code == 403
    assert count(office, "punch") == 1


def simultaneous(office: Engine, client: Client) -> tuple[Future[TestResponse], Future[TestResponse]]:
    """An upload that is held in its transaction, and a poll of the same terminal that comes meanwhile."""
    storing, go_on = threading.Event(), threading.Event()

    def hold(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO punch"):
            storing.set()
            assert go_on.wait(60)

    event.listen(office, "before_cursor_execute", hold)
    with ThreadPoolExecutor(2) as pool:
        upload = pool.submit(post, client, UPLOAD, LINE)
        assert storing.wait(60)
        poll = pool.submit(get, client, POLL)
        assert poll.result(60).text == "OK"
        go_on.set()
    event.remove(office, "before_cursor_execute", hold)
    return upload, poll


def test_a_poll_that_comes_while_its_terminal_s_delivery_is_stored_proves_nothing(
    office: Engine, client: Client, clock: list[datetime]
) -> None:
    upload, _ = simultaneous(office, client)
    assert upload.result().text == "OK: 1"
    assert coverage(office) == []
    clock[0] += timedelta(minutes=1)
    get(client, POLL)
    assert coverage(office) == [("2026-03-02 07:29:51", "2026-03-02 07:30:51")]


def test_nobody_of_those_who_are_stored_together_is_acknowledged_when_that_fails(
    office: Engine, client: Client
) -> None:
    with transaction(office) as session:
        session.add_all(
            Terminal(code=f"N{place}", name="", kind="zk_push", serial=f"N{place}", unit_id=1)
            for place in range(8)
        )
    targets = [UPLOAD.replace("SN1", f"N{place}") for place in range(8)]
    with ThreadPoolExecutor(8) as pool:
        with broken_storage(office):
            refused = list(pool.map(lambda target: post(client, target, LINE).status_code, targets))
        taken = list(pool.map(lambda target: post(client, target, LINE).text, targets))
    assert refused == [503] * 8
    assert taken == ["OK: 1"] * 8
    assert count(office, "punch") == 8


@pytest.mark.parametrize("asked_first", [True, False])
def test_what_was_asked_before_a_change_is_not_kept_after_it(asked_first: bool) -> None:
    heard = Heard[str]()
    state = heard.state("SN1")
    if asked_first:
        heard.forget("SN1")
    heard.keep("SN1", Known("poll", NOW, NOW + timedelta(minutes=1), "nothing"), asked_in=state)
    assert heard.get("SN1", "poll", NOW) == (None if asked_first else "nothing")


def test_only_the_newest_serial_numbers_are_remembered() -> None:
    heard = Heard[str](most=2)
    for serial in ("A", "B", "C"):
        heard.keep(serial, Known("poll", NOW, NOW + timedelta(minutes=1), serial), asked_in=None)
    assert [heard.get(serial, "poll", NOW) for serial in ("A", "B", "C")] == [None, "B", "C"]
