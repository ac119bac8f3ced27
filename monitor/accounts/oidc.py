"""OpenID Connect: sending somebody to the office's provider, and checking what comes back.

The authorization code flow with PKCE (RFC 6749, 7636; OpenID Connect Core 3.1). Only the issuer's host, and
those that the configuration names besides, are ever asked, by HTTPS and without following anywhere.
"""

import json
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.integrations.base_client import OAuthError  # type: ignore[import-untyped]  # ships no types
from authlib.integrations.requests_client import OAuth2Session  # type: ignore[import-untyped]  # as above
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]  # as above
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from monitor.config import Oidc
from monitor.config.sign_on import is_loopback, is_safe_url

CALLBACK = "/dang-nhap/sso/ve"
"""Where the provider sends people back to, below `site_url`."""
ALGORITHMS = ("RS256", "PS256", "ES256", "Ed25519", "EdDSA")
"""Signatures by a key pair: no `none`, and none that is made with a secret shared by both."""
LEEWAY_SECONDS = 60
LARGEST_ANSWER = 256 * 1024
METADATA_LIVES, FAILURE_LIVES = timedelta(minutes=10), timedelta(seconds=10)
MULTI_FACTOR = "mfa"
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class SignOnRefused(Exception):
    """The provider did not vouch for anybody; `why` is one word of ours for the audit trail."""

    def __init__(self, why: str) -> None:
        """Keep the word."""
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One journey to the provider and back. The browser keeps it, signed, until it is back; then it is over.

    `began_at` in seconds since 1970. `again`: somebody who is logged in proves to be there still.
    """

    state: str
    nonce: str
    verifier: str
    began_at: float
    again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """Whom the provider vouches for, by the name as it says it; `subject` is its own name for the person."""

    user_name: str
    subject: str
    multi_factor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A configured provider. `folder` is where relative paths count from."""

    oidc: Oidc
    folder: Path

    def begin(self, now: datetime, *, again: bool = False) -> tuple[str, Flow]:
        """Where to send the browser, and what to remember meanwhile. Raises SignOnRefused `unreachable`."""
        flow = Flow(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            began_at=now.timestamp(),
            again=again,
        )
        asked: dict[str, object] = {"prompt": "login", "max_age": 0} if again else {}
        with self._session() as session:
            address, _state = session.create_authorization_url(
                _metadata(self, now)["authorization_endpoint"],
                state=flow.state,
                nonce=flow.nonce,
                code_verifier=flow.verifier,
                **asked,
            )
        return str(address), flow

    def finish(self, flow: Flow, answer: Mapping[str, str], now: datetime) -> Vouched:
        """Whom the provider vouches for, once its answer has been checked.

        Raises SignOnRefused `state`, `issuer`, `denied`, `unreachable`, `code`, `token`, `late` or `name`.
        """
        if not secrets.compare_digest(flow.state.encode(), answer.get("state", "").encode()):
            raise SignOnRefused("state")
        if answer.get("iss", self.oidc.issuer) != self.oidc.issuer:  # RFC 9207
            raise SignOnRefused("issuer")
        if "error" in answer or not answer.get("code"):
            raise SignOnRefused("denied")
        metadata = _metadata(self, now)
        claims = self._claims(self._redeem(metadata, flow, answer["code"]), metadata, flow, now)
        if flow.again and not _is_since(claims.get("auth_time"), flow.began_at):
            raise SignOnRefused("late")
        return Vouched(
            user_name=self._user_name(claims),
            subject=str(claims["sub"]),
            multi_factor=self._is_multi_factor(claims),
        )

    def _session(self, **more: object) -> OAuth2Session:
        secret = self.oidc.client_secret_file
        session = OAuth2Session(
            client_id=self.oidc.client_id,
            client_secret=None
            if secret is None
            else (self.folder / secret).read_text(encoding="utf-8").strip(),
            redirect_uri=self.oidc.site_url.rstrip("/") + CALLBACK,
            scope=" ".join(dict.fromkeys(("openid", *self.oidc.scopes))),
            code_challenge_method="S256",
            **more,
        )
        self._prepare(session)
        return session

    def _prepare(self, session: requests.Session) -> None:
        # No proxy, no netrc and no authorities from the environment.
        session.trust_env = False
        session.verify = str(self.folder / self.oidc.ca_file) if self.oidc.ca_file else True
        session.max_redirects = 0

    def _redeem(self, metadata: Mapping[str, Any], flow: Flow, code: str) -> Mapping[str, Any]:
        """What the provider gives for the code, once."""
        known = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        by_post = self.oidc.client_secret_file is not None and "client_secret_basic" not in known
        more = {"token_endpoint_auth_method": "client_secret_post"} if by_post else {}
        try:
            with self._session(**more) as session:
                token = session.fetch_token(
                    metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=flow.verifier,
                    timeout=self.oidc.timeout_seconds,
                    allow_redirects=False,
                )
        except requests.ConnectionError as error:
            raise SignOnRefused("unreachable") from error
        except requests.Timeout as error:
            raise SignOnRefused("unreachable") from error
        except (OAuthError, requests.RequestException, ValueError) as error:
            raise SignOnRefused("code") from error
        return dict(token)

    def _claims(
        self, token: Mapping[str, Any], metadata: Mapping[str, Any], flow: Flow, now: datetime
    ) -> Mapping[str, Any]:
        """The claims of the ID token, signed by the issuer, for us, for this journey, now."""
        keys = self.get(metadata["jwks_uri"])
        essential = {"iss": self.oidc.issuer, "aud": self.oidc.client_id}
        options = {name: {"essential": True, "value": value} for name, value in essential.items()}
        params = {"nonce": flow.nonce, "client_id": self.oidc.client_id} | {
            name: token[name] for name in ("access_token",) if name in token
        }
        try:
            registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
            signed = jwt.decode(
                str(token["id_token"]), KeySet.import_key_set(_signing(keys)), registry=registry
            )
            claims = CodeIDToken(signed.claims, signed.header, options, params)
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise SignOnRefused("token") from error
        return dict(claims)

    def get(self, address: str) -> Any:
        """The JSON at one of the provider's addresses. Raises SignOnRefused `unreachable`."""
        try:
            with requests.Session() as session:
                self._prepare(session)
                answer = session.get(
                    address, timeout=self.oidc.timeout_seconds, allow_redirects=False, stream=True
                )
                if answer.status_code != requests.codes.ok:
                    raise SignOnRefused("unreachable")
                content = answer.raw.read(LARGEST_ANSWER + 1, decode_content=True)
            if len(content) > LARGEST_ANSWER:
                raise SignOnRefused("unreachable")
            return json.loads(content)
        except (requests.RequestException, OSError, ValueError) as error:
            raise SignOnRefused("unreachable") from error

    def _user_name(self, claims: Mapping[str, Any]) -> str:
        """The user name that the token names: ASCII only, so that no look-alike letter becomes another's."""
        said = claims.get(self.oidc.user_claim)
        if not isinstance(said, str) or not said.isascii():
            raise SignOnRefused("name")
        if self.oidc.user_claim == "email" and claims.get("email_verified") is not True:
            raise SignOnRefused("name")
        name, _, domain = said.strip().lower().partition("@")
        if not name or domain != self.oidc.user_domain.lower():
            raise SignOnRefused("name")
        return name

    def _is_multi_factor(self, claims: Mapping[str, Any]) -> bool:
        said, wanted = claims.get("amr") or (), self.oidc.multi_factor_acr
        return self.oidc.trust_multi_factor and (MULTI_FACTOR in said or claims.get("acr") in wanted)


