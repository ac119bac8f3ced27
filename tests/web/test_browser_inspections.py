"""The inspection pages in a real browser: accessible in both languages, on a phone and on a desk."""

import pytest
from playwright.sync_api import Browser

from tests.browsing import Look, Visitor, flaws_of, looks

pytestmark = pytest.mark.browser

PAGES = (
    "/dot-kiem-tra",
    "/dot-kiem-tra/dot-1",
    "/dot-kiem-tra/moi",
    "/dot-kiem-tra/dot-1/bao-cao?ngay=2026-02-24",
    "/dot-kiem-tra/dot-1/bao-cao/in?ngay=2026-02-24&ten=1",
    "/bao-cao-cap-tren",
    "/bao-cao-cap-tren/thang/ubnd?thang=2026-02",
    "/bao-cao-cap-tren/chap-hanh-tot/ubnd?thang=2026-02&ten=1",
)


@looks("phone-vi-dark", "phone-en", "desktop-vi")
def test_every_page_is_accessible_and_never_scrolls_sideways(
    visitors: list[Visitor], browser: Browser, served: str, look: Look
) -> None:
    visitor = look.visitor(visitors, browser, served).log_in("nhansu")
    assert flaws_of(visitor, PAGES) == {}
