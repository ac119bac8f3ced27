"""In a real browser: readable on a phone, accessible, on its own, alive without and with scripts."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from sqlalchemy import Engine, select
from sqlmodel import col
from werkzeug.serving import make_server

from monitor.store.session import transaction
from monitor.store.tables import DayRecord, Person, SessionRecord
from monitor.web import create_app
from tests.web.cast import NOW
from tests.web.conftest import settings_for

pytestmark = pytest.mark.browser

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
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}

BOARD = "/don-vi/ubnd/ngay/2026-02-24"
PAGES = {
    "board": BOARD,
    "filtered": BOARD + "?nhom=no_data",
    "person": "/nguoi/CB002/ngay/2026-02-24",
    "excused": "/nguoi/CB005/ngay/2026-02-24",
    "terminals": "/may",
    "terminal": "/may/TM2",
    "missing": "/khong-co",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium as the system has it; without one this fails: such tests are never skipped."""
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        pytest.fail(f"no browser found: install one of {', '.join(PROGRAMS)}")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def served(engine: Engine, tmp_path: Path) -> Iterator[str]:
    """The address of a running server with the whole cast."""
    app: Flask = create_app(engine, settings_for(tmp_path), lambda: NOW)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
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


@pytest.mark.parametrize(
    ("viewport", "language", "scheme"),
    [
        pytest.param(PHONE, "vi", "dark", id="phone-vi-dark"),
        pytest.param(PHONE, "en", "light", id="phone-en"),
        pytest.param(DESKTOP, "vi", "light", id="desktop-vi"),
        pytest.param(DESKTOP, "en", "dark", id="desktop-en-dark"),
    ],
)
def test_every_page_is_accessible_and_never_scrolls_sideways(
    visitors: list[Visitor],
    browser: Browser,
    served: str,
    viewport: dict[str, int],
    language: str,
    scheme: str,
) -> None:
    visitor = visit(visitors, browser, served, viewport=viewport, color_scheme=scheme)
    found = {}

    for name, address in {"log-in": "/dang-nhap", **PAGES}.items():
        if name == "board":
            visitor.log_in("nhansu")
        page = visitor.open(address)
        if page.locator("html").get_attribute("lang") != language:
            visitor.open(f"/healthz?lang={language}")
            page = visitor.open(address)
        page.evaluate("document.querySelectorAll('details.group').forEach((group) => { group.open = true })")
        wide = page.evaluate("document.documentElement.scrollWidth") - viewport["width"]
        violations = Axe().run(page, options=AXE).response["violations"]
        broken = [(rule["id"], [node["html"][:120] for node in rule["nodes"]][:3]) for rule in violations]
        if wide > 0 or broken:
            found[name] = (wide, broken)

    assert found == {}


def test_targets_are_large_enough_for_a_thumb(visitors: list[Visitor], browser: Browser, served: str) -> None:
    visitor = visit(visitors, browser, served, viewport=PHONE, has_touch=True).log_in("nhansu")
    small = []

    for address in PAGES.values():
        page = visitor.open(address)
        for target in page.locator(
            ".tile, .why, .step, .btn, .form-control, .main-nav a, summary, .month-day"
        ).all():
            box = target.bounding_box() if target.is_visible() else None
            if box and (box["height"] < 43.5 or box["width"] < 34):
                small.append((address, target.inner_text(), box["width"], box["height"]))

    assert small == []


def test_everything_works_without_scripts(visitors: list[Visitor], browser: Browser, served: str) -> None:
    visitor = visit(visitors, browser, served, viewport=PHONE, java_script_enabled=False).log_in("nhansu")
    page = visitor.page

    page.locator("a.tile.g-late").click()
    expect(page.locator("li.person")).to_have_count(1)
    page.locator("a.why").click()
    expect(page.locator("#vi-sao .deciding").first).to_contain_text("đi muộn 13 phút")
    visitor.open(BOARD)
    page.fill("#tim", "duc")
    page.locator(".search button").click()
    expect(page.locator("li.person .name")).to_have_text(["Trần Văn Đức"])
    page.select_option("#ma", "kt")
    page.locator(".switcher button").click()
    expect(page.locator("h1")).to_have_text("Phòng Kinh tế, Hạ tầng và Đô thị")


def test_the_search_filters_while_one_types(visitors: list[Visitor], browser: Browser, served: str) -> None:
    page = visit(visitors, browser, served, viewport=DESKTOP).log_in("nhansu").open(BOARD)

    page.locator("#tim").press_sequentially("thi hanh")
    expect(page.locator("li.person:visible .name")).to_have_text(["Nguyễn Thị Hạnh"])
    page.fill("#tim", "khong co ai")
    expect(page.locator("li.person:visible")).to_have_count(0)
    expect(page.locator("#khong-thay")).to_be_visible()
    page.fill("#tim", "")
    expect(page.locator("#nhom-on_time")).not_to_have_attribute("open", "")


