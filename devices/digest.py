"""The answer to an HTTP Digest challenge: the password itself never goes over the wire (RFC 7616)."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_ALGORITHMS = ("MD5", "SHA-256")


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What a server asks to be mixed with the password.

    `qop` says whether it wants the newer form with a counter; `stale`, that only its nonce is too old
    and the password was not refused.
    """

    realm: str
    nonce: str
    opaque: str = ""
    algorithm: str = "MD5"
    qop: bool = False
    stale: bool = False


def challenge_in(headers: Iterable[str]) -> Challenge | None:
    """Find the first Digest challenge that can be answered among `WWW-Authenticate` headers."""
    for header in headers:
        for text in re.split(r"(?i)\bdigest\s+", header)[1:]:
            if found := _challenge(text):
                return found
    return None


def digest_answer(  # noqa: PLR0913  (the fields of the header)
    challenge: Challenge, *, user: str, password: str, method: str, uri: str, count: int, cnonce: str
) -> bytes:
    """Word the `Authorization` header; `count` is how often this nonce has been used, from 1."""
    secret = _hash(challenge, user, challenge.realm, password)
    asked = _hash(challenge, method, uri)
    use = (f"{count:08x}", cnonce, "auth") if challenge.qop else ()
    fields = {
        "username": user,
        "realm": challenge.realm,
        "nonce": challenge.nonce,
        "uri": uri,
        "response": _hash(challenge, secret, challenge.nonce, *use, asked),
    }
    if challenge.opaque:
        fields["opaque"] = challenge.opaque
    if use:
        fields["cnonce"] = cnonce
    quoted = [f'{name}="{_escaped(value)}"' for name, value in fields.items()]
    bare = [f"algorithm={challenge.algorithm}", *([f"qop=auth, nc={use[0]}"] if use else [])]
    return f"Digest {', '.join([*quoted, *bare])}".encode()


def _challenge(text: str) -> Challenge | None:
    """Read one challenge; None for a form that is not known here."""
    fields: dict[str, str] = {}
    for name, quoted, bare in _PARAMETER.findall(text):  # another challenge may follow: the first counts
        fields.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) or bare)
    algorithm = fields.get("algorithm", "MD5").upper()
    ways = {way.strip() for way in fields.get("qop", "").split(",")} - {""}
    if "nonce" not in fields or algorithm not in _ALGORITHMS or (ways and "auth" not in ways):
        return None
    return Challenge(
        realm=fields.get("realm", ""),
        nonce=fields["nonce"],
        opaque=fields.get("opaque", ""),
        algorithm=algorithm,
        qop=bool(ways),
        stale=fields.get("stale", "").lower() == "true",
    )


def _hash(challenge: Challenge, *parts: str) -> str:
    data = ":".join(parts).encode()
    if challenge.algorithm == "SHA-256":
        return hashlib.sha256(data).hexdigest()
    return hashlib.md5(data, usedforsecurity=False).hexdigest()  # the devices' choice, not ours


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
