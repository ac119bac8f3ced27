"""The conversation with a directory: connect, protect, search, bind. The only module that knows ldap3."""

import secrets
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from monitor.accounts.directory import DirectoryDown
from monitor.config import Ldap

with warnings.catch_warnings():
    # ldap3 2.9.1 uses names that its own dependency has renamed since.
    warnings.simplefilter("ignore", DeprecationWarning)
    import ldap3  # type: ignore[import-untyped]  # ships no types
    from ldap3.core.exceptions import (  # type: ignore[import-untyped]  # as above
        LDAPException,
        LDAPOperationResult,
    )
    from ldap3.utils.conv import escape_filter_chars  # type: ignore[import-untyped]  # as above

MOST_FOUND = 2
"""Two are as bad as none: a name must lead to one entry."""


def binds(ldap: Ldap, folder: Path, user_name: str, password: str | None) -> bool:
    """Whether the one entry of a name takes the password; None: a decoy that is never right.

    Raises DirectoryDown.
    """
    found = _found(ldap, folder, user_name)
    decoy = found is None or password is None
    dn, tried = (
        (f"cn={secrets.token_hex(8)},{ldap.base_dn}", secrets.token_hex(16)) if decoy else (found, password)
    )
    try:
        with _connected(ldap, folder, str(dn), str(tried)):
            return not decoy
    except LDAPOperationResult:  # wrong, ended, closed, not allowed to log in: it does not take it
        return False
    except (LDAPException, OSError) as error:
        raise DirectoryDown from error


def _found(ldap: Ldap, folder: Path, user_name: str) -> str | None:
    """The distinguished name of the one entry of a user name."""
    secret = ldap.bind_password_file
    try:
        password = None if secret is None else (folder / secret).read_text(encoding="utf-8").strip()
        with _connected(ldap, folder, ldap.bind_dn or None, password) as connection:
            connection.search(
                ldap.base_dn,
                ldap.user_filter.replace("{user}", escape_filter_chars(user_name)),
                search_scope=ldap3.SUBTREE,
                attributes=[ldap3.NO_ATTRIBUTES],
                size_limit=MOST_FOUND,
                time_limit=ldap.timeout_seconds,
            )
            names = [row["dn"] for row in connection.response if row["type"] == "searchResEntry"]
    except (LDAPException, OSError, UnicodeError) as error:
        raise DirectoryDown from error
    return names[0] if len(names) == 1 and names[0] else None


@contextmanager
def _connected(ldap: Ldap, folder: Path, dn: str | None, password: str | None) -> Iterator[ldap3.Connection]:
    """A protected connection, bound; without a name it is anonymous. Raises what ldap3 raises."""
    connection = ldap3.Connection(
        _server(ldap, folder),
        user=dn,
        password=password,
        authentication=ldap3.SIMPLE if dn else ldap3.ANONYMOUS,
        receive_timeout=ldap.timeout_seconds,
        auto_referrals=False,
        raise_exceptions=True,
        read_only=True,
        check_names=False,
    )
    try:
        connection.open(read_server_info=False)
        if ldap.start_tls:
            connection.start_tls(read_server_info=False)
        connection.bind(read_server_info=False)
        yield connection
    finally:
        connection.strategy.close()
        if connection.socket is not None:  # one that never got so far as to be open
            connection.socket.close()


def _server(ldap: Ldap, folder: Path) -> ldap3.Server:
    parts = urlsplit(ldap.url)
    tls = ldap3.Tls(validate=ssl.CERT_REQUIRED)
    # ldap3 compares names with a function that Python 3.12 no longer has, and leaves sockets open when
    # they differ; Python's own TLS compares names and addresses before a byte is sent.
    context = ssl.create_default_context(cafile=str(folder / ldap.ca_file) if ldap.ca_file else None)
    tls.wrap_socket = partial(_protect, context)
    return ldap3.Server(
        parts.hostname,
        port=parts.port,
        use_ssl=parts.scheme == "ldaps",
        tls=tls,
        connect_timeout=ldap.timeout_seconds,
        get_info=ldap3.NONE,
        allowed_referral_hosts=[],
    )


def _protect(context: ssl.SSLContext, connection: ldap3.Connection, do_handshake: bool = True) -> None:
    """Put TLS over a connection's socket, as `ldap3.Tls.wrap_socket` would."""
    connection.socket = context.wrap_socket(
        connection.socket, do_handshake_on_connect=do_handshake, server_hostname=connection.server.host
    )
