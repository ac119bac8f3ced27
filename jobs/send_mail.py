"""Send what the outbox holds, one message after the other."""

import time

from jobs.context import JobContext
from monitor.notices import deliver_one

ROUND_SECONDS = 8.0
"""No message is begun later in a round; shorter than the grace of a process that is told to end."""


def run(context: JobContext) -> str:
    """One round; it ends when nothing is due, or when the server does not answer."""
    until, sent, others = time.monotonic() + ROUND_SECONDS, 0, 0
    while time.monotonic() < until:
        ended = deliver_one(context.engine, context.settings, context.clock)
        if ended is None:
            break
        sent, others = sent + (ended.state == "sent"), others + (ended.state != "sent")
        if ended.error in {"mail_unreachable", "mail_tls", "mail_auth"}:
            break
    return f"{sent} sent, {others} not"
