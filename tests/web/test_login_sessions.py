"""How a session ends: unused, too long, disabled, another role, another password, by hand; and its forms."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.accounts import administration, own
from monitor.accounts.administration import By
from monitor.store.session import transaction
from monitor.store.tables import Account
from tests.accounts.cast import ANOTHER, PASSWORD, Clock, door, give_password, settings_of
from tests.web.cast import NOW
from tests.web.signing import BOARD, enter, guarded_app, key_of, rows, with_key

IDLE, LONGEST = 30 * 60, 12 * 3600


@pytest.fixture
def clock() -> Clock:
    """A clock to be set."""
    return Clock(NOW)


@pytest.fixture
def guarded(engine: Engine, tmp_path: Path, clock: Clock) -> Flask:
    """The application without the development log-in; Hạnh has a password."""
    give_password(engine, "hanh", settings_of(), now=NOW)
    return guarded_app(engine, tmp_path, clock)


@pytest.fixture
def hanh(guarded: Flask) -> FlaskClient:
    """Hạnh's browser, logged in."""
    client = guarded.test_client()
    enter(client, "hanh")
    return client


def is_out(client: FlaskClient) -> bool:
    """Whether the browser is sent to the log-in."""
    return client.get("/").location.startswith("/dang-nhap")


def by_cli(clock: Clock) -> By:
    """A change from the command line."""
    return By(actor="cli:may", settings=settings_of(), now=clock())


def test_a_session_ends_when_nobody_uses_it(hanh: FlaskClient, clock: Clock) -> None:
    clock.pass_seconds(IDLE - 1)
    assert not is_out(hanh)
    clock.pass_seconds(IDLE + 1)

    assert is_out(hanh)


def test_the_configured_limit_counts(engine: Engine, tmp_path: Path, clock: Clock) -> None:
    from monitor.config import Settings
    from monitor.web.app import create_app

    settings = Settings.model_validate(
        {"web": {"secret_key": "k" * 32}, "accounts": {"idle_minutes": 5}, "folder": tmp_path}
    )
    give_password(engine, "hanh", settings, now=NOW)
    app = create_app(engine, settings, clock)
    app.config.update(WTF_CSRF_ENABLED=False)
    client = app.test_client()
    enter(client, "hanh")

    clock.pass_seconds(301)

    assert is_out(client)


