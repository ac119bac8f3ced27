"""The sealed stream and the parts in it: whatever is changed, moved or missing is found."""

import io
import zlib

import pytest

from monitor.backup import BackupRefused, sealed
from monitor.backup.parts import Packer, Unpacker
from monitor.backup.sealed import MAGIC, Sealer, unsealed
from tests.backup.conftest import SECRET

HEAD = len(MAGIC) + sealed.SALT_BYTES + sealed.PREFIX_BYTES


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many chunks in few bytes, and a key that does not take a tenth of a second each time."""
    monkeypatch.setattr(sealed, "CHUNK_BYTES", 16)
    monkeypatch.setattr(sealed, "SCRYPT_N", 2)


def stream(content: bytes) -> bytes:
    file = io.BytesIO()
    sealer = Sealer(file, SECRET)
    sealer.write(content)
    sealer.close()
    return file.getvalue()


def opened(content: bytes, secret: bytes = SECRET) -> bytes:
    return b"".join(unsealed(io.BytesIO(content), secret))


CONTENT = bytes(range(100))


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 100])
def test_what_was_sealed_is_opened(size: int) -> None:
    assert opened(stream(CONTENT[:size])) == CONTENT[:size]


def test_a_stream_cut_off_anywhere_is_refused() -> None:
    whole = stream(CONTENT)
    for size in range(len(whole)):
        with pytest.raises(BackupRefused):
            opened(whole[:size])


def test_any_changed_byte_is_found() -> None:
    whole = stream(CONTENT)
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        with pytest.raises(BackupRefused):
            opened(bytes(changed))


def test_chunks_that_are_exchanged_doubled_or_left_out_are_found() -> None:
    whole = stream(CONTENT)
    size = 4 + 16 + sealed.TAG_BYTES
    chunks = [whole[start : start + size] for start in range(HEAD, len(whole), size)]
    for wrong in ([chunks[1], chunks[0], *chunks[2:]], [chunks[0], *chunks], [*chunks[:2], *chunks[3:]]):
        with pytest.raises(BackupRefused):
            opened(whole[:HEAD] + b"".join(wrong))


def test_two_backups_with_one_secret_share_no_key() -> None:
    first, second = stream(CONTENT), stream(CONTENT)
    assert first[:HEAD] != second[:HEAD]
    with pytest.raises(BackupRefused):
        opened(first[:HEAD] + second[HEAD:])


def packed(*parts: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    packer = Packer(file.write)
    for name, content in parts:
        packer.add(name, [content])
    packer.close()
    return file.getvalue()


def unpacked(content: bytes, step: int) -> list[tuple[str, bytes]]:
    chunks = (content[start : start + step] for start in range(0, len(content), step))
    return [(name, b"".join(blocks)) for name, blocks in Unpacker(chunks).parts()]


@pytest.mark.parametrize("step", [1, 7, 1 << 20])
def test_parts_come_back_in_order_whatever_their_size(step: int) -> None:
    large = bytes(3 << 20) if step > 1 else bytes(3000)
    parts = [("a", b""), ("bảng/người", b"x" * 70_000), ("c", large)]
    assert unpacked(packed(*parts), step) == parts


def test_parts_that_end_too_early_or_too_late_are_refused() -> None:
    whole = packed(("a", b"x" * 50))
    for content in (whole[:-1], whole[:10], b"", zlib.compress(b"no parts"), whole + b"more"):
        with pytest.raises(BackupRefused):
            unpacked(content, 8)
