"""Tell other programs of closed and reopened months, one message after the other."""

import time

from jobs.context import JobContext
from monitor.webhooks import deliver_one

ROUND_SECONDS = 8.0
"""No message is begun later in a round; shorter than the grace of a process that is told to end."""


def run(context: JobContext) -> str:
    """One round, until nothing is due; a receiver that is down has a growing pause of its own."""
    until, sent, others = time.monotonic() + ROUND_SECONDS, 0, 0
    while time.monotonic() < until:
        ended = deliver_one(context.engine, context.settings, context.clock)
        if ended is None:
            break
        sent, others = sent + (ended.state == "sent"), others + (ended.state != "sent")
    return f"{sent} sent, {others} not"
