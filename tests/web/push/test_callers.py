"""Who may call the terminals' port, what exists there, and how often."""

import pytest
from sqlalchemy import Engine
from werkzeug.test import Client

from monitor.store.session import transaction
from monitor.store.tables import Terminal
from monitor.web.push_limits import Budget, Turns
from monitor.web.push_limits import Refused as RefusedRequest
from tests.office import rows
from tests.web.push.desk import LINE, UPLOAD, count, get, post

pytestmark = pytest.mark.slow


def test_an_unknown_serial_number_is_parked_and_nothing_of_it_is_stored(
    office: Engine, client: Client
) -> None:
    assert [post(client, "/iclock/cdata?SN=NEW1&table=ATTLOG", LINE).status_code for _ in range(3)] == [
        403
    ] * 3
    assert get(client, "/iclock/cdata?SN=NEW1&options=all").status_code == 403
    assert rows(office, "SELECT serial, address, attempts FROM pending_terminal") == [
        ("NEW1", "127.0.0.1", 4)
    ]
    assert (count(office, "punch"), count(office, "push_contact")) == (0, 0)


def test_it_delivers_what_it_kept_once_it_is_approved(office: Engine, client: Client) -> None:
    assert post(client, "/iclock/cdata?SN=NEW1&table=ATTLOG", LINE).status_code == 403
    with transaction(office) as session:
        session.add(Terminal(code="M2", name="M2", kind="zk_push", serial="NEW1"))
    assert get(client, "/iclock/cdata?SN=NEW1&options=all").status_code == 200
    assert post(client, "/iclock/cdata?SN=NEW1&table=ATTLOG", LINE).text == "OK: 1"
    assert count(office, "pending_terminal") == 0


def test_parking_is_limited_in_rate(office: Engine, client: Client) -> None:
    for _ in range(50):
        post(client, "/iclock/cdata?SN=NEW1&table=ATTLOG", LINE)
    assert rows(office, "SELECT attempts FROM pending_terminal") == [(10,)]
    for number in range(200):
        get(client, f"/iclock/getrequest?SN=X{number}")
    assert count(office, "pending_terminal") <= 61


def test_another_network_learns_nothing_and_leaves_nothing(office: Engine, client: Client) -> None:
    for serial in ("SN1", "NEW1"):
        answer = post(client, f"/iclock/cdata?SN={serial}&table=ATTLOG", LINE, address="10.0.0.5")
        assert (answer.status_code, answer.text) == (403, "ERROR")
    assert (count(office, "punch"), count(office, "pending_terminal"), count(office, "push_contact")) == (
        0,
        0,
        0,
    )


def test_a_forwarded_address_is_not_believed(client: Client) -> None:
    answer = post(client, UPLOAD, LINE, address="10.0.0.5", HTTP_X_FORWARDED_FOR="127.0.0.1")
    assert answer.status_code == 403


def test_an_address_through_an_ipv6_socket_is_the_same_address(client: Client) -> None:
    assert post(client, UPLOAD, LINE, address="::ffff:127.0.0.1").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/iclock/file?SN=SN1&url=../../etc/passwd", 404),
        ("GET", "/static/app.css", 404),
        ("GET", "/dang-nhap", 404),
        ("PUT", "/iclock/cdata?SN=SN1", 405),
        ("HEAD", "/iclock/getrequest?SN=SN1", 405),
        ("OPTIONS", "/iclock/cdata?SN=SN1", 405),
        ("GET", "/iclock/devicecmd?SN=SN1", 405),
        ("GET", "/iclock/getrequest?SN=../SN1", 400),
        ("GET", "/iclock/getrequest", 400),
    ],
)
def test_only_the_protocols_own_calls_exist(client: Client, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method, environ_overrides={"REMOTE_ADDR": "127.0.0.1"})
    assert answer.status_code == status
    assert ("Allow" in answer.headers) == (status == 405)


def test_too_many_requests_are_sent_away_and_others_are_served(client: Client) -> None:
    found = [get(client, "/iclock/ping?SN=SN1").status_code for _ in range(700)]
    assert found[:600] == [200] * 600
    assert 429 in found
    assert get(client, "/iclock/ping?SN=SN1", address="127.0.0.9").status_code == 200


def test_a_budget_fills_again_and_forgets_who_came_first() -> None:
    now = [0.0]
    budget = Budget(burst=2, per_second=1, most_keys=2, clock=lambda: now[0])
    assert [budget.spend("a") for _ in range(3)] == [True, True, False]
    now[0] = 1.0
    assert [budget.spend("a") for _ in range(2)] == [True, False]
    budget.spend("b")
    budget.spend("c")
    assert budget.spend("a")


def test_a_second_delivery_of_a_serial_number_waits_and_then_is_sent_away() -> None:
    turns = Turns(wait_seconds=0.01)
    with turns.of("A"), pytest.raises(RefusedRequest) as refused, turns.of("A"):
        pass
    assert refused.value.status == 503
    with turns.of("A"):
        pass
