"""Setting up in a real browser: accessible, and narrow enough for a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.web.test_browser import AXE, DESKTOP, PHONE, Visitor, browser, served, visit, visitors

pytestmark = pytest.mark.browser
__all__ = ["browser", "served", "visitors"]

PAGES = (
    "/thiet-lap",
    "/thiet-lap/kiem-tra",
    "/thiet-lap/tep/people",
    "/thiet-lap/quy-che",
    "/thiet-lap/quy-che/moi?mau=nghe-an-he",
    "/thiet-lap/ky-hieu",
    "/thiet-lap/don-vi",
    "/thiet-lap/ma-may",
)
DIALECTS = [
    pytest.param(PHONE, "vi", "light", id="phone-vi"),
    pytest.param(DESKTOP, "en", "dark", id="desktop-en-dark"),
]


@pytest.mark.parametrize(("viewport", "language", "scheme"), DIALECTS)
def test_every_page_is_accessible_and_never_scrolls_sideways(
    visitors: list[Visitor],
    browser: Browser,
    served: str,
    viewport: dict[str, int],
    language: str,
    scheme: str,
) -> None:
    visitor = visit(visitors, browser, served, viewport=viewport, color_scheme=scheme).log_in("admin")
    visitor.open(f"/healthz?lang={language}")
    found = {}
    for address in PAGES:
        page = visitor.open(address)
        page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true })")
        wide = page.evaluate("document.documentElement.scrollWidth") - viewport["width"]
        small = [
            target.inner_text()
            for target in page.locator("main .btn, main summary, main .option, main .day-tick").all()
            if (box := target.bounding_box()) and box["height"] < 43.5
        ]
        violations = Axe().run(page, options=AXE).response["violations"]
        broken = [(rule["id"], [node["html"][:120] for node in rule["nodes"]][:3]) for rule in violations]
        if wide > 0 or broken or (viewport == PHONE and small):
            found[address] = (wide, broken, small)
    assert found == {}
