"""A sealed stream: chunks of AES-256-GCM under a key that scrypt makes of a secret; bounded memory.

A file is MAGIC, salt, nonce prefix, then chunks: length (4 bytes, big-endian) and ciphertext. A chunk's
nonce is the prefix, its number and whether it is the last one, and every chunk is bound to the head, so
that chunks cannot be changed, moved, dropped at the end or taken from another file.
"""

import secrets
import struct
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from monitor.backup.errors import BackupRefused

MAGIC = b"MONITOR-BACKUP-1\n"
CHUNK_BYTES = 1 << 20
SALT_BYTES, PREFIX_BYTES, TAG_BYTES = 16, 7, 16
SCRYPT_N, SCRYPT_R, SCRYPT_P = 1 << 15, 8, 1
"""32 MiB and about a tenth of a second."""


class Sealer:
    """Writes a sealed stream; without `close` the file is none."""

    def __init__(self, file: IO[bytes], secret: bytes) -> None:
        """Begin a stream with a salt and a nonce prefix of its own."""
        salt, self._prefix = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(PREFIX_BYTES)
        self._head = MAGIC + salt + self._prefix
        self._file, self._key, self._number = file, _key(secret, salt), 0
        self._waiting = bytearray()
        file.write(self._head)

    def write(self, content: bytes) -> None:
        """Add to the stream."""
        self._waiting += content
        while len(self._waiting) > CHUNK_BYTES:
            self._chunk(bytes(self._waiting[:CHUNK_BYTES]), last=False)
            del self._waiting[:CHUNK_BYTES]

    def close(self) -> None:
        """Write what is left, marked as the end."""
        self._chunk(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _chunk(self, content: bytes, *, last: bool) -> None:
        nonce = _nonce(self._prefix, self._number, last=last)
        sealed = self._key.encrypt(nonce, content, self._head)
        self._file.write(struct.pack(">I", len(sealed)) + sealed)
        self._number += 1


def unsealed(file: IO[bytes], secret: bytes) -> Iterator[bytes]:
    """The content of a sealed stream, chunk by chunk; each is genuine when it is given.

    Raises BackupRefused `backup_not_one` for another kind of file, `backup_key_wrong` when the first
    chunk does not open (or is damaged), `backup_damaged` for a later one or a missing end.
    """
    head = file.read(len(MAGIC) + SALT_BYTES + PREFIX_BYTES)
    if len(head) < len(MAGIC) + SALT_BYTES + PREFIX_BYTES or not head.startswith(MAGIC):
        raise BackupRefused("backup_not_one")
    key, prefix = _key(secret, head[len(MAGIC) : -PREFIX_BYTES]), head[-PREFIX_BYTES:]
    number, sealed = 0, _next(file)
    while sealed is not None:
        following = _next(file)
        nonce = _nonce(prefix, number, last=following is None)
        try:
            yield key.decrypt(nonce, sealed, head)
        except InvalidTag:
            raise BackupRefused("backup_damaged" if number else "backup_key_wrong") from None
        number, sealed = number + 1, following
    if number == 0:
        raise BackupRefused("backup_damaged")


def _next(file: IO[bytes]) -> bytes | None:
    """The next chunk as it stands, None at the end of the file."""
    length = file.read(4)
    if not length:
        return None
    size = struct.unpack(">I", length)[0] if len(length) == 4 else 0  # noqa: PLR2004 - four bytes
    if not TAG_BYTES <= size <= CHUNK_BYTES + TAG_BYTES:
        raise BackupRefused("backup_damaged")
    sealed = file.read(size)
    if len(sealed) < size:
        raise BackupRefused("backup_damaged")
    return sealed


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + struct.pack(">IB", number, last)


def _key(secret: bytes, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P).derive(secret))
