"""What one reader may ask: bytes of a request, bodies on the way, connections that say nothing."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask, request
from werkzeug.test import Client

from monitor.web import bounds
from monitor.web.limits import BODIES_AT_ONCE, BODIES_OF_AN_ADDRESS, LARGEST_REQUEST, Entrance, takes_up_to
from monitor.web.policy import PUBLIC, policy
from tests.security.serving import HANGS_SECONDS, installed, serving, status_of, talk

FORM = "application/x-www-form-urlencoded"


class Slow(BytesIO):
    """A body that comes when it is let go."""

    def __init__(self, content: bytes, gate: threading.Event) -> None:
        super().__init__(content)
        self._gate = gate

    def read(self, size: int | None = -1, /) -> bytes:
        self._gate.wait(10)
        return super().read(size)


@contextmanager
def on_the_way(client: Client, addresses: list[str]) -> Iterator[list[int]]:
    """Posts whose bodies do not come while the block runs; afterwards their statuses."""
    gate, statuses = threading.Event(), list[int]()

    def send(address: str) -> None:
        answer = client.post(
            "/", input_stream=Slow(b"a=1", gate), content_length=3, environ_overrides={"REMOTE_ADDR": address}
        )
        statuses.append(answer.status_code)

    senders = [threading.Thread(target=send, args=(address,)) for address in addresses]
    for sender in senders:
        sender.start()
    time.sleep(0.2)
    try:
        yield statuses
    finally:
        gate.set()
        for sender in senders:
            sender.join()


@pytest.fixture
def plain() -> Client:
    """An entrance before an application that says how much it was sent."""
    app = Flask("plain")
    app.route("/", methods=["GET", "POST"])(lambda: str(len(request.get_data())))
    return Client(Entrance(app.wsgi_app))


def test_slow_bodies_of_an_address_hold_up_its_own_forms_and_nobody_else(plain: Client) -> None:
    with on_the_way(plain, ["1.1.1.1"] * BODIES_OF_AN_ADDRESS) as statuses:
        own = plain.post("/", data=b"x", environ_overrides={"REMOTE_ADDR": "1.1.1.1"})
        assert own.status_code == 503
        assert "default-src" in own.headers["Content-Security-Policy"]
        assert plain.get("/", environ_overrides={"REMOTE_ADDR": "1.1.1.1"}).status_code == 200
        assert plain.post("/", data=b"x", environ_overrides={"REMOTE_ADDR": "2.2.2.2"}).status_code == 200
    assert statuses == [200] * BODIES_OF_AN_ADDRESS
    assert plain.post("/", data=b"x", environ_overrides={"REMOTE_ADDR": "1.1.1.1"}).status_code == 200


def test_so_many_slow_bodies_altogether_and_no_more(plain: Client) -> None:
    with on_the_way(plain, [f"1.1.1.{place}" for place in range(BODIES_AT_ONCE)]):
        other = {"REMOTE_ADDR": "9.9.9.9"}
        assert plain.post("/", data=b"x", environ_overrides=other).status_code == 503
        assert plain.get("/", environ_overrides=other).status_code == 200


def test_a_body_that_is_cut_short_is_refused(plain: Client) -> None:
    announced = {"CONTENT_LENGTH": "9"}
    answer = plain.post("/", input_stream=BytesIO(b"abc"), environ_overrides=announced)

    assert answer.status_code == 400


@pytest.mark.parametrize("length", ["-1", "1e3", "٣", "9" * 40, "+5", " 5"])
def test_a_length_that_is_none_is_refused(plain: Client, length: str) -> None:
    length = length.encode().decode("latin-1")
    answer = plain.post("/", input_stream=BytesIO(b"abc"), environ_overrides={"CONTENT_LENGTH": length})

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "host", ["a..b", "a b", "x" * 64, "[::1", "a:b", "a/b", "\xe1", ":80", "a:99999999", "@"]
)
def test_a_host_that_is_none_is_refused(app: Flask, host: str) -> None:
    assert app.test_client().get("/healthz", environ_overrides={"HTTP_HOST": host}).status_code == 400


@pytest.mark.parametrize("host", ["may-chu", "10.0.0.5:8000", "[fd00::1]:443", "cham-cong.xa.gov.vn.", ""])
def test_a_host_is_a_name_or_an_address(app: Flask, host: str) -> None:
    assert app.test_client().get("/healthz", environ_overrides={"HTTP_HOST": host}).status_code == 200


@pytest.mark.parametrize(
    "address", ["/%00", "/dang-nhap?tiep=%00", "/dang-nhap?%00=1", "/don-vi/a%00b/ngay/2026-02-24"]
)
def test_a_nul_is_refused_before_it_reaches_a_database_that_takes_none(app: Flask, address: str) -> None:
    assert app.test_client().get(address).status_code == 400
    assert app.test_client().post("/dang-nhap", data={"user_name": "a\0b"}).status_code == 400


@pytest.mark.parametrize("path", ["", "*", "dang-nhap", "http://evil.example/"])
def test_an_address_that_is_no_path_is_refused(app: Flask, path: str) -> None:
    assert app.test_client().get("/", environ_overrides={"PATH_INFO": path}).status_code == 400


def test_bytes_that_are_no_text_are_refused(app: Flask) -> None:
    for raw in ("\xff", "\xc3\x28", "\xed\xa0\x80"):
        assert app.test_client().get("/", environ_overrides={"QUERY_STRING": f"x={raw}"}).status_code == 400
        assert app.test_client().get("/", environ_overrides={"PATH_INFO": f"/{raw}"}).status_code == 400


def test_a_chunked_body_is_measured_as_it_comes(app: Flask) -> None:
    coded = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    client = app.test_client()

    def post(size: int) -> int:
        body = BytesIO(b"a=" + b"x" * (size - 2))
        answer = client.post("/dang-nhap", input_stream=body, content_type=FORM, environ_overrides={**coded})
        return answer.status_code

    assert post(100) == 401
    assert post(LARGEST_REQUEST) == 401
    assert post(LARGEST_REQUEST + 1) == 413


def test_a_view_may_take_more_and_only_that_view(app: Flask) -> None:
    @app.post("/tep")
    @takes_up_to(200_000)
    @policy(PUBLIC)
    def upload() -> str:
        return str(len(request.get_data()))

    client = app.test_client()
    assert client.post("/tep", data=b"x" * 200_000).text == "200000"
    assert client.post("/tep", data=b"x" * 200_001).status_code == 413
    assert client.post("/dang-nhap", data=b"x" * 200_000, content_type=FORM).status_code == 413


@pytest.mark.slow
def test_the_real_server_bounds_heads_and_is_not_held_up_by_slow_callers(tmp_path: Path) -> None:
    config = installed(tmp_path / "van-phong")
    get = b"GET /dang-nhap HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    slow_post = b"POST /dang-nhap HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nuser_name="
    with serving(config) as served:

        def ask(raw: bytes) -> int:
            return status_of(talk(served.web, raw))

        assert ask(get) == 200
        long_head = b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * bounds.LARGEST_HEAD + b"\r\n\r\n"
        assert ask(long_head) == 431
        assert ask(b"GET /" + b"a" * bounds.LARGEST_HEAD + b" HTTP/1.1\r\nHost: x\r\n\r\n") in {414, 431}
        held = []
        for raw in [b"", b"GET / HT", get.replace(b"close", b"keep-alive"), slow_post] * 125:
            line = socket.create_connection(("127.0.0.1", served.web), timeout=10)
            line.sendall(raw)
            held.append(line)
        assert [ask(get) for _ in range(40)] == [200] * 40
        for line in held:
            line.close()
        form = b"user_name=a&token=b"
        head = f"POST /dang-nhap HTTP/1.1\r\nHost: x\r\nContent-Length: {len(form)}\r\n"
        ends = time.monotonic() + HANGS_SECONDS
        while time.monotonic() < ends:
            answered = ask(f"{head}Content-Type: {FORM}\r\nConnection: close\r\n\r\n".encode() + form)
            if answered != 503:
                break
            time.sleep(0.1)
        assert answered == 400  # without its token; the places of those who hung up are free again
