"""Back up when the day's backup is due and not there, be it missed or failed an hour ago."""

from jobs.context import JobContext
from monitor.backup import back_up_now, is_due
from monitor.store.session import reading


def run(context: JobContext) -> str:
    """One look; a backup that fails is a failed run, and its row in `backup_copy` says why."""
    if context.settings.backup.key_file is None:
        return "off"
    with reading(context.engine) as session:
        if not is_due(session, context.settings, context.clock()):
            return "not due"
    made = back_up_now(context.engine, context.settings, context.clock)
    return f"{made.path.name}, {made.proof.facts.row_count} rows"
