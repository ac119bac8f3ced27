"""The book of alarms: opened once, seen again while they last, closed when over."""

import json
import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, select
from sqlmodel import Session, col

from monitor.alarms.condition import SERIOUS, Condition
from monitor.store.tables import Alarm

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAlarm:
    """An alarm that is on; the sentence `code` is filled with `values`."""

    kind: str
    subject: str
    terminal_id: int | None
    severity: str
    values: dict[str, object]
    opened_at: datetime
    last_seen_at: datetime

    @property
    def code(self) -> str:
        """The sentence that tells what is wrong and what to do."""
        return f"alarm_{self.kind}"


def keep(session: Session, found: Iterable[Condition], kinds: Collection[str], now: datetime) -> int:
    """Write down what is wrong now, of some kinds that were looked for; returns how many are new.

    The log hears of an alarm when it opens and when it becomes serious, not while it lasts.
    """
    still_open = select(Alarm).where(col(Alarm.closed_at).is_(None), col(Alarm.kind).in_(kinds))
    known = {(row.kind, row.subject): row for row in session.scalars(still_open)}
    new = 0
    for condition in found:
        row = known.pop((condition.kind, condition.subject), None)
        if row is None:
            new += 1
            row = _opened(condition, now)
        elif row.severity != SERIOUS and condition.severity == SERIOUS:
            _tell(condition)
        row.severity, row.content, row.last_seen_at = condition.severity, _text(condition), now
        session.add(row)
    for row in known.values():
        row.closed_at = now
        session.add(row)
    session.flush()
    return new


def open_alarms(session: Session) -> list[OpenAlarm]:
    """What is on, the serious first, then the oldest."""
    rows = session.scalars(
        select(Alarm)
        .where(col(Alarm.closed_at).is_(None))
        .order_by(case((col(Alarm.severity) == SERIOUS, 0), else_=1), col(Alarm.opened_at), col(Alarm.id))
    )
    return [
        OpenAlarm(
            kind=row.kind,
            subject=row.subject,
            terminal_id=row.terminal_id,
            severity=row.severity,
            values=json.loads(row.content),
            opened_at=row.opened_at,
            last_seen_at=row.last_seen_at,
        )
        for row in rows
    ]


def _opened(condition: Condition, now: datetime) -> Alarm:
    _tell(condition)
    return Alarm(
        kind=condition.kind,
        subject=condition.subject,
        terminal_id=condition.terminal_id,
        severity=condition.severity,
        opened_at=now,
        last_seen_at=now,
    )


def _tell(condition: Condition) -> None:
    about = {"event": "alarm", "kind": condition.kind, "subject": condition.subject}
    level = logging.ERROR if condition.severity == SERIOUS else logging.WARNING
    log.log(level, "alarm: %s %s", condition.kind, condition.subject, extra=about)


def _text(condition: Condition) -> str:
    return json.dumps(condition.values, ensure_ascii=False, sort_keys=True, default=str)
