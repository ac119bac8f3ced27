"""The socket side of the terminals' port: a thread for each connection, none of which can stay for ever.

The server of the pages hands a request over before its body is there and waits for the body without
end, so a few terminals that lose their network while sending would hold all of its threads. Here every
connection has a deadline, and every address a number of connections. Terminals get HTTP/1.0 with one
request per connection and header names in the usual case, which the oldest firmware understands.
"""

import logging
import socket
import socketserver
import threading
import time
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any, ClassVar, cast
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = logging.getLogger(__name__)

MOST_CONNECTIONS, MOST_OF_AN_ADDRESS = 512, 64
SILENCE_SECONDS = 15.0
DEADLINE_SECONDS = 60.0
LONGEST_LINE = 8_192


class PushServer(socketserver.ThreadingMixIn, WSGIServer):
    """Serves an application on one address; `serve_forever` runs until `shutdown` is called elsewhere."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = (
        2 * MOST_CONNECTIONS
    )  # of a burst; a call that finds no room tries again after seconds

    def __init__(
        self, host: str, port: int, app: "WSGIApplication", *, deadline_seconds: float = DEADLINE_SECONDS
    ) -> None:
        """Bind the port. Raises OSError when it is taken."""
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._deadline_seconds = deadline_seconds
        self._open: dict[Any, tuple[str, float]] = {}
        self._lock = threading.Lock()
        super().__init__((host, port), _Request)
        self.set_app(app)

    def server_bind(self) -> None:
        """Bind without asking a name server who we are."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Let a connection in unless there are too many, all in all or of its address."""
        address = str(client_address[0])
        with self._lock:
            of_address = sum(other == address for other, _ in self._open.values())
            if len(self._open) >= MOST_CONNECTIONS or of_address >= MOST_OF_AN_ADDRESS:
                return False
            self._open[request] = (address, time.monotonic() + self._deadline_seconds)
            return True

    def service_actions(self) -> None:
        """Hang up on whoever is past the deadline; called twice a second."""
        now = time.monotonic()
        with self._lock:
            late = [request for request, (_, deadline) in self._open.items() if deadline < now]
        for request in late:
            self._hang_up(request)

    def close_request(self, request: Any) -> None:
        """Close a connection and forget it."""
        with self._lock:
            self._open.pop(request, None)
        super().close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the base's signature
        """A terminal that goes away is nothing to write a traceback about."""
        log.info("push connection broke off", extra={"event": "push_broken_off"})

    def _hang_up(self, request: Any) -> None:
        try:
            request.shutdown(socket.SHUT_RDWR)
        except OSError:
            log.debug("already gone", extra={"event": "push_broken_off"})


class _Exchange(ServerHandler):
    """One request to the application, with nothing of our own environment and no boasting of versions."""

    server_software = "push"
    os_environ: Mapping[str, str] = MappingProxyType({})  # type: ignore[assignment]  # only ever copied

    def log_exception(self, exc_info: Any) -> None:  # noqa: ARG002 - the base's signature
        log.info("push answer not delivered", extra={"event": "push_broken_off"})


class _Request(WSGIRequestHandler):
    """Reads the head of a request; what is no HTTP is refused as the caller's fault."""

    timeout: ClassVar[float] = SILENCE_SECONDS

    def handle(self) -> None:
        self.raw_requestline = self.rfile.readline(LONGEST_LINE + 1)
        if len(self.raw_requestline) > LONGEST_LINE:
            self.requestline = self.request_version = self.command = ""
            self.send_error(HTTPStatus.REQUEST_URI_TOO_LONG)
            return
        if not self.parse_request():
            return
        answer_to = cast("IO[bytes]", self.wfile)  # as wsgiref itself passes it
        exchange = _Exchange(self.rfile, answer_to, self.get_stderr(), self.get_environ(), multithread=True)
        exchange.request_handler = self  # type: ignore[attr-defined]  # as wsgiref itself does
        exchange.run(self.server.get_app())  # type: ignore[attr-defined]  # the server is a PushServer

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 - the base's signature
        """A short answer without a page; an HTTP version of the future is a bad request."""
        status = HTTPStatus(code if code < HTTPStatus.INTERNAL_SERVER_ERROR else HTTPStatus.BAD_REQUEST)
        head = f"HTTP/1.0 {status.value} {status.phrase}\r\nContent-Type: text/plain\r\nContent-Length: 5"
        self.wfile.write(f"{head}\r\nConnection: close\r\n\r\nERROR".encode("ascii"))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name for it
        """Write no line per request: terminals call every few seconds."""
