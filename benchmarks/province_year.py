"""A made-up province's year of punches in a database, drawn by seed, stored in bulk: nothing judged yet."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Engine, insert
from sqlmodel import Session

from monitor.rules.columns import DAY_SECONDS
from monitor.rules.wallclock import date_of
from monitor.store.copying import copy_in
from monitor.store.driver import sqlite3
from monitor.store.queries.punches import PUNCHES
from monitor.store.queries.records import remember
from monitor.store.session import transaction
from monitor.store.tables import (
    Badge,
    CoverageInterval,
    Person,
    Posting,
    RegulationSession,
    RegulationTarget,
    RegulationVersion,
    Terminal,
    Unit,
)

FIRST_DAY = 20_094
"""Monday 6 January 2025."""
WEEK, WORKED = 7, 5
MARKS = np.array([27_000, 41_400, 48_600, 61_200])
FORGOTTEN, LATE = 0.018, 0.06
UNIT_PEOPLE = 82
RAW = b"\0" * 40
"""As many bytes as a terminal's record has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """People, in units of some eighty with a terminal each, and working days."""

    people: int = 9_000
    days: int = 250
    seed: int = 1

    @property
    def units(self) -> int:
        """Units of people, below the province."""
        return -(-self.people // UNIT_PEOPLE)

    @property
    def last_day(self) -> int:
        """The day after the last one worked."""
        return FIRST_DAY + (self.days - 1) // WORKED * WEEK + (self.days - 1) % WORKED + 1


def fill(engine: Engine, size: Size) -> int:
    """Everything that judging asks for, and no record. Returns how many punches."""
    with transaction(engine) as session:
        _organise(session, size)
    days = (FIRST_DAY + week * WEEK + day for week in range(size.days // WORKED) for day in range(WORKED))
    if engine.dialect.name == "sqlite":
        return _into_sqlite(engine, size, days)
    with transaction(engine) as session:
        connection = session.connection()
        columns = [column for column in PUNCHES.columns if column.name != "id"]
        return sum(copy_in(connection, PUNCHES.name, columns, _punches(size, day)) for day in days)


def _into_sqlite(engine: Engine, size: Size, days: Iterator[int]) -> int:
    """Past the journal and with a cache that holds the index: this is not what is measured."""
    names = [column.name for column in PUNCHES.columns if column.name != "id"]
    added = f"INSERT INTO punch ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608 - names
    engine.dispose()
    connection = sqlite3.connect(engine.url.database or "", isolation_level=None)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1500000"):
        connection.execute(f"PRAGMA {pragma}")
    kept = [
        row[0]
        for row in connection.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = 'punch' AND type = 'index' AND sql IS NOT NULL"
        )
    ]
    connection.execute("DROP INDEX ix_punch_device_user_id_device_time_terminal_id_state")
    connection.execute("BEGIN")
    stored = sum(connection.executemany(added, _punches(size, day)).rowcount for day in days)
    for statement in kept:
        connection.execute(statement)
    connection.execute("COMMIT")
    connection.close()
    return stored


def _punches(size: Size, day: int) -> Iterator[tuple[object, ...]]:
    """A day's punches as the terminals deliver them, one after the other."""
    draw = np.random.default_rng([size.seed, day])
    people = np.arange(size.people)
    moments = MARKS + draw.integers(-600, 300, (size.people, len(MARKS)))
    late = draw.random(moments.shape) < LATE
    moments += np.where(late, draw.integers(300, 3_600, moments.shape), 0)
    kept = (draw.random(moments.shape) >= FORGOTTEN).ravel()
    person = np.repeat(people, len(MARKS))[kept]
    time = (day * DAY_SECONDS + moments).ravel()[kept]
    terminal = person // UNIT_PEOPLE + 1
    order = np.lexsort((time, terminal))
    users, times = (person + 1)[order].tolist(), time[order].tolist()
    for place, user, moment in zip(terminal[order].tolist(), users, times, strict=True):
        yield (place, str(user), moment, 1, 0, 0, "pull", day * DAY_SECONDS, None, None, RAW)


def _organise(session: Session, size: Size) -> None:
    since, connection = date_of(FIRST_DAY), session.connection()
    units = [{"id": 1, "code": "TINH", "name": "Tỉnh", "parent_id": None}]
    units += [
        {"id": n + 2, "code": f"D{n:04}", "name": f"Đơn vị {n}", "parent_id": 1} for n in range(size.units)
    ]
    everybody = range(1, size.people + 1)
    people = [
        {"id": n, "code": f"CB{n:06}", "name": f"Cán bộ {n}", "sort_key": f"{n:06}", "search_key": f"{n}"}
        for n in everybody
    ]
    terminals = [
        {"id": n + 1, "code": f"M{n:04}", "name": f"Máy {n}", "kind": "zk", "unit_id": n + 2}
        for n in range(size.units)
    ]
    covered = {"starts": FIRST_DAY * DAY_SECONDS, "ends": (size.last_day + 1) * DAY_SECONDS, "source": "pull"}
    badges = [
        {"person_id": n, "terminal_id": (n - 1) // UNIT_PEOPLE + 1, "device_user_id": str(n)}
        for n in everybody
    ]
    postings = [
        {"person_id": n, "unit_id": (n - 1) // UNIT_PEOPLE + 2, "valid_from": since, "role": "staff"}
        for n in everybody
    ]
    regulation = {"code": "hc", "title": "Hành chính", "document": "QĐ 1", "grace_late_minutes": 5}
    sessions = [
        {"regulation_id": 1, "name": name, "weekdays": "12345", "start_seconds": starts, "end_seconds": ends}
        for name, starts, ends in (("Sáng", 27_000, 41_400), ("Chiều", 48_600, 61_200))
    ]
    for table, rows in (
        (Unit, units),
        (Person, people),
        (Terminal, terminals),
        (Posting, postings),
        (Badge, badges),
        (CoverageInterval, [{"terminal_id": n + 1, **covered} for n in range(size.units)]),
        (RegulationVersion, [{"id": 1, "valid_from": since, **regulation}]),
        (RegulationTarget, [{"regulation_id": 1, "valid_from": since}]),
        (RegulationSession, sessions),
    ):
        connection.execute(insert(table), rows)
    last = size.last_day
    remember(
        session,
        {
            "records_now": last * DAY_SECONDS,
            "records_through": last - 1,
            "records_refreshed": last * DAY_SECONDS,
        },
    )
