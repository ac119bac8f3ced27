"""Look what is wrong with terminals, clocks and jobs, and take in the records whose time has come true."""

from collections.abc import Mapping
from datetime import timedelta

from jobs.context import JobContext
from monitor.alarms import (
    CONDITIONS,
    JOB_KINDS,
    UPKEEP_KINDS,
    backup_conditions,
    conditions,
    dead_jobs,
    keep,
)
from monitor.intake.quarantine import readmit
from monitor.store.session import transaction


def run(context: JobContext, *, every_seconds: Mapping[str, int]) -> str:
    """One look: records first, so that those taken in are not said to wait.

    `every_seconds` tells how often each other job is due. Our own run has its row already, so the newest
    row tells the time by which the rows are written.
    """
    now = context.clock()
    period = timedelta(minutes=context.settings.terminals.pull_every_minutes)
    with transaction(context.engine) as session:
        taken = readmit(session, now)
    with transaction(context.engine) as session:
        found = [*conditions(session, now=now, period=period), *dead_jobs(session, every_seconds)]
        wanted = context.settings.backup.key_file is not None
        found += backup_conditions(session, now, wanted=wanted)
        new = keep(session, found, (*CONDITIONS, *JOB_KINDS, *UPKEEP_KINDS), now)
    return f"{len(found)} alarms, {new} new, {taken} records taken in"
