"""What an import says: what it did, what is wrong with which cell, or why a file cannot be read at all."""

from dataclasses import dataclass, field

from monitor.refusal import Refusal
from monitor.text import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class RowError:
    """One thing that is wrong with a file.

    `place` is the line of a text file ("7"), the cell of a workbook ("Sheet1!B7") or the key of a
    TOML file ("regulation[2].session[1].start"); `column` is "" where the whole row is meant. The
    sentence belongs to `code` and is filled with `values`.
    """

    file: str
    place: str
    column: str
    code: str
    values: dict[str, object] = field(default_factory=dict)

    def text(self, language: str = "vi") -> str:
        """Where and what, for a reader of the language."""
        what = sentence(self.code, self.values, language)
        where = "import_at_line" if self.place.isdigit() else "import_at"
        if self.column:
            where += "_column"
        template = {"file": self.file, "place": self.place, "column": self.column, "what": what}
        return sentence(where, template, language)


class ImportRefused(Refusal):
    """The file cannot be read at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did or, when `applied` is False, would have done with its good rows.

    `rows` counts what the file holds, blank rows aside; every row was added, changed something
    stored, was stored already, or has at least one entry in `errors`.
    """

    kind: str
    file: str
    rows: int
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: tuple[RowError, ...] = ()
    applied: bool = False

    @property
    def refused(self) -> int:
        """How many rows were not taken; a row may have several errors."""
        return self.rows - self.added - self.changed - self.unchanged
