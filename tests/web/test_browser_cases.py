"""In a real browser at 360 px: a day is explained with a paper and decided; axe has nothing to say."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browsing import DESKTOP, PHONE, Visitor, flaws, visit
from tests.cases.files import PDF

pytestmark = pytest.mark.browser


DUC = "/nguoi/CB002/ngay/2026-02-24"


@pytest.fixture
def hanh(browser: Browser, served: str, visitors: list[Visitor]) -> Visitor:
    return visit(visitors, browser, served, viewport=PHONE).log_in("hanh")


@pytest.fixture
def duc(browser: Browser, served: str, visitors: list[Visitor]) -> Visitor:
    return visit(visitors, browser, served, viewport=PHONE).log_in("duc")


def sound(page: Page) -> None:
    """Accessible, and nothing sticks out sideways, on a phone and on a desk."""
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        assert flaws(page) == {}, page.url
    page.set_viewport_size(PHONE)


def test_a_day_is_explained_and_decided_on_a_phone(duc: Visitor, hanh: Visitor) -> None:
    page = duc.open(DUC)
    page.get_by_role("link", name="Quên chấm công").click()
    assert page.locator("[data-for=forgot]").is_visible()
    page.locator("input[name=gio]").fill("07:25")
    page.locator("#loi-giai-trinh").fill("Máy bận, tôi vào làm ngay")
    page.locator("#tep").set_input_files({"name": "giấy.pdf", "mimeType": "application/pdf", "buffer": PDF})
    sound(page)
    page.get_by_role("button", name="Gửi giải trình").click()
    assert page.locator("#giai-trinh").get_by_text("Máy bận, tôi vào làm ngay").is_visible()
    sound(page)

    page = hanh.open("/viec-can-lam")
    sound(page)
    page.get_by_role("link", name="Quyết định Trần Văn Đức").click()
    page.get_by_label("Có lý do, có văn bản").check()
    assert page.locator("#van-ban").is_visible()
    sound(page)
    page.get_by_label("Ghi bổ sung lượt chấm công").check()
    assert page.locator("#van-ban").is_hidden()
    page.get_by_role("button", name="Lưu quyết định").click()
    assert page.get_by_text("Đã ghi bổ sung lượt chấm.").is_visible()
    sound(page)


def test_a_reminder_is_issued_and_looked_at(hanh: Visitor) -> None:
    page = hanh.open("/quyet-dinh?chon=CB002@2026-02-24&chon=CB003@2026-02-24&chon=CB001@2026-02-24")
    page.get_by_label("Nhắc nhở bằng văn bản").check()
    page.locator("#so").fill("03/TB-UBND")
    page.locator("#can-cu").fill("Điều 5 Nội quy cơ quan")
    page.get_by_role("button", name="Lưu quyết định").click()
    assert page.get_by_text("2 dòng đã lưu").is_visible()
    sound(hanh.open("/nhac-nho"))
    sound(hanh.open("/nhac-nho/1"))


def test_without_scripts_every_field_is_there(browser: Browser, served: str, visitors: list[Visitor]) -> None:
    plain = visit(visitors, browser, served, viewport=PHONE, java_script_enabled=False).log_in("hanh")
    page = plain.open("/quyet-dinh?chon=CB002@2026-02-24")
    assert page.locator("#van-ban").is_visible()
    page.get_by_label("Không có lý do").check()
    page.locator("#ly-do-qd").fill("Không báo cáo")
    page.get_by_role("button", name="Lưu quyết định").click()
    assert page.get_by_text("Đã ghi: không có lý do.").is_visible()
