"""Queue the messages that are due: mornings, evenings, months, alarms."""

from jobs.context import JobContext
from monitor.notices import queue_due


def run(context: JobContext) -> str:
    """One look; a run that was missed is caught up by the next one, within a digest's hours."""
    return f"{queue_due(context.engine, context.settings, context.clock())} queued"
