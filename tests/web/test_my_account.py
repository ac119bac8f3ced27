"""One's own account: proving again before what matters, sessions, second factor, recovery codes, password."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.accounts.cast import ANOTHER, PASSWORD, Clock, give_factor, give_password, settings_of
from tests.web.cast import NOW
from tests.web.conftest import LogIn
from tests.web.signing import enter, guarded_app, key_of, with_key
from tests.web.test_login_steps import shown_key

STEP_UP = 10 * 60
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
FACTOR = "/tai-khoan/xac-thuc"
WRONG = "sai"


@pytest.fixture
def clock() -> Clock:
    """A clock to be set."""
    return Clock(NOW)


@pytest.fixture
def guarded(engine: Engine, tmp_path: Path, clock: Clock) -> Flask:
    """The application without the development log-in; Hạnh and Đức have passwords."""
    for name in ("hanh", "duc"):
        give_password(engine, name, settings_of(), now=NOW)
    return guarded_app(engine, tmp_path, clock)


@pytest.fixture
def hanh(guarded: Flask) -> FlaskClient:
    """Hạnh's browser, logged in."""
    client = guarded.test_client()
    enter(client, "hanh")
    return client


def prove(client: FlaskClient, target: str = "", **proof: str) -> tuple[int, str | None]:
    """Send the form of the step-up; status and where it leads."""
    answer = client.post("/xac-nhan", data=proof | {"tiep": target})
    return answer.status_code, answer.location


def test_what_matters_asks_again_after_ten_minutes_and_comes_back(hanh: FlaskClient, clock: Clock) -> None:
    clock.pass_seconds(STEP_UP)
    assert hanh.get(FACTOR).status_code == 200
    clock.pass_seconds(1)

    asked = hanh.get(FACTOR)
    assert asked.location == "/xac-nhan?tiep=/tai-khoan/xac-thuc"
    assert 'name="password"' in hanh.get(asked.location).text
    assert prove(hanh, FACTOR, password=WRONG) == (401, None)
    assert hanh.get(FACTOR).status_code == 302
    assert prove(hanh, FACTOR, password=PASSWORD) == (302, FACTOR)
    assert hanh.get(FACTOR).status_code == 200


def test_what_matters_is_not_done_before_it_is_proven(
    guarded: Flask, hanh: FlaskClient, clock: Clock
) -> None:
    other = guarded.test_client()
    enter(other, "hanh")
    clock.pass_seconds(STEP_UP + 1)

    answer = hanh.post("/tai-khoan/phien/ket-thuc-khac", headers={"Referer": "http://localhost/tai-khoan"})

    assert answer.location == "/xac-nhan?tiep=/tai-khoan"
    assert other.get("/tai-khoan").status_code == 200


@pytest.mark.parametrize("referrer", ["http://elsewhere.vn/tai-khoan", "", "http://localhost.elsewhere.vn/"])
def test_a_form_from_elsewhere_leads_back_home(hanh: FlaskClient, clock: Clock, referrer: str) -> None:
    clock.pass_seconds(STEP_UP + 1)

    asked = hanh.post("/tai-khoan/ma-du-phong", headers={"Referer": referrer})

    assert asked.location == "/xac-nhan"


def test_the_proof_leads_to_our_own_pages_only(hanh: FlaskClient) -> None:
    assert prove(hanh, "//elsewhere.vn", password=PASSWORD) == (302, "/")


def test_using_the_session_does_not_make_it_fresh(hanh: FlaskClient, clock: Clock) -> None:
    for _ in range(11):
        clock.pass_seconds(60)
        hanh.get("/tai-khoan")

    assert hanh.get(FACTOR).status_code == 302


def test_proving_again_replaces_the_key(guarded: Flask, hanh: FlaskClient, clock: Clock) -> None:
    copied = key_of(hanh)
    prove(hanh, password=PASSWORD)

    assert key_of(hanh) != copied
    assert with_key(guarded, copied).get("/tai-khoan").status_code == 302


def test_somebody_else_s_password_proves_nothing(hanh: FlaskClient, engine: Engine) -> None:
    give_password(engine, "duc", settings_of(), ANOTHER, NOW)

    assert prove(hanh, password=ANOTHER) == (401, None)


def test_where_there_is_a_second_factor_the_password_is_not_enough(
    guarded: Flask, engine: Engine, clock: Clock
) -> None:
    account = give_password(engine, "duc", settings_of(), now=NOW)
    phone = give_factor(engine, account, settings_of(), clock())
    clock.pass_seconds(60)
    client = guarded.test_client()
    enter(client, "duc")
    client.post("/dang-nhap/ma", data={"code": phone.at(clock())})
    clock.pass_seconds(STEP_UP + 1)

    assert prove(client, password=PASSWORD) == (401, None)
    clock.pass_seconds(30)
    assert prove(client, FACTOR, code=phone.at(clock())) == (302, FACTOR)


def test_proofs_cannot_be_tried_without_end(hanh: FlaskClient, clock: Clock) -> None:
    for _ in range(10):
        clock.pass_seconds(61)
        prove(hanh, password=WRONG)
    clock.pass_seconds(61)

    assert prove(hanh, password=PASSWORD) == (401, None)


