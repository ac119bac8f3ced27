"""A real provider of OpenID Connect on loopback, in a process of its own, that lies when it is told to.

It asks for PKCE with S256 (RFC 7636), which the package that it is made of does not.

Run as a program with a port. `PUT /lie` takes a JSON object: `claims` replace those of the next ID tokens
(null takes one away), `alg` is `none`, `HS256` (with the public key as the secret) or `stranger` (another
key); `metadata` replaces what discovery says.
"""

import base64
import hashlib
import hmac
import io
import json
import sys
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
from authlib.jose import JsonWebKey, jwt  # type: ignore[import-untyped]  # ships no types
from oidc_provider_mock import app as provider_app  # type: ignore[import-untyped]  # as above
from werkzeug.serving import make_server


class Liar:
    """Stands before the provider and changes its answers."""

    def __init__(self, app: flask.Flask) -> None:
        """Learn where the provider keeps its key."""
        self.inner: Any = app.wsgi_app
        self.lie: dict[str, Any] = {}
        self.storage: Any = None
        self.challenges: dict[str, str] = {}
        app.before_request(self._learn)

    def _learn(self) -> None:
        self.storage = flask.g.oidc_provider_mock_storage

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer."""
        path = environ["PATH_INFO"]
        if path == "/lie":
            size = int(environ.get("CONTENT_LENGTH") or 0)
            self.lie = json.loads(environ["wsgi.input"].read(size))
            start_response("204 No Content", [])
            return []
        if path == "/oauth2/token" and not self._is_same_browser(environ):
            start_response("400 Bad Request", [("Content-Type", "application/json")])
            return [b'{"error": "invalid_grant"}']
        began: list[Any] = []
        body = b"".join(self.inner(environ, lambda *args: began.append(args[:2])))
        status, headers = began[0]
        if path == "/oauth2/authorize" and status.startswith("302"):
            self._note(environ["QUERY_STRING"], dict(headers)["Location"])
        if status.startswith("200") and path in {"/oauth2/token", "/.well-known/openid-configuration"}:
            body = self._changed(path, json.loads(body))
            headers = [pair for pair in headers if pair[0].lower() != "content-length"]
        start_response(status, headers)
        return [body]

    def _note(self, query: str, location: str) -> None:
        """Keep the challenge that belongs to a code."""
        asked, given = parse_qs(query), parse_qs(urlsplit(location).query)
        if asked.get("code_challenge_method") == ["S256"] and "code" in given:
            self.challenges[given["code"][0]] = asked["code_challenge"][0]

    def _is_same_browser(self, environ: dict[str, Any]) -> bool:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = io.BytesIO(body)
        sent = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        made = _encoded(digest)
        return self.challenges.get(sent["code"]) == made

    def _changed(self, path: str, answer: dict[str, Any]) -> bytes:
        if path != "/oauth2/token":
            return json.dumps(answer | self.lie.get("metadata", {})).encode()
        head, middle, _signature = answer["id_token"].split(".")
        claims = json.loads(_decoded(middle)) | self.lie.get("claims", {})
        claims = {name: value for name, value in claims.items() if value is not None}
        answer["id_token"] = self._signed(json.loads(_decoded(head)), claims)
        return json.dumps(answer).encode()

    def _signed(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        how = self.lie.get("alg", "RS256")
        if how in {"none", "HS256"}:
            signed = ".".join(_encoded(json.dumps(part).encode()) for part in (header | {"alg": how}, claims))
            public = self.storage.jwk.as_pem(is_private=False)
            made = hmac.digest(public, signed.encode(), "sha256") if how == "HS256" else b""
            return f"{signed}.{_encoded(made)}"
        stranger = how == "stranger"
        key = JsonWebKey.generate_key("RSA", 2048, is_private=True) if stranger else self.storage.jwk
        return str(jwt.encode(header, claims, key).decode())


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


if __name__ == "__main__":
    told = provider_app(require_nonce=True)
    told.wsgi_app = Liar(told)
    server = make_server("localhost", int(sys.argv[1]), told, threaded=True)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    server.serve_forever()
