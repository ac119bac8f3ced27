"""What a layout of punch files takes and gives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from devices.base import BadRecord, PunchBatch


@dataclass(frozen=True, slots=True)
class FileLine:
    """One line that is not blank: its number from 1, its own bytes as they lay in the file, its text."""

    number: int
    raw: bytes
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReading:
    """What a punch file holds: `lines` that are not blank, each a punch of `batch` or one of `bad`."""

    layout: str
    lines: int
    batch: PunchBatch
    bad: tuple[BadRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One form that punch files come in.

    `fits` tells whether a line looks like one of this layout, sound or not; `read` turns all lines
    into punches and bad records and never raises.
    """

    name: str
    fits: Callable[[str], bool]
    read: Callable[[Sequence[FileLine]], tuple[PunchBatch, tuple[BadRecord, ...]]]
