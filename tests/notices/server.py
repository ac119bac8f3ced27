"""A real mail server on this machine whose answers tests choose, and what it took."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

OK = "250 OK"


@dataclass
class Box:
    """What the server answers ("" = as usual), and what it took: (sender, recipients, bytes)."""

    rcpt: str = ""
    data: str = ""
    mail: str = ""
    drop_after_text: bool = False
    before_text: Callable[[], None] | None = None
    after_text: Callable[[], None] | None = None
    taken: list[tuple[str, list[str], bytes]] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """The sender."""
        if self.mail:
            return self.mail
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return OK

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """A recipient."""
        if self.rcpt:
            return self.rcpt
        if self.before_text is not None:
            self.before_text()
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """The text."""
        if self.data:
            return self.data
        content = cast("bytes", envelope.content)
        self.taken.append((envelope.mail_from or "", envelope.rcpt_tos, content))
        if self.after_text is not None:
            self.after_text()
        if self.drop_after_text:
            cast("Any", server.transport).abort()
        return OK

    def messages(self) -> list[EmailMessage]:
        """What was taken, parsed."""
        parsed = [message_from_bytes(content, policy=policy.default) for _from, _to, content in self.taken]
        return list(parsed)

    def subjects(self) -> list[str]:
        """The subjects of what was taken."""
        return [str(one["Subject"]) for one in self.messages()]

    def texts(self) -> list[str]:
        """The plain text and the HTML of what was taken, one after the other."""
        return [
            "\n".join(
                part.get_content().replace("\r\n", "\n") for part in one.walk() if not part.is_multipart()
            )
            for one in self.messages()
        ]


class _Quiet(Controller):
    """A controller that hands back its port."""

    def factory(self) -> SMTP:
        """A server that knows no TXT-bound names."""
        return SMTP(self.handler, **self.SMTP_kwargs)


@contextmanager
def mail_server(box: Box, port: int = 0, **options: Any) -> Iterator[int]:
    """Serve the box on 127.0.0.1; gives the port."""
    controller = _Quiet(box, hostname="127.0.0.1", port=port or free_port(), **options)
    controller.start()
    try:
        yield int(controller.port)
    finally:
        controller.stop()


def free_port() -> int:
    """A port that nobody listens on now."""
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def passes(user: str, password: str) -> Callable[..., AuthResult]:
    """An authenticator that knows one name and password."""

    def check(
        _server: object, _session: object, _envelope: object, _mechanism: str, data: object
    ) -> AuthResult:
        given = cast("LoginPassword", data)
        right = (given.login, given.password) == (user.encode(), password.encode())
        return AuthResult(success=right, handled=False)

    return check


def server_side(certificate: str, key: str) -> ssl.SSLContext:
    """TLS of the server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
