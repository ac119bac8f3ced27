"""A real server process for the benchmark of pages, and readers that keep it busy."""

import http.client
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from flask import Flask

from benchmarks.year_of_records import NOW
from monitor.config import Settings
from monitor.pauses import settle
from monitor.store.session import open_database
from monitor.store.version import DataVersion
from monitor.web import bounds
from monitor.web.app import create_app

SECONDS = 8.0
START_SECONDS = 180.0
"""A busy machine takes its time."""
TIMES = threading.Lock()
SPENT: list[float] = []
MOMENTS = itertools.count()
"""No moment comes twice in a process, or what was kept at the first would be found true again."""
LASTING = ExitStack()


def settings(folder: Path) -> Settings:
    """As a demonstration has them, so that the log-in needs no password."""
    web = {"secret_key": "k" * 32, "development_login": True}
    return Settings.model_validate({"web": web, "folder": folder})


def served_app() -> Flask:
    """What the server process starts: the application, which notes the time that it spends on each board."""
    folder = Path(os.environ["BENCH_FOLDER"])
    app = create_app(open_database(os.environ["BENCH_URL"]), settings(folder), lambda: NOW)
    if os.environ.get("BENCH_KEEPS") == "no":
        LASTING.enter_context(committed_before())  # as long as the process lives
    settle()
    inner = app.wsgi_app

    def timed(environ: dict[str, object], start: Callable[..., object]) -> object:
        began = time.perf_counter()
        found = b"".join(inner(environ, start))  # type: ignore[arg-type]  # the WSGI environment
        with TIMES:
            SPENT.append(time.perf_counter() - began)
            if "BENCH_OUT" in os.environ and str(environ["PATH_INFO"]).startswith("/healthz"):
                Path(os.environ["BENCH_OUT"], str(os.getpid())).write_text("\n".join(map(str, SPENT[:-1])))
                SPENT.clear()
        return [found]

    app.wsgi_app = timed  # type: ignore[method-assign,assignment]  # as Flask says to wrap it
    return app


@contextmanager
def committed_before() -> Iterator[None]:
    """Meanwhile every request finds that something was committed since the last: nothing kept is of use."""
    usual = DataVersion.token

    def anew(_self: object) -> object:
        return next(MOMENTS)

    DataVersion.token = anew  # type: ignore[method-assign,assignment]  # for this measurement only
    try:
        yield
    finally:
        DataVersion.token = usual  # type: ignore[method-assign]  # as it was


@contextmanager
def server(url: str, folder: Path, *, keeps: bool) -> Iterator[tuple[int, int]]:
    """Granian as in production, two workers on loopback; gives its port and process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--factory",
        "--no-ws",
        "--workers",
        "2",
    ]
    command += ["--host", "127.0.0.1", "--port", str(port), "--http", "1"]
    command += ["--blocking-threads", str(bounds.THREADS), "--backpressure", str(bounds.CONNECTIONS)]
    command += ["--log-level", "warning", "benchmarks.page_server:served_app"]
    about = {"BENCH_URL": url, "BENCH_FOLDER": str(folder), "BENCH_OUT": str(folder)}
    surroundings = os.environ | about | {"BENCH_KEEPS": "yes" if keeps else "no"}
    process = subprocess.Popen(command, env=surroundings)  # noqa: S603 - our own command
    try:
        _wait(port)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if fetch(port, "/healthz", "")[0] == 200:
                return
        except OSError:
            time.sleep(0.2)
    message = "the server does not answer"
    raise RuntimeError(message)


def fetch(port: int, path: str, cookie: str, body: str | None = None) -> tuple[int, str, str]:
    """Status, cookies and body of an answer, on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": cookie}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request("GET" if body is None else "POST", path, body, headers)
    answer = connection.getresponse()
    cookies = "; ".join(one.split(";")[0] for one in answer.headers.get_all("Set-Cookie") or [])
    found = answer.read().decode()
    connection.close()
    return answer.status, cookies, found


def log_in(port: int) -> str:
    """The cookie of a new session of HR."""
    _status, form, found = fetch(port, "/dang-nhap", "")
    token = re.search(r'name="csrf_token" value="([^"]+)"', found)
    body = f"user_name=nhansu&csrf_token={token[1] if token else ''}"
    return fetch(port, "/dang-nhap", form, body)[1]


def readers(port: int, path: str, cookies: list[str]) -> list[float]:
    """Milliseconds of each answer that closed-loop readers wait for, each on its own kept connection."""
    found: list[float] = []
    over = time.perf_counter() + SECONDS

    def read(cookie: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        mine = []
        while time.perf_counter() < over:
            began = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            mine.append(1000 * (time.perf_counter() - began))
        connection.close()
        found.extend(mine)

    threads = [threading.Thread(target=read, args=(cookie,)) for cookie in cookies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def spent_in_server(port: int, folder: Path, workers: int = 2) -> list[float]:
    """Milliseconds that the workers spent inside the application since last asked."""
    deadline = time.monotonic() + 20
    while len(list(folder.glob("[0-9]*"))) < workers and time.monotonic() < deadline:
        fetch(port, "/healthz", "")
    found = []
    for path in folder.glob("[0-9]*"):
        found += [1000 * float(line) for line in path.read_text().split()]
        path.unlink()
    return found


def percentile(values: list[float], part: float) -> float:
    """The value below which a part of the values lies."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def of_family(pid: int) -> float:
    """Seconds that a process and its children have computed so far."""
    tick = os.sysconf("SC_CLK_TCK")
    found = [pid, *(int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    fields = [Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split() for one in found]
    return sum(int(part[11]) + int(part[12]) for part in fields) / tick
