"""What a log-in asks for beside the password: a code, a first second factor, another password, a slip."""

import re
from pathlib import Path

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from monitor.accounts import administration
from monitor.accounts.administration import By
from monitor.config import Settings
from monitor.store.session import transaction
from monitor.web.app import create_app
from tests.accounts.cast import ANOTHER, PASSWORD, Clock, give_factor, give_password, settings_of, trail
from tests.web.cast import NOW
from tests.web.signing import enter, guarded_app, key_of, plain, rows


@pytest.fixture
def clock() -> Clock:
    """A clock to be set."""
    return Clock(NOW)


@pytest.fixture
def guarded(engine: Engine, tmp_path: Path, clock: Clock) -> Flask:
    """The application without the development log-in."""
    return guarded_app(engine, tmp_path, clock)


@pytest.fixture
def phone(engine: Engine, clock: Clock) -> pyotp.TOTP:
    """The phone of HR, who has a password too; its first code was used a minute ago."""
    account = give_password(engine, "nhansu", settings_of(), now=NOW)
    made = give_factor(engine, account, settings_of(), clock())
    clock.pass_seconds(60)
    return made


def send_code(client: FlaskClient, code: str) -> TestResponse:
    """Send the form of the code."""
    return client.post("/dang-nhap/ma", data={"code": code})


def test_a_password_alone_does_not_open_where_there_is_a_second_factor(
    guarded: Flask, phone: pyotp.TOTP, clock: Clock, engine: Engine
) -> None:
    client = guarded.test_client()

    assert enter(client, "nhansu").location == "/dang-nhap/ma"
    assert client.get("/").location.startswith("/dang-nhap")
    assert rows(engine) == 0
    assert send_code(client, phone.at(clock())).location == "/"
    assert client.get("/").location.startswith("/don-vi/ubnd/ngay/")


def test_a_code_works_once(guarded: Flask, phone: pyotp.TOTP, clock: Clock) -> None:
    code = phone.at(clock())
    first, second = guarded.test_client(), guarded.test_client()
    enter(first, "nhansu")
    enter(second, "nhansu")

    assert send_code(first, code).status_code == 302
    assert send_code(second, code).status_code == 401
    assert key_of(second) == ""


def test_an_older_code_is_refused_after_a_newer_one(guarded: Flask, phone: pyotp.TOTP, clock: Clock) -> None:
    older, newer = phone.at(clock()), phone.at(clock(), counter_offset=1)
    first, second = guarded.test_client(), guarded.test_client()
    for client in (first, second):
        enter(client, "nhansu")

    assert send_code(first, newer).status_code == 302
    assert send_code(second, older).status_code == 401


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 302), (0, 302), (1, 302), (2, 401)])
def test_a_phone_may_be_half_a_minute_off(
    guarded: Flask, phone: pyotp.TOTP, clock: Clock, steps: int, status: int
) -> None:
    clock.pass_seconds(300)
    client = guarded.test_client()
    enter(client, "nhansu")

    assert send_code(client, phone.at(clock(), counter_offset=steps)).status_code == status


def test_codes_cannot_be_tried_without_end(guarded: Flask, phone: pyotp.TOTP, clock: Clock) -> None:
    client = guarded.test_client()
    enter(client, "nhansu")
    pages = []
    for _ in range(10):
        clock.pass_seconds(30)
        pages.append(plain(send_code(client, "000000").text))
    clock.pass_seconds(30)

    closed = send_code(client, phone.at(clock()))

    assert (closed.status_code, {*pages, plain(closed.text)}) == (401, {pages[0]})


def test_a_new_log_in_does_not_reset_the_count_of_codes(
    guarded: Flask, phone: pyotp.TOTP, clock: Clock
) -> None:
    for _ in range(10):
        clock.pass_seconds(61)
        client = guarded.test_client()
        enter(client, "nhansu")
        send_code(client, "000000")
    clock.pass_seconds(61)
    client = guarded.test_client()
    enter(client, "nhansu")

    assert send_code(client, phone.at(clock())).status_code == 401


