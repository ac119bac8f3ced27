"""Which terminals are due to be read, and requests to read one now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select, update
from sqlmodel import Session, col

from monitor.store.queries.terminals import readable_terminals
from monitor.store.tables import Pull, PullRequest

BY_PUSH = "(push)"
"""Who asked, where a delivery did that is no evidence (strict mode); no account has such a name."""
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


def ask_for_reading(session: Session, terminal_id: int, now: datetime, asked_by: str) -> None:
    """Note that somebody wants a terminal to be read, unless that is noted already and not begun."""
    waiting = col(PullRequest.terminal_id) == terminal_id, col(PullRequest.claimed_at).is_(None)
    if session.scalars(select(PullRequest).where(*waiting).limit(1)).first() is None:
        session.add(PullRequest(terminal_id=terminal_id, asked_at=now, asked_by=asked_by))


def claim_requests(session: Session, now: datetime, under_way: Collection[int] = ()) -> dict[int, bool]:
    """Take all unanswered requests; returns their terminals, and whether a person asked.

    Those of readings `under_way` stay: what was asked for later may not be in them. A request whose
    reading died with its process is taken again.
    """
    unanswered = col(PullRequest.pull_id).is_(None), col(PullRequest.terminal_id).not_in(under_way)
    person = func.max(case((col(PullRequest.asked_by) == BY_PUSH, 0), else_=1))
    wanted = select(col(PullRequest.terminal_id), person).where(*unanswered)
    found = session.connection().execute(wanted.group_by(col(PullRequest.terminal_id))).all()
    claimed = update(PullRequest).where(*unanswered, col(PullRequest.claimed_at).is_(None))
    session.connection().execute(claimed.values(claimed_at=now))
    return {terminal_id: bool(by_person) for terminal_id, by_person in sorted(found)}


def open_requests(session: Session) -> dict[int, PullRequest]:
    """Terminal id -> the oldest request that no reading has answered yet."""
    wanted = (
        select(PullRequest).where(col(PullRequest.pull_id).is_(None)).order_by(col(PullRequest.id).desc())
    )
    return {request.terminal_id: request for request in session.scalars(wanted)}


def pulls_of(
    session: Session, terminal_id: int, since: datetime, *, before_id: int | None = None, limit: int = 50
) -> list[Pull]:
    """The contacts with a terminal from an instant on, newest first; a further page goes on before an id."""
    wanted = select(Pull).where(col(Pull.terminal_id) == terminal_id, col(Pull.started_at) >= since)
    if before_id is not None:
        wanted = wanted.where(col(Pull.id) < before_id)
    return list(session.scalars(wanted.order_by(col(Pull.id).desc()).limit(limit)))


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
