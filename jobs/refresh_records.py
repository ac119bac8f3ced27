"""Recompute the records that are stale or that the passing of time decides."""

from jobs.context import JobContext
from monitor.records import refresh


def run(context: JobContext) -> str:
    """One refresh."""
    days = refresh(context.engine, now=context.clock(), settings=context.settings)
    return f"{days} person-days"
