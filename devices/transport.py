"""How a terminal is spoken to: TCP or UDP, HTTP or HTTPS, and whose certificate is believed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from devices.errors import NotSupported

TCP, UDP, HTTP, HTTPS = "tcp", "udp", "http", "https"
_PINNED = re.compile(r"https:sha256=((?:[0-9a-f]{2}:?){31}[0-9a-f]{2})", re.IGNORECASE)
_UNVERIFIED = "https:do-not-verify"

_WEB = (HTTP, HTTPS, f"{HTTPS}:sha256=", _UNVERIFIED)
FORMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"zk": (TCP, UDP), "hikvision": _WEB, "dahua": _WEB, "biotime": _WEB}
)
"""What may be entered for each kind that is called, its usual way first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """A way to a terminal.

    Over TLS a certificate is believed if its SHA-256 is `pin` (64 hexadecimal digits), or, without a
    pin, if an authority vouches for the terminal's address; with `verified` false nobody is asked.
    """

    udp: bool = False
    tls: bool = False
    pin: str = ""
    verified: bool = True

    def __str__(self) -> str:
        """The form in which it is entered and stored."""
        if self.tls:
            form = f"{HTTPS}:sha256={self.pin}" if self.pin else HTTPS
            return form if self.verified else _UNVERIFIED
        return UDP if self.udp else ""


def transport_of(kind: str, text: str) -> Transport:
    """Read a terminal's setting: '' is the kind's usual way.

    `https` asks the configured authorities, `https:sha256=…` believes one certificate alone and
    `https:do-not-verify` believes anybody. Raises NotSupported `transport_unknown`.
    """
    usual, *_ = forms = FORMS.get(kind, ("",))
    if text in ("", usual):
        return Transport()
    pinned = _PINNED.fullmatch(text) if HTTPS in forms else None
    if pinned:
        return Transport(tls=True, pin=pinned[1].replace(":", "").lower())
    if text not in forms or text.endswith("="):
        raise NotSupported("transport_unknown", kind=kind, transport=text, choices=", ".join(forms))
    return Transport(udp=text == UDP, tls=text in (HTTPS, _UNVERIFIED), verified=text != _UNVERIFIED)
