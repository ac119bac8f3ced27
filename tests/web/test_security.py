"""Every answer's headers, forms without a token, errors without traces, two languages."""

import logging
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from monitor.web.app import create_app
from tests.web.cast import NOW
from tests.web.conftest import LogIn, settings_for

PAGES = [
    "/don-vi/ubnd/ngay/2026-02-24",
    "/nguoi/CB002/ngay/2026-02-24",
    "/may",
    "/dang-nhap",
    "/healthz",
    "/khong-co",
    "/static/app.css",
    "/bootstrap/static/css/bootstrap.min.css",
]


@pytest.mark.parametrize("address", PAGES)
def test_every_answer_carries_the_security_headers(log_in: LogIn, address: str) -> None:
    with log_in("nhansu").get(address) as answer:
        headers = answer.headers

    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("address", PAGES[:6])
def test_pages_are_kept_by_no_cache(log_in: LogIn, address: str) -> None:
    assert log_in("nhansu").get(address).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", PAGES[:4])
def test_pages_hold_nothing_inline_and_nothing_from_elsewhere(log_in: LogIn, address: str) -> None:
    text = log_in("nhansu").get(address, follow_redirects=True).text

    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", text)


def test_the_session_cookie_is_out_of_reach_of_scripts(app: Flask) -> None:
    answer = app.test_client().post("/dang-nhap", data={"user_name": "hanh"})
    cookies = answer.headers.getlist("Set-Cookie")

    assert {cookie.partition("=")[0] for cookie in cookies} == {"monitor_session", "monitor_form"}
    assert [cookie for cookie in cookies if "HttpOnly" not in cookie or "SameSite=Lax" not in cookie] == []


@pytest.fixture
def strict(engine: Engine, tmp_path: Path) -> Flask:
    """The application as it is served: forms need their token."""
    return create_app(engine, settings_for(tmp_path), lambda: NOW)


def _token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/dang-nhap").text)
    assert found
    return found.group(1)


@pytest.mark.parametrize("address", ["/dang-nhap", "/dang-xuat", "/may/TM1/doc-ngay"])
def test_a_form_without_its_token_is_refused(strict: Flask, address: str) -> None:
    client = strict.test_client()
    client.post("/dang-nhap", data={"user_name": "nhansu", "csrf_token": _token(client)})

    answer = client.post(address, data={"user_name": "nhansu"})

    assert answer.status_code == 400
    assert "Biểu mẫu không còn hợp lệ" in answer.text


def test_a_form_with_its_token_is_taken(strict: Flask) -> None:
    client = strict.test_client()

    answer = client.post("/dang-nhap", data={"user_name": "nhansu", "csrf_token": _token(client)})

    assert answer.status_code == 302
    assert client.get("/don-vi/ubnd/ngay/2026-02-24").status_code == 200


def test_a_defect_shows_a_code_and_never_a_trace(
    app: Flask, log_in: LogIn, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_values: object) -> None:
        msg = "bí mật nội bộ"
        raise RuntimeError(msg)

    client = log_in("nhansu")
    monkeypatch.setattr("monitor.web.pages.board.board", broken)
    with caplog.at_level(logging.ERROR, logger="monitor.web.errors"):
        answer = client.get("/don-vi/ubnd/ngay/2026-02-24")

    assert answer.status_code == 500
    assert "bí mật" not in answer.text
    assert "Traceback" not in answer.text
    number = caplog.records[0].__dict__["request_id"]
    assert number in answer.text


@pytest.mark.parametrize(
    "address", ["/don-vi/vp/ngay/2026-02-30", "/don-vi/vp/ngay/x", "/nguoi/CB001/ngay/9999-12-31"]
)
def test_a_day_that_does_not_exist_is_not_found(log_in: LogIn, address: str) -> None:
    assert log_in("nhansu").get(address).status_code == 404


def test_a_request_that_is_too_large_is_refused(app: Flask) -> None:
    assert app.test_client().post("/dang-nhap", data={"token": "x" * 100_000}).status_code == 413


def test_the_liveness_check_needs_no_account_and_tells_nothing(app: Flask) -> None:
    answer = app.test_client().get("/healthz")

    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert "Set-Cookie" not in answer.headers


def test_the_language_is_kept_and_leaves_the_address(log_in: LogIn) -> None:
    client = log_in("nhansu")

    switched = client.get("/don-vi/ubnd/ngay/2026-02-24?nhom=late&lang=en")

    assert switched.location == "/don-vi/ubnd/ngay/2026-02-24?nhom=late"
    text = client.get(switched.location).text
    assert '<html lang="en">' in text
    assert "Needs attention first" not in text
    assert "13 min" in text
    assert "Tuesday, 24/02/2026" in text
    assert re.search(r'class="name"[^>]* lang="vi"', text)
    assert '<html lang="vi">' in client.get("/?lang=vi", follow_redirects=True).text


def test_a_language_that_is_not_known_changes_nothing(log_in: LogIn) -> None:
    assert '<html lang="vi">' in log_in("nhansu").get("/don-vi/ubnd/ngay/2026-02-24?lang=xx").text
