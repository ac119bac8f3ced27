"""Terminals on a real socket: whole logs, lost answers, killed servers, slow and malformed callers."""

import os
import random
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from devices.simulated.push import SimulatedPushTerminal
from tests.office import rows
from tests.security.serving import HANGS_SECONDS
from tests.web.push.desk import LINE, UPLOAD, count, served

pytestmark = pytest.mark.slow


def moment(place: int) -> datetime:
    return datetime(2026, 3, 2, 7, 0) + timedelta(seconds=37 * place)


def test_a_terminal_delivers_its_whole_log_over_a_socket(office: Engine) -> None:
    with served(office) as port:
        terminal = SimulatedPushTerminal(serial="SN1", port=port)
        for place in range(120):
            terminal.punch(str(place % 4 + 1), moment(place), state=place % 2, verify=15)
        answer = terminal.connect()
        assert (answer.headers["Content-Type"], terminal.options["ATTLOGStamp"]) == ("text/plain", "0")
        delivered = terminal.deliver()
        assert delivered is not None
        assert delivered.text == "OK: 20"
        assert terminal.poll("Ver%206.8.0,4,0,120").text == "OK"
        terminal.connect()
        assert terminal.options["ATTLOGStamp"] == str(terminal.stamp)
    assert count(office, "punch") == 120
    assert rows(office, "SELECT records, firmware FROM push_contact") == [(120, "Ver 6.8.0")]


def test_lost_answers_bring_each_punch_exactly_once(office: Engine) -> None:
    with served(office) as port:
        terminal = SimulatedPushTerminal(serial="SN1", port=port, batch=7, lose_answers=2)
        for place in range(30):
            terminal.punch("1", moment(place))
        for _ in range(3):
            terminal.deliver()
    assert not terminal.queue
    assert count(office, "punch") == 30


def test_a_chunked_body_is_taken(office: Engine) -> None:
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (LINE[:9], LINE[9:])) + b"0\r\n\r\n"
    head = f"POST {UPLOAD} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    with served(office) as port:
        assert talk(port, head + chunks).startswith(b"HTTP/1.0 200")
        assert talk(port, head + chunks[:-12]).startswith(b"HTTP/1.0 400")
        assert talk(port, head + b"zz\r\n" + LINE).startswith(b"HTTP/1.0 400")
    assert count(office, "punch") == 1


