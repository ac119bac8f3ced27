"""A row of units.csv as a typed value (rules 9)."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """A row of units.csv; `parent` None is a root. Where the unit comes from is optional (`origins`)."""

    code: str
    name: str
    parent: str | None
    public_facing: bool
    bloc: str
    valid_from: date | None
    valid_to: date | None
    predecessors: tuple[str, ...] = ()
    origin: str = ""
    origin_on: date | None = None
    origin_document: str = ""