def test_the_development_log_in_is_not_asked(log_in: LogIn) -> None:
    assert log_in("duc").get(FACTOR).status_code == 200


def test_everybody_sees_their_own_log_ins_and_ends_them(guarded: Flask, hanh: FlaskClient) -> None:
    other, stranger = guarded.test_client(), guarded.test_client()
    other.post(
        "/dang-nhap", data={"user_name": "hanh", "password": PASSWORD}, headers={"User-Agent": FIREFOX}
    )
    enter(stranger, "duc")

    page = hanh.get("/tai-khoan").text
    numbers = re.findall(r"/tai-khoan/phien/(\d+)/ket-thuc", page)
    assert ("Firefox, Linux" in page, len(numbers)) == (True, 1)
    assert hanh.post(f"/tai-khoan/phien/{numbers[0]}/ket-thuc").location == "/tai-khoan"

    assert other.get("/tai-khoan").status_code == 302
    assert hanh.get("/tai-khoan").status_code == 200
    for number in range(1, 10):
        if str(number) not in numbers:
            other.post(f"/tai-khoan/phien/{number}/ket-thuc")
    assert stranger.get("/tai-khoan").status_code == 200


def test_nobody_ends_somebody_else_s_log_in(guarded: Flask, hanh: FlaskClient) -> None:
    stranger = guarded.test_client()
    enter(stranger, "duc")

    for number in range(1, 20):
        hanh.post(f"/tai-khoan/phien/{number}/ket-thuc")

    assert stranger.get("/tai-khoan").status_code == 200


def test_all_other_log_ins_end_at_once(guarded: Flask, hanh: FlaskClient) -> None:
    others = [guarded.test_client() for _ in range(3)]
    for other in others:
        enter(other, "hanh")

    hanh.post("/tai-khoan/phien/ket-thuc-khac")

    assert [other.get("/tai-khoan").status_code for other in others] == [302] * 3
    assert hanh.get("/tai-khoan").status_code == 200


def test_a_second_factor_of_one_s_own_will_and_its_end(
    guarded: Flask, hanh: FlaskClient, clock: Clock
) -> None:
    phone = shown_key(hanh.get(FACTOR).text)
    assert hanh.post(FACTOR, data={"code": "000000"}).status_code == 400
    assert len(re.findall("<li><code>", hanh.post(FACTOR, data={"code": phone.at(clock())}).text)) == 10
    again = guarded.test_client()
    assert enter(again, "hanh").location == "/dang-nhap/ma"

    hanh.post("/tai-khoan/xac-thuc/bo")

    assert enter(guarded.test_client(), "hanh").location == "/"


def test_a_role_that_must_have_a_second_factor_cannot_drop_it(
    guarded: Flask, engine: Engine, clock: Clock
) -> None:
    account = give_password(engine, "nhansu", settings_of(), now=NOW)
    phone = give_factor(engine, account, settings_of(), clock())
    clock.pass_seconds(60)
    client = guarded.test_client()
    enter(client, "nhansu")
    client.post("/dang-nhap/ma", data={"code": phone.at(clock())})

    assert "/tai-khoan/xac-thuc/bo" not in client.get("/tai-khoan").text
    client.post("/tai-khoan/xac-thuc/bo")
    assert enter(guarded.test_client(), "nhansu").location == "/dang-nhap/ma"


def test_new_recovery_codes_void_the_old_ones(guarded: Flask, engine: Engine, clock: Clock) -> None:
    account = give_password(engine, "duc", settings_of(), now=NOW)
    phone = give_factor(engine, account, settings_of(), clock())
    clock.pass_seconds(60)
    client = guarded.test_client()
    enter(client, "duc")
    client.post("/dang-nhap/ma", data={"code": phone.at(clock())})

    old, new = (
        re.findall(r"<li><code>([^<]+)</code>", client.post("/tai-khoan/ma-du-phong").text) for _ in range(2)
    )

    assert not set(old) & set(new)
    for code, status in ((old[0], 401), (new[0], 302)):
        browser = guarded.test_client()
        enter(browser, "duc")
        assert browser.post("/dang-nhap/ma", data={"code": code}).status_code == status


@pytest.mark.parametrize(
    ("old", "new", "again", "sentence"),
    [
        ("sai", ANOTHER, ANOTHER, "Mật khẩu hiện tại không đúng"),
        (PASSWORD, ANOTHER, "khác", "không giống nhau"),
        (PASSWORD, "ngắn", "ngắn", "Cần ít nhất 12 ký tự"),
        (PASSWORD, "nguyenthihanh99", "nguyenthihanh99", "nguyenthihanh"),
        (PASSWORD, PASSWORD, PASSWORD, "trùng mật khẩu cũ"),
    ],
)
def test_a_password_that_will_not_do_is_refused_with_its_reason(
    guarded: Flask, hanh: FlaskClient, old: str, new: str, again: str, sentence: str
) -> None:
    answer = hanh.post("/tai-khoan/mat-khau", data={"old": old, "password": new, "again": again})

    assert answer.status_code == 400
    assert sentence in answer.text
    assert enter(guarded.test_client(), "hanh").status_code == 302
