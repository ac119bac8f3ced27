"""Tens of thousands of wrong requests: refused, nothing written, nothing opened, no memory kept (F5).

`MONITOR_MALFORMED=1000000` makes it as many as wanted; `MONITOR_SEED` makes others.
"""

import mimetypes
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug.test import run_wsgi_app

from monitor.store.session import open_database
from monitor.web.app import create_app
from monitor.web.push import create_push_app
from tests.security.malformed import Maker, addresses_of
from tests.security.serving import installed, serving, status_of, talk
from tests.security.watch import resident_bytes, row_counts, watched
from tests.web.cast import NOW
from tests.web.conftest import settings_for

MANY = int(os.environ.get("MONITOR_MALFORMED", "50000"))
SEED = int(os.environ.get("MONITOR_SEED", "2026"))
MEMORY_BYTES = 20 * 1024 * 1024
HARMLESS = frozenset({"GET", "HEAD"})
BOUNDED = {"audit_entry": 200, "shown": 500, "attempt": 200, "pending_terminal": 60}
"""Refusals may leave a trace, never one for each: someone could fill the disk with them."""

pytestmark = pytest.mark.slow


@pytest.fixture
def strict(engine: Engine, tmp_path: Path) -> Flask:
    """The application as it is served: forms need their token."""
    return create_app(engine, settings_for(tmp_path), lambda: NOW)


def cookie_of(app: Flask, user_name: str) -> str:
    """The cookies of somebody who has logged in."""
    client = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False
    client.post("/dang-nhap", data={"user_name": user_name})
    app.config["WTF_CSRF_ENABLED"] = True
    jar = client._cookies or {}
    return "; ".join(f"{cookie.key}={cookie.value}" for cookie in jar.values())


def grown(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """Tables with more or fewer rows than they may have."""
    changed = {name: after[name] - before[name] for name in before if after[name] != before[name]}
    return {name: by for name, by in changed.items() if not 0 <= by <= BOUNDED.get(name, 0)}


def verdict(method: str, status: int, headers: Iterable[tuple[str, str]]) -> str:
    """What is wrong with an answer to a wrong request; '' when nothing is."""
    named = {name.lower(): value for name, value in headers}
    if status >= 500:
        return f"{status}"
    if status < 300 and method.upper() not in HARMLESS:
        return f"{status} for {method}"
    if "location" in named and not (
        named["location"].startswith("/") and named["location"][1:2] not in {"/", "\\"}
    ):
        return f"leads to {named['location']!r}"
    if "default-src 'self'" not in named.get("content-security-policy", ""):
        return "no policy"
    return ""


def test_the_pages_refuse_what_is_malformed_and_keep_nothing_of_it(
    strict: Flask, engine: Engine, tmp_path: Path
) -> None:
    maker = Maker(SEED, addresses_of(strict))
    cookies = [*(cookie_of(strict, name) for name in ("admin", "nhansu", "duc")), ""]
    before, statuses, bad = row_counts(engine), Counter[int](), list[tuple[str, str]]()
    wanted, warm = MANY * 22 // 100, MANY // 50
    memory = 0
    mimetypes.init()  # the library reads the system's own list once, whatever was asked for
    with watched() as seen:
        for number in range(wanted):
            made = maker.request()
            environ = made.environ() | {"wsgi.errors": None}
            environ.setdefault("HTTP_HOST", "127.0.0.1:8000")
            if cookies[number % 4]:
                environ.setdefault("HTTP_COOKIE", cookies[number % 4])
            _body, status, headers = run_wsgi_app(strict, environ, buffered=True)
            code = int(status[:3])
            statuses[code] += 1
            nobody_works = code == 503 and made.path == "/healthz/work"  # what it is for: no scheduler runs
            if not nobody_works and (wrong := verdict(made.method, code, headers)):
                bad.append((wrong, repr(made)[:300]))
            if number == warm:
                memory = resident_bytes()
    assert bad[:5] == []
    assert grown(before, row_counts(engine)) == {}
    assert seen.outside(tmp_path) == []
    assert seen.started == []
    assert resident_bytes() - memory < MEMORY_BYTES
    assert statuses[400] > wanted // 100
    assert statuses[404] > wanted // 10
    assert statuses[413] > wanted // 500


def test_the_terminals_port_refuses_what_is_malformed_and_keeps_nothing_of_it(
    engine: Engine, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path).model_copy(
        update={
            "terminals": settings_for(tmp_path).terminals.model_validate(
                {"allowed_networks": ["127.0.0.0/8"]}
            )
        }
    )
    app = create_push_app(engine, settings, lambda: NOW)
    addresses = [
        f"/iclock/{name}"
        for name in ("cdata", "getrequest", "devicecmd", "registry", "ping", "fdata", "", "x")
    ]
    maker, statuses, bad = (
        Maker(SEED, [*addresses, "/", "/dang-nhap"]),
        Counter[int](),
        list[tuple[str, str]](),
    )
    before, memory = row_counts(engine), 0
    wanted, warm = MANY * 72 // 100, MANY // 50
    with watched() as seen:
        for number in range(wanted):
            made = maker.request()
            if number % 2:
                made.query += "&SN=KHONGCO&table=ATTLOG"
            environ = made.environ(f"127.0.{number % 256}.{number // 256 % 256}")
            _body, status, headers = run_wsgi_app(app, environ, buffered=True)
            code = int(status[:3])
            statuses[code] += 1
            if not 400 <= code < 500 or dict(headers).get("X-Content-Type-Options") != "nosniff":
                bad.append((status, repr(made)[:300]))
            if number == warm:
                memory = resident_bytes()
    assert bad[:5] == []
    assert grown(before, row_counts(engine)) == {}
    assert seen.outside(tmp_path) == []
    assert seen.started == []
    assert resident_bytes() - memory < MEMORY_BYTES
    assert {400, 403, 404, 405} <= set(statuses)


def test_the_real_servers_refuse_what_is_malformed_on_the_wire(tmp_path: Path) -> None:
    config = installed(tmp_path / "van-phong")
    engine = open_database(f"sqlite:///{config.parent / 'monitor.db'}")
    before = row_counts(engine)
    web = Maker(SEED, ["/", "/dang-nhap", "/healthz", "/static/app.css", "/may", "/nguoi/1/ngay/2026-02-24"])
    push = Maker(SEED, ["/iclock/cdata", "/iclock/getrequest", "/iclock/ping"])
    bad, statuses = list[tuple[int, bytes]](), Counter[tuple[str, int]]()
    with serving(config) as served:
        for number in range(MANY * 3 // 100):
            broken = number % 2 == 1
            for name, maker, port in (("web", web, served.web), ("push", push, served.push)):
                raw = maker.broken() if broken else maker.request().raw()
                status = status_of(talk(port, raw, timeout=0.12))
                statuses[name, status // 100] += 1
                harmless = raw[:5].upper().startswith((b"GET ", b"HEAD ")) or broken
                if status >= 500 or (status in range(200, 300) and not (name == "web" and harmless)):
                    bad.append((status, raw[:300]))
        assert status_of(talk(served.web, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")) == 200
    assert bad[:5] == []
    assert grown(before, row_counts(engine)) == {}
    engine.dispose()
    for name in ("web", "push"):
        assert statuses[name, 4] > MANY // 100
    assert "Traceback" not in (config.parent / "log.txt").read_text()
