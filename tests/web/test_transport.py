"""TLS and proxies: what a reader says of himself counts only when a listed proxy says it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import TestResponse

from monitor.web.app import create_app
from monitor.web.policy import PUBLIC, policy
from tests.web.cast import NOW
from tests.web.conftest import settings_for

PROXY, READER = "10.0.0.2", "192.168.10.77"
Ask = Callable[..., TestResponse]


@pytest.fixture
def behind_proxy(engine: Engine, tmp_path: Path) -> Flask:
    """The application behind TLS proxies of 10.0.0.0/24, with a page that tells what it sees."""
    settings = settings_for(tmp_path, trusted_proxies=["10.0.0.0/24", "fd00::/64"])
    return with_mirror(create_app(engine, settings, lambda: NOW))


def with_mirror(app: Flask) -> Flask:
    @app.get("/guong")
    @policy(PUBLIC)
    def mirror() -> str:
        forwarded = [name for name in request.environ if "FORWARDED" in name or "REAL_IP" in name]
        return f"{request.remote_addr} {request.scheme} {forwarded}"

    return app


def ask(app: Flask, peer: str, address: str = "/guong", **headers: str) -> TestResponse:
    named = {f"X-Forwarded-{name.replace('_', '-')}": value for name, value in headers.items()}
    overrides: dict[str, Any] = {"REMOTE_ADDR": peer}
    return app.test_client().get(address, headers=named, environ_overrides=overrides)


@pytest.mark.parametrize(
    ("chain", "reader"),
    [
        (READER, READER),
        (f"1.2.3.4, {READER}", READER),  # the left part is what the reader wrote himself
        (f"{READER}, 10.0.0.3", READER),  # a second proxy of ours
        (f"1.2.3.4,{READER},10.0.0.3,10.0.0.4", READER),
        (f"::ffff:{READER}", READER),
        ("2001:db8::1", "2001:db8::1"),
        ("", PROXY),
        ("không rõ", PROXY),
        ("10.0.0.9", "10.0.0.9"),
        (f"{READER}, _ẩn, 10.0.0.3", "10.0.0.3"),
        (",".join([READER, *["10.0.0.3"] * 30]), "10.0.0.3"),  # no end of hops
    ],
)
def test_the_reader_s_address_is_the_nearest_that_is_no_proxy_of_ours(
    behind_proxy: Flask, chain: str, reader: str
) -> None:
    chain = chain.encode().decode("latin-1")
    answer = ask(behind_proxy, PROXY, For=chain, Proto="https")

    assert answer.text == f"{reader} https []"


def test_a_stranger_s_forwarded_headers_change_nothing(behind_proxy: Flask, app: Flask) -> None:
    lies = {"For": "10.1.1.1", "Proto": "https", "Host": "evil.example", "Port": "1", "Prefix": "/x"}

    assert ask(behind_proxy, READER, **lies).status_code == 404
    assert_believes_nobody(with_mirror(app))


def assert_believes_nobody(app: Flask) -> None:
    lies = {"For": "10.1.1.1", "Proto": "https", "Host": "evil.example", "Port": "1", "Prefix": "/x"}
    for peer in (READER, "127.0.0.1"):
        assert ask(app, peer, **lies).text == f"{peer} http []"


def test_without_tls_nothing_is_served_where_tls_is_declared_but_the_liveness_check(
    behind_proxy: Flask,
) -> None:
    for address in ("/dang-nhap", "/", "/khong-co", "/guong"):
        plain = ask(behind_proxy, PROXY, address, Proto="http")
        assert (plain.status_code, plain.headers.getlist("Set-Cookie")) == (404, [])
    assert ask(behind_proxy, "127.0.0.1", "/healthz").status_code == 200


def test_readers_over_tls_are_told_to_stay_there_on_every_answer(behind_proxy: Flask) -> None:
    for address in ("/dang-nhap", "/khong-co", "/static/app.css", "/healthz"):
        with ask(behind_proxy, PROXY, address, Proto="https") as answer:
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    with ask(behind_proxy, PROXY, "/healthz", Proto="http") as answer:
        assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("proto", ["https", "HTTPS", "http, https"])
def test_the_nearest_proxy_s_word_on_the_scheme_counts(behind_proxy: Flask, proto: str) -> None:
    assert ask(behind_proxy, PROXY, For=READER, Proto=proto).text.split()[1] == "https"


@pytest.mark.parametrize("proto", ["https, http", "gopher", "", "https;x"])
def test_what_is_no_word_on_tls_is_none(behind_proxy: Flask, proto: str) -> None:
    assert ask(behind_proxy, PROXY, For=READER, Proto=proto).status_code == 404


def test_planted_a_forged_header_that_is_believed_is_noticed(app: Flask) -> None:
    careless = with_mirror(app)
    careless.wsgi_app = ProxyFix(Flask.wsgi_app.__get__(careless))  # type: ignore[method-assign]  # planted

    with pytest.raises(AssertionError):
        assert_believes_nobody(careless)
