"""First paint of the demonstration's board in Chromium, an old computer's processor, nothing in the cache.

`python -m benchmarks.bench_paint [--rounds N] [--url URL]`: without a URL it starts one itself.
The processor of the browser is slowed down four times, as its developer tools do it.
"""

import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks.measured import keep, machine, parser, verdict

NOW = "2026-03-02 08:20:00"
SLOWER = 4
GOAL_MS = 1000.0
START_SECONDS = 600
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
FLAGS += ["--disable-sync", "--no-first-run", "--disable-quic"]
SIZES = {"phone": {"width": 360, "height": 740}, "desktop": {"width": 1280, "height": 900}}
WATCH = """
window.listAt = null;
const look = () => {
  const row = document.querySelector("li.person");
  if (row && row.getClientRects().length) requestAnimationFrame(() => { window.listAt = performance.now(); });
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
FOUND = """() => {
  const page = performance.getEntriesByType("navigation")[0];
  const sent = [page, ...performance.getEntriesByType("resource")];
  return {
    first_paint_ms: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    list_seen_ms: window.listAt,
    answered_ms: page.responseEnd,
    kilobytes: sent.reduce((sum, one) => sum + one.transferSize, 0) / 1024,
    files: sent.length,
  };
}"""


@contextmanager
def demonstration() -> Iterator[str]:
    """A demonstration with a clock that stands still; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with TemporaryDirectory(prefix="monitor-bench-") as folder:
        command = [sys.executable, "-m", "monitor", "demo", "--now", NOW, "--port", str(port)]
        process = subprocess.Popen(  # noqa: S603 - our own command
            [*command, "--folder", folder], stdout=subprocess.DEVNULL
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, process)
            yield url
        finally:
            process.terminate()
            process.wait(60)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:  # noqa: S310 - our own server
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.5)
    message = "the demonstration does not answer"
    raise RuntimeError(message)


def painted(browser: Browser, url: str, account: str, size: dict[str, int]) -> dict[str, float]:
    """One look at the board by somebody whose browser has kept nothing but the log-in."""
    context = browser.new_context(viewport=size, locale="vi-VN")  # type: ignore[arg-type]  # a plain dict
    page = context.new_page()
    page.goto(f"{url}/dang-nhap")
    page.locator(f'form:has(input[value="{account}"]) button').click()
    page.wait_for_load_state()
    tools = context.new_cdp_session(page)
    tools.send("Network.clearBrowserCache")
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(WATCH)
    found = _looked(page, tools, url)
    context.close()
    return found


def _looked(page: Page, tools: CDPSession, url: str) -> dict[str, float]:
    tools.send("Performance.enable")
    page.goto(url)
    page.wait_for_function("window.listAt !== null")
    found: dict[str, float] = page.evaluate(FOUND)
    told = {one["name"]: one["value"] for one in tools.send("Performance.getMetrics")["metrics"]}
    work = {
        "busy_ms": told["TaskDuration"],
        "layout_ms": told["LayoutDuration"] + told["RecalcStyleDuration"],
    }
    return found | {name: 1000 * seconds for name, seconds in work.items()}


def main() -> None:
    """Print and keep the figures of a head's and of the whole province's board."""
    options = parser(__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--url", default="", help="a demonstration that runs already")
    asked = options.parse_args()
    about = machine("playwright")
    program = next(found for name in PROGRAMS if (found := shutil.which(name)))
    figures: dict[str, dict[str, float]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        if asked.url:
            _measure(browser, asked.url, asked.rounds, figures)
        else:
            with demonstration() as url:
                _measure(browser, url, asked.rounds, figures)
        browser.close()
    keep(asked.record, about, {"processor_slower": SLOWER, "rounds": asked.rounds, **figures})


def _measure(browser: Browser, url: str, rounds: int, figures: dict[str, dict[str, float]]) -> None:
    for account in ("head-ptg", "hr"):
        for screen, size in SIZES.items():
            painted(browser, url, account, size)  # the first look writes the trail and compiles the templates
            looks = [painted(browser, url, account, size) for _ in range(rounds)]
            name = f"{account}, {screen}"
            figures[name] = {key: round(statistics.median(one[key] for one in looks), 1) for key in looks[0]}
            found = figures[name]
            print(verdict(f"{name}: first paint", found["first_paint_ms"], GOAL_MS, "ms"))
            print(verdict(f"{name}: list of people seen", found["list_seen_ms"], GOAL_MS, "ms"))
            print("    " + ", ".join(f"{key} {value:g}" for key, value in found.items()))


if __name__ == "__main__":
    main()
