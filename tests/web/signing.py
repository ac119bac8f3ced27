"""Logging in as people do, with a password, over an application whose clock is set by the test."""

import re
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from werkzeug.test import TestResponse

from monitor.store.session import reading
from monitor.store.tables import LoginSession
from monitor.web.app import create_app
from tests.accounts.cast import PASSWORD, Clock
from tests.web.conftest import settings_for

COOKIE = "monitor_session"
BOARD = "/don-vi/vp/ngay/2026-02-24"


def guarded_app(engine: Engine, folder: Path, clock: Callable[[], object], **web: object) -> Flask:
    """The application without the development log-in."""
    settings = settings_for(folder, **({"development_login": False} | web))
    app = create_app(engine, settings, clock)  # type: ignore[arg-type]  # a Clock is called like one
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    return app


def enter(client: FlaskClient, user_name: str, password: str = PASSWORD, **more: str) -> TestResponse:
    """Send the log-in form."""
    return client.post("/dang-nhap", data={"user_name": user_name, "password": password, **more})


def key_of(client: FlaskClient) -> str:
    """The key that the browser holds, '' for none."""
    cookie = client.get_cookie(COOKIE)
    return "" if cookie is None else cookie.value


def with_key(app: Flask, key: str) -> FlaskClient:
    """A browser to which a key was copied."""
    client = app.test_client()
    client.set_cookie(COOKIE, key)
    return client


def plain(text: str) -> str:
    """A page without what differs by chance: the form's token."""
    return re.sub(r'(name="csrf_token" value=)"[^"]*"', r"\1", text)


def rows(engine: Engine) -> int:
    """How many sessions are stored."""
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(LoginSession)) or 0


__all__ = ["BOARD", "COOKIE", "Clock", "enter", "guarded_app", "key_of", "plain", "rows", "with_key"]
