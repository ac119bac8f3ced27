"""Scenarios: worked examples of the rule book, one subject a file, that an HR clerk can read and write."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "scenarios"
PRESETS = "_presets.toml"
KEYS = {
    *("title", "note", "rules", "peer", "regulation", "settings", "sessions", "regulations"),
    *("day", "days", "ask", "punches", "manual", "excuses", "roster", "allowances", "calendar"),
    *("coverage", "observed", "terminals", "badges", "units", "people", "explained", "now"),
    *("findings", "expect", "total", "overtime"),
}
MONDAY = "2026-03-02"

Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scenario:
    """One worked example: `given` holds the keys of its table, `expect` the rows that must come out."""

    subject: str
    title: str
    rules: tuple[str, ...]
    given: Table
    expect: tuple[Table, ...]

    @property
    def days(self) -> tuple[str, ...]:
        """The dates asked, ISO; the first is the day that times without a date belong to."""
        return tuple(self.given.get("days", (self.given.get("day", MONDAY),)))

    def __str__(self) -> str:
        """Subject and title."""
        return f"{self.subject}: {self.title}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One file of scenarios."""

    name: str
    title: str
    about: str
    scenarios: tuple[Scenario, ...]


@cache
def subjects() -> tuple[Subject, ...]:
    """All files, in the order of their names."""
    return tuple(_subject(path) for path in sorted(FOLDER.glob("[!_]*.toml")))


@cache
def scenarios() -> tuple[Scenario, ...]:
    """All scenarios, file by file."""
    return tuple(scenario for subject in subjects() for scenario in subject.scenarios)


@cache
def presets() -> Table:
    """Regulations by name, that scenarios may refer to."""
    return tomllib.loads((FOLDER / PRESETS).read_text("utf-8"))


def _subject(path: Path) -> Subject:
    content = tomllib.loads(path.read_text("utf-8"))
    return Subject(
        name=path.stem,
        title=content["title"],
        about=content["about"],
        scenarios=tuple(_scenario(path.stem, table) for table in content["scenario"]),
    )


def _scenario(subject: str, table: Table) -> Scenario:
    """Raises ValueError for a key that means nothing: a misspelt one would be a condition that is not set."""
    unknown = set(table) - KEYS
    if unknown:
        raise ValueError(f"{subject}: {table['title']}: unknown {', '.join(sorted(unknown))}")
    return Scenario(
        subject=subject,
        title=table["title"],
        rules=tuple(table["rules"]),
        given=table,
        expect=tuple(table["expect"]),
    )
