"""Small honest files of the three kinds, made here byte by byte."""

import zlib


def chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)


def png(width: int = 1, height: int = 1) -> bytes:
    head = chunk(b"IHDR", width.to_bytes(4) + height.to_bytes(4) + b"\x08\x00\x00\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2) + body


def jpeg(width: int = 1, height: int = 1) -> bytes:
    frame = b"\x08" + height.to_bytes(2) + width.to_bytes(2) + b"\x01\x01\x11\x00"
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\x34"
    return b"\xff\xd8" + segment(0xE0, b"JFIF\0\x01\x01") + segment(0xC0, frame) + scan + b"\xff\xd9"


def pdf(body: bytes = b"1 0 obj\n<< /Type /Catalog >>\nendobj\n") -> bytes:
    head = b"%PDF-1.4\n" + body
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 >>\n"
    return head + table + b"startxref\n" + str(len(head)).encode() + b"\n%%EOF\n"


PNG, JPEG, PDF = png(), jpeg(), pdf()
