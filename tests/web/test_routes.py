"""Every route there is: its headers on every answer, nothing changed by looking, nothing open to the web."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask, redirect, request
from flask.testing import FlaskClient
from sqlalchemy import Engine, inspect, text
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from monitor.store.driver import sqlite3
from monitor.store.session import reading
from monitor.web import headers
from monitor.web.policy import PUBLIC, STATIC, policy
from tests.security.malformed import addresses_of
from tests.web.conftest import LogIn

EVERYBODY = ("admin", "nhansu", "hanh", "duc", "kythuat", "thanhtra", "")
TRACES = frozenset({"audit_entry", "shown", "login_session", "attempt"})
"""Tables in which being looked at may leave a trace: who saw what, that somebody is still there."""
METHODS = {"GET", "HEAD", "POST"}


def browser(app: Flask, log_in: LogIn, user_name: str) -> FlaskClient:
    return log_in(user_name) if user_name else app.test_client()


def contents(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table that looking must not change."""
    with reading(engine) as session:
        connection = session.connection()
        tables = sorted(set(inspect(connection).get_table_names()) - TRACES)
        return {
            name: sorted(map(tuple, connection.execute(text(f'SELECT * FROM "{name}"'))), key=repr)
            for name in tables
        }


@contextmanager
def written(engine: Engine) -> Iterator[Callable[[], bool]]:
    """Tells whether anybody has committed anything to the database since it was last asked."""
    eye = sqlite3.connect(engine.url.database or "")
    versions = [eye.execute("PRAGMA data_version").fetchone()]

    def anything() -> bool:
        versions.append(eye.execute("PRAGMA data_version").fetchone())
        return bool(versions[-1] != versions[-2])

    try:
        yield anything
    finally:
        eye.close()


def changed(engine: Engine, client: FlaskClient, addresses: Sequence[str]) -> list[str]:
    """Addresses that, got, change a table, and which."""
    found, before = [], contents(engine)
    with written(engine) as anything:
        for address in addresses:
            client.get(address, buffered=True).close()
            if anything():
                after = contents(engine)
                found += [f"{address}: {name}" for name in before if before[name] != after[name]]
                before = after
    return found


@pytest.mark.parametrize("user_name", EVERYBODY)
def test_looking_changes_nothing(app: Flask, engine: Engine, log_in: LogIn, user_name: str) -> None:
    assert changed(engine, browser(app, log_in, user_name), addresses_of(app)) == []


def without_headers(app: Flask, client: FlaskClient) -> list[str]:
    """Answers, whatever they are, that lack a header."""
    found = []
    for address in [*addresses_of(app), "/khong-co", "/%00", "/dang-nhap?x=%ff%fe", "/hong"]:
        for method in ("GET", "POST", "PUT", "OPTIONS", "HEAD"):
            with client.open(address, method=method, buffered=True) as answer:
                missing = [
                    name for name, value in headers.ALWAYS.items() if answer.headers.get(name) != value
                ]
                kept = answer.headers.get("Cache-Control") != "no-store"
                if missing or (kept and not address.startswith(("/static/", "/bootstrap/"))):
                    found.append(f"{method} {address} {answer.status_code}: {missing or 'may be kept'}")
    return found


@pytest.fixture
def with_defect(app: Flask) -> Flask:
    """A page that fails, beside the others."""

    @app.get("/hong")
    @policy(PUBLIC)
    def broken() -> str:
        msg = "bí mật nội bộ"
        raise RuntimeError(msg)

    return app


@pytest.mark.parametrize("user_name", ["admin", "duc", ""])
def test_every_answer_of_every_route_carries_the_headers(
    with_defect: Flask, log_in: LogIn, user_name: str
) -> None:
    assert without_headers(with_defect, browser(with_defect, log_in, user_name)) == []


