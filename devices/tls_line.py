"""A connection over TLS that knows the deadline and whose certificate it believes, before a word is said."""

import hashlib
import hmac
import socket
import ssl
from typing import Any, Protocol, cast

from devices.errors import BadCertificate, Unreachable
from devices.transport import Transport


class Deadline(Protocol):
    """What is left of a contact."""

    def left(self) -> float:
        """Seconds for the next wait. Raises TimeoutError after the last."""
        ...


class TlsSocket(ssl.SSLSocket):
    """A TLS connection that cannot wait past the deadline, however slowly its bytes drip."""

    until: Deadline

    def recv_into(self, *where: Any) -> int:
        """Receive, for as long as is left."""
        self.settimeout(self.until.left())
        return super().recv_into(*where)

    def sendall(self, *what: Any) -> None:
        """Send, for as long as is left."""
        self.settimeout(self.until.left())
        super().sendall(*what)


def secured(line: socket.socket, host: str, transport: Transport, ca_file: str, until: Deadline) -> TlsSocket:
    """Shake hands over a connected socket; nothing has been asked yet.

    Raises BadCertificate `wrong_certificate` (another one than the pinned), `certificate_not_trusted`
    (no authority vouches for it, or not for this address) or `tls_failed`.
    """
    context = _context(transport, ca_file)
    context.sslsocket_class = TlsSocket
    wrapped = context.wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)
    found = cast("TlsSocket", wrapped)  # as the context was told above
    try:
        found.until = until
        found.settimeout(until.left())
        _shake_hands(found)
        _check_pin(found, transport)
    except BaseException:
        found.close()
        raise
    return found


def _context(transport: Transport, ca_file: str) -> ssl.SSLContext:
    """Authorities are asked unless one certificate is pinned or the loud word says nobody is."""
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
    except OSError:
        raise BadCertificate("ca_file_unreadable", path=ca_file) from None
    if transport.pin or not transport.verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # the pin is compared after the handshake
    return context


def _shake_hands(line: TlsSocket) -> None:
    try:
        line.do_handshake()
    except ssl.SSLCertVerificationError as error:
        raise BadCertificate("certificate_not_trusted", why=error.verify_code) from None
    except ssl.SSLError:
        raise BadCertificate("tls_failed") from None
    except TimeoutError:
        raise
    except OSError:
        raise Unreachable("broken_off") from None


def _check_pin(line: TlsSocket, transport: Transport) -> None:
    found = hashlib.sha256(line.getpeercert(binary_form=True) or b"").hexdigest()
    if transport.pin and not hmac.compare_digest(found, transport.pin):
        raise BadCertificate("wrong_certificate", found=found)
