"""Forget runs of jobs and messages that nobody will ask about: every half minute makes a row."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlmodel import col

from jobs.context import JobContext
from monitor.notices import erase_old
from monitor.store.session import transaction
from monitor.store.tables import JobRun
from monitor.webhooks import erase_old as erase_webhooks

KEPT = timedelta(days=30)


def run(context: JobContext) -> str:
    """Delete finished runs older than a month, by the machine's clock, which wrote them; and old messages."""
    oldest = datetime.now(UTC) - KEPT
    old = col(JobRun.started_at) < oldest, col(JobRun.finished_at).is_not(None)
    with transaction(context.engine) as session:
        gone = session.connection().execute(delete(JobRun).where(*old)).rowcount
        messages = erase_old(session, context.settings.mail.kept_days, context.clock())
        told = erase_webhooks(session, context.settings.webhooks.kept_days, context.clock())
    return f"{gone} runs, {messages} messages, {told} webhooks"
