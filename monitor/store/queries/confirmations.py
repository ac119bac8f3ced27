"""Pushed punches beside the terminal's own log: what a pull confirms, and what no pull knows.

Anybody on the terminals' network who knows a serial number can push a punch; only the terminal's own
log tells it from a true one.
"""

from datetime import UTC, datetime

from sqlalchemy import bindparam, exists, select
from sqlmodel import Session, col

from monitor.store.asking import Question
from monitor.store.bulk import add_columns, columns_of
from monitor.store.queries.log import Identities
from monitor.store.queries.terminals import last_good_pull
from monitor.store.tables import (
    CoverageInterval,
    Punch,
    PushConfirmation,
    QuarantineDecision,
    Terminal,
    metadata,
)

STILL_TO_COME_SECONDS = 600
"""A log is read a moment before or after the clock beside it, and clocks are set: the end is not asked."""


_OPEN = Question(
    select(col(Punch.id), col(Punch.device_user_id), col(Punch.device_time)).where(
        col(Punch.terminal_id) == bindparam("terminal"),
        col(Punch.source) == "push",
        col(Punch.device_time).between(bindparam("first"), bindparam("last")),
        ~exists().where(col(PushConfirmation.punch_id) == col(Punch.id)),
    )
)


def confirm(session: Session, terminal_id: int, found: Identities, pull_id: int) -> None:
    """Note which pushed punches a pull found in the log."""
    if not len(found):
        return
    pushed = _OPEN.rows(session, terminal=terminal_id, **found.span())
    if not pushed:
        return
    there = set(found.pairs())
    rows = [{"punch_id": punch, "pull_id": pull_id} for punch, *what in pushed if tuple(what) in there]
    add_columns(session.connection(), metadata.tables["push_confirmation"], columns_of(rows))


def unconfirmed_pushes(session: Session, first: int, last: int) -> dict[int, list[int]]:
    """Terminal id -> ids of pushed punches that its own log should hold and does not.

    `first` and `last` are readings of the terminal's clock, inclusive. Asked are only hours that pulls
    cover, and only punches that had arrived before the last good pull began.
    """
    found = {}
    for terminal in session.scalars(select(Terminal).where(col(Terminal.push))):
        pull = last_good_pull(session, terminal.id or 0)
        if pull is not None:
            found[terminal.id or 0] = _unconfirmed(session, terminal.id or 0, pull.started_at, (first, last))
    return {terminal_id: ids for terminal_id, ids in found.items() if ids}


def _unconfirmed(session: Session, terminal_id: int, read_at: datetime, span: tuple[int, int]) -> list[int]:
    covered = exists().where(
        col(CoverageInterval.terminal_id) == terminal_id,
        col(CoverageInterval.source) == "pull",
        col(CoverageInterval.starts) <= col(Punch.device_time),
        col(CoverageInterval.ends) >= col(Punch.device_time) + STILL_TO_COME_SECONDS,
    )
    wanted = select(col(Punch.id)).where(
        col(Punch.terminal_id) == terminal_id,
        col(Punch.source) == "push",
        col(Punch.device_time).between(*span),
        col(Punch.received_at) < int(read_at.astimezone(UTC).timestamp()),
        ~exists().where(col(PushConfirmation.punch_id) == col(Punch.id)),
        # The log holds a corrected punch under the time that the terminal gave it.
        ~exists().where(
            col(QuarantineDecision.punch_id) == col(Punch.id), col(QuarantineDecision.decision) == "corrected"
        ),
        covered,
    )
    return [punch_id or 0 for punch_id in session.scalars(wanted.order_by(col(Punch.id)))]
