"""The second wall: on PostgreSQL every transaction of the pages says whose days it may see, or sees nobody's.

The program decides what is in scope, and its queries ask for nothing else. Policies of the database
(migration 0023) hold the same line once more, for a query that forgets to: they read two settings of the
transaction. `monitor.reach` holds units and days as one multirange of unit id * 1,000,000 + day;
`monitor.person` is the reader. Without them, as in jobs and commands, everything is seen: a hidden punch
would be a wrong absence.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event, text
from sqlmodel import Session

from monitor.store.queries.reach import Reach, Term

DAYS_OF_A_UNIT = 1_000_000
"""As in the policies; a day is counted from 1970 and has five digits until 2243."""
EVERYTHING = "{(,)}"
UNWALLED = "unwalled_engine"

Given = ParamSpec("Given")
Found = TypeVar("Found")

_SAID = text("SELECT set_config('monitor.reach', :reach, true), set_config('monitor.person', :person, true)")
_ACTIVE = text("SELECT row_security_active('session_record')")
_SAYS = text(
    "SELECT coalesce(current_setting('monitor.reach', true), ''), "
    "coalesce(current_setting('monitor.person', true), '')"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a transaction says: units and days, as the policies read them, and the reader's id or ''."""

    reach: str
    person: str


def behind_wall(engine: Engine, whose: Callable[[], Reach]) -> Engine:
    """The engine for pages: each of its transactions sees what `whose` gives when it begins.

    It shares the connections of `engine`, whose own transactions see everything; what is said ends with
    the transaction. SQLite has no such wall: there it is `engine` itself.
    """

    def said() -> Said:
        reach = whose()
        return Said(reach=spoken(reach), person=str(reach.person_id or ""))

    return _saying(engine, said)


def as_said(engine: Engine, said: Said | None) -> Engine:
    """The engine for a worker that does a part of a page: its transactions see what the page's did."""
    return engine if said is None else _saying(engine, lambda: said)


def said_in(session: Session) -> Said | None:
    """What the transaction of a page may see at this moment, for `as_said`; None where it sees everything."""
    connection = session.connection()
    if UNWALLED not in connection.get_execution_options():
        return None
    reach, person = connection.execute(_SAYS).one()
    return Said(reach=reach, person=person)


def _saying(engine: Engine, said: Callable[[], Said]) -> Engine:
    if engine.dialect.name != "postgresql":
        return engine
    walled = engine.execution_options(**{UNWALLED: engine})

    @event.listens_for(walled, "begin")
    def begin(connection: Connection) -> None:
        connection.execute(_SAID, asdict(said()))

    return walled


def beyond_wall(engine: Engine) -> Engine:
    """The same database with everything seen, for what pages have done but do not show: judging, sealing."""
    found: Engine = engine.get_execution_options().get(UNWALLED, engine)
    return found


@contextmanager
def seeing_all(session: Session) -> Iterator[None]:
    """Let the transaction of a page see everything within the block: the rules must never miss a punch.

    For what needs it to be right and shows none of it, or only what was checked otherwise.
    """
    said = said_in(session)
    if said is None:
        yield
        return
    session.flush()
    connection = session.connection()
    connection.execute(_SAID, asdict(replace(said, reach=EVERYTHING)))
    try:
        yield
        session.flush()
    finally:
        if not _is_lost(connection):
            connection.execute(_SAID, asdict(said))


def sees_all(
    work: Callable[Concatenate[Session, Given], Found],
) -> Callable[Concatenate[Session, Given], Found]:
    """A function of a session that does all of its work `seeing_all`."""

    @wraps(work)
    def seeing(session: Session, /, *given: Given.args, **named: Given.kwargs) -> Found:
        with seeing_all(session):
            return work(session, *given, **named)

    return seeing


def _is_lost(connection: Connection) -> bool:
    """Whether an error has ended the transaction: it takes no statement but a rollback, which undoes ours."""
    driver = connection.connection.driver_connection
    status: TransactionStatus = driver.info.transaction_status  # type: ignore[union-attr]  # psycopg's
    return status is not TransactionStatus.INTRANS


def stands_behind_wall(session: Session) -> bool | None:
    """Whether policies hold for the role that is connected; None on SQLite, which has none."""
    if session.connection().dialect.name != "postgresql":
        return None
    return bool(session.connection().execute(_ACTIVE).scalar_one())


@lru_cache(maxsize=256)
def spoken(reach: Reach) -> str:
    """The units and days of a reach as the policies read them."""
    if reach.terms is None:
        return EVERYTHING
    return "{" + ",".join(f"[{first},{last}]" for first, last in _joined(_spans(reach.terms))) + "}"


def _spans(terms: tuple[Term, ...]) -> Iterator[tuple[int, int]]:
    for term in terms:
        first = max(0, term.first_day or 0)
        last = DAYS_OF_A_UNIT - 1 if term.last_day is None else min(term.last_day, DAYS_OF_A_UNIT - 1)
        if first <= last:
            yield from (
                (unit * DAYS_OF_A_UNIT + first, unit * DAYS_OF_A_UNIT + last) for unit in term.unit_ids
            )


def _joined(spans: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, those that touch as one: whole subtrees mostly have ids in a row."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(last, joined[-1][1])
        else:
            joined.append((first, last))
    return joined