def test_a_log_in_half_done_lasts_ten_minutes(guarded: Flask, phone: pyotp.TOTP, clock: Clock) -> None:
    client = guarded.test_client()
    enter(client, "nhansu")
    clock.pass_seconds(601)

    assert send_code(client, phone.at(clock())).location == "/dang-nhap"


def test_steps_without_a_password_lead_to_the_log_in(guarded: Flask) -> None:
    for address in ("/dang-nhap/ma", "/dang-nhap/thiet-lap", "/dang-nhap/doi-mat-khau"):
        assert guarded.test_client().get(address).location == "/dang-nhap"
        assert guarded.test_client().post(address, data={"code": "1"}).location == "/dang-nhap"


def shown_key(text: str) -> pyotp.TOTP:
    """The phone after its owner typed the key of the page."""
    found = re.search(r'class="key"[^>]*><code>([A-Z2-7 ]+)</code>', text)
    assert found
    return pyotp.TOTP(found.group(1).replace(" ", ""))


@pytest.mark.parametrize("user_name", ["admin", "nhansu", "thanhtra"])
def test_roles_that_see_many_people_set_up_a_second_factor_before_anything_else(
    guarded: Flask, engine: Engine, clock: Clock, user_name: str
) -> None:
    give_password(engine, user_name, settings_of(), now=NOW)
    client = guarded.test_client()
    assert enter(client, user_name).location == "/dang-nhap/thiet-lap"
    page = client.get("/dang-nhap/thiet-lap").text
    assert client.get("/may").location.startswith("/dang-nhap")
    assert client.post("/dang-nhap/thiet-lap", data={"code": "000000"}).status_code == 400
    assert rows(engine) == 0

    done = client.post("/dang-nhap/thiet-lap", data={"code": shown_key(page).at(clock())})

    codes = re.findall(r"<li><code>([A-Z2-9-]+)</code></li>", done.text)
    assert (len(codes), len(set(codes)), {len(code) for code in codes}) == (10, 10, {34})
    assert client.get("/tai-khoan").status_code == 200
    again = guarded.test_client()
    assert enter(again, user_name).location == "/dang-nhap/ma"


def test_the_picture_of_the_key_is_drawn_in_place_without_styles(guarded: Flask, engine: Engine) -> None:
    give_password(engine, "nhansu", settings_of(), now=NOW)
    client = guarded.test_client()
    enter(client, "nhansu")

    text = client.get("/dang-nhap/thiet-lap").text

    drawing = re.search(r"<svg[^>]*class=\"qr\".*?</svg>", text, re.DOTALL)
    assert drawing
    assert "<path" in drawing.group(0)
    assert not re.search(r"\sstyle=|<style|<script(?![^>]*src=)", text)


def test_a_recovery_code_stands_in_once(guarded: Flask, engine: Engine, clock: Clock) -> None:
    give_password(engine, "nhansu", settings_of(), now=NOW)
    client = guarded.test_client()
    enter(client, "nhansu")
    phone = shown_key(client.get("/dang-nhap/thiet-lap").text)
    done = client.post("/dang-nhap/thiet-lap", data={"code": phone.at(clock())})
    code = re.findall(r"<li><code>([A-Z2-9-]+)</code></li>", done.text)[3]
    first, second = guarded.test_client(), guarded.test_client()
    for browser in (first, second):
        enter(browser, "nhansu")

    assert send_code(first, code.lower().replace("-", " ")).status_code == 302
    assert send_code(second, code).status_code == 401
    assert ("nhansu", "recovery_code") in trail(engine)


