"""What is to be told is queued in the transaction in which it happens: both are kept, or neither."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.store.queries.tree import Tree
from monitor.store.tables import Webhook, WebhookDelivery

CLOSED, REOPENED = "month.closed", "month.reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthEvent:
    """What happened to a unit's month; `code` and `seal` are those of the closing that it is about."""

    event: str
    unit_id: int
    month: str
    code: str
    seal: str
    at: datetime


def queue_event(session: Session, happened: MonthEvent, units: Tree) -> int:
    """Queue a message to each address that looks after the unit; how many. Nobody is named in it."""
    wanted = select(Webhook).where(col(Webhook.removed_at).is_(None))
    told = [one for one in session.scalars(wanted) if happened.unit_id in units.below_in_bloc(one.unit_id)]
    for webhook in told:
        session.add(_delivery(webhook, happened, units))
    session.flush()
    return len(told)


def _delivery(webhook: Webhook, happened: MonthEvent, units: Tree) -> WebhookDelivery:
    return WebhookDelivery(
        webhook_id=webhook.id or 0,
        message_id=f"msg_{secrets.token_hex(12)}",
        event=happened.event,
        body=json.dumps(_body(happened, units), ensure_ascii=False, separators=(",", ":")),
        queued_at=happened.at,
        next_at=happened.at,
    )


def _body(happened: MonthEvent, units: Tree) -> dict[str, object]:
    data = {
        "unit": units.units[happened.unit_id].code,
        "month": happened.month,
        "code": happened.code,
        "seal": happened.seal,
    }
    return {"type": happened.event, "timestamp": happened.at.isoformat(), "data": data}
