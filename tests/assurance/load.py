"""Everybody at once: hundreds of terminals deliver, people browse, some are slow; nothing lost or grown.

The servers are the processes that `monitor serve` begins, the jobs included, on a database that has as
many terminals as call. A client's own history is the truth: what was acknowledged must be stored once.
"""

import http.client
import random
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path

from devices.simulated.push import SimulatedPushTerminal
from monitor.store.driver import sqlite3
from tests.assurance.serving import (
    REST_SECONDS,
    Growth,
    Ports,
    Rest,
    courses,
    furnish,
    grown,
    holding,
    people_of,
    rested,
    sampled,
    serving,
)

PAGES = (
    *("/don-vi/{unit}/ngay/2026-11-02", "/don-vi/{unit}/thang/2026-11"),
    *("/nguoi/{person}/ngay/2026-11-02", "/nguoi/{person}/thang/2026-11"),
    *("/may", "/bang-cong", "/viec-can-lam", "/phieu", "/healthz"),
)
TERMINAL_PAUSE_SECONDS, PERSON_PAUSE_SECONDS = 20.0, 12.0
SLOW_CLIENTS = 40
ENDED = "slow client ended"
WARM_SECONDS = 2 * TERMINAL_PAUSE_SECONDS
"""Until everybody has called: what the servers hold before that is not what they hold."""
FIRST = datetime(2026, 11, 2, 7, 0)
"""When the first punches are, by the terminals' clocks."""
Punch = tuple[str, str]


@dataclass(kw_only=True)
class Tally:
    """What came of it. `answers` are counted by who asked and the status; 0 is none in time.

    `memory` is the course of each process, in MiB.
    """

    terminals: int
    browsers: int
    slow: int
    for_seconds: float
    acknowledged: int = 0
    answers: dict[str, int] = field(default_factory=dict)
    longest_seconds: dict[str, float] = field(default_factory=dict)
    growth: list[Growth] = field(default_factory=list)
    memory: dict[str, list[float]] = field(default_factory=dict)
    rest: list[Rest] = field(default_factory=list)
    found: list[str] = field(default_factory=list)


