"""Hand explanations that nobody decided in time to the level above."""

from zoneinfo import ZoneInfo

from jobs.context import JobContext
from monitor.cases import escalate


def run(context: JobContext) -> str:
    """One look at what is overdue."""
    now = context.clock().astimezone(ZoneInfo(context.settings.site.timezone))
    moved = escalate(context.engine, now=now, limits=context.settings.explanations)
    return f"{moved} cases"
