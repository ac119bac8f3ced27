"""Which terminals are due to be read, and requests to read one now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, func, select, update
from sqlmodel import Session, col

from monitor.store.asking import Question
from monitor.store.queries.terminals import NETWORKED
from monitor.store.tables import Pull, PullRequest, Terminal

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


# Asked in every round and of every terminal: declared once, as putting them together takes longest.
_READABLE = Question(select(col(Terminal.id)).where(*NETWORKED).order_by(col(Terminal.code)))
_TRIES = Question(
    select(col(Pull.started_at), col(Pull.error_code))
    .where(col(Pull.terminal_id) == bindparam("terminal"))
    .order_by(col(Pull.id).desc())
    .limit(LOOK_BACK)
)
_UNANSWERED = (
    col(PullRequest.pull_id).is_(None),
    col(PullRequest.terminal_id).not_in(bindparam("under_way", expanding=True)),
)
_WANTED = (
    select(col(PullRequest.terminal_id), func.max(case((col(PullRequest.asked_by) == BY_PUSH, 0), else_=1)))
    .where(*_UNANSWERED)
    .group_by(col(PullRequest.terminal_id))
)
_CLAIM = (
    update(PullRequest)
    .where(*_UNANSWERED, col(PullRequest.claimed_at).is_(None))
    .values(claimed_at=bindparam("now"))
)
_CLOSE = (
    update(PullRequest)
    .where(
        col(PullRequest.terminal_id) == bindparam("terminal"),
        col(PullRequest.claimed_at).is_not(None),
        col(PullRequest.pull_id).is_(None),
    )
    .values(pull_id=bindparam("answer"))
)


def pull_states(session: Session) -> list[PullState]:
    """The state of every terminal that is read over the network."""
    return [_state(session, terminal_id) for (terminal_id,) in _READABLE.rows(session)]


def _state(session: Session, terminal_id: int) -> PullState:
    tries = _TRIES.rows(session, terminal=terminal_id)
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
    among = {"under_way": list(under_way)}
    found = session.connection().execute(_WANTED, among).all()
    session.connection().execute(_CLAIM, among | {"now": now})
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
    session.connection().execute(_CLOSE, {"terminal": terminal_id, "answer": pull_id})
