"""Whose rows an account may bring in or take out when it sets up, kind by kind.

What is everybody's (units, terminals, calendar, leave types) is for whoever looks after everybody; people,
badges, regulations and staffing also for those who look after a part, within it. What lies beyond is refused
as if it were not there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import abort
from sqlmodel import Session

from monitor.access import Action
from monitor.setup import ReadFile, RowError
from monitor.setup.badges import ANY
from monitor.setup.changes import stored_rows
from monitor.setup.lines import Lines
from monitor.setup.regulations import EVERYBODY
from monitor.setup.spans import site_at
from monitor.setup.within import lines_outside
from monitor.store.queries.tree import Tree, tree
from monitor.web.context import scope, site

KINDS = ("units", "people", "terminals", "badges", "regulations", "calendar", "leave_types", "staffing")
PARTLY = frozenset({"people", "badges", "regulations", "staffing"})
"""Kinds whose rows belong to units or to people of units."""


def may_bring(database: Session, kind: str) -> bool:
    """Whether the account that asks may import files of a kind."""
    if kind in PARTLY or scope().terms is None:
        return scope().may(Action.SET_UP)
    return kind in ("calendar", "leave_types") and looks_after_all(database)


def require(database: Session, kind: str) -> None:
    """End the request as not found unless `may_bring`."""
    if not may_bring(database, kind):
        abort(404)


def looks_after_all(database: Session) -> bool:
    """Whether every unit is in scope; HR of the topmost unit looks after them all."""
    known = tree(database)
    return bool(known.units) and scope().units_of(known) == frozenset(known.units)


def units_within(database: Session) -> frozenset[int] | None:
    """The units in scope; None: every unit."""
    return None if scope().terms is None else scope().units_of(tree(database))


def narrow(database: Session, file: ReadFile) -> None:
    """Refuse the rows of a file that are beyond the scope of the account that asks."""
    require(database, file.kind)
    if scope().terms is None or file.kind not in PARTLY:
        return
    mine = _mine(database)
    match file.kind:
        case "people":
            _narrow_people(file.lines, mine)
        case "badges":
            _narrow_badges(database, file.lines, mine)
        case "regulations":
            _narrow_regulations(file.lines, mine, looks_after_all(database))
        case "staffing":
            _refuse_hidden(file.lines, "unit", mine.hidden_units, lambda row: row.unit)


def without_others(database: Session, errors: tuple[RowError, ...]) -> list[RowError]:
    """Errors as the reader may see them: whoever is beyond the scope is not named."""
    if scope().terms is None:
        return list(errors)
    people = _mine(database).people
    return [_unnamed(error, people) for error in errors]


def _unnamed(error: RowError, people: frozenset[str]) -> RowError:
    if error.code == "badge_ambiguous" and error.values.get("other") not in people:
        values = {key: value for key, value in error.values.items() if key != "other"}
        return replace(error, code="badge_ambiguous_elsewhere", values=values)
    return error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mine:
    """Codes of units in scope and of people ever posted there, those that are hidden; whom versions name."""

    units: frozenset[str]
    people: frozenset[str]
    hidden_units: frozenset[str]
    hidden_people: frozenset[str]
    hidden_terminals: frozenset[str]
    targets: Mapping[tuple[str, Any], frozenset[str]]


def _mine(database: Session) -> _Mine:
    known: Tree = tree(database)
    within = scope().units_of(known)
    posted = {row["person_id"] for row in stored_rows(database, "posting", "unit_id", within)}
    people = {row["id"]: row["code"] for row in stored_rows(database, "person")}
    unseen = [row for row in stored_rows(database, "terminal") if not scope().sees_terminal(row["unit_id"])]
    named = frozenset(people[person] for person in posted)
    return _Mine(
        units=frozenset(known.units[unit].code for unit in within),
        people=named,
        hidden_units=frozenset(unit.code for key, unit in known.units.items() if key not in within),
        hidden_people=frozenset(people.values()) - named,
        hidden_terminals=frozenset(row["code"] for row in unseen),
        targets=_targets(database, known, people),
    )


def _targets(
    database: Session, known: Tree, people: Mapping[int, str]
) -> dict[tuple[str, Any], frozenset[str]]:
    """Whom each stored version applies to, in the words of the file."""
    versions = {
        row["id"]: (row["code"], row["valid_from"]) for row in stored_rows(database, "regulation_version")
    }
    found: dict[tuple[str, Any], frozenset[str]] = dict.fromkeys(versions.values(), frozenset())
    for row in stored_rows(database, "regulation_target"):
        word = EVERYBODY
        if row["unit_id"] is not None:
            word = f"unit:{known.units[row['unit_id']].code}"
        elif row["person_id"] is not None:
            word = f"person:{people[row['person_id']]}"
        found[versions[row["regulation_id"]]] |= {word}
    return found


def _refuse_hidden(
    lines: Lines[Any], what: str, hidden: frozenset[str], named: Callable[[Any], str | None]
) -> None:
    """Refuse what is there but hidden just as the import refuses what is not there."""
    for line in lines.read:
        value = named(line.item)
        if value is not None and value in hidden:
            lines.refuse(line, what, f"unknown_{what}", **{what: value})


def _narrow_people(lines: Lines[Any], mine: _Mine) -> None:
    """Postings to units in scope, of people who are there or whom nobody knows yet."""
    _refuse_hidden(lines, "unit", mine.hidden_units, lambda row: row.unit)
    for line in lines.read:
        if line.item.code in mine.hidden_people:
            lines.refuse(line, "code", "person_code_elsewhere", person=line.item.code)


def _narrow_badges(database: Session, lines: Lines[Any], mine: _Mine) -> None:
    """Badges of people in scope on all of their days; one that is stored just so stays."""
    _refuse_hidden(lines, "terminal", mine.hidden_terminals, lambda row: row.terminal)
    unchanged = _stored_badges(database)
    now = site_at(site().now(), site().settings.site.timezone)
    outside = {line.number for line in lines_outside(database, lines, scope().reach, now)}
    for line in lines.read:
        row = line.item
        same = (row.person, row.terminal, row.device_user_id, row.valid_from, row.valid_to) in unchanged
        if row.person in mine.hidden_people or (line.number in outside and not same):
            lines.refuse(line, "person", "unknown_person", person=row.person)


def _stored_badges(database: Session) -> set[tuple[Any, ...]]:
    people = {row["id"]: row["code"] for row in stored_rows(database, "person")}
    terminals = {None: ANY} | {row["id"]: row["code"] for row in stored_rows(database, "terminal")}
    return {
        (
            *(people[row["person_id"]], terminals[row["terminal_id"]], row["device_user_id"]),
            *(row["valid_from"], row["valid_to"]),
        )
        for row in stored_rows(database, "badge")
    }


def _narrow_regulations(lines: Lines[Any], mine: _Mine, everything: bool) -> None:
    """Versions whose targets, as they are stored and as they come, are in scope."""
    allowed = {f"unit:{code}" for code in mine.units} | {f"person:{code}" for code in mine.people}
    allowed |= {EVERYBODY} if everything else set()
    for line in lines.read:
        before = mine.targets.get((line.item.code, line.item.valid_from), frozenset())
        if not allowed.issuperset(before):
            lines.refuse(line, "code", "regulation_code_elsewhere", regulation=line.item.code)
        for number, name in enumerate(line.item.applies_to, start=1):
            kind, _, code = name.partition(":")
            if name == EVERYBODY and not everything:
                lines.refuse(line, f"applies_to[{number}]", "bad_target", value=name)
            elif code in {"unit": mine.hidden_units, "person": mine.hidden_people}.get(kind, ()):
                lines.refuse(line, f"applies_to[{number}]", f"unknown_{kind}", **{kind: code})
