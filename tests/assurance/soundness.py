"""What must hold of a database file after any crash; each function gives what does not hold, in words."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from monitor import audit
from monitor.config import Settings
from monitor.periods import verify_periods
from monitor.records import rebuild
from monitor.store.driver import sqlite3
from monitor.store.session import open_database, reading
from tests.assurance.office import MONTH, Promises, Record

DERIVED = ("session_record", "day_record", "overtime_record")
Ask = Callable[[str], list[tuple[Any, ...]]]
"""A question to a database of either kind."""


def complaints(path: Path, promises: Promises) -> list[str]:
    """All that is wrong with the file, given what was promised. The first look recovers its journal."""
    with closing(sqlite3.connect(path, isolation_level=None)) as eye:
        try:
            eye.execute("PRAGMA synchronous = OFF")  # ours is not the wait that is examined
            found = list(_pages(eye)) or list(_kept(lambda asked: eye.execute(asked).fetchall(), promises))
        except sqlite3.DatabaseError as error:
            return [f"not readable: {error}"]
    return found or list(_trails(f"sqlite:///{path}"))


def complaints_at(url: str, promises: Promises) -> list[str]:
    """The same of a database at a server as well; its pages are the server's own."""
    if url.startswith("sqlite"):
        return complaints(Path(url.removeprefix("sqlite:///")), promises)
    engine = open_database(url)
    with engine.connect() as eye:
        found = list(_kept(lambda asked: [tuple(row) for row in eye.execute(text(asked))], promises))
    engine.dispose()
    return found or list(_trails(url))


def unlike_rebuilt(url: str, settings: Settings) -> list[str]:
    """Whether records that grew differ from those made from nothing."""
    engine = open_database(url, anywhere=True)
    try:
        before = _records(engine)
        rebuild(engine, settings=settings)
        return [] if before == _records(engine) else ["a rebuild gives other records"]
    finally:
        engine.dispose()


def _records(engine: Engine) -> list[list[tuple[object, ...]]]:
    with engine.connect() as eye:
        asked = (text(f"SELECT * FROM {table} ORDER BY 1, 2, 3") for table in DERIVED)
        return [[tuple(row) for row in eye.execute(one)] for one in asked]


def _pages(eye: sqlite3.Connection) -> Iterator[str]:
    said = eye.execute("PRAGMA integrity_check").fetchone()[0]
    if said != "ok":
        yield f"pages: {said}"
    if orphan := eye.execute("PRAGMA foreign_key_check").fetchone():
        yield f"reference: {orphan}"


def _kept(ask: Ask, promises: Promises) -> Iterator[str]:
    yield from _punches(ask, promises)
    yield from _leave(ask, promises)
    yield from _month(ask, promises)


def _punches(ask: Ask, promises: Promises) -> Iterator[str]:
    """Acknowledged punches are there, each once, and none that nobody made."""
    times: Counter[Record] = Counter(
        (str(user), int(time)) for user, time in ask("SELECT device_user_id, device_time FROM punch")
    )
    aside = ask("SELECT count(*) FROM quarantined_record")[0][0]
    yield from (f"lost {one}" for one in sorted(promises.must - times.keys()))
    yield from (f"invented {one}" for one in sorted(times.keys() - promises.may))
    yield from (f"doubled {one}" for one, count in times.items() if count > 1)
    if aside:
        yield f"set aside: {aside}"


def _leave(ask: Ask, promises: Promises) -> Iterator[str]:
    """Acknowledged leave is there, and the trail has an entry for each that is there, and for no other."""
    days = [row[0] // 86_400 for row in ask("SELECT starts FROM excuse")]
    yield from (f"lost leave on {day}" for day in sorted(promises.excuses - set(days)))
    told = ask("SELECT count(*) FROM audit_entry WHERE action = 'excuse_enter'")[0][0]
    if told != len(days) or len(set(days)) != len(days):
        yield f"{len(days)} times leave, {told} entries"


def _month(ask: Ask, promises: Promises) -> Iterator[str]:
    closed = {str(month) for (month,) in ask("SELECT month FROM period WHERE status = 'closed'")}
    if promises.closed and MONTH not in closed:
        yield "a closed month is open"


def _trails(url: str) -> Iterator[str]:
    """The audit trail's links, and the seals of closed months."""
    engine = open_database(url, anywhere=True)
    try:
        with reading(engine) as session:
            broken = audit.examine_chain(session).broken
            period = verify_periods(session)
    finally:
        engine.dispose()
    if broken is not None:
        yield f"trail: {broken}"
    if period is not None:
        yield f"seal: {period}"
