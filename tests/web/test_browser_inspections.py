"""The inspection pages in a real browser: accessible in both languages, on a phone and on a desk."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from sqlalchemy import Engine
from werkzeug.serving import make_server

from monitor.web import create_app
from tests.web.cast import NOW
from tests.web.conftest import settings_for
from tests.web.test_browser import AXE, DESKTOP, PHONE, Visitor, browser, visit, visitors

pytestmark = pytest.mark.browser
__all__ = ["browser", "visitors"]

PAGES = (
    "/dot-kiem-tra",
    "/dot-kiem-tra/dot-1",
    "/dot-kiem-tra/moi",
    "/dot-kiem-tra/dot-1/bao-cao?ngay=2026-02-24",
    "/dot-kiem-tra/dot-1/bao-cao/in?ngay=2026-02-24&ten=1",
)


@pytest.fixture
def served(engine: Engine, tmp_path: Path) -> Iterator[str]:
    """The address of a running server with the whole cast."""
    server = make_server(
        "127.0.0.1", 0, create_app(engine, settings_for(tmp_path), lambda: NOW), threaded=True
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("viewport", "language", "scheme"),
    [
        pytest.param(PHONE, "vi", "dark", id="phone-vi-dark"),
        pytest.param(PHONE, "en", "light", id="phone-en"),
        pytest.param(DESKTOP, "vi", "light", id="desktop-vi"),
    ],
)
def test_every_page_is_accessible_and_never_scrolls_sideways(
    visitors: list[Visitor],
    browser: Browser,
    served: str,
    viewport: dict[str, int],
    scheme: str,
    language: str,
) -> None:
    visitor = visit(visitors, browser, served, viewport=viewport, color_scheme=scheme).log_in("nhansu")
    visitor.open(f"/healthz?lang={language}")
    found = {}
    for address in PAGES:
        page = visitor.open(address)
        assert page.locator("html").get_attribute("lang") == language
        wide = page.evaluate("document.documentElement.scrollWidth") - viewport["width"]
        violations = Axe().run(page, options=AXE).response["violations"]
        broken = [(rule["id"], [node["html"][:160] for node in rule["nodes"]][:3]) for rule in violations]
        if wide > 0 or broken:
            found[address] = (wide, broken)

    assert found == {}
