"""What browser tests stand on: what a visitor does is over when the page it leads to has come whole."""

import time
from collections.abc import Iterator

import pytest
from flask import Flask, Response
from playwright.sync_api import Browser, Page

from tests.browsing import serving, visit

LINK = "<!doctype html><title>a</title><a href='/slow'>Đi</a>"
FORM = "<form action='/slow'><label>Tìm <input name='q'></label></form>"


def slowly() -> Iterator[str]:
    yield "<!doctype html>"
    time.sleep(0.5)
    yield "<title>b</title><main>Đến nơi</main>"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that leads to one whose first bytes come long before the others."""
    app = Flask(__name__)
    app.add_url_rule("/", "first", lambda: LINK + FORM)
    app.add_url_rule("/slow", "second", lambda: Response(slowly(), mimetype="text/html"))
    with serving(app) as served:
        visitor = visit([], browser, served)
        yield visitor.open("/")
        visitor.context.close()


@pytest.mark.browser
def test_a_click_is_over_with_the_page_that_it_leads_to(page: Page) -> None:
    page.get_by_text("Đi").click()
    assert page.evaluate("document.querySelector('main').textContent") == "Đến nơi"


@pytest.mark.browser
def test_so_is_a_key_that_sends_a_form(page: Page) -> None:
    page.get_by_label("Tìm").press("Enter")
    assert page.evaluate("document.querySelector('main').textContent") == "Đến nơi"
