"""Hikvision terminals that post events: committed before OK, the identity of a pull, unknown ones parked."""

import json
from datetime import datetime

import pytest
from sqlalchemy import Engine, update
from werkzeug.test import Client

from monitor.store.session import transaction
from monitor.store.tables import Terminal
from tests.devices.test_hikvision_push import ACCESS, EVENT, FORM, PICTURE, multipart
from tests.office import punch, rows
from tests.web.push.desk import broken_storage, count, get, post

ADDRESS = "/hikvision/SN1"
STORED = "SELECT device_user_id, device_time, verify, source FROM punch"
AT = int(datetime.fromisoformat("2026-03-02T07:29:51+00:00").timestamp())


def body_of(time: str = "2026-03-02T07:29:51+07:00", **fields: object) -> bytes:
    event = EVENT | {"dateTime": time, "AccessControllerEvent": ACCESS | {"employeeNoString": "1"} | fields}
    return multipart((FORM, json.dumps(event).encode()), ("Content-Type: image/jpeg", PICTURE))


@pytest.fixture(autouse=True)
def hikvision(office: Engine) -> None:
    with transaction(office) as session:
        session.connection().execute(update(Terminal).values(kind="hikvision"))


def test_an_event_is_stored_and_then_acknowledged(client: Client, office: Engine) -> None:
    answer = post(client, ADDRESS, body_of())
    assert (answer.status_code, answer.text) == (200, "OK")
    assert rows(office, STORED) == [("1", AT, 75, "push")]


def test_an_event_that_comes_again_or_was_pulled_before_is_stored_once(
    client: Client, office: Engine
) -> None:
    punch(office, ("1", "2026-03-02 07:29:51"))
    for _ in range(3):
        assert post(client, ADDRESS, body_of()).status_code == 200
    assert count(office, "punch") == 1


def test_nothing_is_acknowledged_that_could_not_be_committed(client: Client, office: Engine) -> None:
    with broken_storage(office):
        assert post(client, ADDRESS, body_of()).status_code == 503
    assert count(office, "punch") == 0
    assert post(client, ADDRESS, body_of()).status_code == 200
    assert count(office, "punch") == 1


def test_a_poison_event_is_set_aside_and_acknowledged(client: Client, office: Engine) -> None:
    assert post(client, ADDRESS, body_of(time="2026-02-30T07:00:00+07:00")).status_code == 200
    assert post(client, ADDRESS, body_of(employeeNoString="=cmd")).status_code == 200
    assert post(client, ADDRESS, body_of()[:400]).status_code == 200
    found = rows(office, "SELECT reason FROM quarantined_record ORDER BY id")
    assert found == [("impossible_date",), ("bad_user_id",), ("bad_line",)]
    assert count(office, "punch") == 0


def test_a_heartbeat_is_acknowledged_and_proves_nothing(client: Client, office: Engine) -> None:
    post(client, ADDRESS, body_of())
    for _ in range(3):
        assert post(client, ADDRESS, b'{"eventType": "heartBeat"}').text == "OK"
    assert (count(office, "coverage_interval"), count(office, "quarantined_record")) == (0, 0)


def test_an_unknown_serial_number_waits_and_stores_nothing(client: Client, office: Engine) -> None:
    assert post(client, "/hikvision/OTHER", body_of()).status_code == 403
    assert rows(office, "SELECT serial, attempts FROM pending_terminal") == [("OTHER", 1)]
    assert count(office, "punch") == 0


@pytest.mark.parametrize(
    ("path", "status"), [("/hikvision/", 404), ("/hikvision/SN1/../x", 404), ("/hikvisionx/SN1", 404)]
)
def test_no_other_address_exists(client: Client, path: str, status: int) -> None:
    assert post(client, path, body_of()).status_code == status


def test_only_posting_is_possible(client: Client) -> None:
    answer = get(client, ADDRESS)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_an_address_that_may_not_deliver_is_refused_before_the_body(client: Client, office: Engine) -> None:
    assert post(client, ADDRESS, body_of(), address="10.9.9.9").status_code == 403
    assert (count(office, "punch"), count(office, "pending_terminal")) == (0, 0)


def test_a_key_in_the_address_is_asked_for_where_one_is_set(client: Client, office: Engine) -> None:
    with transaction(office) as session:
        session.connection().execute(update(Terminal).values(push_key="k9"))
    assert post(client, ADDRESS, body_of()).status_code == 403
    assert post(client, f"{ADDRESS}?key=k8", body_of()).status_code == 403
    assert count(office, "punch") == 0
    assert post(client, f"{ADDRESS}?key=k9", body_of()).status_code == 200
    assert count(office, "punch") == 1
