"""Recompute the records that are stale or that the passing of time decides."""

from jobs.context import JobContext
from monitor.intake.quarantine import readmit
from monitor.records import refresh
from monitor.store.session import empty_log, transaction


def run(context: JobContext) -> str:
    """One refresh, after what was set aside as of the future and has come true: nobody is absent for that."""
    now = context.clock()
    with transaction(context.engine) as session:
        readmit(session, now)
    days = refresh(context.engine, now=now, settings=context.settings)
    empty_log(context.engine)
    return f"{days} person-days"
