"""Packets of the ZK protocol as a terminal reads and writes them."""

from dataclasses import dataclass

import numpy as np

MAGIC = b"\x50\x50\x82\x7d"
HEADER = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One packet: a command or reply with its session, its id and its data."""

    code: int
    session: int
    reply_id: int
    data: bytes = b""

    def to_bytes(self) -> bytes:
        """Header with checksum, then data: a UDP datagram, or what a TCP frame carries."""
        fields = (self.code, 0, self.session, self.reply_id)
        head = b"".join(field.to_bytes(2, "little") for field in fields)
        total = checksum(head + self.data)
        return head[:2] + total.to_bytes(2, "little") + head[4:] + self.data


def parse(raw: bytes) -> Packet | None:
    """Read one packet; None when it is too short or its checksum is wrong."""
    if len(raw) < HEADER:
        return None
    code, given, session, reply_id = (int.from_bytes(raw[at : at + 2], "little") for at in (0, 2, 4, 6))
    if checksum(raw[:2] + b"\0\0" + raw[4:]) != given:
        return None
    return Packet(code=code, session=session, reply_id=reply_id, data=raw[HEADER:])


def framed(packet: bytes) -> bytes:
    """Put the eight bytes of TCP framing in front."""
    return MAGIC + len(packet).to_bytes(4, "little") + packet


def checksum(raw: bytes) -> int:
    """One's complement of the one's complement sum of all 16-bit words, an odd last byte alone."""
    total = int(np.frombuffer(raw + b"\0" * (len(raw) % 2), "<u2").sum(dtype=np.uint64))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def auth_answer(key: int, session: int) -> bytes:
    """Four bytes that prove a comm key for a session; scrambled, not encrypted."""
    mirrored = int(f"{key:032b}"[::-1], 2)
    word = ((mirrored + session) & 0xFFFFFFFF).to_bytes(4, "little")
    mixed = bytes(a ^ b for a, b in zip(word, b"ZKSO", strict=True))
    swapped = mixed[2:] + mixed[:2]
    return bytes((swapped[0] ^ 0x32, swapped[1] ^ 0x32, 0x32, swapped[3] ^ 0x32))
