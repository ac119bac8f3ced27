"""Take pictures of every page from a running demo: `python -m docs.screens.take [URL] [--all FOLDER]`.

Start the demo first, with a clock that stands still:
`python -m monitor demo --now "2026-03-02 08:20:00"`.

Without `--all` the pages that README.md shows, into this folder. With it every page at 360, 768 and 1,440 px
in both languages, light, dark, with everything unfolded and as it is printed, into FOLDER (`--only NAME` for
the pages with this in their name); then a list of pages that stick out sideways, of targets too small for a
thumb, of words that are cut and of Vietnamese words in English pages, and of the routes that have no picture.
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Response, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from docs.screens.daily import DAILY
from docs.screens.journeys import JOURNEYS, Journey, log_in
from docs.screens.look import flaws
from docs.screens.offices import OFFICES
from docs.screens.routes import Routes
from docs.screens.shot import Shot

HERE = Path(__file__).parent
DEFAULT = "http://127.0.0.1:8000"
WIDTHS = {360: 780, 768: 1024, 1440: 900}
LANGUAGES = ("vi", "en")
TALLEST, KEPT_TALLEST = 3600, 1800
"""Pixels of a picture: what comes below is more of the same."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
FLAGS += ["--disable-sync", "--no-first-run", "--disable-quic", "--lang=vi-VN"]
SHOTS = [*DAILY, *OFFICES]
UNFOLD = """() => {
  const folded = [...document.querySelectorAll("main details:not([open])")];
  folded.forEach((one) => { one.open = true });
  return folded.length;
}"""
PAPER = 1040
"""Pixels across an A4 sheet in landscape between margins of 10 mm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """Where pictures are taken from and kept, and the routes that were seen."""

    browser: Browser
    url: str
    folder: Path
    routes: Routes

    @contextmanager
    def window(self, account: str, language: str) -> Iterator[Page]:
        """A window of one account, closed at the end of the block."""
        context = self.browser.new_context(locale="vi-VN", reduced_motion="reduce")
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("response", lambda answer: self._note(answer))  # noqa: PLW0108 - a slotted method takes no mark
        if account:
            log_in(page, self.url, account)
        page.goto(f"{self.url}/healthz?lang={language}")
        yield page
        context.close()

    def _note(self, answer: Response) -> None:
        asked = answer.request
        if not asked.is_navigation_request() or asked.method != "GET":
            return
        leads_on = "/dang-nhap" not in answer.headers.get("location", "/dang-nhap")
        if answer.status == HTTPStatus.OK or leads_on:
            self.routes.see(urlsplit(answer.url).path)


def main(url: str, folder: Path | None, only: str) -> None:
    """The pictures of this folder, or all of them into another one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_browser(), args=FLAGS)
        studio = Studio(browser=browser, url=url, folder=folder or HERE, routes=Routes())
        if folder is None:
            _keep(studio)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            for language in LANGUAGES:
                _take_all(studio, [one for one in SHOTS if only in one.name], language)
                _travel(studio, [one for one in JOURNEYS if only in one.__name__], language)
            sys.stdout.writelines(f"no picture: {rule}\n" for rule in studio.routes.unseen() if not only)
        browser.close()


def _keep(studio: Studio) -> None:
    """The pictures that README.md shows."""
    for one in (one for one in SHOTS if one.kept):
        with studio.window(one.account, one.language) as page:
            _reach(studio, page, one)
            for width in (360, 1440):
                _save(page, studio.folder / f"{one.name}-{width}.png", width, KEPT_TALLEST)


def _take_all(studio: Studio, shots: list[Shot], language: str) -> None:
    for account in dict.fromkeys(one.account for one in shots):
        with studio.window(account, language) as page:
            for one in (one for one in shots if one.account == account):
                page.set_viewport_size({"width": 1440, "height": 900})
                if _reach(studio, page, one):
                    _show(studio, page, one.name, language)


def _travel(studio: Studio, journeys: list[Journey], language: str) -> None:
    """Pages that come only after a form was sent."""
    for journey in journeys:
        with studio.window("", language) as page:
            try:
                for name in journey(page, studio.url, language):
                    _show(studio, page, name, language)
            except PlaywrightTimeout as error:
                sys.stdout.write(f"{journey.__name__} {language}: cannot go on: {str(error)[:300]}\n")


def _reach(studio: Studio, page: Page, one: Shot) -> bool:
    """Go there; False, and said so, when something to be pressed is not on the page."""
    page.goto(f"{studio.url}{one.address}")
    for selector in one.follow:
        if not page.locator(selector).count():
            sys.stdout.write(f"{one.name}: nothing to press at {selector}\n")
            return False
        page.locator(selector).first.click()
        page.wait_for_load_state()
    return True


def _show(studio: Studio, page: Page, name: str, language: str) -> None:
    """All pictures of the page that is open; it is left unfolded."""
    target = studio.folder / f"{name}-{language}"
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its words
        mark = "" if scheme == "light" else "-dark"
        for width in WIDTHS:
            _save(page, target.with_name(f"{target.name}-{width}{mark}.png"), width)
            if not mark:
                _tell(page, f"{name} {width} {language}", width, language)
    page.emulate_media(color_scheme="light", media="print")
    _save(page, target.with_name(f"{target.name}-print.png"), PAPER)
    page.emulate_media(media="screen")
    if page.evaluate(UNFOLD):
        for width in WIDTHS:
            _save(page, target.with_name(f"{target.name}-{width}-open.png"), width)
            _tell(page, f"{name} {width} {language} unfolded", width, language)


def _tell(page: Page, about: str, width: int, language: str) -> None:
    sys.stdout.writelines(f"{about}: {flaw}\n" for flaw in flaws(page, width, language))
    sys.stdout.flush()


def _save(page: Page, target: Path, width: int, tallest: int = TALLEST) -> None:
    page.set_viewport_size({"width": width, "height": WIDTHS.get(width, 730)})
    tall = min(page.evaluate("document.documentElement.scrollHeight"), tallest)
    # As tall as the page, so that a phone's bar stands at its foot and not across its middle.
    page.set_viewport_size({"width": width, "height": tall})
    page.screenshot(path=target)
    page.set_viewport_size({"width": width, "height": WIDTHS.get(width, 730)})


def _browser() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None)
    if found is None:
        sys.exit("Chromium is needed.")
    return found


def _told(option: str) -> str:
    told = sys.argv[1:]
    return told[told.index(option) + 1] if option in told else ""


if __name__ == "__main__":
    everything = Path(_told("--all")) if _told("--all") else None
    named = [one for one in sys.argv[1:] if one.startswith("http")]
    main(named[0] if named else DEFAULT, everything, _told("--only"))
