"""Which addresses a driver may contact: IPv4 literals inside the networks that were configured.

A name could point anywhere tomorrow, and pyzk hands the host to a shell when asked to ping.
"""

import ipaddress
from collections.abc import Iterable

from devices.errors import NotSupported

_LOOPBACK = ipaddress.IPv4Network("127.0.0.0/8")


def allowed_address(host: str, allowed_networks: Iterable[str]) -> str:
    """Return the address in its plain form.

    Loopback counts as allowed only where a loopback network itself is listed, not through a wider
    one. Raises NotSupported `not_an_address` or `address_not_allowed`, before any packet is sent.
    """
    try:
        address = ipaddress.IPv4Address(host)
    except ValueError:
        raise NotSupported("not_an_address", host=host) from None
    networks = [network for text in allowed_networks if (network := _network(text)) is not None]
    if address.is_loopback:
        networks = [network for network in networks if network.subnet_of(_LOOPBACK)]
    reserved = address.is_link_local or address.is_multicast or address.is_unspecified or address.is_reserved
    if reserved or not any(address in network for network in networks):
        raise NotSupported("address_not_allowed", host=host)
    return str(address)


def _network(text: str) -> ipaddress.IPv4Network | None:
    """Read one network; what cannot be read allows nothing."""
    try:
        return ipaddress.IPv4Network(text)
    except ValueError:
        return None
