"""Tell who stands above of every step after an inspection that is late, each once."""

from zoneinfo import ZoneInfo

from jobs.context import JobContext
from monitor.inspections.overdue import escalate_findings


def run(context: JobContext) -> str:
    """One look at what is late; doing it again tells nothing twice."""
    now = context.clock().astimezone(ZoneInfo(context.settings.site.timezone))
    told = escalate_findings(context.engine, settings=context.settings, now=now)
    return f"{told} findings"
