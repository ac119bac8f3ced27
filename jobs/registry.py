"""The closed table of jobs: name, how often, what to run."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from jobs import (
    back_up,
    compare_pushes,
    escalate_cases,
    escalate_findings,
    make_months,
    open_check_windows,
    prune,
    pull_terminals,
    refresh_records,
    review_retention,
    send_digests,
    send_mail,
    send_webhooks,
    watch_terminals,
)
from jobs.context import JobContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`run` does one short piece of work and says in a few words what it did.

    A run that takes longer than `deadline_seconds` hangs: its process is ended and started again.
    """

    name: str
    every_seconds: int
    run: Callable[[JobContext], str]
    deadline_seconds: float = 1_800


WATCHED = (
    Job(name="pull_terminals", every_seconds=30, run=pull_terminals.run, deadline_seconds=300),
    Job(name="refresh_records", every_seconds=20, run=refresh_records.run, deadline_seconds=7_200),
    Job(name="compare_pushes", every_seconds=86_400, run=compare_pushes.run),
    Job(name="escalate_cases", every_seconds=900, run=escalate_cases.run),
    Job(name="escalate_findings", every_seconds=3_600, run=escalate_findings.run),
    Job(name="send_digests", every_seconds=60, run=send_digests.run),
    Job(name="send_mail", every_seconds=20, run=send_mail.run),
    Job(name="send_webhooks", every_seconds=20, run=send_webhooks.run),
    Job(name="back_up", every_seconds=300, run=back_up.run, deadline_seconds=14_400),
    Job(name="open_check_windows", every_seconds=3_600, run=open_check_windows.run),
    Job(name="make_months", every_seconds=21_600, run=make_months.run),
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
