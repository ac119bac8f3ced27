"""A furnished office that asks a provider, and a browser that goes there and back."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from monitor.config import Settings
from monitor.web.app import create_app
from tests.accounts.cast import Clock
from tests.web.conftest import engine, furnished

__all__ = ["engine", "furnished"]

SITE = "http://localhost"
PROGRAM = Path(__file__).with_name("provider.py")


def free_port() -> int:
    """A port of loopback that nobody uses."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass(frozen=True, kw_only=True)
class Running:
    """The provider's process."""

    issuer: str

    def lie(self, **what: Any) -> None:
        """Have it change its answers; nothing: be honest."""
        requests.put(f"{self.issuer}/lie", data=json.dumps(what), timeout=60).raise_for_status()

    def know(self, sub: str, **claims: Any) -> None:
        """Have it know somebody."""
        requests.put(f"{self.issuer}/users/{sub}", json=claims, timeout=60).raise_for_status()

    def visit(self, address: str, sub: str) -> str:
        """What a person does there who has a password: gives the address to come back to."""
        assert requests.get(address, timeout=60).ok
        sent = requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=60)
        assert sent.status_code == 302, sent.text
        return sent.headers["Location"]


@pytest.fixture(scope="session")
def provider() -> Iterator[Running]:
    """A provider of OpenID Connect."""
    port = free_port()
    # Its own libraries tell of each other's age; that is not our concern.
    command = [sys.executable, "-W", "ignore", str(PROGRAM), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield Running(issuer=f"http://localhost:{port}")
        process.terminate()


@pytest.fixture
def honest(provider: Running) -> Running:
    """The provider, which tells the truth and knows four people."""
    provider.lie()
    for name in ("hanh", "nhansu", "admin", "nobody"):
        provider.know(f"id-of-{name}", preferred_username=name)
    return provider


@pytest.fixture
def clock() -> Clock:
    """A clock to be set; the provider's tokens are of the real present."""
    return Clock(datetime.now(UTC))


def sign_on_settings(folder: Path, **sign_on: Any) -> Settings:
    """Settings of an installation that asks others who somebody is."""
    (folder / "oidc.secret").write_text("of-the-province-4711\n", encoding="utf-8")
    web = {"secret_key": "k" * 32}
    return Settings.model_validate({"web": web, "folder": folder, "sign_on": sign_on})


def oidc_of(issuer: str, **more: Any) -> dict[str, Any]:
    """The keys of `[sign_on.oidc]`."""
    keys = {"issuer": issuer, "client_id": "monitor", "client_secret_file": "oidc.secret", "site_url": SITE}
    return keys | {"label": "SSO tỉnh"} | more


def asking_app(engine: Engine, settings: Settings, clock: Clock) -> Flask:
    """The application, without the development log-in."""
    app = create_app(engine, settings, clock)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def app(engine: Engine, tmp_path: Path, honest: Running, clock: Clock) -> Flask:
    """The application of an office that asks the provider."""
    return asking_app(engine, sign_on_settings(tmp_path, oidc=oidc_of(honest.issuer)), clock)


def path_of(location: str) -> str:
    """The address within our site."""
    parts = urlsplit(location)
    assert f"{parts.scheme}://{parts.netloc}" == SITE
    return f"{parts.path}?{parts.query}"


def query_of(location: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def go(client: FlaskClient, provider: Running, name: str, start: str = "/dang-nhap/sso") -> str:
    """To the provider as somebody; gives the address to come back to."""
    sent = client.get(start)
    assert sent.status_code == 302, sent.text
    return path_of(provider.visit(sent.location, f"id-of-{name}"))


def sign_on(client: FlaskClient, provider: Running, name: str) -> TestResponse:
    """There and back."""
    return client.get(go(client, provider, name))
