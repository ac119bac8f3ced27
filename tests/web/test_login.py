"""Logging in and out with a password: one answer to all that is wrong, nothing stored before it is right."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlmodel import col

from monitor.accounts import hashing
from monitor.store.session import reading, transaction
from monitor.store.tables import Account, Attempt
from tests.accounts.cast import PASSWORD, Clock, give_password, settings_of, trail, trail_text
from tests.web.cast import NOW
from tests.web.conftest import LogIn
from tests.web.signing import COOKIE, enter, guarded_app, key_of, plain, rows, with_key


@pytest.fixture
def clock() -> Clock:
    """A clock to be set."""
    return Clock(NOW)


@pytest.fixture
def guarded(engine: Engine, tmp_path: Path, clock: Clock) -> Flask:
    """The application without the development log-in; Hạnh has a password."""
    give_password(engine, "hanh", settings_of(), now=NOW)
    return guarded_app(engine, tmp_path, clock)


def test_the_right_password_opens_the_door(guarded: Flask) -> None:
    client = guarded.test_client()

    assert enter(client, " Hanh ").location == "/"
    assert client.get("/").location == "/don-vi/vp/ngay/2026-02-24"


def test_a_password_typed_with_combining_marks_is_the_same(guarded: Flask) -> None:
    import unicodedata

    assert enter(guarded.test_client(), "hanh", unicodedata.normalize("NFD", PASSWORD)).status_code == 302


WRONG = [("ai-do", PASSWORD), ("hanh", "sai"), ("duc", PASSWORD), ("duc", ""), ("", ""), ("khoa", PASSWORD)]


def test_unknown_names_wrong_passwords_and_closed_accounts_get_one_answer(
    guarded: Flask, engine: Engine
) -> None:
    with transaction(engine) as session:
        session.add(Account(user_name="khoa", display_name="Khoa", role="staff", disabled=True))
    give_password(engine, "khoa", settings_of(), now=NOW)

    answers = [enter(guarded.test_client(), *pair) for pair in WRONG]

    assert {answer.status_code for answer in answers} == {401}
    assert len({plain(answer.text) for answer in answers}) == 1
    headers = [
        sorted((name, value) for name, value in answer.headers if name != "Set-Cookie") for answer in answers
    ]
    assert all(one == headers[0] for one in headers)


@pytest.mark.parametrize("pair", WRONG, ids=lambda pair: pair[0])
def test_the_same_work_is_done_whoever_is_named(
    guarded: Flask, monkeypatch: pytest.MonkeyPatch, pair: tuple[str, str]
) -> None:
    done: list[str] = []
    sound = hashing.verify

    def counted(stored: str, password: str) -> bool:
        done.append(stored.split("$")[1])
        return sound(stored, password)

    monkeypatch.setattr(hashing, "verify", counted)
    enter(guarded.test_client(), *pair)

    assert done == ["argon2id"]


def test_known_and_unknown_names_are_closed_alike(guarded: Flask, clock: Clock) -> None:
    seen = {}
    for name in ("hanh", "ai-do"):
        answers = []
        for _ in range(12):
            clock.pass_seconds(61)
            answers.append(plain(enter(guarded.test_client(), name, "sai").text))
        answers.append(plain(enter(guarded.test_client(), name, PASSWORD).text))
        seen[name] = answers

    assert seen["hanh"] == seen["ai-do"]


def test_wrong_tries_close_the_account_for_a_while_even_to_the_right_password(
    guarded: Flask, clock: Clock, engine: Engine
) -> None:
    for _ in range(10):
        clock.pass_seconds(61)
        assert enter(guarded.test_client(), "hanh", "sai").status_code == 401

    clock.pass_seconds(61)
    assert enter(guarded.test_client(), "hanh").status_code == 401
    clock.pass_seconds(5 * 60)
    assert enter(guarded.test_client(), "hanh").status_code == 302
    assert ("hanh", "account_locked") in trail(engine)


def test_the_pause_grows_with_every_wrong_try(guarded: Flask, clock: Clock) -> None:
    for _ in range(3):
        enter(guarded.test_client(), "hanh", "sai")

    assert enter(guarded.test_client(), "hanh").status_code == 401
    clock.pass_seconds(2)
    assert enter(guarded.test_client(), "hanh").status_code == 302


def test_names_and_outcomes_are_on_the_trail_and_never_what_was_typed(guarded: Flask, engine: Engine) -> None:
    enter(guarded.test_client(), "hanh", "mat-khau-sai-cua-hanh")
    enter(guarded.test_client(), "mat-khau-go-nham-o-ten", "x")
    enter(guarded.test_client(), "hanh")

    assert trail(engine) == [("hanh", "log_in_refused"), ("-", "log_in_refused"), ("hanh", "log_in")]
    said = trail_text(engine)
    assert "127.0.0.1" in said
    assert not [secret for secret in ("mat-khau", PASSWORD) if secret in said]


def test_a_flood_of_strangers_stores_no_session_and_no_counter(guarded: Flask, engine: Engine) -> None:
    for _ in range(200):
        client = guarded.test_client()
        client.get("/dang-nhap")
        client.get("/")

    assert rows(engine) == 0
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Attempt)) == 0


def test_invented_names_fill_no_table(engine: Engine) -> None:
    from monitor.accounts.attempts import BUCKETS, name_key

    assert len({name_key(f"ten-{number}") for number in range(20_000)}) <= BUCKETS


def test_wrong_tries_store_no_session(guarded: Flask, engine: Engine) -> None:
    for name, password in WRONG:
        enter(guarded.test_client(), name, password)

    assert rows(engine) == 0


def test_a_key_that_was_planted_is_replaced(guarded: Flask, engine: Engine) -> None:
    planted = "cua-ke-gian-" + "x" * 31
    client = with_key(guarded, planted)

    enter(client, "hanh")

    assert key_of(client) not in {"", planted}
    assert with_key(guarded, planted).get("/").location.startswith("/dang-nhap")


def test_logging_in_again_replaces_the_key_and_ends_the_old_session(guarded: Flask, engine: Engine) -> None:
    client = guarded.test_client()
    enter(client, "hanh")
    before = key_of(client)

    enter(client, "hanh")

    assert key_of(client) != before
    assert rows(engine) == 1
    assert with_key(guarded, before).get("/").location.startswith("/dang-nhap")


def test_a_copied_key_is_worth_nothing_after_log_out(guarded: Flask, engine: Engine) -> None:
    client = guarded.test_client()
    enter(client, "hanh")
    copied = key_of(client)

    assert client.post("/dang-xuat").location == "/dang-nhap"

    assert with_key(guarded, copied).get("/").location.startswith("/dang-nhap")
    assert (key_of(client), rows(engine)) == ("", 0)


def test_the_key_is_stored_as_its_hash_only(guarded: Flask, engine: Engine) -> None:
    client = guarded.test_client()
    enter(client, "hanh")

    key = key_of(client)
    assert len(key) == 43
    assert key.encode() not in Path(str(engine.url.database)).read_bytes()


def test_logging_out_needs_a_post(log_in: LogIn) -> None:
    client = log_in("hanh")

    assert client.get("/dang-xuat").status_code == 404
    assert client.post("/dang-xuat").location == "/dang-nhap"
    assert client.get("/").location.startswith("/dang-nhap")


def test_the_list_of_accounts_is_shown_in_development_only(guarded: Flask, app: Flask) -> None:
    assert "Trần Văn Đức" not in guarded.test_client().get("/dang-nhap").text
    assert guarded.test_client().post("/dang-nhap", data={"user_name": "duc"}).status_code == 401
    assert "Trần Văn Đức" in app.test_client().get("/dang-nhap").text


def test_the_real_form_can_be_seen_and_used_beside_the_development_list(app: Flask, engine: Engine) -> None:
    give_password(engine, "hanh", settings_of(), now=NOW)
    client = app.test_client()

    assert 'name="password"' in client.get("/dang-nhap?mat-khau=").text
    assert enter(client, "hanh", "sai").status_code == 401
    assert enter(client, "hanh").location == "/"


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.vn/",
        "//elsewhere.vn",
        "/\\elsewhere.vn",
        "javascript:alert(1)",
        "/\t/elsewhere.vn",
        "/x\\..\\y",
        "\\\\elsewhere.vn",
    ],
)
def test_the_way_on_leads_to_our_own_pages_only(app: Flask, guarded: Flask, target: str) -> None:
    chosen = app.test_client().post("/dang-nhap", data={"user_name": "hanh", "tiep": target})

    assert chosen.location == "/"
    assert enter(guarded.test_client(), "hanh", tiep=target).location == "/"


def test_the_way_on_leads_to_the_page_that_was_asked_for(guarded: Flask) -> None:
    wanted = "/don-vi/vp/ngay/2026-02-20?nhom=late"

    assert enter(guarded.test_client(), "hanh", tiep=wanted).location == wanted


def test_a_hash_of_an_older_cost_is_renewed_at_log_in(guarded: Flask, engine: Engine) -> None:
    from argon2 import PasswordHasher

    from monitor.store.tables import Credential

    old = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD.encode())
    with transaction(engine) as session:
        account = session.scalars(select(Account).where(col(Account.user_name) == "hanh")).one()
        session.get_one(Credential, account.id).password_hash = old

    enter(guarded.test_client(), "hanh")

    with reading(engine) as session:
        assert (
            session.scalars(select(Credential)).one().password_hash.startswith("$argon2id$v=19$m=19456,t=2")
        )
    assert enter(guarded.test_client(), "hanh").status_code == 302


def test_with_tls_the_cookies_are_kept_to_this_host_by_the_browser_itself(
    engine: Engine, tmp_path: Path, clock: Clock
) -> None:
    give_password(engine, "hanh", settings_of(), now=NOW)
    app = guarded_app(engine, tmp_path, clock, trusted_proxies=["127.0.0.1/32"])
    client = app.test_client()

    answer = client.post(
        "/dang-nhap",
        data={"user_name": "hanh", "password": PASSWORD},
        headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "10.0.0.7"},
    )

    set_cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in set_cookies} == {f"__Host-{COOKIE}", "__Host-monitor_form"}
    for cookie in set_cookies:
        assert re.search(r"; Secure; HttpOnly; Path=/; SameSite=Lax", cookie)
        assert "Domain" not in cookie
