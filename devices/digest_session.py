"""Requests that are signed by HTTP Digest: one try of the password, never a second."""

import secrets
from collections.abc import Mapping
from http import HTTPStatus

from devices.digest import Challenge, challenge_in, digest_answer
from devices.errors import NotSupported
from devices.http_contact import HttpContact, Reply, target_of


class DigestSession:
    """Asks through a contact and answers its challenges.

    Devices lock an account after a few wrong passwords, so a refused answer is not tried again; only
    a nonce that the device calls stale is replaced.
    """

    def __init__(self, contact: HttpContact, user: str, password: str) -> None:
        """Nothing is sent yet."""
        self._contact = contact
        self._user = user
        self._password = password
        self._challenge: Challenge | None = None
        self._count = 0

    def ask(
        self, method: str, path: str, query: Mapping[str, object] | None = None, body: bytes = b""
    ) -> Reply:
        """Send one request; an answer 401 means that the password was refused.

        Raises what `HttpContact.ask` raises, and NotSupported `sign_in_not_supported`.
        """
        target = target_of(path, query)
        fresh = self._challenge is None
        reply = self._send(method, target, body)
        if reply.status == HTTPStatus.UNAUTHORIZED and self._take_challenge(reply, fresh=fresh):
            reply = self._send(method, target, body)
        return reply

    def _take_challenge(self, reply: Reply, *, fresh: bool) -> bool:
        """Keep what the device asks; whether that is a reason to send the request again."""
        found = challenge_in(reply.headers.get_all("WWW-Authenticate", []))
        if found is None:
            raise NotSupported("sign_in_not_supported")
        self._challenge, self._count = found, 0
        return fresh or found.stale

    def _send(self, method: str, target: str, body: bytes) -> Reply:
        headers: dict[str, str | bytes] = {"Content-Type": "application/json"} if body else {}
        if self._challenge is not None:
            self._count += 1
            headers["Authorization"] = digest_answer(
                self._challenge,
                user=self._user,
                password=self._password,
                method=method,
                uri=target,
                count=self._count,
                cnonce=secrets.token_hex(8),
            )
        return self._contact.ask(method, target, body=body, headers=headers)
