"""Which terminals are due to be read, and requests to read one now."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from monitor.store.queries.terminals import readable_terminals
from monitor.store.tables import Pull, PullRequest

LOOK_BACK = 10
"""Failures in a row beyond this no longer lengthen the wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullState:
    """When a terminal was last tried (None: never) and how often in a row it failed since it was read."""

    terminal_id: int
    last_tried_at: datetime | None
    failures: int


def pull_states(session: Session) -> list[PullState]:
    """The state of every terminal that is read over the network."""
    return [_state(session, terminal.id or 0) for terminal in readable_terminals(session)]


def _state(session: Session, terminal_id: int) -> PullState:
    newest = (
        select(col(Pull.started_at), col(Pull.error_code))
        .where(col(Pull.terminal_id) == terminal_id)
        .order_by(col(Pull.id).desc())
        .limit(LOOK_BACK)
    )
    tries = session.connection().execute(newest).all()
    failures = next((count for count, row in enumerate(tries) if not row[1]), len(tries))
    last = tries[0][0] if tries else None
    return PullState(terminal_id=terminal_id, last_tried_at=last, failures=failures)


def claim_requests(session: Session, now: datetime) -> list[int]:
    """Take all open requests; returns their terminals."""
    waiting = col(PullRequest.claimed_at).is_(None)
    terminals = session.connection().execute(select(col(PullRequest.terminal_id)).where(waiting)).scalars()
    found = sorted(set(terminals))
    session.connection().execute(update(PullRequest).where(waiting).values(claimed_at=now))
    return found


def close_requests(session: Session, terminal_id: int, pull_id: int) -> None:
    """Tell those who asked which contact answered them."""
    session.connection().execute(
        update(PullRequest)
        .where(
            col(PullRequest.terminal_id) == terminal_id,
            col(PullRequest.claimed_at).is_not(None),
            col(PullRequest.pull_id).is_(None),
        )
        .values(pull_id=pull_id)
    )
