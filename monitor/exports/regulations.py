"""Stored regulations as the regulations.toml that an import takes back unchanged (rules 9)."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from monitor.setup import RowError
from monitor.setup.changes import stored_rows
from monitor.setup.tomlkeys import DAY_SECONDS, SETTING_KEYS
from monitor.text import sentence

Version = Mapping[str, Any]
"""`code`, `valid_from`, `applies_to`, the settings, and `session`: name, weekdays, start, end, cong."""


def regulations_toml(session: Session, within: frozenset[int] | None) -> tuple[bytes, int, tuple[str, ...]]:
    """The versions all of whose targets are units of `within` or people posted there; None: all.

    Gives the file, how many versions it holds, and the staff codes that are targets.
    """
    found = [one for one in stored_versions(session) if within is None or _inside(session, one, within)]
    named = [target for one in found for target in one["applies_to"]]
    codes = tuple(target.partition(":")[2] for target in named if target.startswith("person:"))
    return as_toml(found), len(found), tuple(dict.fromkeys(codes))


def stored_versions(session: Session) -> list[dict[str, Any]]:
    """Every stored version as its table of the file, by code and first day."""
    units = {row["id"]: row["code"] for row in stored_rows(session, "unit")}
    people = {row["id"]: row["code"] for row in stored_rows(session, "person")}
    targets: defaultdict[int, list[str]] = defaultdict(list)
    for row in stored_rows(session, "regulation_target"):
        targets[row["regulation_id"]].append(_target(row, units, people))
    sessions: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in stored_rows(session, "regulation_session"):
        sessions[row["regulation_id"]].append(_session(row))
    found = [
        {
            "id": row["id"],
            **{name: row[name] for name in ("code", "valid_from", *SETTING_KEYS)},
            "applies_to": sorted(targets[row["id"]]),
            "session": sessions[row["id"]],
        }
        for row in stored_rows(session, "regulation_version")
    ]
    return sorted(found, key=lambda one: (one["code"], one["valid_from"]))


def as_toml(versions: Iterable[Version]) -> bytes:
    """The file of some versions; what says nothing is left out."""
    return "\n".join(_version(one) for one in versions).encode()


def toml_with_errors(data: bytes, errors: Sequence[RowError], language: str) -> bytes:
    """The same file with what is wrong written above it as comments; it may be mended and sent again."""
    told = [f"# {error.place}: {sentence(error.code, error.values, language)}" for error in errors]
    clean = [line.replace("\n", " ").replace("\r", " ") for line in told]
    return "\n".join([*clean, "", data.decode("utf-8-sig", errors="replace")]).encode()


def _inside(session: Session, version: Version, within: frozenset[int]) -> bool:
    units = {row["code"] for row in stored_rows(session, "unit", "id", within)}
    posted = {row["person_id"] for row in stored_rows(session, "posting", "unit_id", within)}
    people = {row["code"] for row in stored_rows(session, "person", "id", posted)}
    mine = {f"unit:{code}" for code in units} | {f"person:{code}" for code in people}
    return bool(version["applies_to"]) and mine.issuperset(version["applies_to"])


def _target(row: Mapping[Any, Any], units: Mapping[int, str], people: Mapping[int, str]) -> str:
    if row["unit_id"] is not None:
        return f"unit:{units[row['unit_id']]}"
    return "*" if row["person_id"] is None else f"person:{people[row['person_id']]}"


def _session(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "weekdays": [int(weekday) for weekday in row["weekdays"]],
        "start": _clock(row["start_seconds"]),
        "end": _clock(row["end_seconds"] % DAY_SECONDS),
        "cong": row["cong"],
    }


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"


def _version(version: Version) -> str:
    keys = ("code", "valid_from", "applies_to", *SETTING_KEYS)
    lines = ["[[regulation]]", *_lines({name: version.get(name) for name in keys})]
    for session in version["session"]:
        lines += ["", "[[regulation.session]]", *_lines(session)]
    return "\n".join(lines) + "\n"


def _lines(values: Mapping[str, Any]) -> list[str]:
    return [f"{name} = {_value(value)}" for name, value in values.items() if value not in (None, "")]


def _value(value: object) -> str:
    """A value as TOML writes it; its basic strings take JSON's escapes, but a DEL must be escaped too."""
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
