"""The conversation with a mail server: what can be said of every end of it. The only module that knows SMTP.

With TLS the server proves its name or nothing is said to it; there is no way back to plain text.
"""

import contextlib
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from monitor.config import Mail

READY, OK, TAKEN = 220, 250, 2
NO_SUCH_MAILBOX = 5
POLICY = "5.7."
"""Enhanced codes of a server's own rules: it refuses us, which says nothing about the address."""


ANSWERS = {TAKEN: ("sent", ""), 4: ("retry", "mail_later"), NO_SUCH_MAILBOX: ("failed", "mail_refused")}
"""What the first figure of a reply to the text means."""
FAULTS = (OSError, smtplib.SMTPException, UnicodeError)
"""What a conversation can end with; the last for a password that SMTP cannot carry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a try ended: `sent`, `retry`, `failed`, `bounced` (the address is no good) or `unknown`.

    `error` is the code of a sentence; `reply` the server's code, never its words, which may name people.
    """

    state: str
    error: str = ""
    reply: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What goes over: a sender, one recipient, and the message as bytes."""

    sender: str
    recipient: str
    content: bytes


class NotOurs(Exception):
    """The right to send was lost before the text left."""


def send(mail: Mail, folder: Path, envelope: Envelope, hand: Callable[[], None]) -> Ended:
    """One try. `hand` is called right before the text leaves; what it raises ends the try, unsent."""
    try:
        with _connected(mail, folder, _domain(mail)) as server:
            return _dialogue(server, envelope, hand)
    except _Refused as refused:
        return refused.ended
    except FAULTS as error:
        return _unreached(error)


def greet(mail: Mail, folder: Path) -> Ended:
    """Connect, protect and log in, and send nothing."""
    try:
        with _connected(mail, folder, _domain(mail)):
            return Ended(state="sent")
    except _Refused as refused:
        return refused.ended
    except FAULTS as error:
        return _unreached(error)


class _Refused(Exception):
    def __init__(self, ended: Ended) -> None:
        super().__init__(ended.error)
        self.ended = ended


def _dialogue(server: smtplib.SMTP, envelope: Envelope, hand: Callable[[], None]) -> Ended:
    code, words = server.mail(envelope.sender)
    if code != OK:
        raise _Refused(Ended(state="retry", error="mail_sender", reply=_reply(code, words)))
    code, words = server.rcpt(envelope.recipient)
    if code // 100 != TAKEN:
        raise _Refused(_recipient_refused(code, words))
    hand()
    return _text(server, envelope.content)


def _text(server: smtplib.SMTP, content: bytes) -> Ended:
    """From the first byte of the text on, a silence means that it may have been taken."""
    try:
        code, words = server.data(content)
    except smtplib.SMTPDataError as refused:
        code, words = refused.smtp_code, _bytes(refused.smtp_error)
    except (OSError, smtplib.SMTPException):
        return Ended(state="unknown", error="mail_unknown")
    # A reply that was cut off in the middle, or that is no SMTP, answers nothing.
    state, error = ANSWERS.get(code // 100, ("unknown", "mail_unknown"))
    return Ended(state=state, error=error, reply=_reply(code, words))


def _recipient_refused(code: int, words: bytes) -> Ended:
    reply = _reply(code, words)
    if code // 100 != NO_SUCH_MAILBOX:
        return Ended(state="retry", error="mail_later", reply=reply)
    if f" {POLICY}" in f" {reply.partition(' ')[2]}":
        return Ended(state="failed", error="mail_refused", reply=reply)
    return Ended(state="bounced", error="mail_bounced", reply=reply)


def _unreached(error: Exception) -> Ended:
    """Before the text nothing is lost: the server, its certificate or our password is at fault."""
    if isinstance(error, UnicodeError):
        return Ended(state="retry", error="mail_password")
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Ended(state="retry", error="mail_auth", reply=str(error.smtp_code))
    if isinstance(error, ssl.SSLError | smtplib.SMTPNotSupportedError):
        return Ended(state="retry", error="mail_tls")
    if isinstance(error, smtplib.SMTPResponseException):
        return Ended(state="retry", error="mail_later", reply=str(error.smtp_code))
    return Ended(state="retry", error="mail_unreachable")


def _reply(code: int, words: bytes) -> str:
    found = re.match(rb"[245]\.\d{1,3}\.\d{1,3}\b", words)
    return f"{code} {found[0].decode()}" if found else str(code)


def _bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode()


def _domain(mail: Mail) -> str:
    return mail.sender.rpartition("@")[2]


@contextmanager
def _connected(mail: Mail, folder: Path, own_name: str) -> Iterator[smtplib.SMTP]:
    """A protected session, logged in; ended within the deadline, whatever the server does."""
    password = _password(mail, folder)
    server = _server(mail, folder, own_name)
    watch = threading.Timer(mail.timeout_seconds, _cut, (server,))
    watch.daemon = True
    watch.start()
    try:
        code, words = server.connect(mail.host, mail.port)
        if code != READY:
            raise _Refused(Ended(state="retry", error="mail_later", reply=_reply(code, words)))
        if mail.security == "starttls":
            server.ehlo()
            # Raises when the server does not offer it: somebody in between may have taken it away.
            server.starttls(context=_trust(mail, folder))
        server.ehlo()
        if mail.user:
            server.login(mail.user, password)
        yield server
        with contextlib.suppress(OSError, smtplib.SMTPException):
            server.quit()
    finally:
        watch.cancel()
        server.close()


def _password(mail: Mail, folder: Path) -> str:
    if mail.password_file is None:
        return ""
    try:
        return (folder / mail.password_file).read_text(encoding="utf-8").strip()
    except OSError:
        raise _Refused(Ended(state="retry", error="mail_password")) from None


def _server(mail: Mail, folder: Path, own_name: str) -> smtplib.SMTP:
    if mail.security == "tls":
        found: smtplib.SMTP = smtplib.SMTP_SSL(
            local_hostname=own_name, timeout=mail.timeout_seconds, context=_trust(mail, folder)
        )
    else:
        found = smtplib.SMTP(local_hostname=own_name, timeout=mail.timeout_seconds)
    # The library compares certificates with the name given when it is made, but does not connect here.
    found._host = mail.host  # type: ignore[attr-defined]  # no other way to name the server
    return found


def _trust(mail: Mail, folder: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(folder / mail.ca_file) if mail.ca_file else None)


def _cut(server: smtplib.SMTP) -> None:
    """Cut a session that takes too long: a server that sends a byte now and then never times out."""
    connection = server.sock
    if connection is not None:
        with contextlib.suppress(OSError):
            # Below TLS, whose own shutdown would be a race with the thread that reads.
            socket.socket.shutdown(connection, socket.SHUT_RDWR)
