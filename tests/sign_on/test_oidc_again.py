"""Proving to be there still by going to the provider once more."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.store.session import reading
from monitor.store.tables import Account
from tests.accounts.cast import Clock, give_factor, settings_of
from tests.sign_on.conftest import (
    Running,
    go,
    path_of,
    query_of,
    sign_on,
)
from tests.sign_on.test_oidc import REFUSED, refusals

pytestmark = pytest.mark.slow


@pytest.fixture
def stale(app: Flask, honest: Running, clock: Clock) -> Any:
    """A browser in which somebody logged in by sign-on some time ago."""
    client = app.test_client()
    sign_on(client, honest, "hanh")
    clock.pass_seconds(601)
    return client


MATTERS = "/tai-khoan/xac-thuc"
AGAIN = "/xac-nhan/sso?tiep=" + MATTERS


def test_what_matters_sends_to_the_provider_again(stale: Any, honest: Running, clock: Clock) -> None:
    asking = stale.get(MATTERS)
    assert urlsplit(asking.location).path == "/xac-nhan"
    page = stale.get(asking.location).text
    assert "Xác nhận bằng SSO tỉnh" in page
    assert 'name="password"' not in page
    sent = stale.get(AGAIN).location
    assert query_of(sent)["prompt"] == "login"
    assert query_of(sent)["max_age"] == "0"
    honest.lie(claims={"auth_time": int(clock().timestamp()), "exp": int(clock().timestamp()) + 60})
    before = stale.get_cookie("monitor_session").value
    assert stale.get(path_of(honest.visit(sent, "id-of-hanh"))).location == MATTERS
    assert stale.get(MATTERS).status_code == 200
    assert stale.get_cookie("monitor_session").value != before


@pytest.mark.parametrize(
    "case",
    [
        ("hanh", lambda now: {"auth_time": None}, "late"),
        ("hanh", lambda now: {"auth_time": now - 601}, "late"),
        ("hanh", lambda now: {"auth_time": "now"}, "token"),
        ("nhansu", lambda now: {"auth_time": now}, "another"),
    ],
)
def test_an_old_proof_or_somebody_elses_is_none(
    stale: Any,
    honest: Running,
    engine: Engine,
    clock: Clock,
    case: tuple[str, Callable[[int], dict[str, Any]], str],
) -> None:
    name, claims, why = case
    now = int(clock().timestamp())
    address = go(stale, honest, name, AGAIN)
    honest.lie(claims={"exp": now + 60} | claims(now))
    answer = stale.get(address)

    assert (answer.status_code, REFUSED in answer.text) == (401, True)
    assert urlsplit(stale.get(MATTERS).location).path == "/xac-nhan"
    assert [reason for _actor, reason in refusals(engine)] == [why]


def test_a_log_in_is_no_proof_of_still_being_there(stale: Any, honest: Running, clock: Clock) -> None:
    address = go(stale, honest, "hanh", AGAIN)
    stale.post("/dang-xuat")
    honest.lie(claims={"auth_time": int(clock().timestamp()), "exp": int(clock().timestamp()) + 60})
    assert stale.get(address).status_code == 401


def test_whoever_has_a_second_factor_is_asked_for_it_and_not_sent_away(
    app: Flask, honest: Running, engine: Engine, clock: Clock
) -> None:
    client = app.test_client()
    sign_on(client, honest, "hanh")
    with reading(engine) as session:
        account = session.scalars(select(Account).where(col(Account.user_name) == "hanh")).one()
        session.expunge(account)
    give_factor(engine, account, settings_of(), clock())
    client = app.test_client()
    sign_on(client, honest, "hanh")
    assert client.get("/xac-nhan/sso").status_code in {302, 404}
