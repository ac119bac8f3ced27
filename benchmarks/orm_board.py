"""The board as one writes it without thinking of speed: a query and an object for every row."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.rules.columns import DAY_SECONDS
from monitor.rules.wallclock import date_of
from monitor.store.queries.board import SessionRow
from monitor.store.queries.seats import Seat
from monitor.store.queries.spans import Span
from monitor.store.queries.tree import Tree
from monitor.store.tables import Badge, DayRecord, Excuse, Person, Posting, SessionRecord, Unit
from monitor.web import boarddata


@contextmanager
def row_by_row() -> Iterator[None]:
    """Meanwhile boards load their rows so. What is put together from loaded rows stays ours."""
    usual = {name: getattr(boarddata, name) for name in LOADERS}
    for name, loader in LOADERS.items():
        setattr(boarddata, name, loader)
    try:
        yield
    finally:
        for name, loader in usual.items():
            setattr(boarddata, name, loader)


def _seats(database: Session, _reach: object, unit_ids: frozenset[int], day: int) -> list[Seat]:
    """Each unit's postings, each posting's person, other postings and day: one query each."""
    on, found = date_of(day), []
    for unit_id in sorted(unit_ids):
        for posting in database.scalars(select(Posting).where(col(Posting.unit_id) == unit_id)):
            if _counts(database, posting, on):
                person = database.get_one(Person, posting.person_id)
                found.append(_seat(person, posting, database.get(DayRecord, (person.id, day))))
    return sorted(found, key=lambda seat: (seat.sort_key, seat.code))


def _counts(database: Session, posting: Posting, on: Any) -> bool:
    """Whether it is the posting that counts on the date (rules 2.1)."""
    others = database.scalars(select(Posting).where(col(Posting.person_id) == posting.person_id))
    valid = [one for one in others if one.valid_from <= on and (one.valid_to is None or one.valid_to >= on)]
    latest = [one for one in valid if one.valid_from == max(two.valid_from for two in valid)]
    if len(latest) > 1:
        latest.sort(key=lambda one: database.get_one(Unit, one.unit_id).code)
    return bool(latest) and latest[0].id == posting.id


def _seat(person: Person, posting: Posting, day: DayRecord | None) -> Seat:
    return Seat(
        person_id=person.id or 0,
        code=person.code,
        name=person.name,
        sort_key=person.sort_key,
        search_key=person.search_key,
        unit_id=posting.unit_id,
        position=posting.position,
        role=posting.role,
        status=day.status if day else None,
        late_seconds=day.late_seconds if day else 0,
        early_seconds=day.early_seconds if day else 0,
        worked_seconds=day.worked_seconds if day else 0,
        cong=day.cong if day else 0,
        reasons=day.reasons if day else 0,
    )


def _sessions_of(database: Session, found: list[Seat], day: int) -> dict[int, list[SessionRow]]:
    return {seat.person_id: _sessions(database, seat.person_id, day) for seat in found}


def _sessions(database: Session, person_id: int, day: int) -> list[SessionRow]:
    mine = col(SessionRecord.person_id) == person_id, col(SessionRecord.day) == day
    rows = database.scalars(select(SessionRecord).where(*mine).order_by(col(SessionRecord.seq)))
    return [
        SessionRow(
            name=row.name,
            kind=row.kind,
            starts=row.starts,
            ends=row.ends,
            window_from=row.window_from,
            window_to=row.window_to,
            time_in=row.time_in,
            time_out=row.time_out,
            status=row.status,
            late_seconds=row.late_seconds,
            early_seconds=row.early_seconds,
            symbol=row.symbol,
            reasons=row.reasons,
            extras=len(row.extras.split()),
            uncovered=tuple(int(terminal) for terminal in row.uncovered.split()),
        )
        for row in rows
    ]


def _excused_spans(database: Session, found: list[Seat], day: int) -> dict[int, list[Span]]:
    start, end = day * DAY_SECONDS, (day + 1) * DAY_SECONDS
    spans = {}
    for seat in found:
        excuses = database.scalars(select(Excuse).where(col(Excuse.person_id) == seat.person_id))
        spans[seat.person_id] = [
            (one.starts, one.ends)
            for one in excuses
            if one.status == "approved" and one.starts < end and one.ends >= start
        ]
    return spans


def _relevant(
    database: Session, found: list[Seat], day: int, *, units: Tree, known: Any
) -> dict[int, frozenset[int]]:
    """Each person's badges, then the walk up the units."""
    on, relevant = date_of(day), {}
    for seat in found:
        held: set[int] = set()
        for badge in database.scalars(select(Badge).where(col(Badge.person_id) == seat.person_id)):
            begun = badge.valid_from is None or badge.valid_from <= on
            if begun and (badge.valid_to is None or badge.valid_to >= on):
                held |= set(known) if badge.terminal_id is None else {badge.terminal_id}
        own = (
            {terminal for terminal in held if known[terminal].unit_id == unit}
            for unit in units.path(seat.unit_id)
        )
        relevant[seat.person_id] = frozenset(next((one for one in own if one), held))
    return relevant


LOADERS = {
    "seats": _seats,
    "sessions_of": _sessions_of,
    "excused_spans": _excused_spans,
    "relevant_terminals": _relevant,
}
