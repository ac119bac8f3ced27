"""Propose what personal data is due to go; a person decides and does it, never a job."""

import logging

from jobs.context import JobContext
from monitor.privacy import review
from monitor.store.session import reading

log = logging.getLogger(__name__)


def run(context: JobContext) -> str:
    """Count what the retention settings say is due; `monitor privacy review` tells more."""
    with reading(context.engine) as session:
        found = review(session, context.settings.privacy, context.clock().date())
    ready = sum(bool(due.possible) for due in found.people)
    if ready or found.entries:
        about = {"event": "retention_due", "people": ready, "entries": len(found.entries)}
        log.warning("data of %s people is due to go", ready, extra=about)
    return f"{ready} people, {len(found.entries)} entries due"
