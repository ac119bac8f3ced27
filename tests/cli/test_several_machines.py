"""Two `monitor serve` and one PostgreSQL database are one installation, and it outlives one of them.

Each has a folder, ports and processes of its own, as on another machine; it dies when all are killed at once.
"""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from devices.simulated.push import PushAnswer, SimulatedPushTerminal
from monitor.accounts.programs import token_hash
from monitor.store.queries.budgets import draw
from monitor.store.session import open_database, transaction
from monitor.store.tables import Account, ApiToken, SchedulerLease, Terminal
from monitor.web.api.admission import REQUESTS
from monitor.web.api.budget import PORTION
from tests.office import open_office, rows

pytestmark = pytest.mark.postgres
ROOT = Path(__file__).parents[2]
TOKEN = "chamcong_of_the_test"  # noqa: S105 - of nothing but this test
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
CONFIGURATION = """
[database]
url = '{url}'
[web]
host = "127.0.0.1"
port = {pages}
secret_key = "{secret}"
development_login = true
[push]
host = "127.0.0.1"
port = {push}
[terminals]
allowed_networks = ["127.0.0.0/8"]
"""


@dataclass(slots=True, kw_only=True)
class Browser:
    """Keeps cookies; goes to either machine, as behind a proxy that does not care which."""

    cookies: dict[str, str] = field(default_factory=dict)

    def go(self, port: int, path: str, form: str | None = None) -> tuple[int, str, str]:
        """Status, where to go next, and text of an answer."""
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
            headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
            if form is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            line.request("GET" if form is None else "POST", path, form, headers)
            answer = line.getresponse()
            for one in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = one.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.headers.get("Location", ""), answer.read().decode()

    def send(self, port: int, path: str, form: str = "") -> None:
        """Send a form with its token, which any page has."""
        page = self.go(port, "/dang-nhap")[2] if not self.is_known(port) else self.go(port, "/tai-khoan")[2]
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found is not None, page
        assert self.go(port, path, f"csrf_token={found[1]}&{form}")[0] == http.client.FOUND

    def is_known(self, port: int) -> bool:
        """Whether a machine takes it for logged in."""
        return "/dang-nhap" not in self.go(port, "/")[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Its ports and its first process, which leads a session of all of them."""

    pages: int
    push: int
    process: "subprocess.Popen[bytes]"

    def dies(self) -> None:
        """All at once, and none of them gets to say a word."""
        for entry in Path("/proc").glob("[0-9]*"):
            if self.has(int(entry.name)):
                with suppress(ProcessLookupError):
                    os.kill(int(entry.name), signal.SIGKILL)
        self.process.wait(60)

    def has(self, pid: int) -> bool:
        """Whether a process is one of its own."""
        try:
            return os.getsid(pid) == self.process.pid
        except ProcessLookupError:
            return False


@contextmanager
def machine(folder: Path, url: str) -> Iterator[Machine]:
    folder.mkdir()
    with socket.socket() as first, socket.socket() as second:
        for probe in (first, second):
            probe.bind(("127.0.0.1", 0))
        pages, push = (int(probe.getsockname()[1]) for probe in (first, second))
    config = folder / "config.toml"
    config.write_text(CONFIGURATION.format(url=url, pages=pages, push=push, secret="s" * 40), "utf-8")
    command = [sys.executable, "-m", "monitor", "--config", str(config), "serve"]
    surroundings = os.environ | {"PYTHONPATH": str(ROOT)}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=surroundings, stdout=log, stderr=log, start_new_session=True
        )
    running = Machine(pages=pages, push=push, process=process)
    try:
        yield running
    finally:
        if process.poll() is None:
            running.dies()


@pytest.fixture
def office(postgres_url: str) -> Iterator[Engine]:
    """The small office with HR's account, a program with a token and a terminal that delivers by itself."""
    engine = open_database(postgres_url)
    open_office(engine)
    with transaction(engine) as session:
        session.connection().execute(update(Terminal).values(switched_off=True))
        session.add(Terminal(code="P1", name="P1", kind="zk_push", serial="PUSH1", unit_id=1, push=True))
        account = Account(user_name="nhansu", display_name="Nhân sự", role="hr", unit_id=1)
        session.add(account)
        session.flush()
        now = datetime.now(UTC)
        session.add(
            ApiToken(
                name="x", role="hr", unit_id=1, owner_id=account.id or 0, token_sha256=token_hash(TOKEN),
                made_by="x", made_at=now, expires_at=now + timedelta(days=1),
            )
        )  # fmt: skip
    yield engine
    engine.dispose()


def until(holds: Callable[[], bool]) -> None:
    for _ in range(1800):  # a limit for what hangs, not for what is slow
        if holds():
            return
        time.sleep(0.1)
    pytest.fail("waited for too long")


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def holder(engine: Engine) -> int:
    """Id of the process that schedules, 0 for none."""
    found = rows(engine, "SELECT holder FROM scheduler_lease")
    return int(str(found[0][0]).rpartition(":")[2] or 0) if found else 0


def asked(port: int) -> int:
    """Status of the answer to the program."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        line.request("GET", "/api/v1/units", headers={"Authorization": f"Bearer {TOKEN}"})
        answer = line.getresponse()
        answer.read()
        return answer.status


def both_at_once(step: Callable[[int], object], ports: tuple[int, int]) -> None:
    threads = [threading.Thread(target=step, args=(port,)) for port in ports]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_machines_are_one_installation_and_outlive_one(
    office: Engine, postgres_url: str, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        one, two = (stack.enter_context(machine(tmp_path / name, postgres_url)) for name in ("one", "two"))
        for port in (one.pages, one.push, two.pages, two.push):
            until(lambda port=port: answers(port))  # type: ignore[misc]  # a default is inferred

        a_log_in_holds_at_both_and_so_does_a_log_out(one.pages, two.pages)
        both_count_what_a_program_asks_for(office, one.pages, two.pages)
        the_same_upload_at_both_is_stored_once(office, one.push, two.push)

        until(lambda: holder(office) > 0)
        first, other = (one, two) if one.has(holder(office)) else (two, one)
        assert first.has(holder(office))
        until(lambda: rows(office, "SELECT count(*) > 0 FROM job_run WHERE outcome = 'done'") == [(True,)])
        assert rows(office, "SELECT count(DISTINCT token) FROM job_run") == [(1,)]
        first.dies()
        with transaction(office) as session:  # rather than half a minute of silence
            session.connection().execute(update(SchedulerLease).values(beat_at=LONG_AGO))
        until(lambda: other.has(holder(office)))
        newest = "SELECT count(*) > 0 FROM job_run r JOIN scheduler_lease l ON l.token = r.token"
        until(lambda: rows(office, f"{newest} WHERE r.outcome = 'done'") == [(True,)])

        stranger = Browser()
        stranger.send(other.pages, "/dang-nhap", "user_name=nhansu")
        assert stranger.is_known(other.pages)


def a_log_in_holds_at_both_and_so_does_a_log_out(one: int, two: int) -> None:
    browser = Browser()
    assert not browser.is_known(two)
    browser.send(one, "/dang-nhap", "user_name=nhansu")
    assert browser.is_known(two)
    copied = Browser(cookies=dict(browser.cookies))
    browser.send(two, "/dang-xuat")
    assert not copied.is_known(one)
    assert not copied.is_known(two)


def both_count_what_a_program_asks_for(office: Engine, one: int, two: int) -> None:
    """A third process has asked for most of it; were budgets of each, hundreds would be let in here."""
    began = time.monotonic()
    with transaction(office) as session:
        ((number,),) = rows(office, "SELECT id FROM api_token")
        before = draw(session, int(str(number)), REQUESTS.burst - 2 * PORTION, 0, REQUESTS)
    let_in, refused = 0, set[int]()
    for turn in range(2 * REQUESTS.burst):
        port = (one, two)[turn % 2]
        if asked(port) == http.client.OK:
            let_in += 1
        else:
            refused.add(port)
        if len(refused) == 2:
            break
    refilled = REQUESTS.per_second * (time.monotonic() - began)
    assert refused == {one, two}
    assert let_in >= PORTION
    assert before + let_in <= REQUESTS.burst + refilled


def the_same_upload_at_both_is_stored_once(office: Engine, one: int, two: int) -> None:
    lines = [
        f"{user}\t2026-03-02 07:{minute:02}:00\t0\t1\t0\t\t".encode()
        for user in "123"
        for minute in range(60)
    ]
    heard: list[PushAnswer] = []

    def deliver(port: int) -> None:
        heard.append(SimulatedPushTerminal(serial="PUSH1", port=port, timeout_seconds=60).upload(lines))

    both_at_once(deliver, (one, two))
    assert [answer.ok for answer in heard] == [True, True]
    assert rows(office, "SELECT count(*), count(DISTINCT (device_user_id, device_time)) FROM punch") == [
        (180, 180)
    ]