def test_why_opens_in_a_dialog_and_gives_the_focus_back(
    visitors: list[Visitor], browser: Browser, served: str
) -> None:
    page = visit(visitors, browser, served, viewport=DESKTOP).log_in("nhansu").open(BOARD)
    link = page.locator("#n-CB002 a.why")

    link.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#hop-thoai")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("12 phút 10 giây > ân hạn 5 phút")
    expect(dialog.locator("h2").first).to_have_text("Trần Văn Đức")
    assert Axe().run(page, options=AXE).response["violations"] == []
    page.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
    expect(link).to_be_focused()


def _comes_in(engine: Engine, code: str) -> None:
    """The person who was not in yet comes in."""
    with transaction(engine) as session:
        person = session.scalars(select(Person).where(col(Person.code) == code)).one()
        mine = col(SessionRecord.person_id) == person.id
        record = session.scalars(select(SessionRecord).where(mine, col(SessionRecord.seq) == 1)).one()
        record.status, record.reasons = 9, 0
        day = session.scalars(select(DayRecord).where(col(DayRecord.person_id) == person.id)).one()
        day.status, day.reasons = 9, 0


def test_a_refresh_brings_news_and_keeps_what_the_reader_was_doing(
    visitors: list[Visitor], browser: Browser, served: str, engine: Engine
) -> None:
    page = visit(visitors, browser, served, viewport=DESKTOP).log_in("nhansu").open(BOARD)
    page.locator("#nhom-exempt > summary").click()
    page.locator("#n-CB002 a.why").focus()
    page.evaluate("scrollTo(0, 150)")
    _comes_in(engine, "CB003")

    page.evaluate("document.dispatchEvent(new Event('trang:lam-moi'))")

    expect(page.locator(".tile.g-not_in .tile-number")).to_have_text("0")
    expect(page.locator("#nhom-exempt")).to_have_attribute("open", "")
    expect(page.locator("#n-CB002 a.why")).to_be_focused()
    assert page.evaluate("scrollY") == 150
    expect(page.locator("#bao")).to_contain_text("Chưa đến 0")


def test_a_refresh_without_news_announces_nothing(
    visitors: list[Visitor], browser: Browser, served: str
) -> None:
    page = visit(visitors, browser, served, viewport=DESKTOP).log_in("nhansu").open(BOARD)

    with page.expect_response(lambda answer: "x-refresh" in answer.request.headers):
        page.evaluate("document.dispatchEvent(new Event('trang:lam-moi'))")

    expect(page.locator("#bao")).to_have_text("")


def test_a_page_refreshes_itself_each_minute(visitors: list[Visitor], browser: Browser, served: str) -> None:
    visitor = visit(visitors, browser, served, viewport=DESKTOP)
    visitor.page.clock.install()
    page = visitor.log_in("nhansu").open(BOARD)

    for _ in range(2):
        page.evaluate("document.querySelector('main').dataset.old = '1'")
        with page.expect_response(lambda answer: "x-refresh" in answer.request.headers) as answer:
            page.clock.run_for(61_000)
        if answer.value.status == 200:  # the next minute counts from when this answer is shown
            expect(page.locator("main[data-old]")).to_have_count(0)


def test_a_lost_server_leaves_the_page_and_says_since_when(
    visitors: list[Visitor], browser: Browser, served: str
) -> None:
    visitor = visit(visitors, browser, served, viewport=DESKTOP).log_in("nhansu")
    page = visitor.open(BOARD)
    page.route("**/*", lambda route: route.abort())

    page.evaluate("document.dispatchEvent(new Event('trang:lam-moi'))")

    expect(page.locator("#trang-thai")).to_contain_text("Mất kết nối từ")
    expect(page.locator("li.person").first).to_be_visible()
    page.unroute("**/*")
    page.evaluate("document.dispatchEvent(new Event('trang:lam-moi'))")
    expect(page.locator("#trang-thai")).to_have_count(0)
    visitor.complaints.clear()  # the browser reports the request that we cut ourselves


def test_an_ended_session_asks_for_a_new_log_in(
    visitors: list[Visitor], browser: Browser, served: str
) -> None:
    visitor = visit(visitors, browser, served, viewport=DESKTOP).log_in("nhansu")
    page = visitor.open(BOARD)
    visitor.context.clear_cookies()

    page.evaluate("document.dispatchEvent(new Event('trang:lam-moi'))")

    expect(page.locator("#trang-thai a")).to_have_text("Phiên đã hết – đăng nhập lại")


def test_a_journey_by_keyboard_alone(visitors: list[Visitor], browser: Browser, served: str) -> None:
    page = (
        visit(visitors, browser, served, viewport=DESKTOP).log_in("hanh").open("/don-vi/vp/ngay/2026-02-24")
    )

    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#noi-dung")).to_be_focused()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.tile.g-late') !== null"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("li.person .name")).to_have_text(["Trần Văn Đức"])


def test_paper_carries_states_without_the_navigation(
    visitors: list[Visitor], browser: Browser, served: str
) -> None:
    page = visit(visitors, browser, served, viewport=DESKTOP).log_in("nhansu").open(BOARD)

    page.emulate_media(media="print")

    expect(page.locator(".top")).to_be_hidden()
    expect(page.locator(".print-foot")).to_contain_text("14:20 24/02/2026")
    expect(page.locator("#n-CB002 .badge-state")).to_contain_text("Đi muộn 13 phút")
    assert page.pdf(format="A4").startswith(b"%PDF")
