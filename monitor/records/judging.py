"""Computing blocks of person-days, here or by other workers, and writing each where nobody else writes."""

import gc
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

from sqlalchemy import Engine
from sqlmodel import Session

from monitor import fanout
from monitor.config import Fanout
from monitor.fanout.database import alone, reading_at, url_for
from monitor.records.frame import Frame
from monitor.records.spans import blocks
from monitor.rules.columns import Verdicts
from monitor.rules.context import CONTEXT_DAYS
from monitor.rules.reconcile import reconcile
from monitor.store.queries import records as stored
from monitor.store.queries import stale
from monitor.store.queries.retention import without_frozen
from monitor.store.queries.silence import silent_columns
from monitor.store.queries.world import LoadedWorld, Places, load_world
from monitor.store.session import transaction

log = logging.getLogger(__name__)

BLOCKS_AT_ONCE = 2
"""Blocks of one transaction for each worker: few, since others wait for their turn to write."""
UNSPILT = "PRAGMA cache_spill = 1000000", "PRAGMA cache_size = -262144"
"""Pages of SQLite, more than a transaction of ours ever changes; and KiB of pages to remember.

With the usual 2 MB to remember, changed pages that must stay would push out every other one: each would
be read from the file again as soon as it is asked for, and writing took twice the processor's time.
"""
USUAL = "PRAGMA cache_size = -2000", "PRAGMA cache_spill = 1"
One = TypeVar("One")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What a worker is told: which database to read, whose days to judge, as of when. No data of anybody."""

    url: str
    spans: tuple[stale.Span, ...]
    frame: Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a worker gives back: verdicts in positions, and the ids behind them."""

    places: Places
    verdicts: Verdicts


def judged(session: Session, spans: Sequence[stale.Span], frame: Frame) -> tuple[LoadedWorld, Verdicts]:
    """The verdicts of some spans of days, and the world that they come from; nothing is written."""
    first = min(span[1] for span in spans) - CONTEXT_DAYS
    last = max(span[2] for span in spans) + CONTEXT_DAYS
    people = sorted({span[0] for span in spans})
    loaded = load_world(session, people, first, last, zone=frame.zone, context=CONTEXT_DAYS)
    world = replace(loaded.world, silent=silent_columns(session, loaded.terminals, first, last))
    return loaded, reconcile(world, stored.person_days_of(loaded, spans), frame.now)


def judge(key: Key) -> Judged:
    """A worker's task: it only reads, so it may run twice, or half and once more elsewhere."""
    with _without_search(), reading_at(key.url) as session:
        loaded, verdicts = judged(session, key.spans, key.frame)
    return Judged(places=loaded.places, verdicts=verdicts)


def recompute_block(session: Session, spans: list[stale.Span], frame: Frame) -> None:
    """Judge and write some spans within the caller's transaction."""
    stored.one_writer(session)
    made = without_frozen(session, spans)
    if made:
        loaded, verdicts = judged(session, made, frame)
        stored.replace_records(session, loaded.places, made, verdicts, frame.instant)


def recompute(
    engine: Engine, spans: list[stale.Span], frame: Frame, where: Fanout = fanout.HERE
) -> Iterator[int]:
    """Recompute spans block by block; gives how many person-days after each.

    The write lock is taken before a block is read, whoever reads it, so a punch stored meanwhile waits,
    and its mark is newer than those that will be settled. A transaction holds a block, or one for each
    of several workers and one more: while they judge, this process writes what is ready. A crash leaves
    whole transactions done and the rest marked.
    """
    if alone(where):
        for block in blocks(spans):
            with _without_search(), transaction(engine) as session:
                recompute_block(session, block, frame)
            yield person_days(block)
        return
    url = url_for(engine, where)
    with fanout.opened(where) as doing:
        for wave in _portions(blocks(spans), BLOCKS_AT_ONCE * where.workers):
            with _without_search(), writing_beside_readers(engine) as session:
                _recompute_wave(session, wave, frame, url, doing)
            yield sum(map(person_days, wave))


def _recompute_wave(
    session: Session, wave: Sequence[list[stale.Span]], frame: Frame, url: str, doing: fanout.Map
) -> None:
    stored.one_writer(session)
    made = [spans for spans in (without_frozen(session, block) for block in wave) if spans]
    keys = [Key(url=url, spans=tuple(spans), frame=frame) for spans in made]
    for spans, found in zip(made, doing(judge, keys), strict=True):
        stored.replace_records(session, found.places, spans, found.verdicts, frame.instant)


@contextmanager
def writing_beside_readers(engine: Engine) -> Iterator[Session]:
    """A transaction during which others can read until it commits.

    SQLite would write to the file before that once its cache is full, and lock the readers out that
    it is waiting for. A number, because within a transaction ON and OFF change nothing.
    """
    with transaction(engine) as session:
        spills = session.connection().dialect.name == "sqlite"
        _set(session, UNSPILT if spills else ())
        yield session
        session.flush()
        _set(session, USUAL if spills else ())


def _set(session: Session, pragmas: Iterable[str]) -> None:
    for pragma in pragmas:
        session.connection().exec_driver_sql(pragma)


@contextmanager
def _without_search() -> Iterator[None]:
    """Let nobody search the rows of a block for cycles: there are none, and it is a fifth of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _portions(items: Iterable[One], size: int) -> Iterator[list[One]]:
    waiting = iter(items)
    while portion := list(islice(waiting, size)):
        yield portion


def person_days(spans: Iterable[stale.Span]) -> int:
    """How many days of people spans hold."""
    return sum(last - first + 1 for _, first, last in spans)
