"""The addresses that are told, set by an administrator, and what became of each message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from monitor import audit
from monitor.accounts.sealing import seal
from monitor.config import Settings, secret_key
from monitor.store.queries.tree import Tree
from monitor.store.tables import Unit, Webhook, WebhookDelivery
from monitor.webhooks.addresses import target_of
from monitor.webhooks.errors import WebhookRefused
from monitor.webhooks.signing import PURPOSE, new_secret

LONGEST_NAME = 100
NEWEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who changes addresses, when, in which installation; `actor` as in `audit.record`."""

    actor: str
    now: datetime
    settings: Settings


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MadeWebhook:
    """A new address and the secret that its messages are signed with: shown this once."""

    name: str
    url: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedWebhook:
    """An address as an administrator sees it."""

    number: int
    name: str
    url: str
    unit: str
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDelivery:
    """A message as an administrator sees it; `status` is the receiver's last answer, `error` a code."""

    number: int
    name: str
    event: str
    message_id: str
    body: str
    state: str
    attempts: int
    queued_at: datetime
    next_at: datetime
    finished_at: datetime | None
    status: int | None
    error: str


def add_webhook(session: Session, name: str, url: str, unit: str, by: By, units: Tree) -> MadeWebhook:
    """Tell an address from now on of the months of a unit's subtree, in the caller's transaction.

    Raises WebhookRefused `webhook_name`, `webhook_unit` or what `target_of` raises.
    """
    title, about = " ".join(name.split()), units.by_code(unit)
    if not (1 <= len(title) <= LONGEST_NAME and title.isprintable()):
        raise WebhookRefused("webhook_name", most=LONGEST_NAME)
    if about is None:
        raise WebhookRefused("webhook_unit", unit=unit)
    target_of(url, by.settings.webhooks.allowed_networks)
    secret = new_secret()
    sealed = seal(secret, secret_key(by.settings), PURPOSE)
    row = Webhook(name=title, url=url, unit_id=about.id, secret=sealed, made_by=by.actor, made_at=by.now)
    session.add(row)
    session.flush()
    _record(session, by, "webhook_add", row, {"name": title, "url": url, "unit": unit})
    return MadeWebhook(name=title, url=url, secret=secret)


def remove_webhook(session: Session, number: int, by: By) -> str:
    """Tell an address nothing more, not even what is queued, in the caller's transaction; gives its name.

    Raises WebhookRefused `webhook_unknown`.
    """
    row = session.get(Webhook, number)
    if row is None or row.removed_at is not None:
        raise WebhookRefused("webhook_unknown", number=number)
    row.removed_at, row.removed_by = by.now, by.actor
    session.add(row)
    _record(session, by, "webhook_remove", row, {"name": row.name})
    return row.name


def send_again(session: Session, number: int, by: By) -> None:
    """Queue a message that was given up once more, under its old id, in the caller's transaction.

    Raises WebhookRefused `webhook_delivery_unknown`.
    """
    row = session.get(WebhookDelivery, number)
    if row is None or row.state != "given_up":
        raise WebhookRefused("webhook_delivery_unknown", number=number)
    row.state, row.attempts, row.next_at, row.finished_at = "queued", 0, by.now, None
    session.add(row)
    detail: dict[str, object] = {"message": row.message_id}
    audit.record(
        session,
        at=by.now,
        actor=by.actor,
        action="webhook_resend",
        subject=f"webhook:{row.webhook_id}",
        detail=detail,
    )


def listed_webhooks(session: Session) -> Sequence[ListedWebhook]:
    """The addresses that are told, in order of their names."""
    wanted = (
        select(Webhook, col(Unit.code))
        .join(Unit, col(Unit.id) == col(Webhook.unit_id))
        .where(col(Webhook.removed_at).is_(None))
        .order_by(col(Webhook.name), col(Webhook.id))
    )
    return [
        ListedWebhook(
            number=row.id or 0,
            name=row.name,
            url=row.url,
            unit=unit,
            made_by=row.made_by,
            made_at=row.made_at,
        )
        for row, unit in session.execute(wanted)
    ]


def listed_deliveries(session: Session) -> Sequence[ListedDelivery]:
    """The newest messages, those that were given up first."""
    gone = (col(WebhookDelivery.state) != "given_up").label("gone")
    wanted = (
        select(WebhookDelivery, col(Webhook.name))
        .join(Webhook, col(Webhook.id) == col(WebhookDelivery.webhook_id))
        .order_by(gone, col(WebhookDelivery.id).desc())
        .limit(NEWEST)
    )
    return [_listed(row, name) for row, name in session.execute(wanted)]


def _listed(row: WebhookDelivery, name: str) -> ListedDelivery:
    return ListedDelivery(
        number=row.id or 0,
        name=name,
        event=row.event,
        message_id=row.message_id,
        body=row.body,
        state=row.state,
        attempts=row.attempts,
        queued_at=row.queued_at,
        next_at=row.next_at,
        finished_at=row.finished_at,
        status=row.status,
        error=row.error,
    )


def given_up_count(session: Session) -> int:
    """How many messages wait for an administrator."""
    wanted = select(func.count()).select_from(WebhookDelivery).where(col(WebhookDelivery.state) == "given_up")
    return session.scalar(wanted) or 0


def _record(session: Session, by: By, action: str, row: Webhook, detail: dict[str, object]) -> None:
    subject = f"webhook:{row.id}"
    audit.record(session, at=by.now, actor=by.actor, action=action, subject=subject, detail=detail)
