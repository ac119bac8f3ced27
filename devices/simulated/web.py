"""A simulated source of punches over HTTP on a socket of this machine, without any vendor's dialect."""

import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from devices.simulated.log import PunchColumns
from devices.simulated.web_log import WebFaults, WebLog

_POLL_SECONDS = 0.01
_DRIP_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What came: method, path, query (the last of equal names), headers (lower case) and body."""

    method: str
    path: str
    target: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back; `log` marks a page of the log, which most faults are about."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    log: bool = False


Dialect = Callable[[Request, WebLog, WebFaults], Answer]
"""How a vendor's source answers a request from its log."""


class WebSource:
    """A running source. Use it as a context manager, or call `start` and `stop`."""

    def __init__(
        self, dialect: Dialect, *, log: PunchColumns | None, faults: WebFaults | None, port: int
    ) -> None:
        """Bind a port of 127.0.0.1 (any free one for 0); nothing answers before `start`.

        Set `tls` to a server's context before that, and it speaks HTTPS.
        """
        self.log = WebLog()
        if log is not None:
            self.log.append(log)
        self.faults = faults or WebFaults()
        self.dialect = dialect
        self.tls: ssl.SSLContext | None = None
        self.requests: list[Request] = []
        self.pages = 0
        self._server = _Server(self, port)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_POLL_SECONDS,), daemon=True)

    @property
    def host(self) -> str:
        """Always this machine."""
        return "127.0.0.1"

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    def __len__(self) -> int:
        """Give the number of records it holds."""
        return len(self.log)

    def append(self, punches: PunchColumns) -> None:
        """Add punches to its log, also while it serves."""
        self.log.append(punches)

    def clear(self) -> None:
        """Delete its log."""
        self.log.clear()

    def start(self) -> Self:
        """Begin to answer, in threads of its own."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Drop all connections and free the port."""
        self._server.drop_all()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, whatever happened."""
        self.stop()


class _Server(ThreadingHTTPServer):
    """Accepts connections and can drop them all at once."""

    daemon_threads = True

    def __init__(self, source: WebSource, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Conversation)
        self.source = source
        self.stopped = threading.Event()
        self.connections: set[socket.socket] = set()

    def get_request(self) -> tuple[socket.socket, Any]:
        """Take a connection; over TLS, hands are shaken in its own thread, at the first byte."""
        connection, address = super().get_request()
        tls = self.source.tls
        if tls is not None:
            connection = tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def drop_all(self) -> None:
        self.stopped.set()
        for connection in tuple(self.connections):
            with suppress(OSError):  # it may be gone already
                connection.shutdown(socket.SHUT_RDWR)


class _Conversation(BaseHTTPRequestHandler):
    """One connection, its requests and answers, with the faults of the line."""

    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.server.connections.add(self.connection)
        with suppress(OSError):  # the other side may go away, which is its right
            if not self.server.source.faults.refuse_connection:
                super().handle()
        self.server.connections.discard(self.connection)

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base class's name)
        """Say nothing."""

    def _serve(self) -> None:
        source, faults = self.server.source, self.server.source.faults
        request = self._request()
        source.requests.append(request)
        if faults.silent:
            self.server.stopped.wait()
            self.close_connection = True
            return
        answer = _spoilt(source.dialect(request, source.log, faults), faults)
        broken = answer.log and faults.broken_page is not None and source.pages >= faults.broken_page
        source.pages += answer.log
        self._send(answer, len(answer.body) // 2 if broken else len(answer.body))
        if broken or faults.hang_up:
            self.close_connection = True

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        return Request(
            method=self.command,
            path=parts.path,
            target=self.path,
            query=dict(parse_qsl(parts.query)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(self.headers.get("Content-Length", 0))),
        )

    def _send(self, answer: Answer, size: int) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.server.source.faults.drip:
            self._drip()
        self.wfile.write(answer.body[:size])

    def _drip(self) -> None:
        while not self.server.stopped.wait(_DRIP_SECONDS):
            self.wfile.write(b" ")


def _spoilt(answer: Answer, faults: WebFaults) -> Answer:
    """A page of the log as the faults have it."""
    if not answer.log:
        return answer
    if faults.redirect_to:
        return Answer(status=302, headers={"Location": faults.redirect_to})
    if faults.status or faults.body is not None:
        return Answer(status=faults.status or 200, body=faults.body or b"", log=True)
    return answer
