"""A person's day as the page shows it: sessions, punches, excuses, coverage, the month around it."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from monitor.access import Action, Scope
from monitor.explain import (
    Line,
    SeenPunch,
    SessionWhy,
    Word,
    explain_evidence,
    explain_overtime,
    seen_punches,
)
from monitor.explain import role_word as role_of
from monitor.explain import verify_word as verify_of
from monitor.groups import Group, group_of, group_of_status
from monitor.rules.wallclock import date_of, day_of
from monitor.store.queries.board import CalendarWord, SessionRow, calendar_word
from monitor.store.queries.freshness import Covered, relevant_terminals
from monitor.store.queries.person_day import Evidence, evidence
from monitor.store.queries.seats import Seat, days_between, person_anyway, seat_of
from monitor.store.queries.spans import Span
from monitor.store.queries.tree import Tree, UnitRow, tree
from monitor.store.tables import Excuse, ExcuseType, SessionRecord
from monitor.web import daybar, fresh
from monitor.web.daybar import Axis, Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPunch:
    """A punch as a row of the table; the words are coded."""

    seen: SeenPunch
    verify: Word
    role: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownExcuse:
    """An excuse; `hidden`: the reader sees the symbol alone."""

    excuse: Excuse
    kind: ExcuseType
    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSession:
    """A session with its bar's row and its explanation."""

    record: SessionRecord
    row: SessionRow
    why: SessionWhy


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthDay:
    """A day of the month; `group` None: nothing is recorded."""

    day: int
    number: int
    group: Group | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDay:
    """Everything the page shows. `seat` is None on a day without a posting."""

    person_id: int
    code: str
    name: str
    day: int
    seat: Seat | None
    unit: UnitRow | None
    calendar: CalendarWord | None
    group: Group
    sessions: tuple[ShownSession, ...]
    overtime: tuple[Line, ...]
    punches: tuple[ShownPunch, ...]
    excuses: tuple[ShownExcuse, ...]
    covers: tuple[tuple[Covered, tuple[Span, ...]], ...]
    axis: Axis
    shapes: tuple[Shape, ...]
    month: tuple[tuple[MonthDay | None, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Who:
    person_id: int
    code: str
    name: str
    seat: Seat | None


def person_day(
    database: Session, scope: Scope, code: str, day: int, *, now: int, zone: str
) -> PersonDay | None:
    """The page's content; None when there is no such person in scope on the day."""
    who = _who(database, scope, code, day)
    if who is None:
        return None
    units, found = tree(database), evidence(database, who.person_id, day, zone)
    rows = [_session_row(record) for record in found.sessions]
    axis, time = daybar.axis_of(day, rows, now), fresh.wanted(day, rows, now)
    covers = _covers(database, units, who.seat, found, time)
    sensitive = scope.may(Action.SEE_SENSITIVE_EXCUSES) or scope.person_id == who.person_id
    excused = [(excuse.starts, excuse.ends) for excuse, _ in found.excuses if excuse.status == "approved"]
    return PersonDay(
        person_id=who.person_id,
        code=who.code,
        name=who.name,
        day=day,
        seat=who.seat,
        unit=None if who.seat is None else units.units[who.seat.unit_id],
        calendar=None if who.seat is None else calendar_word(database, units, who.seat.unit_id, day),
        group=Group.NO_SESSIONS if who.seat is None else group_of(who.seat, rows),
        sessions=_sessions(found, rows, sensitive=sensitive),
        overtime=explain_overtime(found),
        punches=tuple(
            ShownPunch(seen=seen, verify=verify_of(seen), role=role_of(found, seen))
            for seen in seen_punches(found)
        ),
        excuses=tuple(
            ShownExcuse(excuse=excuse, kind=kind, hidden=kind.sensitive and not sensitive)
            for excuse, kind in found.excuses
        ),
        covers=covers,
        axis=axis,
        shapes=daybar.shapes(axis, rows, excused, fresh.gaps_by_terminal(found.covers, time)),
        month=_month(database, scope, who.person_id, date_of(day)),
    )


def _who(database: Session, scope: Scope, code: str, day: int) -> _Who | None:
    """The person, if the unit on that day is in scope, or if the reader is the person."""
    seat = seat_of(database, scope.reach, code, day)
    named = seat or person_anyway(database, scope.reach, code)
    if named is None:
        return None
    return _Who(person_id=named.person_id, code=named.code, name=named.name, seat=seat)


def _sessions(found: Evidence, rows: Sequence[SessionRow], *, sensitive: bool) -> tuple[ShownSession, ...]:
    whys = explain_evidence(found, show_sensitive=sensitive)
    return tuple(
        ShownSession(record=record, row=row, why=why)
        for record, row, why in zip(found.sessions, rows, whys, strict=True)
    )


def _session_row(record: SessionRecord) -> SessionRow:
    return SessionRow(
        name=record.name,
        kind=record.kind,
        starts=record.starts,
        ends=record.ends,
        window_from=record.window_from,
        window_to=record.window_to,
        time_in=record.time_in,
        time_out=record.time_out,
        status=record.status,
        late_seconds=record.late_seconds,
        early_seconds=record.early_seconds,
        symbol=record.symbol,
        reasons=record.reasons,
        extras=len(record.extras.split()),
        uncovered=tuple(int(one) for one in record.uncovered.split()),
    )


def _covers(
    database: Session, units: Tree, seat: Seat | None, found: Evidence, time: fresh.Wanted
) -> tuple[tuple[Covered, tuple[Span, ...]], ...]:
    """The terminals that matter to the person on the day, each with what its log leaves open."""
    if seat is None:
        return ()
    by_person = relevant_terminals(database, [seat], found.day, units=units, known=found.terminals)
    gaps = fresh.gaps_by_terminal(found.covers, time)
    return tuple((found.covers[one], tuple(gaps[one])) for one in sorted(by_person[seat.person_id]))


def _month(
    database: Session, scope: Scope, person_id: int, on: date
) -> tuple[tuple[MonthDay | None, ...], ...]:
    """The weeks of the month, Monday to Sunday; None where the month has no day."""
    first = day_of(on.replace(day=1))
    length = calendar.monthrange(on.year, on.month)[1]
    words = days_between(database, scope.reach, person_id, first, first + length - 1)
    groups = {
        day: group_of_status(word.status, word.reasons, word.late_seconds) for day, word in words.items()
    }
    return tuple(
        tuple(
            MonthDay(day=first + number - 1, number=number, group=groups.get(first + number - 1))
            if number
            else None
            for number in week
        )
        for week in calendar.monthcalendar(on.year, on.month)
    )
