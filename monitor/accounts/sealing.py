"""Secrets that must be read again (a second factor's), sealed with a key made from the installation's."""

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PURPOSE = b"attendance-monitor second factor 1"


@lru_cache(maxsize=4)
def _box(secret_key: str) -> Fernet:
    """A key of its own for this purpose: whoever learns it cannot sign a cookie."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret_key.encode())
    return Fernet(urlsafe_b64encode(derived))


def seal(secret: str, secret_key: str) -> str:
    """The secret for storage; `secret_key` as `config.secret_key` gives it."""
    return _box(secret_key).encrypt(secret.encode()).decode()


def unseal(sealed: str, secret_key: str) -> str:
    """The secret again; "" when there is none, or when it was sealed with another key."""
    try:
        return _box(secret_key).decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken:
        return ""
