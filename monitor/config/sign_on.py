"""`[sign_on]`: who else may vouch for people: OpenID Connect, LDAP; by default nobody."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from monitor.config.sections import Section


def is_loopback(host: str) -> bool:
    """Whether a host, as it stands in a URL, is this machine itself."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_safe_url(url: str) -> bool:
    """Whether a URL is HTTPS, or HTTP to this machine itself, and holds nothing that misleads."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not host or "@" in parts.netloc or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def _web_address(url: str) -> str:
    if url and not (is_safe_url(url) and not urlsplit(url).query):
        msg = "https:// is needed (http:// on this machine itself only)"
        raise ValueError(msg)
    return url


def _directory_address(url: str) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in {"ldap", "ldaps"} or not parts.hostname or parts.path.strip("/")):
        msg = "not ldap://HOST or ldaps://HOST"
        raise ValueError(msg)
    return url


def _filter(template: str) -> str:
    if template.count("{user}") != 1 or not (template.startswith("(") and template.endswith(")")):
        msg = "needs the form (attribute={user})"
        raise ValueError(msg)
    return template


WebAddress = Annotated[str, AfterValidator(_web_address)]
Seconds = Annotated[int, Field(ge=1, le=30)]


class Oidc(Section):
    """A provider of OpenID Connect; with an empty `issuer` there is none.

    `site_url` is the address at which browsers reach this site. `user_claim` names the claim that holds
    the user name; with `user_domain` it must read `name@domain`. `other_hosts` may be asked besides the
    issuer's own host. With `trust_multi_factor` a token that says so stands for the second factor too.
    """

    issuer: WebAddress = ""
    client_id: str = ""
    client_secret_file: Path | None = None
    site_url: WebAddress = ""
    label: str = "SSO"
    user_claim: str = "preferred_username"
    user_domain: str = ""
    scopes: tuple[str, ...] = ("openid", "profile")
    other_hosts: tuple[str, ...] = ()
    trust_multi_factor: bool = False
    multi_factor_acr: tuple[str, ...] = ()
    ca_file: str = ""
    timeout_seconds: Seconds = 5

    @property
    def lacks(self) -> str:
        """The key that a provider cannot be used without and that is missing; '' for none."""
        needed = {"client_id": self.client_id, "site_url": self.site_url, "user_claim": self.user_claim}
        return next((name for name, value in needed.items() if self.issuer and not value), "")


class Ldap(Section):
    """A directory, as Active Directory; with an empty `url` there is none.

    `bind_dn` is the account that searches, '' to search anonymously. `ca_file` are the authorities that
    vouch for the directory; '' asks those of the system.
    """

    url: Annotated[str, AfterValidator(_directory_address)] = ""
    start_tls: bool = False
    base_dn: str = ""
    user_filter: Annotated[str, AfterValidator(_filter)] = "(sAMAccountName={user})"
    bind_dn: str = ""
    bind_password_file: Path | None = None
    ca_file: str = ""
    timeout_seconds: Seconds = 5

    @property
    def lacks(self) -> str:
        """The key that a directory cannot be asked without and that is missing; '' for none."""
        parts = urlsplit(self.url)
        if self.url and not self.base_dn:
            return "base_dn"
        if self.bind_dn and self.bind_password_file is None:
            return "bind_password_file"
        plain = parts.scheme == "ldap" and not self.start_tls
        return "start_tls" if plain and not is_loopback(parts.hostname or "") else ""


class SignOn(Section):
    """`administrators`: whether administrators, too, may be vouched for by others than this program."""

    administrators: bool = False
    oidc: Oidc = Oidc()
    ldap: Ldap = Ldap()
