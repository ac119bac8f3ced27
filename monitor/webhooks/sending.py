"""One HTTP request to one checked address: no redirect is followed, no answer is kept but its number."""

import logging
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Timer

from monitor import __version__
from monitor.webhooks.addresses import Target

log = logging.getLogger(__name__)

DEADLINES = 3
"""A receiver that drips its answer is cut off after so many times the time-out of one wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a try ended. `state`: `sent`, `retry` or `given_up`; `status` is the answer's number, if any."""

    state: str
    error: str = ""
    status: int | None = None


class _Checked(HTTPConnection):
    """A connection to the address that was checked, whatever the name means by now."""

    def __init__(self, target: Target, context: ssl.SSLContext | None, timeout_seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=timeout_seconds)
        self._target, self._context = target, context

    def connect(self) -> None:
        self.sock = socket.create_connection((self._target.address, self._target.port), self.timeout)
        if self._context is not None:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self._target.host)

    def cut(self) -> None:
        """End whatever is under way, from another thread."""
        with suppress(OSError):
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)


def post(
    target: Target, body: bytes, headers: Mapping[str, str], *, timeout_seconds: float, ca_file: Path | None
) -> Ended:
    """Send and wait for the number of the answer; a 2xx is a yes, 410 a no for good."""
    try:
        context = ssl.create_default_context(cafile=ca_file) if target.tls else None
    except OSError:
        return Ended(state="retry", error="webhook_ca_file")
    connection = _Checked(target, context, timeout_seconds)
    deadline = Timer(DEADLINES * timeout_seconds, connection.cut)
    deadline.daemon = True
    deadline.start()
    try:
        return _judged(_asked(connection, target, body, headers))
    except TimeoutError:
        return Ended(state="retry", error="webhook_slow")
    except ssl.SSLError:
        return Ended(state="retry", error="webhook_tls")
    except (OSError, HTTPException):
        return Ended(state="retry", error="webhook_unreachable")
    finally:
        deadline.cancel()
        connection.close()


def _asked(connection: _Checked, target: Target, body: bytes, headers: Mapping[str, str]) -> int:
    fixed = {
        "Host": target.host_header,
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": f"attendance-monitor/{__version__}",
        "Connection": "close",
    }
    connection.request("POST", target.path, body, {**fixed, **headers})
    return connection.getresponse().status


def _judged(status: int) -> Ended:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Ended(state="sent", status=status)
    if status == HTTPStatus.GONE:
        return Ended(state="given_up", error="webhook_gone", status=status)
    moved = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST
    return Ended(state="retry", error="webhook_redirected" if moved else "webhook_refused", status=status)