def _is_since(auth_time: object, began_at: float) -> bool:
    return (
        isinstance(auth_time, int | float)
        and not isinstance(auth_time, bool)
        and auth_time >= began_at - LEEWAY_SECONDS
    )


def _signing(keys: Any) -> Any:
    """The keys that sign: a set may hold others, and kinds that are not known here."""
    known = [
        key
        for key in keys["keys"]
        if key.get("kty") in {"RSA", "EC", "OKP"} and key.get("use", "sig") == "sig"
    ]
    return {"keys": known}


_lock = threading.Lock()
_kept: dict[Provider, tuple[datetime, Mapping[str, Any] | None]] = {}
"""What each provider said of itself and until when that is believed; None: it could not be reached."""


def _metadata(provider: Provider, now: datetime) -> Mapping[str, Any]:
    """What the provider says of itself; it is not asked again for a while, whether it answered or not."""
    with _lock:
        until, known = _kept.get(provider, (now, None))
    if until <= now:
        try:
            known, until = _discovered(provider), now + METADATA_LIVES
        except SignOnRefused:
            known, until = None, now + FAILURE_LIVES
        with _lock:
            _kept[provider] = (until, known)
    if known is None:
        raise SignOnRefused("unreachable")
    return known


def _discovered(provider: Provider) -> Mapping[str, Any]:
    issuer = provider.oidc.issuer
    found = provider.get(issuer.rstrip("/") + "/.well-known/openid-configuration")
    if not isinstance(found, dict) or found.get("issuer") != issuer:
        raise SignOnRefused("unreachable")
    if not all(is_allowed(provider.oidc, found.get(name)) for name in _ENDPOINTS):
        raise SignOnRefused("unreachable")
    return found


def is_allowed(oidc: Oidc, address: object) -> bool:
    """Whether an address that the provider names is on a host that may be asked, and safely so."""
    issuer = urlsplit(oidc.issuer)
    try:
        parts = urlsplit(address) if isinstance(address, str) else None
        if parts is None or not is_safe_url(str(address)):
            return False
        if parts.hostname == issuer.hostname:
            return parts.port == issuer.port and parts.scheme == issuer.scheme
    except ValueError:
        return False
    other = (parts.hostname or "") in oidc.other_hosts and parts.port in {None, 443}
    return other and not is_loopback(parts.hostname or "")
