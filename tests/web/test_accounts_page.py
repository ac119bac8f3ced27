"""The administrator's accounts: add, disable, reset, unlock, roles, log-ins; and what nobody may do."""

import re
from pathlib import Path

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.store.session import reading, transaction
from monitor.store.tables import Account
from tests.accounts.cast import ANOTHER, Clock, give_factor, give_password, settings_of, trail
from tests.web.cast import NOW
from tests.web.conftest import LogIn
from tests.web.signing import enter, guarded_app

PAGE = "/quan-tri/tai-khoan"
NEW = {"user_name": "lan", "display_name": "Phạm Thị Lan", "role": "head", "unit": "vp", "person": ""}


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
    """The administrator's phone."""
    account = give_password(engine, "admin", settings_of(), now=NOW)
    made = give_factor(engine, account, settings_of(), clock())
    clock.pass_seconds(60)
    return made


@pytest.fixture
def admin(guarded: Flask, phone: pyotp.TOTP, clock: Clock) -> FlaskClient:
    """The administrator's browser, logged in."""
    client = guarded.test_client()
    enter(client, "admin")
    client.post("/dang-nhap/ma", data={"code": phone.at(clock())})
    return client


def role_of(engine: Engine, user_name: str) -> tuple[str, bool]:
    """Role of an account, and whether it is disabled."""
    with reading(engine) as session:
        account = session.scalars(select(Account).where(col(Account.user_name) == user_name)).one()
        return account.role, account.disabled


def test_an_account_is_added_with_a_slip_that_is_shown_once(
    admin: FlaskClient, guarded: Flask, engine: Engine
) -> None:
    answer = admin.post(PAGE, data=NEW)

    token = re.search(r"<code>((?:[A-Z2-9]{4}-){6}[A-Z2-9]{4})</code>", answer.text)
    assert token
    assert token.group(1) not in admin.get(PAGE).text
    data = {"user_name": "lan", "token": token.group(1), "password": ANOTHER, "again": ANOTHER}
    assert guarded.test_client().post("/phieu", data=data).status_code == 302
    assert ("admin", "account_add") in trail(engine)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"user_name": "hanh"}, "Đã có tài khoản hanh."),
        ({"user_name": "Có Dấu"}, "không hợp lệ"),
        ({"role": "vua"}, "Không có vai trò vua"),
        ({"role": "hr", "unit": ""}, "cần gắn với một đơn vị"),
        ({"unit": "khong-co"}, "Không có đơn vị khong-co."),
        ({"person": "CB999"}, "Không có cán bộ mã CB999."),
        ({"display_name": " "}, "cần họ tên"),
    ],
)
def test_an_account_that_will_not_do_is_refused_with_its_reason(
    admin: FlaskClient, engine: Engine, change: dict[str, str], sentence: str
) -> None:
    answer = admin.post(PAGE, data=NEW | change)

    assert (answer.status_code, sentence in answer.text) == (400, True)
    assert ("admin", "account_add") not in trail(engine)
    with reading(engine) as session:
        names = list(session.scalars(select(col(Account.user_name))))
    assert (len(names), "lan" in names) == (len(set(names)), False)


def test_changes_ask_again_who_is_there(admin: FlaskClient, engine: Engine, clock: Clock) -> None:
    clock.pass_seconds(601)

    assert admin.get(PAGE).status_code == 200
    answer = admin.post(f"{PAGE}/hanh/khoa", headers={"Referer": f"http://localhost{PAGE}"})

    assert answer.location == f"/xac-nhan?tiep={PAGE}"
    assert role_of(engine, "hanh") == ("head", False)


def test_a_disabled_account_is_out_and_can_come_back(
    admin: FlaskClient, guarded: Flask, engine: Engine
) -> None:
    give_password(engine, "hanh", settings_of(), now=NOW)
    client = guarded.test_client()
    enter(client, "hanh")

    admin.post(f"{PAGE}/hanh/khoa")
    assert client.get("/tai-khoan").status_code == 302
    assert enter(client, "hanh").status_code == 401
    admin.post(f"{PAGE}/hanh/mo")

    assert enter(client, "hanh").status_code == 302


def test_a_role_changes_and_its_holder_logs_in_anew(
    admin: FlaskClient, guarded: Flask, engine: Engine
) -> None:
    give_password(engine, "hanh", settings_of(), now=NOW)
    client = guarded.test_client()
    enter(client, "hanh")

    assert admin.post(f"{PAGE}/hanh/vai-tro", data={"role": "staff", "unit": ""}).status_code == 302

    assert role_of(engine, "hanh") == ("staff", False)
    assert client.get("/tai-khoan").status_code == 302


def test_an_administrator_ends_log_ins_and_opens_what_wrong_tries_closed(
    admin: FlaskClient, guarded: Flask, engine: Engine
) -> None:
    give_password(engine, "hanh", settings_of(), now=NOW)
    client = guarded.test_client()
    enter(client, "hanh")
    for _ in range(3):
        enter(guarded.test_client(), "hanh", "sai")
    assert enter(guarded.test_client(), "hanh").status_code == 401
    assert "Tạm khoá đến" in admin.get(PAGE).text

    admin.post(f"{PAGE}/hanh/mo-khoa")
    assert enter(guarded.test_client(), "hanh").status_code == 302
    admin.post(f"{PAGE}/hanh/ket-thuc")
    assert client.get("/tai-khoan").status_code == 302


def test_a_lost_second_factor_is_removed_by_another(
    admin: FlaskClient, guarded: Flask, engine: Engine, clock: Clock
) -> None:
    give_factor(engine, give_password(engine, "nhansu", settings_of(), now=NOW), settings_of(), clock())

    admin.post(f"{PAGE}/nhansu/bo-xac-thuc")

    assert enter(guarded.test_client(), "nhansu").location == "/dang-nhap/thiet-lap"
    assert ("admin", "account_reset_factor") in trail(engine)


OWN = [
    ("khoa", {}),
    ("phieu", {}),
    ("bo-xac-thuc", {}),
    ("vai-tro", {"role": "staff", "unit": ""}),
    ("mo", {}),
]


@pytest.mark.parametrize(("what", "data"), OWN, ids=[what for what, _ in OWN])
def test_nobody_changes_an_account_of_their_own(
    admin: FlaskClient, engine: Engine, what: str, data: dict[str, str]
) -> None:
    answer = admin.post(f"{PAGE}/admin/{what}", data=data)

    assert (answer.status_code, "Không ai tự thay đổi" in answer.text) == (400, True)
    assert role_of(engine, "admin") == ("admin", False)
    assert admin.get(PAGE).status_code == 200


@pytest.mark.parametrize("user_name", ["nhansu", "hanh", "thanhtra", "kythuat", "duc"])
def test_only_administrators_find_the_page_and_its_actions(
    log_in: LogIn, engine: Engine, user_name: str
) -> None:
    client = log_in(user_name)

    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, data=NEW).status_code == 404
    for what, data in OWN:
        assert client.post(f"{PAGE}/admin/{what}", data=data).status_code == 404
    assert PAGE not in client.get("/tai-khoan").text
    assert role_of(engine, "admin") == ("admin", False)


def test_the_page_of_accounts_holds_no_secret(admin: FlaskClient, engine: Engine) -> None:
    with transaction(engine) as session:
        rows = session.scalars(select(Account)).all()
        hashes = [row.token_sha256 for row in rows if row.token_sha256]
    text = admin.get(PAGE).text

    assert "argon2" not in text
    assert not [one for one in hashes if one in text]
