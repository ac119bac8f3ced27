"""A password's hash and its check, by argon2id or scrypt; the hash names its method and its cost."""

import base64
import hashlib
import hmac
import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from monitor.accounts.profiles import Scheme

# The least memory that OWASP's cheat sheet names for each (19 MiB; 32 MiB), so that a check takes well
# under a second on a staff office's old machine and four at once do not fill its memory.
_ARGON2 = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_LN, _R, _P = 15, 8, 3
_SCRYPT_MEMORY = 64 * 1024 * 1024
_DIGEST = 32


def _bytes(password: str) -> bytes:
    """One form for what looks the same: Vietnamese keyboards give composed or combining marks."""
    return unicodedata.normalize("NFKC", password).encode()


def hash_password(password: str, scheme: Scheme) -> str:
    """A salted hash; nothing is cut off, however long the password is."""
    if scheme == "argon2id":
        return _ARGON2.hash(_bytes(password))
    salt = secrets.token_bytes(16)
    digest = _scrypt(_bytes(password), salt, _LN, _R, _P)
    return f"$scrypt$ln={_LN},r={_R},p={_P}${_text(salt)}${_text(digest)}"


def verify(stored: str, password: str) -> bool:
    """Whether a password is the one of a hash; a hash of no known method fits none."""
    if stored.startswith("$argon2id$"):
        try:
            return _ARGON2.verify(stored, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False
    return stored.startswith("$scrypt$") and _verify_scrypt(stored, password)


def _verify_scrypt(stored: str, password: str) -> bool:
    _empty, _name, costs, salt, digest = stored.split("$")
    ln, r, p = (int(cost.partition("=")[2]) for cost in costs.split(","))
    found = _scrypt(_bytes(password), base64.b64decode(salt), ln, r, p)
    return hmac.compare_digest(found, base64.b64decode(digest))


def _scrypt(password: bytes, salt: bytes, ln: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password, salt=salt, n=2**ln, r=r, p=p, maxmem=_SCRYPT_MEMORY, dklen=_DIGEST)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def is_outdated(stored: str, scheme: Scheme) -> bool:
    """Whether the hash was made by another method, or at another cost, than one made now."""
    if scheme == "argon2id":
        return not stored.startswith("$argon2id$") or _ARGON2.check_needs_rehash(stored)
    return not stored.startswith(f"$scrypt$ln={_LN},r={_R},p={_P}$")


@cache
def nobodys_hash(scheme: Scheme) -> str:
    """The hash that is checked where there is none, so that an unknown name costs the same work."""
    return hash_password(secrets.token_urlsafe(32), scheme)
