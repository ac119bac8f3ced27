"""Presence of a whole province, asked unit by unit of workers that read the database themselves."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import Engine
from sqlmodel import Session

from monitor import fanout
from monitor.config import Fanout
from monitor.fanout.database import alone, reading_at, url_for
from monitor.inspections.report import Ask
from monitor.store.queries.inspections import Asked, Presence, presence
from monitor.store.queries.reach import Reach
from monitor.store.wall import Said, said_in

UNITS_AT_ONCE = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What a worker is told: which database to read, and which units and days are asked. Nobody's data."""

    url: str
    reach: Reach
    asked: Asked
    compared: bool
    said: Said | None = None


@contextmanager
def spread_presence(engine: Engine, where: Fanout = fanout.HERE) -> Iterator[Ask]:
    """How a report asks for presence: by one question here, or by blocks of units to whoever works."""
    if alone(where):
        yield presence
        return
    url = url_for(engine, where)
    with fanout.opened(where) as doing:

        def ask(session: Session, reach: Reach, asked: Asked, *, compared: bool = False) -> Presence:
            if len(asked.unit_ids) <= UNITS_AT_ONCE:
                return presence(session, reach, asked, compared=compared)
            parts = (replace(asked, unit_ids=some) for some in _portions(asked.unit_ids))
            told = Key(url=url, reach=reach, asked=asked, compared=compared, said=said_in(session))
            keys = [replace(told, asked=part) for part in parts]
            return _joined(list(doing(block, keys)))

        yield ask


def block(key: Key) -> Presence:
    """A worker's task: it only reads, so it may run twice."""
    with reading_at(key.url, key.said) as session:
        return presence(session, key.reach, key.asked, compared=key.compared)


def _portions(unit_ids: frozenset[int]) -> list[frozenset[int]]:
    ordered = sorted(unit_ids)
    starts = range(0, max(len(ordered), 1), UNITS_AT_ONCE)
    return [frozenset(ordered[start : start + UNITS_AT_ONCE]) for start in starts]


def _joined(parts: list[Presence]) -> Presence:
    return Presence(
        unit=np.concatenate([part.unit for part in parts]),
        leads=np.concatenate([part.leads for part in parts]),
        day=np.concatenate([part.day for part in parts]),
        counted=np.concatenate([part.counted for part in parts]),
    )
