"""Many like tasks done at once: in this process, in several, or on a Dask cluster; the same results each way.

A task is a function of a module; its key says what to read, never holds it. Tasks must give the same
result however often they run, for a lost worker's task is done again: by another worker, in the end by
this process itself. So losing workers, or the whole cluster, costs time and nothing else.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from monitor.config import ConfigError, Fanout
from monitor.fanout.pool import Pool
from monitor.fanout.turn import Key, Map, Result, here, in_turn

if TYPE_CHECKING:
    from monitor.fanout.cluster import Cluster

HERE = Fanout()
"""In this process, one after the other."""

__all__ = ["HERE", "Map", "clustered", "here", "map", "opened"]


def map(task: Callable[[Key], Result], keys: Iterable[Key], where: Fanout = HERE) -> Iterator[Result]:  # noqa: A001 - used as `fanout.map`
    """Do a task for each key; results in the order of the keys. Raises what a task raises."""
    with opened(where) as doing:
        yield from doing(task, keys)


@contextmanager
def opened(where: Fanout) -> Iterator[Map]:
    """Whoever does tasks, for as long as several rounds of them take."""
    if where.scheduler:
        with clustered(where) as cluster:
            yield in_turn(cluster)
    elif where.workers > 1:
        with Pool(where.workers) as pool:
            yield in_turn(pool)
    else:
        yield here


def clustered(where: Fanout) -> "Cluster":
    """The cluster of a scheduler. Raises ConfigError `fanout_not_installed` without the extra `scale`."""
    try:
        from monitor.fanout.cluster import Cluster  # noqa: PLC0415 - an optional part of the program
    except ModuleNotFoundError:
        raise ConfigError("fanout_not_installed") from None
    return Cluster(where)
