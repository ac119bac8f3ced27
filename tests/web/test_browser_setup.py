"""Setting up in a real browser: accessible, and narrow enough for a phone."""

import pytest
from playwright.sync_api import Browser

from tests.browsing import Look, Visitor, flaws_of, looks

pytestmark = pytest.mark.browser

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
TARGETS = "main .btn, main summary, main .option, main .day-tick"


@looks("phone-vi", "desktop-en-dark")
def test_every_page_is_accessible_and_never_scrolls_sideways(
    visitors: list[Visitor], browser: Browser, served: str, look: Look
) -> None:
    visitor = look.visitor(visitors, browser, served).log_in("admin")
    assert flaws_of(visitor, PAGES, TARGETS) == {}
