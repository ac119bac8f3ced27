"""One contact over HTTP with a terminal or its server: bounded in time and size, following nobody.

It needs no child process, as the ZK contact does: all waiting is done in one socket, which knows the
deadline, and nothing between it and the driver can spin without taking bytes from it.
"""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlencode

from devices.addresses import allowed_address
from devices.base import TerminalSettings
from devices.errors import BadCredentials, BadReply, DeviceError, NotSupported, Unreachable
from devices.tls_line import TlsSocket, secured
from devices.transport import Transport, transport_of

_LARGEST_REPLY = 16 * 1024 * 1024
_HURRY_AT = 0.75
_HUNG_UP = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError, ssl.SSLEOFError)
_NOT_KNOWN = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, whole: status, headers (names in any case) and body."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def served_at(self) -> datetime | None:
        """When the peer says it answered; None where it does not."""
        try:
            found = parsedate_to_datetime(str(self.headers.get("Date")))
        except ValueError:
            return None
        return found if found.tzinfo else None

    def json(self) -> dict[str, Any]:
        """Give the body as a JSON object. Raises BadReply `bad_reply`."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            raise BadReply("bad_reply") from None
        if not isinstance(found, dict):
            raise BadReply("bad_reply")
        return found

    def accepted(self) -> Self:
        """Give this answer if it is a good one.

        Raises BadCredentials `bad_credentials` or `no_permission`, NotSupported `not_supported`,
        BadReply `redirected` or `http_error`.
        """
        if self.status == HTTPStatus.OK:
            return self
        if self.status == HTTPStatus.UNAUTHORIZED:
            raise BadCredentials("bad_credentials")
        if self.status == HTTPStatus.FORBIDDEN:
            raise BadCredentials("no_permission")
        if self.status in _NOT_KNOWN:
            raise NotSupported("not_supported")
        if HTTPStatus.MULTIPLE_CHOICES <= self.status < HTTPStatus.BAD_REQUEST:
            raise BadReply("redirected")
        raise BadReply("http_error", status=self.status)


class HttpContact:
    """Requests to one address, one after another, all of them before one deadline.

    A context manager. After an error it is over: nothing is sent through it again.
    """

    def __init__(self, settings: TerminalSettings) -> None:
        """Check the address and the way to it; nothing is sent yet. Raises NotSupported, BadCredentials."""
        host = allowed_address(settings.host, settings.allowed_networks)
        if not settings.user:
            raise BadCredentials("credentials_missing")
        self._deadline = _Deadline(settings.timeout_seconds, settings.deadline_seconds)
        transport = transport_of(settings.kind, settings.transport)
        self._line = _Line(host, settings.port, self._deadline, (transport, settings.ca_file))
        self._room = settings.size_limit_bytes

    def __enter__(self) -> Self:
        """Nothing is opened before the first request."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        self._line.close()

    @property
    def hurried(self) -> bool:
        """Whether so little time is left that a long log should be cut here, and read on next time."""
        return self._deadline.spent() > _HURRY_AT

    def ask(
        self, method: str, target: str, *, body: bytes = b"", headers: Mapping[str, str | bytes] | None = None
    ) -> Reply:
        """Send one request and take its answer whole, whatever its status.

        Raises Unreachable `unreachable`, `timed_out` or `broken_off`; BadReply `too_large` or
        `bad_frame`; BadCertificate (`devices.tls_line`), before anything was sent.
        """
        worn = self._line.sock is not None
        try:
            return self._exchange(method, target, body, headers or {})
        except _HUNG_UP as error:
            if not worn:
                raise self._coded(error) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise self._coded(error) from error
        self._line.close()  # many devices drop a kept connection between two requests, and say nothing
        return self.ask(method, target, body=body, headers=headers)

    def _exchange(self, method: str, target: str, body: bytes, headers: Mapping[str, str | bytes]) -> Reply:
        self._line.request(method, target, body=body or None, headers=dict(headers))
        response = self._line.getresponse()
        room = min(self._room, _LARGEST_REPLY)
        if (response.length or 0) > room:
            raise BadReply("too_large", limit=room)
        found = response.read(room + 1)
        if len(found) > room:
            raise BadReply("too_large", limit=room)
        if response.length:  # closed before the end, which `read` with a size does not mind
            raise Unreachable("broken_off")
        self._room -= len(found)
        response.close()
        return Reply(status=response.status, headers=response.headers, body=found)

    def _coded(self, error: Exception) -> DeviceError:
        if isinstance(error, TimeoutError):
            return Unreachable("timed_out")
        if not self._line.reached:
            return Unreachable("unreachable")
        if isinstance(error, OSError | http.client.IncompleteRead):
            return Unreachable("broken_off")
        return BadReply("bad_frame")


def target_of(path: str, query: Mapping[str, object] | None = None) -> str:
    """A request's target: the path with its query, a space written as %20."""
    return f"{path}?{urlencode(query, quote_via=quote)}" if query else path


class _Deadline:
    """How long one more wait may last; measured by a clock that nobody sets."""

    def __init__(self, each_seconds: float, whole_seconds: float) -> None:
        self._each = each_seconds
        self._whole = whole_seconds
        self._began = time.monotonic()

    def left(self) -> float:
        """Seconds for the next wait. Raises TimeoutError after the last."""
        seconds = min(self._each, self._whole - (time.monotonic() - self._began))
        if seconds <= 0:
            raise TimeoutError
        return seconds

    def spent(self) -> float:
        """The share of the whole that is over."""
        return (time.monotonic() - self._began) / self._whole


class _Socket(socket.socket):
    """A socket that cannot wait past the deadline, however slowly its bytes drip."""

    def __init__(self, deadline: _Deadline) -> None:
        super().__init__(socket.AF_INET, socket.SOCK_STREAM)
        self._until = deadline

    def recv_into(self, *where: Any) -> int:
        self.settimeout(self._until.left())
        return super().recv_into(*where)

    def sendall(self, *what: Any) -> None:
        self.settimeout(self._until.left())
        super().sendall(*what)


class _Line(http.client.HTTPConnection):
    """A connection on such a socket, over TLS if so set; no proxy, no name, no redirect."""

    def __init__(self, host: str, port: int, deadline: _Deadline, way: tuple[Transport, str]) -> None:
        super().__init__(host, port)
        self._deadline = deadline
        self._transport, self._ca_file = way
        self.reached = False

    def connect(self) -> None:
        self.reached = False
        line = _Socket(self._deadline)
        line.settimeout(self._deadline.left())
        try:
            line.connect((self.host, self.port))
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.reached = True
            self.sock = self._secured(line) if self._transport.tls else line
        except BaseException:
            line.close()  # the connection over TLS, if it came to one, has closed itself
            raise

    def _secured(self, line: _Socket) -> TlsSocket:
        return secured(line, self.host, self._transport, self._ca_file, self._deadline)
