"""Drawing units by lot so that anybody can check it with nothing but SHA-256 (docs/inspections.md)."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.inspections.errors import InspectionRefused

FORM = "monitor-draw-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The units that could be drawn, by code; those `first` are taken before any other is."""

    first: tuple[str, ...]
    others: tuple[str, ...]

    @classmethod
    def of(cls, codes: Iterable[str], first: Iterable[str] = ()) -> "Frame":
        """In order of their codes, however they come. Raises InspectionRefused `draw_code_line`."""
        every, ahead = frozenset(codes), frozenset(first)
        if broken := [code for code in every | ahead if not code or code.splitlines() != [code]]:
            raise InspectionRefused("draw_code_line", unit=broken[0].split())
        return cls(first=tuple(sorted(ahead)), others=tuple(sorted(every - ahead)))

    @property
    def text(self) -> str:
        """As it is printed: one code a line, an empty line after those that go first."""
        return "".join(f"{code}\n" for code in (*self.first, "", *self.others))

    @classmethod
    def read(cls, text: str) -> "Frame":
        """The frame of a printed text."""
        first, _, others = f"\n{text}".partition("\n\n")
        return cls(first=tuple(first.split("\n")[1:]), others=tuple(others.split("\n")[:-1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """All that decides a draw but the public word: the seed, how many, of which units, and which word."""

    seed: str
    size: int
    frame: Frame
    beacon: str = ""

    @property
    def text(self) -> str:
        """What the commitment is the SHA-256 of, byte for byte (UTF-8)."""
        return f"{FORM}\n{self.seed}\n{self.size}\n{self.beacon}\n{self.frame.text}"

    @property
    def commitment(self) -> str:
        """The digest that is published before; it tells nothing of the seed, and fits no other."""
        return digest(self.text)


def drawn(lot: Lot, word: str) -> tuple[str, ...]:
    """The codes drawn, in order of drawing: those that go first, then the others, by ticket.

    Raises InspectionRefused `draw_size` when more are wanted than there are.
    """
    frame = lot.frame
    known = len(frame.first) + len(frame.others)
    if not 0 < lot.size <= known:
        raise InspectionRefused("draw_size", size=lot.size, units=known)
    order = [*_by_ticket(lot.seed, word, frame.first), *_by_ticket(lot.seed, word, frame.others)]
    return tuple(order[: lot.size])


def _by_ticket(seed: str, word: str, codes: Sequence[str]) -> list[str]:
    return sorted(codes, key=lambda code: ticket(seed, word, code))


def ticket(seed: str, word: str, code: str) -> str:
    """A unit's ticket: the smallest are drawn. `printf '%s' 'seed|word|code' | sha256sum` prints it."""
    return digest(f"{seed}|{word}|{code}")


def digest(text: str) -> str:
    """SHA-256 of a text's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
