"""regulations.toml into the database: versions, whom they apply to, their sessions (rules 2.2, 9)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, delete
from sqlmodel import Session

from monitor.setup.changes import (
    Counts,
    Values,
    ids,
    insert_rows,
    stored_rows,
    table_of,
    update_rows,
)
from monitor.setup.lines import Line, Lines
from monitor.setup.regulation_file import RegulationRow
from monitor.setup.spans import Site
from monitor.store.queries import stale

EVERYBODY = "*"

Identity = tuple[str, date]
"""Code and first day of a version."""

Target = tuple[int | None, int | None]
"""Unit id, person id; neither is everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """A stored version with everything that belongs to it."""

    row: RowMapping
    targets: frozenset[Target]
    sessions: tuple[Values, ...]


def apply(session: Session, lines: Lines[RegulationRow], site: Site) -> Counts:
    """Check and store the versions; one that is stored already is replaced with all its parts."""
    units, people = ids(session, "unit"), ids(session, "person")
    lines.refuse_twice("code", lambda row: (row.code, row.valid_from))
    _check_targets(lines, units, people)
    stored = _stored_versions(session)
    wanted = {line.number: _targets(line.item, units, people) for line in lines.good}
    lines.settle(lambda: _check_same_start(lines, wanted, stored))
    good = lines.good
    added = [line for line in good if _identity(line.item) not in stored]
    changed = [line for line in good if _differs(line, wanted[line.number], stored)]
    _write(session, added, changed, wanted, stored)
    _mark(session, [*added, *changed], site)
    return Counts(added=len(added), changed=len(changed), unchanged=len(good) - len(added) - len(changed))


def _identity(row: RegulationRow) -> Identity:
    return row.code, row.valid_from


def _values(row: RegulationRow) -> Values:
    return {"code": row.code, "valid_from": row.valid_from, **row.settings}


def _sessions(row: RegulationRow) -> tuple[Values, ...]:
    return tuple(
        {
            "name": session.name,
            "weekdays": "".join(str(weekday) for weekday in session.weekdays),
            "start_seconds": session.start,
            "end_seconds": session.end,
            "cong": session.cong,
        }
        for session in row.sessions
    )


def _targets(row: RegulationRow, units: Mapping[str, int], people: Mapping[str, int]) -> frozenset[Target]:
    return frozenset(_target(name, units, people) for name in row.applies_to)


def _target(name: str, units: Mapping[str, int], people: Mapping[str, int]) -> Target:
    """The ids of `*`, `unit:CODE` or `person:CODE`. Raises KeyError for what is not there."""
    kind, _, code = name.partition(":")
    if name == EVERYBODY:
        return None, None
    return (units[code], None) if kind == "unit" else (None, people[code])


def _check_targets(lines: Lines[RegulationRow], units: Mapping[str, int], people: Mapping[str, int]) -> None:
    """Every target has a known form and names a stored unit or person."""
    known = {"unit": units, "person": people}
    for line in lines.read:
        for number, name in enumerate(line.item.applies_to, start=1):
            kind, colon, code = name.partition(":")
            column = f"applies_to[{number}]"
            if name == EVERYBODY:
                continue
            if not colon or kind not in known:
                lines.refuse(line, column, "bad_target", value=name)
            elif code not in known[kind]:
                lines.refuse(line, column, f"unknown_{kind}", **{kind: code})


def _stored_versions(session: Session) -> dict[Identity, _Stored]:
    targets: dict[int, set[Target]] = defaultdict(set)
    for row in stored_rows(session, "regulation_target"):
        targets[row["regulation_id"]].add((row["unit_id"], row["person_id"]))
    sessions: dict[int, list[Values]] = defaultdict(list)
    for row in stored_rows(session, "regulation_session"):
        own = {name: value for name, value in row.items() if name not in {"id", "regulation_id"}}
        sessions[row["regulation_id"]].append(own)
    return {
        (row["code"], row["valid_from"]): _Stored(
            row=row, targets=frozenset(targets[row["id"]]), sessions=tuple(sessions[row["id"]])
        )
        for row in stored_rows(session, "regulation_version")
    }


def _check_same_start(
    lines: Lines[RegulationRow],
    wanted: Mapping[int, frozenset[Target]],
    stored: Mapping[Identity, _Stored],
) -> None:
    """Two versions with the same target and first day are refused (rules 2.2)."""
    good = lines.good
    replaced = {_identity(line.item) for line in good}
    owners: dict[tuple[Target, date], str] = {
        (target, valid_from): code
        for (code, valid_from), version in stored.items()
        if (code, valid_from) not in replaced
        for target in version.targets
    }
    for line in good:
        row = line.item
        for target in wanted[line.number]:
            owner = owners.setdefault((target, row.valid_from), row.code)
            if owner != row.code:
                values = {"other": owner, "valid_from": row.valid_from.isoformat()}
                lines.refuse(line, "applies_to", "same_target_and_start", **values)


def _differs(
    line: Line[RegulationRow], targets: frozenset[Target], stored: Mapping[Identity, _Stored]
) -> bool:
    """Whether a version that is stored already is to become another."""
    before = stored.get(_identity(line.item))
    if before is None:
        return False
    values = _values(line.item)
    same = all(before.row[name] == value for name, value in values.items())
    return not (same and before.targets == targets and before.sessions == _sessions(line.item))


def _write(
    session: Session,
    added: list[Line[RegulationRow]],
    changed: list[Line[RegulationRow]],
    wanted: Mapping[int, frozenset[Target]],
    stored: Mapping[Identity, _Stored],
) -> None:
    """Store the versions, then their parts: all old parts go before any new one comes."""
    old = {line.number: stored[_identity(line.item)].row["id"] for line in changed}
    for table in ("regulation_target", "regulation_session"):
        source = table_of(table)
        gone = delete(source).where(source.c.regulation_id.in_(sorted(old.values())))
        session.connection().execute(gone)
    update_rows(session, "regulation_version", [{"id": old[x.number], **_values(x.item)} for x in changed])
    insert_rows(session, "regulation_version", [_values(line.item) for line in added])
    keys = {(r["code"], r["valid_from"]): r["id"] for r in stored_rows(session, "regulation_version")}
    for line in (*added, *changed):
        _write_parts(session, keys[_identity(line.item)], line.item, wanted[line.number])


def _write_parts(session: Session, key: int, row: RegulationRow, targets: Iterable[Target]) -> None:
    rows: list[dict[str, Any]] = [
        {"regulation_id": key, "unit_id": unit, "person_id": person, "valid_from": row.valid_from}
        for unit, person in sorted(targets, key=str)
    ]
    insert_rows(session, "regulation_target", rows)
    insert_rows(session, "regulation_session", [{"regulation_id": key, **x} for x in _sessions(row)])


def _mark(session: Session, touched: list[Line[RegulationRow]], site: Site) -> None:
    """Mark everybody from the first day on which a new or changed version holds."""
    starts = [line.item.valid_from for line in touched]
    if starts:
        first, last = site.days(min(starts), None)
        if first <= last:
            stale.mark_everyone(session, first, last)
