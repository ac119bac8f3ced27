"""The database as a worker opens it: by its URL alone, once for the life of the worker's process."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from sqlalchemy import Engine
from sqlmodel import Session

from monitor.config import Fanout
from monitor.store.session import open_database, reading
from monitor.store.wall import Said, as_said


def alone(where: Fanout) -> bool:
    """Whether this process does everything itself."""
    return not where.scheduler and where.workers == 1


def url_for(engine: Engine, where: Fanout) -> str:
    """The URL by which workers reach the database of an engine; it travels inside the tasks."""
    return where.worker_database_url or engine.url.render_as_string(hide_password=False)


@contextmanager
def reading_at(url: str, said: Said | None = None) -> Iterator[Session]:
    """A session for reading, within a task; nothing done in it is kept. `said` as `monitor.store.wall`."""
    with reading(as_said(opened_at(url), said)) as session:
        yield session


@cache
def opened_at(url: str) -> Engine:
    """The engine of a URL, kept: a worker's tasks ask the same database."""
    return open_database(url, anywhere=True)  # where a file may lie was asked before