def test_a_password_that_has_ended_must_be_changed_on_the_way_in(
    engine: Engine, tmp_path: Path, clock: Clock
) -> None:
    settings = Settings.model_validate(
        {
            "web": {"secret_key": "k" * 32},
            "accounts": {"password_profile": "qd742-2", "password_character_kinds": 2},
            "folder": tmp_path,
        }
    )
    give_password(engine, "hanh", settings, now=NOW)
    app = create_app(engine, settings, clock)
    app.config.update(WTF_CSRF_ENABLED=False)
    clock.pass_seconds(180 * 86_400 + 1)
    client = app.test_client()
    address = "/dang-nhap/doi-mat-khau"
    assert enter(client, "hanh").location == address
    assert client.get("/").location.startswith("/dang-nhap")

    same = client.post(address, data={"old": PASSWORD, "password": PASSWORD, "again": PASSWORD})
    assert (same.status_code, "trùng mật khẩu cũ" in same.text) == (400, True)
    assert client.post(address, data={"old": PASSWORD, "password": ANOTHER, "again": ANOTHER}).location == "/"
    assert client.get("/tai-khoan").status_code == 200


def slip_for(engine: Engine, user_name: str, clock: Clock) -> str:
    """A slip from the command line."""
    with transaction(engine) as session:
        by = By(actor="cli:may", settings=settings_of(), now=clock())
        return administration.reset_password(session, user_name, by).token


def use(
    app: Flask, user_name: str, token: str, password: str = ANOTHER, again: str | None = None
) -> TestResponse:
    """Send the form of the slip in a fresh browser."""
    data = {"user_name": user_name, "token": token, "password": password, "again": again or password}
    return app.test_client().post("/phieu", data=data)


def test_a_slip_sets_the_password_once(guarded: Flask, engine: Engine, clock: Clock) -> None:
    token = slip_for(engine, "hanh", clock)

    assert use(guarded, "HANH", f" {token.lower()} ").location == "/"
    assert use(guarded, "hanh", token).status_code == 401
    assert enter(guarded.test_client(), "hanh", ANOTHER).status_code == 302


def test_a_slip_survives_a_password_that_is_refused(guarded: Flask, engine: Engine, clock: Clock) -> None:
    token = slip_for(engine, "hanh", clock)

    weak = use(guarded, "hanh", token, "matkhau@2026")
    typo = use(guarded, "hanh", token, ANOTHER, "khác")

    assert (weak.status_code, "nhiều người dùng" in weak.text) == (400, True)
    assert (typo.status_code, "không giống nhau" in typo.text) == (400, True)
    assert f'value="{token}"' in typo.text
    assert use(guarded, "hanh", token).status_code == 302


def test_wrong_slips_and_unknown_names_get_one_answer(guarded: Flask, engine: Engine, clock: Clock) -> None:
    token = slip_for(engine, "hanh", clock)

    answers = [
        use(guarded, *pair) for pair in [("ai-do", token), ("hanh", "SAI"), ("duc", ""), ("duc", token)]
    ]

    assert {answer.status_code for answer in answers} == {401}
    pages = {
        re.sub(r'(id="(?:user_name|token)"[^>]*value=)"[^"]*"', r"\1", plain(one.text)) for one in answers
    }
    assert len(pages) == 1


def test_a_slip_ends_with_its_time_and_with_the_account(guarded: Flask, engine: Engine, clock: Clock) -> None:
    token, other = slip_for(engine, "hanh", clock), slip_for(engine, "duc", clock)
    with transaction(engine) as session:
        administration.disable(session, "duc", By(actor="cli:may", settings=settings_of(), now=clock()))

    assert use(guarded, "duc", other).status_code == 401
    clock.pass_seconds(72 * 3600)
    assert use(guarded, "hanh", token).status_code == 401


def test_a_later_slip_voids_an_earlier_one(guarded: Flask, engine: Engine, clock: Clock) -> None:
    early, late = slip_for(engine, "hanh", clock), slip_for(engine, "hanh", clock)

    assert use(guarded, "hanh", early).status_code == 401
    assert use(guarded, "hanh", late).status_code == 302


def test_a_slip_does_not_get_round_the_second_factor(
    guarded: Flask, engine: Engine, phone: pyotp.TOTP, clock: Clock
) -> None:
    token = slip_for(engine, "nhansu", clock)

    assert use(guarded, "nhansu", token).location == "/dang-nhap/ma"
    assert rows(engine) == 0
