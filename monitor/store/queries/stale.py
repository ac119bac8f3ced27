"""The queue of person-days to recompute: marking is part of the change, refreshing clears it."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, bindparam, delete, func, insert, literal, select, text
from sqlmodel import Session, col

from monitor.store.tables import Badge, Posting, StaleSpan

MARKS_LOCK = 7_236_001
"""Key of PostgreSQL's advisory lock on the queue; any number that nobody else in the database uses."""

Span = tuple[int, int, int]
"""Person id, first day, last day (days since 1970, inclusive)."""


def mark(session: Session, spans: Iterable[Span]) -> None:
    """Mark days of single people stale, in the transaction of the change that touches them."""
    rows = [
        {"person_id": person, "first_day": first, "last_day": last}
        for person, first, last in sorted(set(spans))
        if first <= last
    ]
    if rows:
        _announce(session)
        session.connection().execute(insert(StaleSpan), rows)


def mark_everyone(session: Session, first_day: int, last_day: int) -> None:
    """Mark days of everybody who ever held a posting."""
    people = select(col(Posting.person_id), literal(first_day), literal(last_day)).distinct()
    _insert_from(session, people)


def mark_badge_holders(session: Session, terminal_id: int, first_day: int, last_day: int) -> None:
    """Mark days of everybody with a badge at a terminal: its coverage or its silence changed."""
    here = col(Badge.terminal_id).is_(None) | (col(Badge.terminal_id) == terminal_id)
    _insert_from(
        session, select(col(Badge.person_id), literal(first_day), literal(last_day)).where(here).distinct()
    )


def _insert_from(session: Session, rows: Select[int, int, int]) -> None:
    columns = ["person_id", "first_day", "last_day"]
    _announce(session)
    session.connection().execute(insert(StaleSpan).from_select(columns, rows))


def _announce(session: Session) -> None:
    """Hold the queue, together with others who add to it, until this transaction ends."""
    if session.connection().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": MARKS_LOCK})


def _let_others_finish(session: Session) -> None:
    """Wait until every mark with a number given out so far can be seen.

    PostgreSQL numbers marks before their transactions end: a later one may be visible first, and
    settling up to it would forget the earlier one unread. SQLite has one writer at a time.
    """
    if session.connection().dialect.name == "postgresql":
        wait = text("SELECT pg_advisory_lock(:key), pg_advisory_unlock(:key)")
        session.connection().execute(wait, {"key": MARKS_LOCK})


_WAITING = select(
    col(StaleSpan.id), col(StaleSpan.person_id), col(StaleSpan.first_day), col(StaleSpan.last_day)
)
_SETTLED = (
    col(StaleSpan.id) <= bindparam("highest"),
    col(StaleSpan.person_id).in_(bindparam("people", expanding=True)),
    col(StaleSpan.first_day) <= bindparam("last"),
    col(StaleSpan.last_day) >= bindparam("first"),
)
_TOUCHED = select(col(StaleSpan.person_id), col(StaleSpan.first_day), col(StaleSpan.last_day)).where(
    *_SETTLED
)
_FORGET = delete(StaleSpan).where(*_SETTLED)


def waiting(session: Session) -> tuple[int, list[Span]]:
    """The highest mark so far and all spans up to it."""
    _let_others_finish(session)
    rows = session.connection().execute(_WAITING)
    found = [(row[0] or 0, (row[1], row[2], row[3])) for row in rows]
    return max((mark_id for mark_id, _ in found), default=0), [span for _, span in found]


def settle(session: Session, highest: int, person_ids: Sequence[int], first: int, last: int) -> None:
    """Forget what marks up to one say of these people's days; later marks and other days stay."""
    connection = session.connection()
    asked = {"highest": highest, "people": list(person_ids), "first": first, "last": last}
    touched = connection.execute(_TOUCHED, asked).all()
    connection.execute(_FORGET, asked)
    before = [(person, start, first - 1) for person, start, _ in touched]
    after = [(person, last + 1, end) for person, _, end in touched]
    mark(session, [*before, *after])


def count(session: Session) -> int:
    """How many marks wait."""
    return session.connection().execute(select(func.count()).select_from(StaleSpan)).scalar_one()
