"""Take the pictures in this folder from a running demo: `python docs/screens/take.py [URL]`.

Start the demo first, with a clock that stands still:
`python -m monitor demo --now "2026-03-02 08:20:00"`.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
SIZES = {"360": (360, 780), "1440": (1440, 900)}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
FLAGS += ["--disable-sync", "--no-first-run", "--disable-quic", "--lang=vi-VN"]
PAGES = {
    # name: account, address, language
    "hom-nay": ("head-ptg", "/", "vi"),
    "today-english": ("head-ptg", "/", "en"),
    "ngay-truoc": ("head-ptg", "/don-vi/PTG/ngay/2026-02-27", "vi"),
    "khong-du-lieu": ("head-snv", "/", "vi"),
    "ngay-nghi": ("head-ptg", "/don-vi/PTG/ngay/2026-02-18", "vi"),
    "may": ("technician", "/may", "vi"),
    "mot-may": ("hr", "/may/HCC-1", "vi"),
    "one-terminal-english": ("hr", "/may/HCC-1", "en"),
    "ma-la": ("hr", "/may/HCC-1/ma-la?ma=9001&can-bo=SNV001", "vi"),
    "may-cho-duyet": ("technician", "/may-cho-duyet", "vi"),
}


def main(url: str) -> None:
    """Every page at every size."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_browser(), args=FLAGS)
        for size, (width, height) in SIZES.items():
            for name, (account, address, language) in PAGES.items():
                context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
                page = context.new_page()
                _log_in(page, url, account)
                page.goto(f"{url}{address}{'&' if '?' in address else '?'}lang={language}")
                page.screenshot(path=HERE / f"{name}-{size}.png", full_page=size == "360")
                if name == "ngay-truoc":
                    _first_person(page, HERE / f"ca-nhan-{size}.png")
                context.close()
        browser.close()


def _browser() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None)
    if found is None:
        sys.exit("Chromium is needed.")
    return found


def _log_in(page: Page, url: str, account: str) -> None:
    page.goto(f"{url}/dang-nhap")
    page.locator(f'form:has(input[value="{account}"]) button').click()
    page.wait_for_load_state()


def _first_person(page: Page, target: Path) -> None:
    page.locator('main a[href*="/nguoi/"]').first.click()
    page.wait_for_load_state()
    page.screenshot(path=target, full_page=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
