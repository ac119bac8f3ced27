"""The names of our two cookies, and what protects them."""

from dataclasses import dataclass

from monitor.config import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookies:
    """`login` holds a log-in's key; `form` (signed) language, forms' token, a log-in half done."""

    login: str
    form: str
    secure: bool


def cookies(settings: Settings) -> Cookies:
    """What the cookies are called: with TLS a browser itself keeps other hosts and plain HTTP off them.

    The prefix `__Host-` needs Secure, the path / and no domain; without TLS a browser would drop such a
    cookie, so it has neither prefix nor Secure there.
    """
    secure = settings.web.behind_tls
    prefix = "__Host-" if secure else ""
    return Cookies(login=f"{prefix}monitor_session", form=f"{prefix}monitor_form", secure=secure)
