"""What the rules need to judge some people over some days, read from the database as columns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlmodel import Session, col

from monitor.rules.columns import (
    DAY_SECONDS,
    Badges,
    CalendarRows,
    Coverage,
    Postings,
    RosterEntries,
    SilentDays,
    Terminals,
    Units,
    World,
)
from monitor.rules.wallclock import date_of
from monitor.store.queries.arrays import (
    Positions,
    columns_of,
    days,
    in_zone,
    int32s,
    int64s,
    texts,
    valid_days,
)
from monitor.store.queries.person_columns import (
    Span,
    allowances_of,
    excuse_types,
    excuses_of,
    explained_of,
    findings_of,
    manual_of,
)
from monitor.store.queries.punch_columns import punches_of
from monitor.store.queries.regulations import load_regulations
from monitor.store.tables import (
    Badge,
    CalendarDay,
    CoverageInterval,
    Person,
    Posting,
    RosterEntry,
    Terminal,
    Unit,
)

NO_SILENCE = SilentDays(terminal=int32s([]), day=int32s([]))


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedWorld:
    """A world, and the database ids behind its positions."""

    world: World
    people: Positions
    units: Positions
    terminals: Positions
    regulation_ids: tuple[int, ...]


def load_world(
    session: Session,
    person_ids: Sequence[int],
    first_day: int,
    last_day: int,
    *,
    zone: str,
    with_punches: bool = True,
) -> LoadedWorld:
    """Everything the rules may look at for these people and days, both inclusive.

    Punches and coverage come in the installation's `zone`; all of it must hold the margin of days
    that the rules ask for (`rules.reconcile.CONTEXT_DAYS`).
    """
    people = _people(session, person_ids)
    units, unit_columns = _units(session)
    terminals, terminal_columns, zones = _terminals(session, units)
    regulation_ids, regulations = load_regulations(session, people, units)
    badges, vocabulary = _badges(session, people, terminals)
    types, type_columns = excuse_types(session)
    span = (first_day * DAY_SECONDS, (last_day + 1) * DAY_SECONDS)
    world = World(
        people=people.labels,
        units=unit_columns,
        postings=_postings(session, people, units),
        regulations=regulations,
        calendar=_calendar(session, units, first_day, last_day),
        terminals=terminal_columns,
        badges=badges,
        punches=punches_of(session, vocabulary, terminals, zones, zone, span if with_punches else None),
        manual=manual_of(session, people, span),
        excuse_types=type_columns,
        excuses=excuses_of(session, people, types, span),
        roster=_roster(session, people, span),
        allowances=allowances_of(session, people),
        coverage=_coverage(session, terminals, zones, zone, span),
        silent=NO_SILENCE,
        explained=explained_of(session, people, first_day, last_day),
        findings=findings_of(session, people, span),
    )
    return LoadedWorld(
        world=world, people=people, units=units, terminals=terminals, regulation_ids=regulation_ids
    )


def _people(session: Session, person_ids: Sequence[int]) -> Positions:
    ids, codes = columns_of(session, (Person.id, Person.code), col(Person.id).in_(person_ids))
    return Positions.of(zip(ids, codes, strict=True))


def _units(session: Session) -> tuple[Positions, Units]:
    ids, codes, parents = columns_of(session, (Unit.id, Unit.code, Unit.parent_id))
    units = Positions.of(zip(ids, codes, strict=True))
    parent_of = dict(zip(ids, parents, strict=True))
    parent = units.find([parent_of[int(unit)] for unit in units.ids])
    return units, Units(code=units.labels, parent=parent)


def _terminals(session: Session, units: Positions) -> tuple[Positions, Terminals, list[str]]:
    wanted = (
        Terminal.id,
        Terminal.code,
        Terminal.unit_id,
        Terminal.installed_on,
        Terminal.direction,
        Terminal.timezone,
    )
    found = columns_of(session, wanted)
    terminals = Positions.of(zip(found[0], found[1], strict=True))
    place = np.argsort(terminals.find(found[0]))
    unit, installed, direction, zones = (np.array(c, dtype=object)[place] for c in found[2:])
    columns = Terminals(
        code=terminals.labels,
        unit=units.find(unit.tolist()),
        installed_on=days(installed.tolist()),
        direction=texts(direction.tolist()),
    )
    return terminals, columns, zones.tolist()


def _badges(session: Session, people: Positions, terminals: Positions) -> tuple[Badges, dict[str, int]]:
    """Badges of these people, and of others who share one of their ids: who is meant is one question."""
    mine = columns_of(session, (Badge.device_user_id,), col(Badge.person_id).in_(people.ids.tolist()))[0]
    vocabulary = {text: code for code, text in enumerate(sorted(set(mine)))}
    wanted = (Badge.person_id, Badge.terminal_id, Badge.device_user_id, Badge.valid_from, Badge.valid_to)
    person, terminal, text, start, end = columns_of(
        session, wanted, col(Badge.device_user_id).in_(list(vocabulary))
    )
    first_day, last_day = valid_days(start, end)
    badges = Badges(
        person=people.find(person),
        terminal=terminals.find(terminal),
        device_user=int32s([vocabulary[value] for value in text]),
        first_day=first_day,
        last_day=last_day,
    )
    return badges, vocabulary


def _postings(session: Session, people: Positions, units: Positions) -> Postings:
    wanted = (Posting.person_id, Posting.unit_id, Posting.valid_from, Posting.valid_to)
    person, unit, start, end = columns_of(session, wanted, col(Posting.person_id).in_(people.ids.tolist()))
    first_day, last_day = valid_days(start, end)
    return Postings(person=people.find(person), unit=units.find(unit), first_day=first_day, last_day=last_day)


def _calendar(session: Session, units: Positions, first_day: int, last_day: int) -> CalendarRows:
    wanted = (
        CalendarDay.on_date,
        CalendarDay.unit_id,
        CalendarDay.kind,
        CalendarDay.for_date,
        CalendarDay.document,
        CalendarDay.status,
    )
    within = col(CalendarDay.on_date).between(date_of(first_day), date_of(last_day))
    on, unit, kind, for_date, document, status = columns_of(session, wanted, within)
    return CalendarRows(
        day=days(on),
        scope=units.find(unit),
        kind=texts(kind),
        for_day=days(for_date),
        document=texts(document),
        confirmed=np.array([value != "P" for value in status], dtype=np.bool_),
        in_lieu=np.array([value == "C" for value in status], dtype=np.bool_),
    )


def _roster(session: Session, people: Positions, span: Span) -> RosterEntries:
    wanted = (RosterEntry.id, RosterEntry.person_id, RosterEntry.kind, RosterEntry.starts, RosterEntry.ends)
    mine = col(RosterEntry.person_id).in_(people.ids.tolist())
    within = (col(RosterEntry.ends) > span[0]) & (col(RosterEntry.starts) < span[1])
    ids, person, kind, start, end = columns_of(session, wanted, mine, within)
    return RosterEntries(
        id=int64s(ids),
        person=people.find(person),
        kind=texts(kind),
        start=int64s(start),
        end=int64s(end),
    )


def _coverage(session: Session, terminals: Positions, zones: list[str], zone: str, span: Span) -> Coverage:
    wanted = (
        CoverageInterval.terminal_id,
        CoverageInterval.starts,
        CoverageInterval.ends,
        CoverageInterval.source,
    )
    # A day of margin for terminals of another zone; an interval reaching further is none the worse.
    near = (col(CoverageInterval.ends) >= span[0] - DAY_SECONDS) & (
        col(CoverageInterval.starts) < span[1] + DAY_SECONDS
    )
    found = columns_of(session, wanted, near)
    terminal, start, end = terminals.find(found[0]), int64s(found[1]), int64s(found[2])
    for place, other in enumerate(zones):
        here = terminal == place
        start[here], end[here] = in_zone(start[here], other, zone), in_zone(end[here], other, zone)
    declared = np.array([source == "declared" for source in found[3]], dtype=np.bool_)
    return Coverage(terminal=terminal, start=start, end=end, declared=declared)
