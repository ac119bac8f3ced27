"""The queue of person-days to recompute: marking is part of the change, refreshing clears it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, bindparam, delete, func, insert, select, text
from sqlmodel import Session, col

from monitor.store.asking import Question, among
from monitor.store.bulk import Columns, add_columns
from monitor.store.tables import Badge, Posting, StaleSpan, metadata

MARKS_LOCK = 7_236_001
"""Key of PostgreSQL's advisory lock on the queue; any number that nobody else in the database uses."""

Span = tuple[int, int, int]
"""Person id, first day, last day (days since 1970, inclusive)."""
COLUMNS = ("person_id", "first_day", "last_day")
PUNCHED = (*COLUMNS, "punched_from", "punched_to")
PunchDay = tuple[int, int]
"""Person id, and the day of some punches on their terminal's clock."""

_SPAN = bindparam("first", type_=Integer()), bindparam("last", type_=Integer())
_EVERYBODY = insert(StaleSpan).from_select(COLUMNS, select(col(Posting.person_id), *_SPAN).distinct())
_BADGE_HOLDERS = insert(StaleSpan).from_select(
    COLUMNS,
    select(col(Badge.person_id), *_SPAN)
    .where(col(Badge.terminal_id).is_(None) | (col(Badge.terminal_id) == bindparam("terminal")))
    .distinct(),
)


def mark(session: Session, spans: Iterable[Span]) -> None:
    """Mark days of single people stale, in the transaction of the change that touches them."""
    wanted = sorted({span for span in spans if span[1] <= span[2]})
    _add(session, dict(zip(COLUMNS, zip(*wanted, strict=True), strict=True)) if wanted else {})


def mark_punches(session: Session, times: Mapping[PunchDay, Sequence[int]]) -> None:
    """Mark what punches of people touch, given by their times: days whose windows hold them."""
    rows = sorted((*where, where[1], min(of_day), max(of_day)) for where, of_day in times.items())
    _add(session, dict(zip(PUNCHED, zip(*rows, strict=True), strict=True)) if rows else {})


def _add(session: Session, columns: Columns) -> None:
    if columns:
        _announce(session)
        add_columns(session.connection(), metadata.tables["stale_span"], columns)


def mark_everyone(session: Session, first_day: int, last_day: int) -> None:
    """Mark days of everybody who ever held a posting."""
    _announce(session)
    session.connection().execute(_EVERYBODY, {"first": first_day, "last": last_day})


def mark_badge_holders(session: Session, terminal_id: int, first_day: int, last_day: int) -> None:
    """Mark days of everybody with a badge at a terminal: its coverage or its silence changed."""
    _announce(session)
    here = {"terminal": terminal_id, "first": first_day, "last": last_day}
    session.connection().execute(_BADGE_HOLDERS, here)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The highest mark so far, whose marks there are, whole days, and (mark, person, day) of punches."""

    highest: int
    people: list[int]
    spans: list[Span]
    punches: list[tuple[int, int, int]]

    @property
    def days(self) -> list[Span]:
        """The marked days, whatever the reason, without those around them."""
        return self.spans + [(person, day, day) for _, person, day in self.punches]


_WAITING = Question(
    select(
        col(StaleSpan.id),
        col(StaleSpan.person_id),
        col(StaleSpan.first_day),
        col(StaleSpan.last_day),
        col(StaleSpan.punched_from),
    )
)
_SETTLED = (
    col(StaleSpan.id) <= bindparam("highest"),
    among(col(StaleSpan.person_id), "people"),
    col(StaleSpan.first_day) <= bindparam("last"),
    col(StaleSpan.last_day) >= bindparam("first"),
)
_REACHING_OUT = Question(
    select(col(StaleSpan.person_id), col(StaleSpan.first_day), col(StaleSpan.last_day))
    .where(*_SETTLED)
    .where((col(StaleSpan.first_day) < bindparam("first")) | (col(StaleSpan.last_day) > bindparam("last")))
)
_FORGET = delete(StaleSpan).where(*_SETTLED)


def waiting(session: Session) -> Waiting:
    """All marks so far."""
    _let_others_finish(session)
    found = _WAITING.rows(session)
    return Waiting(
        highest=max((row[0] for row in found), default=0),
        people=sorted({row[1] for row in found}),
        spans=[row[1:4] for row in found if row[4] is None],
        punches=[row[:3] for row in found if row[4] is not None],
    )


def settle(session: Session, highest: int, person_ids: Sequence[int], first: int, last: int) -> None:
    """Forget what marks up to one say of these people's days; later marks and other days stay."""
    asked = {"highest": highest, "people": person_ids, "first": first, "last": last}
    longer = _REACHING_OUT.rows(session, **asked)
    session.connection().execute(_FORGET, asked)
    before = [(person, start, first - 1) for person, start, _ in longer]
    after = [(person, last + 1, end) for person, _, end in longer]
    mark(session, [*before, *after])


def count(session: Session) -> int:
    """How many marks wait."""
    return session.connection().execute(select(func.count()).select_from(StaleSpan)).scalar_one()
