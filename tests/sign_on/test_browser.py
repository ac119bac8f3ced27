"""There and back in a real browser: the provider is another site, so cookies and headers have their say."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from monitor.web.app import create_app
from tests.accounts.cast import Clock
from tests.browsing import PHONE, Visitor, flaws, serving
from tests.sign_on.conftest import Running, free_port, oidc_of, sign_on_settings

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def served(engine: Engine, tmp_path: Path, honest: Running, clock: Clock) -> Iterator[str]:
    """The address of our server; the provider's has another host name."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = sign_on_settings(tmp_path, oidc=oidc_of(honest.issuer, site_url=address))
    with serving(create_app(engine, settings, clock), port):
        yield address


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_logging_in_and_proving_again_at_the_provider(
    browser: Browser, served: str, honest: Running, clock: Clock, scripts: bool
) -> None:
    visitor = Visitor(browser, served, viewport=PHONE, java_script_enabled=scripts)
    # The provider's own page wants style sheets from the internet; nothing goes there.
    elsewhere = re.compile(r"https?://(?!localhost:|127\.0\.0\.1:)")
    visitor.context.route(elsewhere, lambda route: route.fulfill(body=""))
    page = visitor.open("/tai-khoan")
    expect(page.locator("h1")).to_have_text("Đăng nhập")
    if scripts:
        assert flaws(page) == {}
    page.get_by_role("link", name="Đăng nhập bằng SSO tỉnh").click()
    page.fill("input[name=sub]", "id-of-hanh")
    page.locator("form button").first.click()
    expect(page.locator("h1")).to_have_text("Tài khoản của tôi")

    clock.pass_seconds(601)
    honest.lie(claims={"auth_time": int(clock().timestamp()), "exp": int(clock().timestamp()) + 60})
    page.get_by_role("link", name="Bật xác thực hai lớp").click()
    expect(page.locator("h1")).to_have_text("Xác nhận lại")
    if scripts:
        assert flaws(page) == {}
    page.get_by_role("link", name="Xác nhận bằng SSO tỉnh").click()
    page.fill("input[name=sub]", "id-of-hanh")
    page.locator("form button").first.click()
    expect(page.locator("h1")).to_have_text("Xác thực hai lớp")
    assert visitor.complaints == []
    visitor.context.close()
