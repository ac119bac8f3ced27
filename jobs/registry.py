"""The closed table of jobs: name, how often, what to run."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from jobs import compare_pushes, prune, pull_terminals, refresh_records, review_retention, watch_terminals
from jobs.context import JobContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`run` does one short piece of work and says in a few words what it did."""

    name: str
    every_seconds: int
    run: Callable[[JobContext], str]


WATCHED = (
    Job(name="pull_terminals", every_seconds=30, run=pull_terminals.run),
    Job(name="refresh_records", every_seconds=20, run=refresh_records.run),
    Job(name="compare_pushes", every_seconds=86_400, run=compare_pushes.run),
    Job(name="prune", every_seconds=86_400, run=prune.run),
    Job(name="review_retention", every_seconds=86_400, run=review_retention.run),
)
EVERY_SECONDS = {job.name: job.every_seconds for job in WATCHED}
JOBS = (
    *WATCHED,
    Job(
        name="watch_terminals",
        every_seconds=60,
        run=partial(watch_terminals.run, every_seconds=EVERY_SECONDS),
    ),
)
