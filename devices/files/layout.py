"""What a layout of punch files takes and gives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from devices.base import BadRecord, PunchBatch


@dataclass(frozen=True, slots=True)
class FileLine:
    """One line that is not blank: its number from 1, its own bytes as they lay in the file, its text.

    A row of a workbook or of an HTML table is a line, too: its cells with TABs between them. `sheet`
    names the sheet of a workbook, whose dates are dates; '' where all was text.
    """

    number: int
    raw: bytes
    text: str
    sheet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReading:
    """What a punch file holds: `lines` that tell of a punch, each in `batch` or one of `bad`.

    Titles, headers and comments are no lines. `processed_pairs`: the times were arranged into
    arrivals and departures by another program; each time that is filled in is a line, an empty one
    is nothing. `date_order`: how days and months were told apart, `dmy` or `mdy`, '' where nothing had to
    be. `serials`: the serial numbers of terminals that the file names, sorted; more than one means
    that it holds the punches of several.
    """

    layout: str
    lines: int
    batch: PunchBatch
    bad: tuple[BadRecord, ...]
    processed_pairs: bool = False
    date_order: str = ""
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One form that punch files come in.

    `fits` tells how many lines look like this layout's, sound or not. `read` turns all lines into
    punches and bad records; its second argument is the order of days and months, `dmy`, `mdy` or '' for
    finding it out, and only where `has_date_order` is it ever filled. It raises BadReply
    `header_missing`, `date_order_ambiguous` or `date_order_mixed`.
    """

    name: str
    fits: Callable[[Sequence[FileLine]], int]
    read: Callable[[Sequence[FileLine], str], FileReading]
    has_date_order: bool = True
