"""How much one reader may ask of the pages' server: bytes of a request, bodies on the way, pages at once.

The server hands a request over before its body has come and waits for the body without end. So a body
is fetched before the request takes one of the few places at the pages, and only so many bodies may be
on the way, of one address and altogether: whoever sends them slowly holds up senders of forms at his
own address, and nobody who reads.
"""

import logging
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask, abort, current_app, request

from monitor.web.headers import bare

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])

LARGEST_REQUEST = 64 * 1024
PAGES_AT_ONCE = 4
BODIES_AT_ONCE, BODIES_OF_AN_ADDRESS = 48, 8
_HOST = re.compile(
    r"(?:[\w-]{1,63}(?:\.[\w-]{1,63}){0,20}\.?|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?", re.ASCII
)
_LENGTH = re.compile(r"[0-9]{1,15}")
_ATTRIBUTE = "largest_request"


def takes_up_to(size: int) -> Callable[[View], View]:
    """Declare that a view takes requests of up to `size` bytes, where the usual limit is too small."""

    def declare(view: View) -> View:
        setattr(view, _ATTRIBUTE, size)
        return view

    return declare


def install(app: Flask) -> None:
    """Limit every request, before anything reads of it."""
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_REQUEST
    app.wsgi_app = Entrance(app.wsgi_app)  # type: ignore[method-assign]  # as Flask documents
    app.before_request(_limit)


def _limit() -> None:
    if request.method == "OPTIONS":  # asked before a call from another site: there are none
        abort(405)
    view = current_app.view_functions.get(request.endpoint or "")
    request.max_content_length = getattr(view, _ATTRIBUTE, LARGEST_REQUEST)
    request.max_form_memory_size = request.max_content_length
    # No text of ours holds a NUL, and PostgreSQL takes none.
    small = (request.content_length or 0) <= LARGEST_REQUEST
    values = request.values if small else request.args
    if "\0" in request.path or any("\0" in text for pair in values.items(multi=True) for text in pair):
        abort(400)


class Entrance:
    """Fetches a request's body, then lets it in when there is a place."""

    def __init__(self, app: "WSGIApplication") -> None:
        """Stand before an application."""
        self._app = app
        self._places = threading.BoundedSemaphore(PAGES_AT_ONCE)
        self._lock = threading.Lock()
        self._fetching: Counter[str] = Counter()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer; 503 when too many bodies are on the way, 400 for one that is cut short."""
        if not _is_well_formed(environ):
            return bare(400)(environ, start_response)
        if (announced := _announced(environ)) != 0:
            with self._turn(environ.get("REMOTE_ADDR", "")) as mine:
                if not mine:
                    return bare(503)(environ, start_response)
                # One byte more than the limit tells the application that a chunked body is too long.
                body = _fetched(environ, LARGEST_REQUEST + 1 if announced is None else announced)
            if announced is not None and len(body) < announced:
                return bare(400)(environ, start_response)
            environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))
            environ.pop("HTTP_TRANSFER_ENCODING", None)
        with self._places:
            try:
                return self._app(environ, start_response)
            except Exception:
                # Even the page that tells of a defect can fail; nobody is shown how.
                log.exception("a page failed and so did its error page", extra={"event": "page_failed"})
                return bare(500)(environ, start_response)

    @contextmanager
    def _turn(self, address: str) -> Iterator[bool]:
        """Whether one more body may be on the way."""
        with self._lock:
            mine = self._fetching[address] < BODIES_OF_AN_ADDRESS and self._fetching.total() < BODIES_AT_ONCE
            self._fetching[address] += mine
        try:
            yield mine
        finally:
            with self._lock:
                self._fetching[address] -= mine
                self._fetching = +self._fetching


def _is_well_formed(environ: "WSGIEnvironment") -> bool:
    """Whether the length is a number, the host a host, and the address, as it came, text."""
    try:
        for part in ("PATH_INFO", "QUERY_STRING"):
            environ.get(part, "").encode("latin-1").decode()
    except UnicodeError:
        return False
    length, host = environ.get("CONTENT_LENGTH") or "0", environ.get("HTTP_HOST") or "x"
    rooted = environ.get("PATH_INFO", "").startswith("/")
    return rooted and bool(_LENGTH.fullmatch(length) and _HOST.fullmatch(host))


def _announced(environ: "WSGIEnvironment") -> int | None:
    """The bytes to fetch beforehand; None while a chunked body has no length, 0 for nothing.

    What is longer than the usual limit is left where it is: the application refuses it unread, or
    reads it in a view that takes it, from a reader who has logged in.
    """
    if environ.get("HTTP_TRANSFER_ENCODING"):
        return None
    size = int(environ.get("CONTENT_LENGTH") or "0")
    return size if size <= LARGEST_REQUEST else 0


def _fetched(environ: "WSGIEnvironment", size: int) -> bytes:
    """The body, or what came of it."""
    try:
        body: bytes = environ["wsgi.input"].read(size)
    except OSError:
        return b""
    return body
