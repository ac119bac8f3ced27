"""Take pictures of every page from a running demo: `python docs/screens/take.py [URL] [--all FOLDER]`.

Start the demo first, with a clock that stands still:
`python -m monitor demo --now "2026-03-02 08:20:00"`.

Without `--all` the pages that README.md shows, into this folder. With it every page at 360, 768 and 1,440 px
and once in English, in the dark too, into FOLDER, and a list of pages that stick out sideways, of targets
too small for a thumb and of English pages with Vietnamese words in them.
"""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
DEFAULT = "http://127.0.0.1:8000"
WIDTHS = {360: 780, 768: 1024, 1440: 900}
TALLEST = 1800
"""Pixels of a picture that is kept: what comes below is more of the same."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
FLAGS += ["--disable-sync", "--no-first-run", "--disable-quic", "--lang=vi-VN"]
ON, MONTH = "2026-02-27", "2026-02"
ME = "/nguoi/XDL025"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A picture: who looks at which address; `follow` selects a link that leads on, `kept`: it stays here."""

    name: str
    account: str
    address: str
    follow: str = ""
    kept: bool = False
    language: str = "vi"


def _shots(account: str, *pages: tuple[str, ...], kept: bool = False) -> list[Shot]:
    return [
        Shot(name=name, account=account, address=address, follow="".join(follow), kept=kept)
        for name, address, *follow in pages
    ]


SHOTS = [
    *_shots(
        "head-ptg",
        ("hom-nay", "/"),
        ("ngay-truoc", f"/don-vi/PTG/ngay/{ON}"),
        ("ca-nhan", f"/don-vi/PTG/ngay/{ON}", 'main a.name[href*="/nguoi/"]'),
        ("viec-can-lam", "/viec-can-lam"),
        ("quyet-dinh", "/viec-can-lam", 'main a[href*="/quyet-dinh?"]'),
        ("bang-cong", f"/bang-cong/PTG/{MONTH}"),
        ("ky-cong", f"/bang-cong/PTG/{MONTH}/ky"),
        ("don-vi-thang", f"/don-vi/PTG/thang/{MONTH}"),
        kept=True,
    ),
    *_shots("hr", ("may", "/may"), ("dang-ky", "/dang-ky"), ("nhat-ky", "/nhat-ky"), kept=True),
    *_shots("staff", ("bang-cong-cua-toi", f"/ca-nhan/bang-cong/{MONTH}"), kept=True),
    *_shots("staff", ("viet-giai-trinh", f"{ME}/ngay/{ON}/giai-trinh"), kept=True),
    *_shots("inspector", ("dot-kiem-tra", "/dot-kiem-tra/sau-tet-2026"), kept=True),
    *_shots("head-snv", ("khong-du-lieu", "/"), kept=True),
    Shot(name="today-english", account="head-ptg", address="/", language="en", kept=True),
    *_shots(
        "head-ptg",
        ("ngay-nghi", "/don-vi/PTG/ngay/2026-02-18"),
        ("chon-nhieu", "/quyet-dinh"),
        ("nhac-nho", "/nhac-nho"),
        ("mot-nhac-nho", "/nhac-nho", 'main a[href*="/nhac-nho/"]'),
        ("nguoi-thang", f"/nguoi/PTG010/thang/{MONTH}"),
        ("theo-thang", "/theo-thang"),
        ("tai-khoan", "/tai-khoan"),
        ("doi-mat-khau", "/tai-khoan/mat-khau"),
        ("thong-bao", "/tai-khoan/thong-bao"),
        ("phim-tat", "/phim-tat"),
        ("kiem-tra-ma", "/kiem-tra-ma"),
        ("cac-bang-cong", "/bang-cong"),
        ("uy-quyen", "/dang-ky/uy-quyen"),
        ("khong-thay", "/khong-co-trang-nay"),
    ),
    *_shots("head-hcc", ("mot-cua", "/"), ("mot-cua-thang", f"/don-vi/HCC/thang/{MONTH}")),
    *_shots(
        "hr",
        ("toan-tinh", "/"),
        ("hr-viec", "/viec-can-lam"),
        ("mot-may", "/may/HCC-1"),
        ("ma-la", "/may/HCC-1/ma-la?ma=9001&can-bo=SNV001"),
        ("mot-ly-do", "/dang-ky", 'main a[href^="/dang-ky/"][href$="1"]'),
        ("ghi-ly-do", "/dang-ky/moi"),
        ("cuoc-hop", "/dang-ky/hop"),
        ("mot-cuoc-hop", "/dang-ky/hop/1"),
        ("hop-moi", "/dang-ky/hop/moi"),
        ("lich-truc", "/dang-ky/lich-truc"),
        ("mot-ca-truc", "/dang-ky/lich-truc/1"),
        ("so-tep", "/dang-ky/tep"),
        ("hr-uy-quyen", "/dang-ky/uy-quyen"),
        ("hr-cac-bang-cong", "/bang-cong"),
        ("hr-bang-cong", f"/bang-cong/SNV/{MONTH}"),
        ("hr-ky-cong", f"/bang-cong/XDL/{MONTH}/ky"),
    ),
    *_shots(
        "inspector",
        ("cac-dot", "/dot-kiem-tra"),
        ("dot-moi", "/dot-kiem-tra/moi"),
        ("bao-cao", "/dot-kiem-tra/sau-tet-2026/bao-cao"),
        ("bao-cao-in", "/dot-kiem-tra/sau-tet-2026/bao-cao/in"),
    ),
    *_shots(
        "staff",
        ("toi", "/ca-nhan"),
        ("ngay-cua-toi", f"{ME}/ngay/{ON}"),
        ("quen-cham", f"{ME}/ngay/{ON}/giai-trinh?loai=forgot"),
        ("viec-cua-toi", "/viec-can-lam"),
        ("ai-da-xem", "/ca-nhan/ai-da-xem"),
        ("du-lieu-cua-toi", "/ca-nhan/du-lieu"),
    ),
    *_shots(
        "admin",
        ("admin", "/"),
        ("cac-tai-khoan", "/quan-tri/tai-khoan"),
        ("thu-da-gui", "/quan-tri/thong-bao"),
        ("may-cho-duyet", "/may-cho-duyet"),
        ("xac-thuc", "/tai-khoan/xac-thuc"),
    ),
    *_shots("technician", ("ky-thuat", "/may"), ("may-hong", "/may/SNV-LT-1")),
    *_shots("supervisor", ("giam-sat", "/"), ("giam-sat-thang", "/theo-thang")),
    *_shots("", ("dang-nhap", "/dang-nhap"), ("phieu", "/phieu")),
]
SMALL = """() => [...document.querySelectorAll("a.btn, button, select, input:not([type=hidden]), summary")]
  .filter((one) => one.offsetParent && !one.closest(".visually-hidden"))
  .map((one) => [one, (one.closest("label") || one).getBoundingClientRect()])
  .filter(([, box]) => box.height > 1 && box.height < 43.5)
  .map(([one, box]) => `${one.tagName} ${one.className || one.name} ${Math.round(box.height)}`).slice(0, 5)"""
