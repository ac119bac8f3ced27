"""Which addresses may be told: https anywhere on the internet, anything else only inside the listed networks.

The name is looked up once and what was found is what is connected to: between a check and a second look-up
the name could come to mean a machine of ours.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import urlsplit

from monitor.webhooks.errors import WebhookRefused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Sequence[str]]

LONGEST_URL = 500
PORTS = {"https": 443, "http": 80}
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 addresses that a router turns into IPv4 ones, ours included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to connect and what to ask for; `address` was checked, `host` is for TLS and the Host header."""

    host: str
    port: int
    address: str
    path: str
    tls: bool

    @property
    def host_header(self) -> str:
        """The host as HTTP writes it."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == PORTS["https" if self.tls else "http"] else f"{name}:{self.port}"


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a name. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]).partition("%")[0] for entry in found]


def require_form(url: str) -> None:
    """Refuse what is no plain address of the web, before anything is looked up.

    Raises WebhookRefused `webhook_url`.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise WebhookRefused("webhook_url") from None
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
    named = parts.scheme in PORTS and parts.hostname and port != 0
    if not plain or not named or "@" in parts.netloc or parts.fragment:
        raise WebhookRefused("webhook_url")


def target_of(url: str, networks: Sequence[Network], find: Resolve = resolve) -> Target:
    """Where a URL leads, when every address of its name may be told.

    Raises WebhookRefused `webhook_url`, `webhook_unknown_host`, `webhook_address_not_allowed`.
    """
    require_form(url)
    parts = urlsplit(url)
    host, tls = parts.hostname or "", parts.scheme == "https"
    port = parts.port or PORTS[parts.scheme]
    try:
        found = [ipaddress.ip_address(text) for text in find(host, port)]
    except (OSError, ValueError):
        raise WebhookRefused("webhook_unknown_host", host=host) from None
    if not found or not all(_may_be_told(one, networks, tls=tls) for one in found):
        raise WebhookRefused("webhook_address_not_allowed", host=host)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(host=host, port=port, address=str(found[0]), path=path, tls=tls)


def _may_be_told(address: Address, networks: Sequence[Network], *, tls: bool) -> bool:
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    listed = [one for one in networks if address.version == one.version and address in one]
    if address.is_loopback:  # meant only where loopback itself is listed, not through a wider network
        return any(one.is_loopback for one in listed)
    if address.is_link_local or address.is_multicast or address.is_unspecified or address.is_reserved:
        return False
    return bool(listed) or (tls and address.is_global and not _leads_on(address))


def _leads_on(address: Address) -> bool:
    """Whether an IPv6 address carries an IPv4 one that a router on the way would go to."""
    if isinstance(address, IPv4Address):
        return False
    return address in _TRANSLATED or address.sixtofour is not None or address.teredo is not None