def test_a_page_whose_error_page_fails_too_shows_a_number_only(
    with_defect: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> str:
        msg = "bí mật thứ hai"
        raise RuntimeError(msg)

    monkeypatch.setattr("monitor.web.errors.render_template", fails)
    answer = with_defect.test_client().get("/hong")

    assert (answer.status_code, answer.text) == (500, "500\n")
    assert answer.headers["Content-Security-Policy"] == headers.POLICY


def test_routes_use_the_usual_methods_only(app: Flask) -> None:
    found = {rule.rule: (rule.methods or set()) - METHODS - {"OPTIONS"} for rule in app.url_map.iter_rules()}

    assert {address: methods for address, methods in found.items() if methods} == {}
    both = [rule.rule for rule in app.url_map.iter_rules() if {"GET", "POST"} <= (rule.methods or set())]
    assert both == []  # looking and doing have views of their own


LEADING = ("tiep", "next", "url", "return", "redirect", "quay-lai", "target", "ve")
OUTSIDE = (
    "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "/\t/evil.example", "http:evil.example", "javascript:alert(1)", "/\n/evil.example",
    "https:/evil.example", " //evil.example", "/%09/evil.example", "/..//evil.example", "/.//evil.example",
    "data:text/html,x", "@evil.example", "/ /evil.example", "\x00//evil.example",
)  # fmt: skip


def leads_outside(answer: TestResponse) -> bool:
    """Whether a browser would follow an answer to another site."""
    location = re.sub(r"[\t\r\n]", "", answer.headers.get("Location", "")).strip()
    return bool(location) and not re.match(r"/(?![/\\])|\?", location)


def open_redirects(client: FlaskClient, addresses: Sequence[str]) -> list[str]:
    """Addresses that lead elsewhere when they are asked to."""
    found = []
    for target in OUTSIDE:
        named = dict.fromkeys(LEADING, target)
        for address in addresses:
            for answer in (
                client.get(address, query_string=named, buffered=True),
                client.post(address, data={"user_name": "admin", **named}, query_string=named, buffered=True),
            ):
                found += [f"{address} {target!r}"] if leads_outside(answer) else []
                answer.close()
    return found


@pytest.mark.parametrize("user_name", ["", "admin"])
def test_no_page_leads_to_another_site(app: Flask, log_in: LogIn, user_name: str) -> None:
    assert open_redirects(browser(app, log_in, user_name), addresses_of(app)) == []


def test_a_foreign_host_name_stays_out_of_what_is_answered(app: Flask) -> None:
    for address in addresses_of(app):
        with app.test_client().get(address, headers={"Host": "evil.example"}, buffered=True) as answer:
            assert "evil.example" not in answer.headers.get("Location", "")
            if not address.startswith(("/static", "/bootstrap")):
                assert b"evil.example" not in answer.get_data()


def test_every_template_escapes(app: Flask) -> None:
    environment = app.jinja_env
    assert environment.autoescape is not False
    for name in environment.list_templates():
        assert app.select_jinja_autoescape(name), name
    assert environment.from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"


# Planted: each check notices the bug it is there for.


def test_planted_a_get_that_writes_is_noticed(app: Flask, engine: Engine, log_in: LogIn) -> None:
    @app.get("/dem")
    @policy(PUBLIC)
    def counted() -> str:
        with engine.begin() as connection:
            connection.execute(text("UPDATE person SET name = name || '!' WHERE code = 'CB003'"))
        return ""

    # The others are asked above.
    assert changed(engine, log_in("admin"), ["/dem", "/"]) == ["/dem: person"]


def test_planted_an_open_redirect_is_noticed(app: Flask) -> None:
    @app.get("/di")
    @policy(PUBLIC)
    def away() -> Response:
        return redirect(request.args.get("tiep", "/"))

    found = open_redirects(app.test_client(), ["/di", "/dang-nhap"])  # the others are asked above
    assert {line.partition(" ")[0] for line in found} == {"/di"}
    assert len(found) > 8


def test_planted_an_error_page_without_headers_is_noticed(
    with_defect: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = headers._secure

    def only_good_answers(response: Response) -> Response:
        return sound(response) if response.status_code < 400 else response

    hooks = with_defect.after_request_funcs[None]
    monkeypatch.setitem(
        with_defect.after_request_funcs,
        None,
        [only_good_answers if hook is sound else hook for hook in hooks],
    )
    found = without_headers(with_defect, with_defect.test_client())
    assert any(line.startswith("GET /khong-co 404") for line in found)
    assert any(line.startswith("GET /hong 500") for line in found)


@pytest.fixture(autouse=True)
def _static_is_known(app: Flask) -> Iterator[None]:
    """The two folders of style sheets are the only routes of files."""
    assert {rule.endpoint for rule in app.url_map.iter_rules() if "filename" in rule.arguments} == STATIC
    yield
    assert Path(app.static_folder or "").name == "static"
