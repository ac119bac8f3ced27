"""Lines below a header row, split into cells, wherever in the file or the workbook the header stands."""

import csv
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from devices.files.layout import FileLine

_HEADER_WITHIN = 60
_SEPARATORS = "\t,;"  # Vietnamese Excel writes CSV with semicolons
_COMMENT = "#"
_LEGACY = str.maketrans("µ·©ª«đ", "aaaeod")  # TCVN3 letters of header words, which Unicode takes for signs


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A header, its folded names in their places, and the lines below it up to the end of its sheet.

    `named` are the places of the names that are not empty.
    """

    separator: str
    names: tuple[str, ...]
    named: tuple[int, ...]
    lines: tuple[FileLine, ...]

    def cells(self, line: FileLine) -> list[str]:
        """The cells of a line in the places of `names`; [] when it has more.

        Terminals put more TABs into the header than between the cells, so that the header looks right
        in an editor: a line of text that has one cell for each of the names has them in their order.
        """
        cells = split(line.text, self.separator)
        while len(cells) > len(self.named) and not cells[-1]:
            cells.pop()
        if len(cells) == len(self.named) and self.separator == "\t" and not line.sheet:
            spread = dict(zip(self.named, cells, strict=True))
            return [spread.get(place, "") for place in range(len(self.names))]
        return cells if len(cells) <= len(self.names) else []


def sections(lines: Sequence[FileLine], accepts: Callable[[Sequence[str]], bool]) -> list[Section]:
    """The part below the first accepted header of each sheet; comments and repeated headers left out."""
    found = []
    for _, sheet in groupby(lines, key=lambda line: line.sheet):
        below = list(sheet)
        for index, line in enumerate(islice(below, _HEADER_WITHIN)):
            header = _header(line.text, accepts)
            if header is not None:
                body = [row for row in below[index + 1 :] if _is_body(row.text, line.text)]
                found.append(_section(*header, body))
                break
    return found


def _section(separator: str, names: tuple[str, ...], lines: list[FileLine]) -> Section:
    named = tuple(place for place, name in enumerate(names) if name)
    return Section(separator=separator, names=names, named=named, lines=tuple(lines))


def _is_body(text: str, header: str) -> bool:
    return text != header and not text.startswith(_COMMENT)


def _header(text: str, accepts: Callable[[Sequence[str]], bool]) -> tuple[str, tuple[str, ...]] | None:
    for separator in _SEPARATORS:
        names = tuple(fold(cell) for cell in split(text, separator))
        if accepts(names):
            return separator, names
    return None


def split(text: str, separator: str) -> list[str]:
    """The cells of a line without the spaces around them."""
    if separator == "\t":
        return [cell.strip() for cell in text.split("\t")]
    try:
        cells = next(csv.reader([text], delimiter=separator), [])
    except csv.Error:
        return []
    return [cell.strip() for cell in cells]


def fold(text: str) -> str:
    """The letters and figures of a name, small and without marks: `Mã N.Viên` and `M· N.Viªn` alike."""
    plain = unicodedata.normalize("NFD", text.lower().translate(_LEGACY))
    return "".join(sign for sign in plain if sign.isascii() and sign.isalnum())
