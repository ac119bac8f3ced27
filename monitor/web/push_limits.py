"""What one caller may ask of the push port: requests per time, one delivery at once, bytes of a body.

Budgets and turns live in this process: the push port is served by one. Were there more, each would
grant its own budget, and the database would still serialise the deliveries of a serial number.
"""

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

PIECE = 65_536
MOST_SKIPPED = 16 * 1024 * 1024
"""Photos and templates that are thrown away may be larger than what is kept, but not endless."""

_LENGTH = re.compile(r"[0-9]{1,12}")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})(?:;[^\r\n]*)?\r?\n")


class Refused(Exception):
    """A request that is answered with an HTTP error; `code` for the log, `status` for the terminal."""

    def __init__(self, status: int, code: str) -> None:
        """Keep both."""
        super().__init__(status, code)
        self.status = status
        self.code = code


class Budget:
    """A bucket of tokens for each key, refilled steadily; the keys used last are remembered."""

    def __init__(
        self,
        *,
        burst: int,
        per_second: float,
        most_keys: int = 4_096,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Let each key spend `burst` at once and `per_second` in the long run."""
        self._burst, self._per_second, self._most_keys, self._clock = burst, per_second, most_keys, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def spend(self, key: str) -> bool:
        """Take a token; false when none is left."""
        with self._lock:
            now = self._clock()
            left, since = self._left.pop(key, (float(self._burst), now))
            left = min(self._burst, left + (now - since) * self._per_second)
            self._left[key] = (left - 1 if left >= 1 else left, now)
            if len(self._left) > self._most_keys:
                self._left.popitem(last=False)
            return left >= 1


class Turns:
    """One delivery of a serial number at a time; the next one waits a moment, then is sent away."""

    def __init__(self, *, wait_seconds: float = 5.0) -> None:
        """Remember only those who are served right now, so that nobody can fill memory."""
        self._wait_seconds = wait_seconds
        self._served: set[str] = set()
        self._changed = threading.Condition()

    @contextmanager
    def of(self, serial: str) -> Iterator[None]:
        """Hold the turn. Raises Refused 503 when another delivery takes too long."""
        with self._changed:
            if not self._changed.wait_for(lambda: serial not in self._served, self._wait_seconds):
                raise Refused(503, "busy")
            self._served.add(serial)
        try:
            yield
        finally:
            with self._changed:
                self._served.remove(serial)
                self._changed.notify_all()

    def taken(self, serial: str) -> bool:
        """Whether somebody has the turn now."""
        with self._changed:
            return serial in self._served


class Chunks:
    """Takes the chunked coding off a body; a broken or cut one raises Refused 400."""

    def __init__(self, stream: Any) -> None:
        """Begin before the first chunk."""
        self._stream = stream
        self._left = 0
        self._ended = False

    def read(self, size: int) -> bytes:
        """At most so many bytes, b"" after the last chunk."""
        if not self._left and not self._ended:
            self._left = self._next_size()
            self._ended = not self._left
        if self._ended:
            return b""
        piece: bytes = self._stream.read(min(size, self._left))
        self._left -= len(piece)
        if not piece or (not self._left and self._stream.readline(2) not in {b"\r\n", b"\n"}):
            raise Refused(400, "body_cut_short")
        return piece

    def _next_size(self) -> int:
        found = _CHUNK.fullmatch(self._stream.readline(64))
        if found is None:
            raise Refused(400, "body_cut_short")
        return int(found[1], 16)


class Body:
    """The body of one request: read whole within a limit, or thrown away."""

    def __init__(self, environ: Mapping[str, Any]) -> None:
        """Read nothing yet."""
        length = str(environ.get("CONTENT_LENGTH") or "")
        coding = environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        self._chunked = coding == "chunked"
        # Some servers take the coding off themselves, and say so.
        coded = self._chunked and not environ.get("wsgi.input_terminated")
        stream = Chunks(environ["wsgi.input"]) if coded else environ["wsgi.input"]
        self._read = getattr(stream, "read1", stream.read)
        # Beside a coding the length is not to be trusted.
        self._announced = int(length) if _LENGTH.fullmatch(length) and not coding else None
        self._encoding = environ.get("HTTP_CONTENT_ENCODING", "identity").lower()
        self._taken = 0

    def read(self, limit: int) -> bytes:
        """The whole body.

        Raises Refused 411 (no length: nobody could tell a short body from a whole one), 413 over the
        limit, 415 for a coded body and 400 when fewer bytes came than were announced.
        """
        if self._encoding != "identity":
            raise Refused(415, "body_encoded")
        if self._announced is None and not self._chunked:
            raise Refused(411, "body_without_length")
        if self._announced is not None and self._announced > limit:
            raise Refused(413, "body_too_large")
        body = b"".join(self._pieces(limit + 1))
        if len(body) > limit:
            raise Refused(413, "body_too_large")
        if self._announced is not None and len(body) < self._announced:
            raise Refused(400, "body_cut_short")
        return body

    def skip(self) -> None:
        """Throw away what is left: a terminal that is cut off while it sends would not see the answer."""
        with suppress(Refused):
            for _ in self._pieces(MOST_SKIPPED):
                pass

    def _pieces(self, most: int) -> Iterator[bytes]:
        """At most so many bytes, none beyond the end. Raises Refused 400 when the line goes dead."""
        end = self._taken + most if self._chunked else min(self._taken + most, self._announced or 0)
        while self._taken < end:
            try:
                piece = self._read(min(PIECE, end - self._taken))
            except OSError:
                raise Refused(400, "body_cut_short") from None
            if not piece:
                return
            self._taken += len(piece)
            yield piece