def talk(port: int, raw: bytes) -> bytes:
    """Send bytes, say that there are no more, and give the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        try:
            line.sendall(raw)
            line.shutdown(socket.SHUT_WR)
            answer = b""
            while piece := line.recv(65_536):
                answer += piece
        except OSError:  # it hung up on us
            return b""
    return answer


@contextmanager
def slow_terminals(port: int) -> Iterator[list[socket.socket]]:
    """Forty lines that began an upload and say no more."""
    with ExitStack() as lines:
        slow = [
            lines.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60)) for _ in range(40)
        ]
        for line in slow:
            line.sendall(f"POST {UPLOAD} HTTP/1.1\r\nContent-Length: 500\r\n\r\n1\t2026".encode())
        yield slow


def test_slow_terminals_hold_nobody_up(office: Engine) -> None:
    with served(office, deadline_seconds=2 * HANGS_SECONDS) as port, slow_terminals(port) as slow:
        assert SimulatedPushTerminal(serial="SN1", port=port).poll().ok
        answered, _, _ = select.select(slow, [], [], 0)
        assert answered == []  # they still hold their connections


def test_slow_terminals_are_hung_up_on_and_nothing_of_theirs_is_stored(office: Engine) -> None:
    with served(office, deadline_seconds=1) as port, slow_terminals(port) as slow:
        for line in slow:
            assert not line.recv(4096).startswith(b"HTTP/1.0 200")
    assert count(office, "punch") == 0


def test_one_address_cannot_take_all_connections(office: Engine) -> None:
    ping = b"GET /iclock/ping?SN=SN1 HTTP/1.0\r\n\r\n"
    with served(office) as port:
        held = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(64)]
        assert talk(port, ping) == b""
        for line in held:
            line.close()
        ends = time.monotonic() + HANGS_SECONDS
        while not (answer := talk(port, ping)) and time.monotonic() < ends:
            time.sleep(0.05)
    assert answer.startswith(b"HTTP/1.0 200")


def malformed(rng: random.Random) -> bytes:
    """A request that is wrong in at least one way."""
    junk = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 60)))
    word = "".join(rng.choice("abc/.%?&=;\\~0") for _ in range(rng.randrange(1, 20)))
    length = f"Content-Length: {len(LINE)}\r\n"
    requests = (
        junk,
        b"GET " + junk.replace(b"\n", b"") + b" HTTP/1.1\r\n\r\n",
        f"GET /iclock/{word} HTTP/1.1\r\n\r\n".encode(),
        f"GET /{word}/cdata?SN=SN1 HTTP/1.1\r\n\r\n".encode(),
        f"{rng.choice(['PUT', 'DELETE', 'HEAD', 'PATCH', 'TRACE', 'x'])} {UPLOAD} HTTP/1.1\r\n\r\n".encode(),
        f"POST /iclock/cdata?SN=!{word}&table=ATTLOG HTTP/1.1\r\n{length}\r\n".encode() + LINE,
        f"POST /iclock/cdata?SN=SN1&SN={word}&table=ATTLOG HTTP/1.1\r\n{length}\r\n".encode() + LINE,
        f"POST /iclock/cdata?SN=SN1&table=A!{word} HTTP/1.1\r\n{length}\r\n".encode() + LINE,
        f"POST /iclock/cdata?SN=SN1 HTTP/1.1\r\n{length}\r\n".encode() + LINE,
        f"POST {UPLOAD} HTTP/1.1\r\nContent-Length: {rng.randrange(60, 10**9)}\r\n\r\n".encode() + LINE,
        f"POST {UPLOAD} HTTP/1.1\r\nContent-Length: {word}x\r\n\r\n".encode() + LINE,
        f"POST {UPLOAD} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n".encode() + junk,
        f"POST {UPLOAD} HTTP/{rng.choice(['9.9', '2.0', 'x', '1.1.1', '-1'])}\r\n{length}\r\n".encode()
        + LINE,
        f"POST {UPLOAD} HTTP/1.1\r\n".encode() + b"X: " + junk * 2000 + b"\r\n\r\n",
        f"GET /iclock/cdata?{word * 3000}&SN=SN1 HTTP/1.1\r\n\r\n".encode(),
    )
    return rng.choice(requests)


def test_malformed_requests_are_the_callers_fault_and_leave_no_row(office: Engine) -> None:
    rng = random.Random(20260302)  # noqa: S311 - a seed that can be repeated
    statuses: dict[bytes, int] = {}
    with served(office) as port:
        for _ in range(2_000):
            raw = malformed(rng)
            status = talk(port, raw).partition(b" ")[2][:3]
            statuses[status] = statuses.get(status, 0) + 1
            assert status == b"" or status.startswith(b"4"), raw[:200]
    assert statuses.get(b"", 0) < 400
    assert {b"400", b"404", b"405", b"411", b"413"} <= set(statuses)
    assert (count(office, "punch"), count(office, "quarantined_record")) == (0, 0)
    assert count(office, "pending_terminal") == 0


# Real processes.

KILLED = """
import os, signal, sys
from sqlalchemy import event
from monitor.web import push_duties as push
from monitor.web.push_wsgi import make_push_server
from pathlib import Path

marker, place = Path(sys.argv[1]), sys.argv[2]

def die(*_):
    if not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)

store = push.accept_upload
def accept_upload(engine, *arguments):
    if place == "before":
        event.listen(engine, "commit", die)
    found = store(engine, *arguments)
    if place == "after":
        die()
    return found

push.accept_upload = accept_upload
make_push_server().serve_forever(0.05)
"""


@contextmanager
def process(config: Path, *command: str) -> Iterator[None]:
    """A server process of our own; ended at the end if it still lives."""
    running = subprocess.Popen([sys.executable, *command], env=os.environ | {"MONITOR_CONFIG": str(config)})
    try:
        yield
    finally:
        if running.poll() is None:
            running.send_signal(signal.SIGTERM)
        running.wait(60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_it_answers(terminal: SimulatedPushTerminal) -> None:
    ends = time.monotonic() + HANGS_SECONDS
    while time.monotonic() < ends:
        if terminal.connect().status == 200:
            return
        time.sleep(0.1)
    pytest.fail("the push process does not answer")


@pytest.mark.parametrize(("place", "stored"), [("before", 0), ("after", 5)])
def test_a_process_killed_around_the_commit_loses_and_doubles_nothing(
    office: Engine, tmp_path: Path, place: str, stored: int
) -> None:
    port = free_port()
    config = tmp_path / "config.toml"
    config.write_text(
        f'[database]\nurl = "sqlite:///monitor.db"\n[push]\nport = {port}\n'
        '[terminals]\nallowed_networks = ["127.0.0.0/8"]\n'
    )
    terminal = SimulatedPushTerminal(serial="SN1", port=port)
    with process(config, "-c", KILLED, str(tmp_path / "killed"), place):
        until_it_answers(terminal)
        for number in range(5):
            terminal.punch("1", moment(number))
        killed = terminal.deliver()
        assert killed is not None
        assert not killed.ok
    assert count(office, "punch") == stored
    with process(config, "-m", "monitor.web.push_wsgi"):
        until_it_answers(terminal)
        again = terminal.deliver()
        assert again is not None
        assert again.text == "OK: 5"
    assert count(office, "punch") == 5
