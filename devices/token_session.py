"""Requests to a BioTime server, signed by a token that its account is exchanged for."""

import json
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

from devices.errors import BadCredentials, BadReply, NotSupported
from devices.http_contact import HttpContact, Reply, target_of

_WAYS = (("/jwt-api-token-auth/", "JWT"), ("/api-token-auth/", "Token"))
_UNKNOWN = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)
_REFUSED = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


class TokenSession:
    """Signs in once, and again where a token that worked has expired.

    Versions differ in which of two tokens they give out and which one they take. A refused password
    is told at once and not tried at the other door.
    """

    def __init__(self, contact: HttpContact, user: str, password: str) -> None:
        """Nothing is sent yet."""
        self._contact = contact
        self._account = {"username": user, "password": password}
        self._ways = list(_WAYS)
        self._signature = ""
        self._worked = False
        self._served_at: datetime | None = None

    @property
    def served_at(self) -> datetime | None:
        """The server's clock at its latest answer that was dated."""
        return self._served_at

    def get(self, path: str, query: Mapping[str, object]) -> Reply:
        """Send one request; an answer 401 means that no token was taken.

        Raises what `HttpContact.ask` raises; BadCredentials `bad_credentials`, BadReply `bad_reply`,
        NotSupported `not_supported` where the server knows no way to sign in.
        """
        target = target_of(path, query)
        if not self._signature:
            self._sign_in()
        reply = self._send(target)
        while reply.status == HTTPStatus.UNAUTHORIZED and self._may_sign_in_again():
            self._sign_in()
            reply = self._send(target)
        self._worked = reply.status != HTTPStatus.UNAUTHORIZED
        return reply

    def _send(self, target: str) -> Reply:
        reply = self._contact.ask("GET", target, headers={"Authorization": self._signature})
        self._served_at = reply.served_at or self._served_at
        return reply

    def _may_sign_in_again(self) -> bool:
        """A token that worked has expired; one that never did leaves the next way."""
        if not self._worked:
            self._ways = self._ways[1:]
        self._worked = False
        return bool(self._ways)

    def _sign_in(self) -> None:
        """Exchange the account for a token, by the first way that the server knows."""
        body = json.dumps(self._account).encode()
        while self._ways:
            path, scheme = self._ways[0]
            reply = self._contact.ask("POST", path, body=body, headers={"Content-Type": "application/json"})
            if reply.status in _REFUSED:
                raise BadCredentials("bad_credentials")
            if reply.status not in _UNKNOWN:
                self._signature = f"{scheme} {_token(reply.accepted())}"
                return
            self._ways = self._ways[1:]
        raise NotSupported("not_supported")


def _token(reply: Reply) -> str:
    token = reply.json().get("token")
    if not isinstance(token, str) or not (token.isascii() and token.isprintable()):
        raise BadReply("bad_reply")
    return token
