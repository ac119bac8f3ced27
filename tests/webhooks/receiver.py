"""A real HTTP server, TLS or not: it takes messages, says no, is slow, hangs up or sends one elsewhere."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(slots=True)
class Inbox:
    """What came: path, headers in small letters, body. `answers` are used up, the last one never."""

    answers: list[str] = field(default_factory=lambda: ["200"])
    came: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def receiver(inbox: Inbox, tls: ssl.SSLContext | None = None) -> Iterator[None]:
    """Serve on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            inbox.came.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            answer = inbox.answers.pop(0) if len(inbox.answers) > 1 else inbox.answers[0]
            if answer == "slow":
                inbox.over.wait(20)
            elif answer == "cut":
                self.wfile.write(b"HTTP/1.1 20")
            else:
                self.send_response(int(answer))
                if answer == "302":
                    self.send_header("Location", f"http://127.0.0.1:{inbox.port}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

        def do_GET(self) -> None:
            inbox.came.append((self.path, {}, b""))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name for it
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        # Handshakes in the requests' own threads: one that fails must not end the server's.
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
    inbox.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        inbox.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
