"""Secrets that must be read again (a second factor's, say), sealed with keys made from the installation's."""

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PURPOSE = b"attendance-monitor second factor 1"


@lru_cache(maxsize=8)
def _box(secret_key: str, purpose: bytes) -> Fernet:
    """A key of its own for each purpose: whoever learns it cannot sign a cookie."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret_key.encode())
    return Fernet(urlsafe_b64encode(derived))


def seal(secret: str, secret_key: str, purpose: bytes = PURPOSE) -> str:
    """The secret for storage; `secret_key` as `config.secret_key` gives it."""
    return _box(secret_key, purpose).encrypt(secret.encode()).decode()


def unseal(sealed: str, secret_key: str, purpose: bytes = PURPOSE) -> str:
    """The secret again; "" when there is none, or when another key or purpose sealed it."""
    try:
        return _box(secret_key, purpose).decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken:
        return ""
