"""Compare what terminals pushed with what their own logs hold: the only thing that shows a forged push."""

import logging
from datetime import timedelta

from jobs.context import JobContext
from monitor.rules.wallclock import seconds_of
from monitor.store.queries.confirmations import unconfirmed_pushes
from monitor.store.session import reading

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=45)


def run(context: JobContext) -> str:
    """Tell of each terminal with unconfirmed pushes; the punches stay, and the export flags them."""
    today = context.clock().replace(tzinfo=None)
    span = seconds_of(today - LOOK_BACK), seconds_of(today + timedelta(days=1))
    with reading(context.engine) as session:
        found = unconfirmed_pushes(session, *span)
    for terminal_id, punches in found.items():
        about = {"event": "pushes_unconfirmed", "terminal_id": terminal_id, "punches": len(punches)}
        log.warning("terminal %s does not know %s pushed punches", terminal_id, len(punches), extra=about)
    return f"{sum(map(len, found.values()))} unconfirmed"
