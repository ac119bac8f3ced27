"""Named parts in one compressed stream: what a backup is made of, written and read once, in order.

A part is its name (2 bytes of length, UTF-8), blocks (4 bytes of length, content) and an empty block;
an empty name ends the stream. Parts need no size beforehand, so that a table can be sent as it is read.
"""

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator

from monitor.backup.errors import BackupRefused

BLOCK_BYTES = 1 << 20
Part = tuple[str, Iterator[bytes]]


class Packer:
    """Writes parts through `write`; ends with `close`."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        """Begin an empty stream."""
        self._write, self._zip = write, zlib.compressobj(6)

    def add(self, name: str, blocks: Iterable[bytes]) -> None:
        """Add a part."""
        told = name.encode()
        self._put(struct.pack(">H", len(told)) + told)
        for block in blocks:
            for start in range(0, len(block), BLOCK_BYTES):
                part = block[start : start + BLOCK_BYTES]
                self._put(struct.pack(">I", len(part)))
                self._put(part)
        self._put(struct.pack(">I", 0))

    def close(self) -> None:
        """End the stream."""
        self._put(struct.pack(">H", 0))
        self._write(self._zip.flush())

    def _put(self, content: bytes) -> None:
        if packed := self._zip.compress(content):
            self._write(packed)


class Unpacker:
    """Reads parts; raises BackupRefused `backup_damaged` for a stream that does not end as it should."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        """Read from compressed chunks."""
        self._chunks, self._zip = chunks, zlib.decompressobj()
        self._ready = bytearray()

    def parts(self) -> Iterator[Part]:
        """Each part's name and blocks; a part must be read before the next one is asked for."""
        while size := struct.unpack(">H", self._take(2))[0]:
            name = self._take(size).decode()
            yield name, self._blocks()
        rest = [self._zip.decompress(chunk) for chunk in (self._zip.unconsumed_tail, *self._chunks)]
        if self._ready or any(rest) or self._zip.unused_data or not self._zip.eof:
            raise BackupRefused("backup_damaged")

    def _blocks(self) -> Iterator[bytes]:
        while size := struct.unpack(">I", self._take(4))[0]:
            if size > BLOCK_BYTES:
                raise BackupRefused("backup_damaged")
            yield self._take(size)

    def _take(self, size: int) -> bytes:
        while len(self._ready) < size:
            self._fill()
        taken = bytes(self._ready[:size])
        del self._ready[:size]
        return taken

    def _fill(self) -> None:
        packed = self._zip.unconsumed_tail or next(self._chunks, None)
        try:
            content = self._zip.flush() if packed is None else self._zip.decompress(packed, BLOCK_BYTES)
        except zlib.error:
            raise BackupRefused("backup_damaged") from None
        if packed is None and not content:
            raise BackupRefused("backup_damaged")
        self._ready += content
