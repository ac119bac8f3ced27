"""A real browser for tests: a running server, its visitors, and what is wrong with a page that they see."""

import functools
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect, sync_playwright
from werkzeug.serving import make_server

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
PHONE: ViewportSize = {"width": 360, "height": 740}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
SLIPS = [r"Timeout \d+ms exceeded", r"with timeout \d+ms", "Execution context was destroyed"]
"""What a browser test says when a click was lost, a state did not come in time or a page left too early."""
UNSEEN = """() => {
  const menus = [...document.querySelectorAll(".top details:not([open])")];
  menus.forEach((one) => { one.open = true });
  const ground = (one) => {
    for (; one; one = one.parentElement) {
      const color = getComputedStyle(one).backgroundColor;
      if (!/^rgba\\(.*, 0\\)$/.test(color)) return color;
    }
    return "";
  };
  const says = (one) => [...one.childNodes].some((part) => part.nodeType === 3 && part.data.trim());
  const found = [...document.querySelectorAll("body *")]
    .filter((one) => says(one) && one.checkVisibility() && getComputedStyle(one).color === ground(one))
    .map((one) => one.textContent.trim());
  menus.forEach((one) => { one.open = false });
  return found;
}"""
"""Words in the very colour of what they stand on: axe takes these for hidden on purpose."""
THUMB = 43.5
"""Pixels that a target needs on a phone, less the rounding."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium as the system has it; without one this fails: such tests are never skipped."""
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        pytest.fail(f"no browser found: install one of {', '.join(PROGRAMS)}")
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        for act in ("click", "press"):
            patch.setattr(Locator, act, whole_page_after(getattr(Locator, act)))
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


def whole_page_after(act: Callable[..., None]) -> Callable[..., None]:
    """What a visitor does, over only when the page it leads to has come whole.

    Playwright's own waits until the first bytes of the page are there: a loaded machine then shows a test
    half a page, or none.
    """

    @functools.wraps(act)
    def acted(what: Locator, *args: object, **kwargs: object) -> None:
        act(what, *args, **kwargs)
        if not what.page.is_closed():
            what.page.wait_for_load_state()

    return acted


@contextmanager
def serving(app: Flask, port: int = 0) -> Iterator[str]:
    """The address of a server that runs within the block."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Visitor:
    """A browser window of its own, logged in, that notes every host it talks to and every complaint."""

    def __init__(self, browser: Browser, served: str, **options: object) -> None:
        """Open the window."""
        self.served = served
        self.hosts: set[str] = set()
        self.complaints: list[str] = []
        self.context: BrowserContext = browser.new_context(**options)  # type: ignore[arg-type]  # passed through
        self.page: Page = self.context.new_page()
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self._note(said.type, said.text))

    def _note(self, kind: str, text: str) -> None:
        if kind == "error" and "404" not in text and "401" not in text:
            self.complaints.append(text)

    def log_in(self, user_name: str) -> "Visitor":
        """Choose an account of the development list."""
        self.page.goto(self.served + "/dang-nhap")
        self.page.locator(f"form:has(input[value='{user_name}']) button").click()
        return self

    def open(self, address: str) -> Page:
        """Go to a page."""
        self.page.goto(self.served + address)
        return self.page

    def speak(self, language: str) -> "Visitor":
        """Read the pages from now on in this language."""
        self.open(f"/healthz?lang={language}")
        return self


@pytest.fixture
def visitors(browser: Browser, served: str) -> Iterator[list[Visitor]]:
    """Visitors opened by a test; all are asked at the end whether anything was wrong."""
    opened: list[Visitor] = []
    yield opened
    for visitor in opened:
        visitor.context.close()
        assert visitor.hosts <= {urlsplit(served).netloc}
        assert visitor.complaints == []


def visit(visitors: list[Visitor], browser: Browser, served: str, **options: object) -> Visitor:
    """One more visitor."""
    visitors.append(Visitor(browser, served, **options))
    return visitors[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a visitor looks at pages."""

    viewport: ViewportSize
    language: str
    scheme: str

    def visitor(self, visitors: list[Visitor], browser: Browser, served: str) -> Visitor:
        """One more visitor, who looks like this."""
        options: dict[str, object] = {"viewport": self.viewport, "color_scheme": self.scheme}
        return visit(visitors, browser, served, **options).speak(self.language)


def looks(*names: str) -> pytest.MarkDecorator:
    """Run a test for each `look`, named e.g. "phone-vi" or "desktop-en-dark"."""
    return pytest.mark.parametrize("look", [_look(name) for name in names], ids=names)


def _look(name: str) -> Look:
    device, language, *dark = name.split("-")
    return Look(
        viewport=PHONE if device == "phone" else DESKTOP,
        language=language,
        scheme="dark" if dark else "light",
    )


def refresh(page: Page, begin: Callable[[], object] | None = None) -> int:
    """Let a page look for news, at once or as `begin` makes it; the status, once what came is shown."""
    page.evaluate("document.querySelector('main').dataset.old = ''")
    with page.expect_response(lambda answer: "x-refresh" in answer.request.headers) as found:
        begin() if begin else page.evaluate("document.dispatchEvent(new Event('trang:lam-moi'))")
    if found.value.status == HTTPStatus.OK:
        expect(page.locator("main[data-old]")).to_have_count(0)
    return found.value.status


def flaws(page: Page, targets: str = "") -> dict[str, object]:
    """What is wrong with a page, everything on it unfolded; {} when nothing is.

    Looked for: scrolling sideways, what axe finds, words in the colour of their ground (in menus, too) and,
    on a phone, what of `targets` (a selector) is too small for a thumb.
    """
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true })")
    size = page.viewport_size or DESKTOP
    found = {
        "sideways": max(page.evaluate("document.documentElement.scrollWidth") - size["width"], 0),
        "axe": [
            (rule["id"], [node["html"][:160] for node in rule["nodes"]][:3])
            for rule in Axe().run(page, options=AXE).response["violations"]
        ],
        "unseen": page.evaluate(UNSEEN),
        "small": [
            target.inner_text()
            for target in (page.locator(targets).all() if targets and size == PHONE else [])
            if (box := target.bounding_box()) and box["height"] < THUMB
        ],
    }
    return {name: what for name, what in found.items() if what}


def flaws_of(visitor: Visitor, addresses: Iterable[str], targets: str = "") -> dict[str, object]:
    """What is wrong with pages, by their address; {} when nothing is."""
    found = {address: flaws(visitor.open(address), targets) for address in addresses}
    return {address: wrong for address, wrong in found.items() if wrong}