class Crowd:
    """All clients, each a thread, until `over` is set."""

    def __init__(self, ports: Ports, tally: Tally, seed: int) -> None:
        """Nobody has come yet."""
        self._ports, self._tally, self._seed = ports, tally, seed
        self.over = threading.Event()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self.sent: list[set[Punch]] = [set() for _ in range(tally.terminals)]
        self.acknowledged: list[set[Punch]] = [set() for _ in range(tally.terminals)]

    def come(self) -> None:
        """Begin every client; the first calls are spread over a pause of theirs."""
        cookies = [log_in(self._ports.pages) for _ in range(min(8, self._tally.browsers))]
        for number in range(self._tally.terminals):
            self._begin(self._terminal, number)
        for number in range(self._tally.browsers):
            self._begin(self._person, number, cookies[number % len(cookies)])
        for number in range(self._tally.slow):
            self._begin(self._slowly, number)

    def go(self) -> None:
        """End them, each at the end of what it does."""
        self.over.set()
        for thread in self._threads:
            thread.join()
        self._tally.acknowledged = sum(map(len, self.acknowledged))

    def _begin(self, live: Callable[..., None], *about: object) -> None:
        thread = threading.Thread(target=live, args=about, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _count(self, who: str, status: int, began: float) -> None:
        took = time.monotonic() - began
        with self._lock:
            what = f"{who} {status}"
            self._tally.answers[what] = self._tally.answers.get(what, 0) + 1
            longest = self._tally.longest_seconds
            longest[who] = round(max(took, longest.get(who, 0.0)), 2)

    def _terminal(self, number: int) -> None:
        """A few punches, a delivery, a poll, a pause; what is not acknowledged is sent again."""
        dice = random.Random(f"{self._seed} terminal {number}")  # noqa: S311 - replayed by its seed
        source = f"127.1.{number // 250}.{1 + number % 250}"
        terminal = SimulatedPushTerminal(
            serial=f"PUSH{number:04}", port=self._ports.push, source=source, timeout_seconds=60
        )
        moment, pause = FIRST, dice.uniform(0, TERMINAL_PAUSE_SECONDS)
        while not self.over.wait(pause):
            for _ in range(dice.randrange(4)):
                moment += timedelta(seconds=dice.randint(1, 90))
                terminal.punch(dice.choice(people_of(number)), moment)
            self._deliver(number, terminal)
            began = time.monotonic()
            self._count("poll", terminal.poll().status, began)
            pause = dice.uniform(0.5, 1.5) * TERMINAL_PAUSE_SECONDS

    def _deliver(self, number: int, terminal: SimulatedPushTerminal) -> None:
        while terminal.queue:
            lines = list(terminal.queue)[: terminal.batch]
            punches = {_punch_in(line) for line in lines}
            self.sent[number] |= punches
            began = time.monotonic()
            answer = terminal.upload(lines)
            self._count("upload", answer.status, began)
            if not answer.ok:
                return
            self.acknowledged[number] |= punches
            for _ in lines:
                terminal.queue.popleft()

    def _person(self, number: int, cookie: str) -> None:
        """One page after the other, on a connection of their own each, with time to read them."""
        dice = random.Random(f"{self._seed} person {number}")  # noqa: S311 - replayed by its seed
        while not self.over.wait(dice.uniform(0, 2) * PERSON_PAUSE_SECONDS):
            place = dice.randrange(self._tally.terminals)
            page = dice.choice(PAGES).format(unit=f"P{place:04}", person=dice.choice(people_of(place)))
            began, status = time.monotonic(), 0
            with suppress(OSError, http.client.HTTPException):
                status = fetch(self._ports.pages, page, cookie)[0]
            self._count("page", status, began)

    def _slowly(self, number: int) -> None:
        """A request that comes byte by byte, to the pages or to the terminals' port, and never ends."""
        port = self._ports.pages if number % 2 else self._ports.push
        here = (f"127.2.0.{1 + number % 250}", 0)
        while not self.over.wait(1):
            began = time.monotonic()
            try:
                with socket.create_connection(("127.0.0.1", port), 10, source_address=here) as line:
                    line.sendall(b"POST /iclock/cdata?SN=SLOW HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
                    while not self.over.wait(1):
                        line.sendall(b"x")
            except OSError:
                self._count(ENDED, 0, began)


def _punch_in(line: bytes) -> Punch:
    user, moment = line.decode().split("\t")[:2]
    return user, moment


def fetch(port: int, path: str, cookie: str, body: str | None = None) -> tuple[int, str, str]:
    """Status, cookies and text of an answer."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        headers = {"Cookie": cookie}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        line.request("GET" if body is None else "POST", path, body, headers)
        answer = line.getresponse()
        given = "; ".join(one.split(";")[0] for one in answer.headers.get_all("Set-Cookie") or [])
        return answer.status, given, answer.read().decode()


def log_in(port: int) -> str:
    """The cookie of a new session of HR."""
    _, form, page = fetch(port, "/dang-nhap", "")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    return fetch(port, "/dang-nhap", form, f"user_name=nhansu&csrf_token={token[1]}")[1]


def endure(folder: Path, tally: Tally, seed: int) -> Tally:
    """Let everybody come for the time that the tally says, and look at what is left of it."""
    furnish(folder, tally.terminals)
    with serving(folder) as (ports, pid):
        crowd = Crowd(ports, tally, seed)
        before = holding(pid)
        crowd.come()
        time.sleep(WARM_SECONDS)
        samples = sampled(pid, tally.for_seconds)
        crowd.go()
        time.sleep(REST_SECONDS)
        tally.rest = rested(before, samples, holding(pid))
    tally.growth, tally.memory = grown(samples), courses(samples)
    tally.found += [f"{one.what} grew: {one}" for one in tally.growth if one.too_much]
    tally.found += [wrong for one in tally.rest for wrong in one.wrongs()]
    tally.found += failures(tally.answers)
    tally.found += _stored_wrongly(folder, crowd)
    return tally


def failures(answers: Mapping[str, int]) -> list[str]:
    """The answers that are none: errors of ours, and none in time; that slow clients are ended is wanted."""
    found = []
    for what, times in answers.items():
        who, _, status = what.rpartition(" ")
        if int(status) >= HTTPStatus.INTERNAL_SERVER_ERROR or (who != ENDED and int(status) == 0):
            found.append(f"{what}: {times} times")
    return found


def _stored_wrongly(folder: Path, crowd: Crowd) -> list[str]:
    """What was acknowledged and is not stored, or stored twice, or never sent."""
    wanted = (
        "SELECT terminal.serial, device_user_id, strftime('%Y-%m-%d %H:%M:%S', device_time, 'unixepoch')"
        " FROM punch JOIN terminal ON terminal.id = punch.terminal_id"
    )
    with closing(sqlite3.connect(folder / "monitor.db")) as eye:
        stored = Counter((serial, (user, moment)) for serial, user, moment in eye.execute(wanted))
    found = [f"doubled {one}" for one, times in stored.items() if times > 1]
    for number, (sent, owed) in enumerate(zip(crowd.sent, crowd.acknowledged, strict=True)):
        mine = {punch for serial, punch in stored if serial == f"PUSH{number:04}"}
        found += [f"lost {one}" for one in sorted(owed - mine)]
        found += [f"invented {one}" for one in sorted(mine - sent)]
    return found
