"""Forms as data: headings, symbols, columns and signatures, and what an office changes of them."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from monitor.config import ConfigError, Section

FORMS = Path(__file__).parents[2] / "data" / "forms"
OVERTIME = "01b-ldtl"
NAMES = ("c01-hd", "01a-ldtl", OVERTIME)
OFFICE_FILE = "timesheets.toml"
BLANK = "………………"
PLACEHOLDER = re.compile(r"\{(\w*)\}")
PLACEHOLDERS = frozenset({"agency", "unit", "budget_code", "address"})


class Office(Section):
    """What every sheet of the office says: `agency` empty means the name of the topmost unit."""

    agency: str = ""
    address: str = ""
    budget_code: str = ""
    place: str = ""


class Print(Section):
    """How the PDF is set. `font_folder`, from the file's own folder, holds fonts that are not built in."""

    font: str = "Libertinus Serif"
    font_folder: str = ""


class Column(Section):
    """A column of totals: its number on the form, its title, and the symbols it counts."""

    number: int
    title: str
    symbols: frozenset[str] = frozenset()


class Meaning(Section):
    """A line of the legend."""

    symbol: str
    meaning: str


class Form(Section):
    """One official form. `shown` is what it writes for a symbol of the records; see `rules.totals`."""

    number: str
    legal: str
    title: str
    heading: tuple[str, ...]
    has_number: bool = False
    position_title: str = ""
    totals_title: str
    signatories: tuple[str, ...] = Field(min_length=1, max_length=5)
    signature: str
    holiday: str = ""
    pending: str = "?"
    uncounted: frozenset[str] = frozenset()
    split_note: str = ""
    columns: tuple[Column, ...] = Field(min_length=1)
    shown: dict[str, str] = Field(default_factory=dict)
    legend: tuple[Meaning, ...] = ()
    local_legend: tuple[Meaning, ...] = ()

    @field_validator("heading")
    @classmethod
    def _known_placeholders(cls, heading: tuple[str, ...]) -> tuple[str, ...]:
        for line in heading:
            if unknown := set(PLACEHOLDER.findall(line)) - PLACEHOLDERS:
                msg = f"unknown placeholder {sorted(unknown)[0]!r}"
                raise ValueError(msg)
        return heading

    @model_validator(mode="after")
    def _no_collision(self) -> Self:
        """Two symbols that look alike on paper must count alike: TR must not become T (tai nạn)."""
        meant: dict[str, tuple[int, ...]] = {self.pending: (), **({self.holiday: ()} if self.holiday else {})}
        known = self.uncounted.union(*(column.symbols for column in self.columns))
        for symbol in sorted(known - {self.holiday}):
            counted = tuple(column.number for column in self.columns if symbol in column.symbols)
            written = self.shown.get(symbol, symbol)
            if meant.setdefault(written, counted) != counted or (symbol in self.uncounted and counted):
                msg = f"symbol {written!r} would stand for two things"
                raise ValueError(msg)
        return self


class Forms(Section):
    """All forms and what they share; the keys are those of an office's own file."""

    office: Office = Office()
    print: Print = Print()
    c01_hd: Form = Field(alias="c01-hd")
    ldtl_01a: Form = Field(alias="01a-ldtl")
    ldtl_01b: Form = Field(alias="01b-ldtl")

    def named(self, name: str) -> Form:
        """A form by the name that the command line knows."""
        return {"c01-hd": self.c01_hd, "01a-ldtl": self.ldtl_01a, OVERTIME: self.ldtl_01b}[name]


def load_forms(folder: Path) -> Forms:
    """The shipped forms, changed by the `timesheets.toml` of a data folder, if there is one.

    Tables are merged key by key; a list replaces the shipped list.

    Raises ConfigError `config_not_toml`, `config_unknown_key`, `config_bad_value`.
    """
    shipped = _shipped()
    path = folder / OFFICE_FILE
    try:
        return Forms.model_validate(_merged(shipped, _own(path)))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise ConfigError("config_unknown_key", path=str(path), key=key) from None
        raise ConfigError("config_bad_value", path=str(path), key=key, why=first["msg"]) from None


@cache
def _shipped() -> dict[str, Any]:
    """The forms of this version; nobody changes what is read here, `_merged` makes new tables."""
    return {name: tomllib.loads((FORMS / f"{name}.toml").read_text(encoding="utf-8")) for name in NAMES}


def _own(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError("config_not_toml", path=str(path), why=str(error)) from error


def _merged(shipped: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    both = {**shipped, **own}
    for key in shipped.keys() & own.keys():
        if isinstance(shipped[key], dict) and isinstance(own[key], dict):
            both[key] = _merged(shipped[key], own[key])
    return both


def filled(line: str, values: Mapping[str, str]) -> str:
    """A line of the heading with its values; dots where the office has not said."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1]) or BLANK, line)
