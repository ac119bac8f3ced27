"""How a request came: over TLS, through a proxy that we trust, in time; and what follows from it."""

import logging
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from flask import Flask, abort, request
from werkzeug.wrappers import Response

from monitor.web.context import site
from monitor.web.policy import STATIC

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

STRICT_TRANSPORT = "max-age=31536000"
"""A year. Neighbours on the same host name are not ours to decide on, so nothing of subdomains."""
MOST_HOPS = 20
HEALTH = frozenset({"home.alive", "health.live", "health.ready", "health.work"})
"""Asked by whoever watches over the processes, on the machine itself; they tell nothing."""
_SCHEMES = frozenset({"http", "https"})


class Forwarded:
    """Believes what listed proxies say of the reader's address and scheme, and nobody else.

    Without this in front of it, the application would see every reader at the proxy's address; with
    an ordinary one, any reader could choose an address of his own and so an attempt limit of his own.
    """

    def __init__(self, app: "WSGIApplication", trusted: Sequence[Network]) -> None:
        """Stand before an application."""
        self._app, self._trusted = app, tuple(trusted)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Set the address and the scheme; no forwarded header goes on, so nothing can come to rely on one."""
        told = {name: environ.pop(name) for name in list(environ) if _is_forwarded(name)}
        peer = _address(environ.get("REMOTE_ADDR", ""))
        if peer is not None and self._trusts(peer):
            environ["REMOTE_ADDR"] = str(self._reader(told.get("HTTP_X_FORWARDED_FOR", ""), peer))
            scheme = told.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
            if scheme in _SCHEMES:
                environ["wsgi.url_scheme"] = scheme
        return self._app(environ, start_response)

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._trusted)

    def _reader(self, forwarded: str, peer: Address) -> Address:
        """The nearest address that is no proxy of ours; anybody may have written what stands further left."""
        for text in reversed(forwarded.split(",")[-MOST_HOPS:]):
            address = _address(text.strip())
            if address is None:
                break
            peer = address
            if not self._trusts(address):
                break
        return peer


def _is_forwarded(name: str) -> bool:
    return name.startswith("HTTP_X_FORWARDED_") or name in {"HTTP_FORWARDED", "HTTP_X_REAL_IP"}


def _address(text: str) -> Address | None:
    """An address; one of IPv4 that came through an IPv6 socket in its own form."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address


def install(app: Flask, trusted_proxies: Sequence[Network]) -> None:
    """Refuse what should have come over TLS and did not; say over TLS that it is to stay so."""
    app.wsgi_app = Forwarded(app.wsgi_app, trusted_proxies)  # type: ignore[method-assign]  # as Flask documents
    app.before_request(_require_tls)
    app.after_request(_stay)


def _require_tls() -> None:
    """No page, and no log-in above all, in clear where TLS is set up; the liveness check tells nothing."""
    if not site().settings.web.behind_tls or request.is_secure:
        return
    if request.endpoint in STATIC or request.endpoint in HEALTH:
        return
    log.warning("request without TLS refused", extra={"event": "plain_http_refused"})
    abort(403)


def _stay(response: Response) -> Response:
    if request.is_secure and site().settings.web.behind_tls:
        response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    return response
