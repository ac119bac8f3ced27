"""Open exports of records, made by blocks of people: here, or by workers that read for themselves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pandas as pd
from sqlalchemy import Engine
from sqlmodel import Session

from monitor import fanout
from monitor.config import Fanout
from monitor.exports.overtime import overtime_table
from monitor.exports.records import days_table, sessions_table
from monitor.fanout.database import alone, reading_at, url_for
from monitor.store.queries.exports import (
    Record,
    UnitIds,
    overtime_frame,
    people_with_records,
    session_frame,
)
from monitor.store.queries.reach import Reach
from monitor.store.session import reading
from monitor.store.tables import OvertimeRecord, SessionRecord
from monitor.store.wall import Said, said_in

PEOPLE_AT_ONCE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """Which records a table is of, how they are read, and what is made of them."""

    record: Record
    read: Callable[..., pd.DataFrame]
    shaped: Callable[[pd.DataFrame], pd.DataFrame]


KINDS = {
    "sessions": _Kind(record=SessionRecord, read=session_frame, shaped=sessions_table),
    "days": _Kind(record=SessionRecord, read=session_frame, shaped=days_table),
    "overtime": _Kind(record=OvertimeRecord, read=overtime_frame, shaped=overtime_table),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A table of KINDS for days since 1970, both included, of units (None: all), as a reader may see it.

    `people` are those of one block, in order of their code.
    """

    table: str
    first_day: int
    last_day: int
    unit_ids: UnitIds
    reach: Reach
    people: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What a worker is told: which database to read, and what is asked. No record of anybody."""

    url: str
    asked: Asked
    said: Said | None = None


def records_table(engine: Engine, asked: Asked, where: Fanout = fanout.HERE) -> pd.DataFrame:
    """The table, sorted by person code, day, start: the same rows whoever reads them.

    A single block is read here. Each is read in a transaction of its own, for a long one would hold up
    whoever stores punches.
    """
    with reading(engine) as session:
        people = people_with_records(
            session, KINDS[asked.table].record, asked.first_day, asked.last_day, asked.unit_ids
        )
        said = said_in(session)
    some = [replace(asked, people=portion) for portion in _portions(people)]
    if alone(where) or len(some) == 1:
        parts = [_block_here(engine, one) for one in some]
    else:
        url = url_for(engine, where)
        parts = list(fanout.map(block, [Key(url=url, asked=one, said=said) for one in some], where))
    return pd.concat(parts, ignore_index=True)


def block(key: Key) -> pd.DataFrame:
    """A worker's task: it only reads, so it may run twice."""
    with reading_at(key.url, key.said) as session:
        return _block(session, key.asked)


def _block_here(engine: Engine, asked: Asked) -> pd.DataFrame:
    with reading(engine) as session:
        return _block(session, asked)


def _block(session: Session, asked: Asked) -> pd.DataFrame:
    kind = KINDS[asked.table]
    span = asked.first_day, asked.last_day
    return kind.shaped(kind.read(session, *span, asked.unit_ids, asked.reach, asked.people))


def _portions(people: Sequence[int]) -> list[tuple[int, ...]]:
    """Blocks of people; one of nobody where there is nobody, for a table has its columns all the same."""
    starts = range(0, max(len(people), 1), PEOPLE_AT_ONCE)
    return [tuple(people[start : start + PEOPLE_AT_ONCE]) for start in starts]