LEFT = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, own = node.parentElement.closest("[lang]");
    const seen = node.parentElement.checkVisibility();
    const accents = /[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/i;
    if (seen && own.lang !== "vi" && accents.test(node.data))
      found.push(node.data.trim().slice(0, 50));
  }
  return found.slice(0, 6);
}"""


def main(url: str, folder: Path | None) -> None:
    """The pictures of this folder, or all of them into another one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_browser(), args=FLAGS)
        if folder is None:
            for width in (360, 1440):
                _take(browser, url, [one for one in SHOTS if one.kept], HERE, width=width)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            for width in WIDTHS:
                _take(browser, url, SHOTS, folder, width=width)
            _take(browser, url, SHOTS, folder, width=1440, language="en")
            _take(browser, url, SHOTS, folder, width=360, language="en", dark=True)
        browser.close()


def _take(  # noqa: PLR0913 - which pictures, of what, to where and how
    browser: Browser,
    url: str,
    shots: list[Shot],
    folder: Path,
    *,
    width: int,
    language: str = "",
    dark: bool = False,
) -> None:
    scheme, height = "dark" if dark else "light", WIDTHS[width]
    for account in dict.fromkeys(one.account for one in shots):
        size = {"width": width, "height": height}
        context = browser.new_context(viewport=size, locale="vi-VN", color_scheme=scheme)  # type: ignore[arg-type]  # a plain dict
        page = context.new_page()
        if account:
            page.goto(f"{url}/dang-nhap")
            page.locator(f'form:has(input[value="{account}"]) button').click()
        for one in (one for one in shots if one.account == account):
            spoken = language or one.language
            page.goto(f"{url}{one.address}{'&' if '?' in one.address else '?'}lang={spoken}")
            if one.follow:
                page.locator(one.follow).first.click()
                page.wait_for_load_state()
            mark = f"-{language}" if language else ""
            _save(page, folder / f"{one.name}-{width}{mark}{'-dark' if dark else ''}.png", width)
            for flaw in _flaws(page, width, spoken):
                sys.stdout.write(f"{one.name} {width} {spoken}: {flaw}\n")
        context.close()


def _save(page: Page, target: Path, width: int) -> None:
    tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    # As tall as the page, so that a phone's bar stands at its foot and not across its middle.
    page.set_viewport_size({"width": width, "height": tall})
    page.screenshot(path=target)
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})


def _flaws(page: Page, width: int, language: str) -> Iterator[str]:
    if page.evaluate("document.documentElement.scrollWidth") > width:
        yield "sideways"
    small = page.evaluate(SMALL)
    if width < min(900, *list(WIDTHS)[1:]) and small:
        yield f"small: {', '.join(small)}"
    if language == "en" and (left := page.evaluate(LEFT)):
        yield f"Vietnamese: {left}"


def _browser() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None)
    if found is None:
        sys.exit("Chromium is needed.")
    return found


if __name__ == "__main__":
    told = sys.argv[1:]
    everything = Path(told[told.index("--all") + 1]) if "--all" in told else None
    named = [one for one in told if one.startswith("http")]
    main(named[0] if named else DEFAULT, everything)
