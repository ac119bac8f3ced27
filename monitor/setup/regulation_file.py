"""regulations.toml -> versions of regulations as typed lines (rules 9)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from monitor.setup.cells import CellRefused
from monitor.setup.lines import Line, Lines
from monitor.setup.report import ImportRefused, RowError
from monitor.setup.tables_in import decode_text
from monitor.setup.tomlkeys import DAY_SECONDS, IDENTITY_KEYS, SESSION_KEYS, SETTING_KEYS, WEEKDAYS, Key

TABLE = "regulation"
SESSION = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """One `[[regulation.session]]`, in seconds from midnight of its work date."""

    name: str
    weekdays: tuple[int, ...]
    start: int
    end: int
    cong: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegulationRow:
    """One `[[regulation]]`: what tells it apart, whom it applies to, its settings and its sessions."""

    code: str
    valid_from: date
    applies_to: tuple[str, ...]
    settings: Mapping[str, Any]
    sessions: tuple[SessionRow, ...]


def read_regulations(data: bytes, file: str, *, partial: bool) -> Lines[RegulationRow]:
    """The versions in a file's bytes; places are written `regulation[2].session[1].start`, from 1.

    Raises ImportRefused `file_not_toml`, `file_utf16` or `file_not_utf8`.
    """
    content = _parsed(data)
    tables = content.get(TABLE, [])
    if not isinstance(tables, list):
        raise ImportRefused("file_not_toml", why=f"[{TABLE}] → [[{TABLE}]]")
    lines: Lines[RegulationRow] = Lines(
        file=file, rows=len(tables), columns=frozenset(), partial=partial, errors=[], by_key=True
    )
    for name in content:
        if name != TABLE:
            _refuse(lines, "", name, CellRefused("unknown_key", name=name, known=TABLE))
    for number, table in enumerate(tables, start=1):
        _read_version(lines, number, table)
    return lines


def _parsed(data: bytes) -> dict[str, Any]:
    # A deeply nested file ends tomllib with a RecursionError, and a number of many thousand digits
    # with a ValueError, of which its own error is one.
    try:
        return tomllib.loads(decode_text(data))
    except (ValueError, RecursionError) as error:
        raise ImportRefused("file_not_toml", why=str(error)) from error


def _refuse(lines: Lines[RegulationRow], prefix: str, key: str, error: CellRefused) -> None:
    place = f"{prefix}.{key}" if prefix and key else prefix or key
    lines.errors.append(
        RowError(file=lines.file, place=place, column="", code=error.code, values=error.values)
    )


def _read_version(lines: Lines[RegulationRow], number: int, table: object) -> None:
    """Turn one version into a line, or into entries in the list of errors."""
    prefix = f"{TABLE}[{number}]"
    before = len(lines.errors)
    content = dict(table) if isinstance(table, dict) else {}
    sessions = _read_sessions(lines, prefix, content.pop(SESSION, []))
    values = _read_keys(lines, prefix, content, {**IDENTITY_KEYS, **SETTING_KEYS})
    if len(lines.errors) > before:
        return
    _check_overlaps(lines, prefix, sessions)
    if len(lines.errors) == before:
        item = RegulationRow(
            **{key: values[key] for key in IDENTITY_KEYS},
            settings={key: values[key] for key in SETTING_KEYS},
            sessions=tuple(sessions),
        )
        lines.read.append(Line(number=number, item=item, place=lambda key: f"{prefix}.{key}"))


def _read_keys(
    lines: Lines[RegulationRow], prefix: str, content: Mapping[str, object], keys: Mapping[str, Key]
) -> dict[str, Any]:
    """The values of a table's keys, defaults filled in; what is wrong goes into the list of errors."""
    values: dict[str, Any] = {name: key.default for name, key in keys.items()}
    for name in content:
        if name not in keys:
            _refuse(lines, prefix, name, CellRefused("unknown_key", name=name, known=", ".join(keys)))
    for name, key in keys.items():
        if name not in content:
            if key.required:
                _refuse(lines, prefix, name, CellRefused("missing_key", name=name))
            continue
        try:
            values[name] = key.read(content[name])
        except CellRefused as error:
            _refuse(lines, prefix, name, error)
    return values


def _read_sessions(lines: Lines[RegulationRow], prefix: str, tables: object) -> list[SessionRow]:
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        _refuse(lines, prefix, SESSION, CellRefused("toml_not_tables"))
        return []
    found = []
    for number, table in enumerate(tables, start=1):
        before = len(lines.errors)
        values = _read_keys(lines, f"{prefix}.{SESSION}[{number}]", table, SESSION_KEYS)
        if len(lines.errors) == before:
            if values["end"] <= values["start"]:
                values["end"] += DAY_SECONDS  # it ends on the next day (rules 9)
            found.append(SessionRow(**values))
    return found


def _check_overlaps(lines: Lines[RegulationRow], prefix: str, sessions: list[SessionRow]) -> None:
    """Two sessions of one weekday must not overlap; a night session and the next morning may (rules 2)."""
    for number, later in enumerate(sessions, start=1):
        for earlier in sessions[: number - 1]:
            shared = set(later.weekdays) & set(earlier.weekdays)
            if shared and later.start < earlier.end and earlier.start < later.end:
                weekdays = ", ".join(str(weekday) for weekday in WEEKDAYS if weekday in shared)
                error = CellRefused(
                    "sessions_overlap", name=later.name, other=earlier.name, weekdays=weekdays
                )
                _refuse(lines, f"{prefix}.{SESSION}[{number}]", "start", error)
