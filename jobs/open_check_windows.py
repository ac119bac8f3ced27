"""Open the inspection campaigns that the calendar asks for: nobody has to set up the check after Tết."""

from jobs.context import JobContext
from monitor.inspections.standing import keep_standing
from monitor.inspections.wish import By
from monitor.store.session import transaction

ACTOR = "job:open_check_windows"


def run(context: JobContext) -> str:
    """Open, correct and close standing campaigns; doing it again changes nothing."""
    with transaction(context.engine) as session:
        changed = keep_standing(session, By(actor=ACTOR, now=context.clock(), settings=context.settings))
    return f"{len(changed)} campaigns"
