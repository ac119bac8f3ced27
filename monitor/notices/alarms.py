"""Alarms of terminals for those who tend them: which ones a message brings, and whether they still stand."""

import json
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.access import Action, Scope
from monitor.store.tables import Alarm, OutgoingMessage, Terminal

UNTOLD = ("given_up", "dropped")
"""Messages in these states told nobody anything."""


def open_rows(session: Session) -> list[tuple[Alarm, int | None]]:
    """The alarms that are on, oldest first, each with the unit of its terminal."""
    wanted = (
        select(Alarm, col(Terminal.unit_id))
        .select_from(Alarm)
        .outerjoin(Terminal, col(Terminal.id) == col(Alarm.terminal_id))
        .where(col(Alarm.closed_at).is_(None))
        .order_by(col(Alarm.opened_at), col(Alarm.id))
    )
    return [(alarm, unit) for alarm, unit in session.execute(wanted)]


def tended(rows: Iterable[tuple[Alarm, int | None]], scope: Scope | None) -> list[Alarm]:
    """Those that an account looks after; what belongs to no terminal is for who tends all. None: all."""
    return [alarm for alarm, unit in rows if scope is None or _tends(scope, alarm, unit)]


def _tends(scope: Scope, alarm: Alarm, unit: int | None) -> bool:
    if alarm.terminal_id is None:
        return scope.may(Action.SEE_TERMINALS) and scope.tended is None
    return scope.tends_terminal(unit)


def mark(alarm: Alarm) -> str:
    """What is told once: an alarm, and again when it has become serious."""
    return f"{alarm.id}:{alarm.severity}"


def untold(session: Session, alarms: Sequence[Alarm], account_id: int | None, about: str = "") -> list[str]:
    """The marks of the alarms that no message brought yet to an account, or to the channel `about`."""
    message = OutgoingMessage
    mine = (
        col(message.account_id) == account_id
        if account_id is not None
        else col(message.account_id).is_(None) & col(message.about).startswith(about)
    )
    sent = select(col(message.content)).where(mine, col(message.kind) == "alarm")
    told: set[str] = set()
    for content in session.scalars(sent.where(col(message.state).not_in(UNTOLD))):
        told.update(json.loads(content))
    return [mark(alarm) for alarm in alarms if mark(alarm) not in told]


def still_on(session: Session, scope: Scope | None, marks: Collection[str]) -> list[Alarm]:
    """Those of the alarms of a message that still stand and that the account still looks after."""
    wanted = {one.partition(":")[0] for one in marks}
    return [alarm for alarm in tended(open_rows(session), scope) if str(alarm.id) in wanted]