def test_a_page_that_refreshes_itself_neither_extends_nor_skips_the_end(
    hanh: FlaskClient, clock: Clock
) -> None:
    answers = []
    for _ in range(IDLE // 60 + 1):
        clock.pass_seconds(60)
        answers.append(hanh.get(BOARD, headers={"X-Refresh": "1"}).status_code)

    assert answers == [200] * (IDLE // 60) + [401]


def test_a_session_ends_after_a_working_day_however_busy(hanh: FlaskClient, clock: Clock) -> None:
    for _ in range(LONGEST // 1500):
        clock.pass_seconds(1500)
        assert not is_out(hanh)
    clock.pass_seconds(LONGEST - LONGEST // 1500 * 1500 + 1)

    assert is_out(hanh)


def test_the_rows_of_sessions_that_time_has_ended_go_at_the_next_log_in(
    guarded: Flask, hanh: FlaskClient, clock: Clock, engine: Engine
) -> None:
    clock.pass_seconds(LONGEST + 1)
    enter(guarded.test_client(), "hanh")

    assert rows(engine) == 1


def test_a_disabled_account_is_out_at_once(hanh: FlaskClient, engine: Engine, clock: Clock) -> None:
    with transaction(engine) as session:
        administration.disable(session, "hanh", by_cli(clock))

    assert is_out(hanh)
    assert rows(engine) == 0


def test_even_a_flag_set_by_hand_in_the_database_is_obeyed(hanh: FlaskClient, engine: Engine) -> None:
    with transaction(engine) as session:
        session.scalars(select(Account).where(col(Account.user_name) == "hanh")).one().disabled = True

    assert is_out(hanh)


def test_another_role_ends_every_log_in(hanh: FlaskClient, engine: Engine, clock: Clock) -> None:
    with transaction(engine) as session:
        administration.change_role(session, "hanh", "technician", "", by_cli(clock))

    assert is_out(hanh)


def test_a_role_that_is_written_by_hand_binds_the_next_request(hanh: FlaskClient, engine: Engine) -> None:
    assert hanh.get(BOARD).status_code == 200
    with transaction(engine) as session:
        session.scalars(select(Account).where(col(Account.user_name) == "hanh")).one().role = "technician"

    assert hanh.get(BOARD).status_code == 404


def test_a_new_password_ends_every_other_log_in_and_copies_of_this_one(
    guarded: Flask, hanh: FlaskClient
) -> None:
    other, copied = guarded.test_client(), key_of(hanh)
    enter(other, "hanh")

    answer = hanh.post("/tai-khoan/mat-khau", data={"old": PASSWORD, "password": ANOTHER, "again": ANOTHER})

    assert answer.location == "/tai-khoan"
    assert not is_out(hanh)
    assert is_out(other)
    assert is_out(with_key(guarded, copied))


def test_a_reset_ends_every_log_in_and_voids_the_password(
    guarded: Flask, hanh: FlaskClient, engine: Engine, clock: Clock
) -> None:
    with transaction(engine) as session:
        administration.reset_password(session, "hanh", by_cli(clock))

    assert is_out(hanh)
    assert enter(guarded.test_client(), "hanh").status_code == 401


def test_a_log_in_half_done_ends_with_a_new_password(guarded: Flask, engine: Engine, clock: Clock) -> None:
    give_password(engine, "nhansu", settings_of(), now=NOW)
    client = guarded.test_client()
    assert enter(client, "nhansu").location == "/dang-nhap/thiet-lap"
    with transaction(engine) as session:
        account = session.scalars(select(Account).where(col(Account.user_name) == "nhansu")).one()
        session.expunge(account)
    own.change_password(door(engine, settings_of(), clock()), account, PASSWORD, ANOTHER, None)
    clock.pass_seconds(1)
    give_password(engine, "nhansu", settings_of(), ANOTHER, clock())

    assert client.get("/dang-nhap/thiet-lap").location == "/dang-nhap"


def strict(engine: Engine, folder: Path, clock: Clock) -> Flask:
    """The application as it is served: forms need their token."""
    give_password(engine, "hanh", settings_of(), now=NOW)
    give_password(engine, "duc", settings_of(), now=NOW)
    app = guarded_app(engine, folder, clock)
    app.config.update(WTF_CSRF_ENABLED=True)
    return app


def token_of(client: FlaskClient, address: str) -> str:
    """The token of a page's form."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert found
    return found.group(1)


def strict_client(app: Flask, user_name: str) -> FlaskClient:
    """A browser in which an account is logged in, forms and all."""
    client = app.test_client()
    assert enter(client, user_name, csrf_token=token_of(client, "/dang-nhap")).status_code == 302
    return client


def test_a_form_s_token_of_before_the_log_in_is_worth_nothing_after_it(
    engine: Engine, tmp_path: Path, clock: Clock
) -> None:
    app = strict(engine, tmp_path, clock)
    client = app.test_client()
    early = token_of(client, "/dang-nhap")
    enter(client, "hanh", csrf_token=early)

    assert client.post("/dang-xuat", data={"csrf_token": early}).status_code == 400
    assert client.post("/dang-xuat", data={"csrf_token": token_of(client, "/tai-khoan")}).status_code == 302


def test_a_form_s_token_of_another_session_is_refused_even_with_its_cookie(
    engine: Engine, tmp_path: Path, clock: Clock
) -> None:
    app = strict(engine, tmp_path, clock)
    attacker, victim = strict_client(app, "duc"), strict_client(app, "hanh")
    planted, cookie = token_of(attacker, "/tai-khoan"), attacker.get_cookie("monitor_form")
    assert cookie is not None
    victim.set_cookie("monitor_form", cookie.value)

    assert victim.post("/dang-xuat", data={"csrf_token": planted}).status_code == 400
    assert victim.get("/tai-khoan").status_code == 200
