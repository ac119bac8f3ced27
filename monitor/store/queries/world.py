"""What the rules need to judge some people over some days, read from the database as columns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from monitor.rules.columns import (
    DAY_SECONDS,
    CalendarRows,
    Coverage,
    Postings,
    RosterEntries,
    SilentDays,
    Terminals,
    Units,
    World,
)
from monitor.rules.context import punch_days
from monitor.rules.wallclock import date_of
from monitor.store.asking import Question, among
from monitor.store.queries.arrays import (
    Positions,
    days,
    int32s,
    int64s,
    texts,
    valid_days,
)
from monitor.store.queries.badge_columns import badges_of
from monitor.store.queries.person_columns import (
    Span,
    allowances_of,
    excuse_types,
    excuses_of,
    explained_of,
    findings_of,
    manual_of,
)
from monitor.store.queries.punch_columns import punches_of, shown_in
from monitor.store.queries.regulations import load_regulations
from monitor.store.tables import (
    CalendarDay,
    CoverageInterval,
    Person,
    Posting,
    RosterEntry,
    Terminal,
    Unit,
)
from monitor.store.wall import sees_all

NO_SILENCE = SilentDays(terminal=int32s([]), day=int32s([]))

PEOPLE = Question(select(col(Person.id), col(Person.code)).where(among(col(Person.id), "people")))
UNITS = Question(select(col(Unit.id), col(Unit.code), col(Unit.parent_id)))
TERMINALS = Question(
    select(
        col(Terminal.id),
        col(Terminal.code),
        col(Terminal.unit_id),
        col(Terminal.installed_on),
        col(Terminal.direction),
        col(Terminal.timezone),
    )
)
POSTINGS = Question(
    select(
        col(Posting.person_id), col(Posting.unit_id), col(Posting.valid_from), col(Posting.valid_to)
    ).where(among(col(Posting.person_id), "people"))
)
CALENDAR = Question(
    select(
        col(CalendarDay.on_date),
        col(CalendarDay.unit_id),
        col(CalendarDay.kind),
        col(CalendarDay.for_date),
        col(CalendarDay.document),
        col(CalendarDay.status),
    ).where(col(CalendarDay.on_date).between(bindparam("first"), bindparam("last")))
)
ROSTER = Question(
    select(
        col(RosterEntry.id),
        col(RosterEntry.person_id),
        col(RosterEntry.kind),
        col(RosterEntry.starts),
        col(RosterEntry.ends),
    )
    .where(among(col(RosterEntry.person_id), "people"))
    .where(col(RosterEntry.ends) > bindparam("first"), col(RosterEntry.starts) < bindparam("end"))
)
COVERAGE = Question(
    select(
        col(CoverageInterval.terminal_id),
        col(CoverageInterval.starts),
        col(CoverageInterval.ends),
        col(CoverageInterval.source),
    ).where(col(CoverageInterval.ends) >= bindparam("first"), col(CoverageInterval.starts) < bindparam("end"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The database ids behind the positions of a world, and of what was judged in it."""

    people: Positions
    units: Positions
    terminals: Positions
    regulation_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedWorld:
    """A world, and the database ids behind its positions."""

    world: World
    places: Places

    @property
    def people(self) -> Positions:
        """The people asked for."""
        return self.places.people

    @property
    def units(self) -> Positions:
        """All units."""
        return self.places.units

    @property
    def terminals(self) -> Positions:
        """All terminals."""
        return self.places.terminals


@sees_all
def load_world(  # noqa: PLR0913 - whom, when, by which clock and how much of it
    session: Session,
    person_ids: Sequence[int],
    first_day: int,
    last_day: int,
    *,
    zone: str,
    context: int = 0,
    with_punches: bool = True,
) -> LoadedWorld:
    """Everything the rules may look at for these people and days, both inclusive.

    Punches and coverage come in the installation's `zone`; all of it must hold the margin of days
    that the rules ask for (`rules.reconcile.CONTEXT_DAYS`). `context` is how many of the days at either end
    are such a margin: of those punches come only as far as they can matter.
    """
    people = _people(session, person_ids)
    units, unit_columns = _units(session)
    terminals, terminal_columns, zones = _terminals(session, units)
    regulation_ids, regulations = load_regulations(session, people, units)
    badges, meant = badges_of(session, people, terminals)
    types, type_columns = excuse_types(session)
    span = (first_day * DAY_SECONDS, (last_day + 1) * DAY_SECONDS)
    roster = _roster(session, people, span)
    unread = max(0, context - punch_days(regulations, roster)) * DAY_SECONDS
    punched = (span[0] + unread, span[1] - unread) if with_punches else None
    world = World(
        people=people.labels,
        units=unit_columns,
        postings=_postings(session, people, units),
        regulations=regulations,
        calendar=_calendar(session, units, first_day, last_day),
        terminals=terminal_columns,
        badges=badges,
        punches=punches_of(session, meant, terminals, zones, zone, punched),
        manual=manual_of(session, people, span),
        excuse_types=type_columns,
        excuses=excuses_of(session, people, types, span),
        roster=roster,
        allowances=allowances_of(session, people),
        coverage=_coverage(session, terminals, zones, zone, span),
        silent=NO_SILENCE,
        explained=explained_of(session, people, first_day, last_day),
        findings=findings_of(session, people, span),
    )
    places = Places(people=people, units=units, terminals=terminals, regulation_ids=regulation_ids)
    return LoadedWorld(world=world, places=places)


def _people(session: Session, person_ids: Sequence[int]) -> Positions:
    ids, codes = PEOPLE.columns(session, people=list(person_ids))
    return Positions.of(zip(ids, codes, strict=True))


def _units(session: Session) -> tuple[Positions, Units]:
    ids, codes, parents = UNITS.columns(session)
    units = Positions.of(zip(ids, codes, strict=True))
    parent_of = dict(zip(ids, parents, strict=True))
    parent = units.find([parent_of[int(unit)] for unit in units.ids])
    return units, Units(code=units.labels, parent=parent)


def _terminals(session: Session, units: Positions) -> tuple[Positions, Terminals, list[str]]:
    found = TERMINALS.columns(session)
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


def _postings(session: Session, people: Positions, units: Positions) -> Postings:
    person, unit, start, end = POSTINGS.columns(session, people=people.ids.tolist())
    first_day, last_day = valid_days(start, end)
    return Postings(person=people.find(person), unit=units.find(unit), first_day=first_day, last_day=last_day)


def _calendar(session: Session, units: Positions, first_day: int, last_day: int) -> CalendarRows:
    within = {"first": date_of(first_day), "last": date_of(last_day)}
    on, unit, kind, for_date, document, status = CALENDAR.columns(session, **within)
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
    asked = {"people": people.ids.tolist(), "first": span[0], "end": span[1]}
    ids, person, kind, start, end = ROSTER.columns(session, **asked)
    return RosterEntries(
        id=int64s(ids),
        person=people.find(person),
        kind=texts(kind),
        start=int64s(start),
        end=int64s(end),
    )


def _coverage(session: Session, terminals: Positions, zones: list[str], zone: str, span: Span) -> Coverage:
    # A day of margin for terminals of another zone; an interval reaching further is none the worse.
    found = COVERAGE.columns(session, first=span[0] - DAY_SECONDS, end=span[1] + DAY_SECONDS)
    terminal = terminals.find(found[0])
    return Coverage(
        terminal=terminal,
        start=shown_in(zone, int64s(found[1]), terminal, zones),
        end=shown_in(zone, int64s(found[2]), terminal, zones),
        declared=np.array([source == "declared" for source in found[3]], dtype=np.bool_),
    )
