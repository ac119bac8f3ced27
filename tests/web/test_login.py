"""Logging in and out: one-time tokens, the development list, ends of a session."""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.store.session import reading, transaction
from monitor.store.tables import Account, AuditEntry
from monitor.web import create_app
from monitor.web.sign_in import IDLE_SECONDS, LONGEST_SECONDS
from tests.web.cast import NOW
from tests.web.conftest import LogIn, settings_for

TOKEN = "mot-ma-dung-mot-lan"  # noqa: S105 - the token of this test alone


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        """Begin at the cast's present."""
        self.now = NOW

    def __call__(self) -> datetime:
        """The present."""
        return self.now

    def pass_seconds(self, seconds: int) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    """A clock to be set."""
    return Clock()


@pytest.fixture
def guarded(engine: Engine, tmp_path: Path, clock: Clock) -> Flask:
    """The application without the development log-in; Hạnh has a token for a day."""
    with transaction(engine) as session:
        hanh = session.scalars(select(Account).where(col(Account.user_name) == "hanh")).one()
        hanh.token_sha256 = hashlib.sha256(TOKEN.encode()).hexdigest()
        hanh.token_expires_at = NOW + timedelta(days=1)
    app = create_app(engine, settings_for(tmp_path, development_login=False), clock)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


def try_token(app: Flask, user_name: str, token: str) -> tuple[int, str]:
    """Status and text of an attempt in a fresh browser."""
    answer = app.test_client().post("/dang-nhap", data={"user_name": user_name, "token": token})
    return answer.status_code, re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", answer.text)


def test_a_token_opens_the_door_once(guarded: Flask) -> None:
    client = guarded.test_client()

    first = client.post("/dang-nhap", data={"user_name": "hanh", "token": f" {TOKEN} "})

    assert first.location == "/"
    assert client.get("/").location == "/don-vi/vp/ngay/2026-02-24"
    assert try_token(guarded, "hanh", TOKEN)[0] == 401


def test_unknown_names_wrong_and_missing_tokens_get_one_answer(guarded: Flask) -> None:
    answers = {
        try_token(guarded, name, token) for name, token in [("ai-do", TOKEN), ("hanh", "sai"), ("duc", "")]
    }

    assert len(answers) == 1
    assert answers.pop()[0] == 401


def test_an_expired_token_is_refused(guarded: Flask, clock: Clock) -> None:
    clock.pass_seconds(86_400)

    assert try_token(guarded, "hanh", TOKEN)[0] == 401


def test_a_disabled_account_cannot_log_in(guarded: Flask, engine: Engine) -> None:
    with transaction(engine) as session:
        session.scalars(select(Account).where(col(Account.user_name) == "hanh")).one().disabled = True

    assert try_token(guarded, "hanh", TOKEN)[0] == 401


def test_the_list_of_accounts_is_shown_in_development_only(guarded: Flask, app: Flask) -> None:
    assert "Trần Văn Đức" not in guarded.test_client().get("/dang-nhap").text
    assert try_token(guarded, "duc", "")[0] == 401
    assert "Trần Văn Đức" in app.test_client().get("/dang-nhap").text


def test_log_ins_are_on_the_audit_trail(guarded: Flask, engine: Engine) -> None:
    try_token(guarded, "hanh", TOKEN)

    with reading(engine) as session:
        entries = [(entry.actor, entry.action) for entry in session.scalars(select(AuditEntry))]
    assert entries == [("hanh", "log_in")]


def test_logging_out_ends_the_session_and_needs_a_post(log_in: LogIn) -> None:
    client = log_in("hanh")

    assert client.get("/dang-xuat").status_code == 404
    assert client.post("/dang-xuat").location == "/dang-nhap"
    assert client.get("/").location.startswith("/dang-nhap")


@pytest.mark.parametrize(
    "target", ["https://elsewhere.vn/", "//elsewhere.vn", "/\\elsewhere.vn", "javascript:alert(1)"]
)
def test_the_way_on_leads_to_our_own_pages_only(app: Flask, target: str) -> None:
    answer = app.test_client().post("/dang-nhap", data={"user_name": "hanh", "tiep": target})

    assert answer.location == "/"


def test_the_way_on_leads_to_the_page_that_was_asked_for(app: Flask) -> None:
    wanted = "/don-vi/vp/ngay/2026-02-20?nhom=late"

    answer = app.test_client().post("/dang-nhap", data={"user_name": "hanh", "tiep": wanted})

    assert answer.location == wanted


@pytest.fixture
def timed(engine: Engine, tmp_path: Path, clock: Clock) -> Flask:
    """The application with the development log-in and a clock to be set."""
    app = create_app(engine, settings_for(tmp_path), clock)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


def test_a_session_ends_when_nobody_uses_it(timed: Flask, clock: Clock) -> None:
    client = timed.test_client()
    client.post("/dang-nhap", data={"user_name": "hanh"})

    clock.pass_seconds(IDLE_SECONDS - 1)
    assert client.get("/").status_code == 302
    clock.pass_seconds(IDLE_SECONDS + 1)

    assert client.get("/").location.startswith("/dang-nhap")


def test_a_page_that_refreshes_itself_keeps_no_session_alive(timed: Flask, clock: Clock) -> None:
    client = timed.test_client()
    client.post("/dang-nhap", data={"user_name": "hanh"})
    board = "/don-vi/vp/ngay/2026-02-24"

    answers = _refresh_every_minute(client.get, board, clock, IDLE_SECONDS // 60 + 1)

    assert answers[:-1] == [200] * (len(answers) - 1)
    assert answers[-1] == 401


def _refresh_every_minute(get: Callable[..., object], address: str, clock: Clock, minutes: int) -> list[int]:
    answers = []
    for _ in range(minutes):
        clock.pass_seconds(60)
        answers.append(get(address, headers={"X-Refresh": "1"}).status_code)  # type: ignore[attr-defined]  # the test client's answer
    return answers


def test_a_session_ends_after_a_working_day_however_busy(timed: Flask, clock: Clock) -> None:
    client = timed.test_client()
    client.post("/dang-nhap", data={"user_name": "hanh"})

    for _ in range(LONGEST_SECONDS // 3600):
        clock.pass_seconds(3600)
        assert not client.get("/").location.startswith("/dang-nhap")
    clock.pass_seconds(1)

    assert client.get("/").location.startswith("/dang-nhap")
