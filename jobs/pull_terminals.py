"""Read the terminals that are due, and those somebody asked for; one dead one never delays another."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from jobs.context import JobContext
from monitor.intake import PullReport, pull
from monitor.store.queries.pulls import PullState, claim_requests, close_requests, pull_states
from monitor.store.session import reading, transaction

AT_ONCE = 8
LONGEST_BACK_OFF = timedelta(hours=1)


def run(context: JobContext) -> str:
    """Read what is due, several at once: a contact is a child process or a bounded wait, so threads do."""
    now = context.clock()
    with transaction(context.engine) as session:
        asked = claim_requests(session, now)
    period = timedelta(minutes=context.settings.terminals.pull_every_minutes)
    with reading(context.engine) as session:
        due = [state.terminal_id for state in pull_states(session) if is_due(state, now, period)]
    wanted = list(dict.fromkeys([*asked, *due]))
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        reports = list(pool.map(lambda terminal: _read(context, terminal), wanted))
    return f"{len(reports)} read, {sum(bool(report.error_code) for report in reports)} failed"


def is_due(state: PullState, now: datetime, period: timedelta) -> bool:
    """Whether a terminal should be read: a period after the last try, longer after each failure."""
    if state.last_tried_at is None:
        return True
    wait: timedelta = min(period * 2**state.failures, max(LONGEST_BACK_OFF, period))
    return now >= state.last_tried_at + wait


def _read(context: JobContext, terminal_id: int) -> PullReport:
    report = pull(context.engine, terminal_id, settings=context.settings, clock=context.clock)
    with transaction(context.engine) as session:
        close_requests(session, terminal_id, report.pull_id)
    return report
