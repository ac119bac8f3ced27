"""Regulation versions as the rules want them."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Literal, cast

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.rules.codes import Direction, GraceCounts
from monitor.rules.regulation import OfficeSession, Regulation, Target
from monitor.rules.wallclock import day_of
from monitor.store.asking import Question
from monitor.store.queries.arrays import Positions
from monitor.store.queries.tree import Tree
from monitor.store.tables import RegulationTarget, metadata

MINUTE = 60

_VERSIONS, _SESSIONS, _TARGETS = (
    Question(select(metadata.tables[name]).order_by("id"))
    for name in ("regulation_version", "regulation_session", "regulation_target")
)


def load_regulations(
    session: Session, people: Positions, units: Positions
) -> tuple[tuple[int, ...], tuple[Regulation, ...]]:
    """Ids and values of every version, in one order; targets that are other people are left out."""
    versions = _VERSIONS.named(session)
    sessions, targets = _sessions(session), _targets(session, people, units)
    ids = tuple(version["id"] for version in versions)
    return ids, tuple(_regulation(v, tuple(sessions[v["id"]]), tuple(targets[v["id"]])) for v in versions)


def _sessions(session: Session) -> defaultdict[int | None, list[OfficeSession]]:
    found: defaultdict[int | None, list[OfficeSession]] = defaultdict(list)
    for row in _SESSIONS.named(session):
        found[row["regulation_id"]].append(
            OfficeSession(
                name=row["name"],
                weekdays=tuple(int(digit) for digit in row["weekdays"]),
                start_seconds=row["start_seconds"],
                end_seconds=row["end_seconds"],
                cong=row["cong"],
            )
        )
    return found


def _targets(session: Session, people: Positions, units: Positions) -> defaultdict[int | None, list[Target]]:
    found: defaultdict[int | None, list[Target]] = defaultdict(list)
    for row in _TARGETS.named(session):
        if row["unit_id"] is not None:
            found[row["regulation_id"]].append(
                Target(kind="unit", index=int(units.find([row["unit_id"]])[0]))
            )
        elif row["person_id"] is None:
            found[row["regulation_id"]].append(Target(kind="*"))
        elif (place := int(people.find([row["person_id"]])[0])) >= 0:
            found[row["regulation_id"]].append(Target(kind="person", index=place))
    return found


def _regulation(
    version: Mapping[str, Any], sessions: tuple[OfficeSession, ...], targets: tuple[Target, ...]
) -> Regulation:
    return Regulation(
        code=version["code"],
        title=version["title"],
        document=version["document"],
        valid_from=day_of(version["valid_from"]),
        targets=targets,
        sessions=sessions,
        marks=cast(Literal[0, 1, 2, 4], version["marks"]),  # the table's own check
        grace_late=version["grace_late_minutes"] * MINUTE,
        grace_early=version["grace_early_minutes"] * MINUTE,
        open_before=version["open_before_minutes"] * MINUTE,
        close_after=version["close_after_minutes"] * MINUTE,
        repeat_within=version["repeat_within_seconds"],
        chain_within=version["chain_within_minutes"] * MINUTE,
        grace_counts=GraceCounts(version["grace_counts"]),
        direction=Direction(version["direction"]),
        truncate_to_minute=version["truncate_to_minute"],
        missing_mark_credit=version["missing_mark_credit_minutes"] * MINUTE,
        late_is_absent_after=_seconds(version["late_is_absent_after_minutes"]),
        early_is_absent_after=_seconds(version["early_is_absent_after_minutes"]),
    )


def _seconds(minutes: int | None) -> int | None:
    return None if minutes is None else minutes * MINUTE


def judged_since(session: Session, units: Tree) -> dict[int, int]:
    """By unit, the first day that some regulation is for: its go-live; a unit without one is left out."""
    columns = select(col(RegulationTarget.unit_id), col(RegulationTarget.valid_from))
    earliest: dict[int | None, int] = {}
    for unit, valid_from in session.connection().execute(
        columns.where(col(RegulationTarget.person_id).is_(None))
    ):
        earliest[unit] = min(day_of(valid_from), earliest.get(unit, day_of(valid_from)))
    found = {}
    for unit_id in units.units:
        known = [earliest[one] for one in (None, *units.path(unit_id)) if one in earliest]
        if known:
            found[unit_id] = min(known)
    return found
