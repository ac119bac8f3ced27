"""Words on pages: English pages hold no Vietnamese of ours, dates and sessions are written for people."""

from html.parser import HTMLParser

import pytest
from flask import Flask

from monitor.web.language import say, session_word
from tests.test_translations import TEXTS
from tests.web.conftest import LogIn

VIETNAMESE = frozenset("ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹáàãéèíìĩóòõúùũýỳ")
OURS = frozenset(text for text in TEXTS if VIETNAMESE & set(text.lower()) and "{" not in text)
EMPTY = frozenset({"meta", "link", "input", "br", "img", "use", "rect", "path", "circle", "line"})
PAGES = {
    "nhansu": (
        *("/don-vi/ubnd/ngay/2026-02-24", "/don-vi/ubnd/ngay/2026-02-23", "/don-vi/ubnd/ngay/2026-02-26"),
        *("/don-vi/ubnd/thang/2026-02", "/viec-can-lam", "/nhac-nho", "/dang-ky", "/dang-ky/moi"),
        *("/dang-ky/lich-truc", "/dang-ky/hop", "/dang-ky/hop/moi", "/dang-ky/uy-quyen", "/dang-ky/tep"),
        *("/bang-cong/ubnd/2026-02", "/bang-cong/ubnd/2026-02/ky", "/may", "/nhat-ky", "/tai-khoan"),
        *("/tai-khoan/mat-khau", "/tai-khoan/thong-bao", "/phim-tat", "/kiem-tra-ma", "/khong-co"),
        *("/nguoi/CB005/ngay/2026-02-24", "/nguoi/CB005/thang/2026-02", "/quyet-dinh", "/thiet-lap"),
    ),
}


class _Words(HTMLParser):
    """The texts of a page that are not marked as Vietnamese."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._within: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in EMPTY:
            self._within.append(("lang", "vi") in attrs or (bool(self._within) and self._within[-1]))

    def handle_endtag(self, tag: str) -> None:
        if tag not in EMPTY and self._within:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if not (self._within and self._within[-1]):
            self.found.append(" ".join(data.split()).strip(" :·"))


def words_of(page: str) -> set[str]:
    """Every text of a page that is in the page's own language."""
    reader = _Words()
    reader.feed(page)
    return set(reader.found)


@pytest.mark.parametrize("account", sorted(PAGES))
def test_no_english_page_holds_vietnamese_of_ours(log_in: LogIn, account: str) -> None:
    client = log_in(account)
    client.get("/healthz?lang=en")

    pages = {address: words_of(client.get(address).text) for address in PAGES[account]}

    assert {address: words & OURS for address, words in pages.items() if words & OURS} == {}


def test_a_vietnamese_page_would_be_noticed(log_in: LogIn) -> None:
    page = log_in("nhansu").get("/tai-khoan").text

    assert words_of(page.replace('<html lang="vi">', '<html lang="en">')) & OURS


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-02-24", "24/02/2026"),
        ("2026-02-24 07:30:00", "07:30 24/02/2026"),
        ("2026-02", "02/2026"),
        ("24-02", "24-02"),
        ("2026-02-24/QĐ", "2026-02-24/QĐ"),
    ],
)
def test_dates_that_were_written_for_files_are_read_as_people_write_them(
    app: Flask, written: str, read: str
) -> None:
    with app.test_request_context():
        assert read in say("case_closed", month=written, unit="Sở")


def test_only_names_of_sessions_that_the_product_brings_are_translated() -> None:
    names = [session_word(name, "en") for name in ("Sáng", "Chiều", "Ca A")]
    assert names == ["Morning", "Afternoon", "Ca A"]
    assert session_word("Chiều", "vi") == "Chiều"
