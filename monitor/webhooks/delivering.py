"""From the queue to the receiver, at least once: queued → sending → sent, queued again, or given up.

A sender holds a row by `claim` for a while. One that dies between sending and writing it down leaves the row
in `sending`; it is sent again under the same message id, by which the receiver knows it.
"""

import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select, update
from sqlmodel import Session, col

from monitor.accounts.sealing import unseal
from monitor.config import Settings, secret_key
from monitor.store.session import reading, transaction
from monitor.store.tables import Webhook, WebhookDelivery
from monitor.webhooks.addresses import target_of
from monitor.webhooks.errors import WebhookRefused
from monitor.webhooks.sending import DEADLINES, Ended, post
from monitor.webhooks.signing import PURPOSE, signed_headers

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)


def deliver_one(engine: Engine, settings: Settings, clock: Clock) -> Ended | None:
    """Send the message that is due next; how it ended, None when none is due."""
    now = clock()
    with transaction(engine) as session:
        _recover(session, now)
        row = _claim(session, now, _lease(settings))
    if row is None:
        return None
    ended = _sent(engine, settings, row, now)
    with transaction(engine) as session:
        ended = _write_down(session, row, ended, clock(), settings.webhooks.attempts)
    about = {"event": "webhook", "delivery": row.id, "state": ended.state, "error": ended.error}
    level = logging.INFO if ended.state == "sent" else logging.WARNING
    log.log(level, "webhook %s: %s %s", row.id, ended.state, ended.error, extra=about)
    return ended


def pause(attempts: int) -> timedelta:
    """How long to wait after so many tries: a minute, then twice as long each time, six hours at most."""
    return min(FIRST_PAUSE * (1 << min(max(attempts - 1, 0), 12)), LONGEST_PAUSE)


def erase_old(session: Session, kept_days: int, now: datetime) -> int:
    """Forget messages that ended so many days ago; how many."""
    old = col(WebhookDelivery.finished_at) < now - timedelta(days=kept_days)
    return session.connection().execute(delete(WebhookDelivery).where(old)).rowcount


def _lease(settings: Settings) -> timedelta:
    """How long a sender may hold a message: longer than the longest request."""
    return timedelta(seconds=2 * DEADLINES * settings.webhooks.timeout_seconds + 60)


def _recover(session: Session, now: datetime) -> None:
    """Take up what senders that died left behind, and give up what an address is no longer told."""
    row = WebhookDelivery
    lost = col(row.state) == "sending", col(row.claimed_until) < now
    again = {"state": "queued", "claim": "", "next_at": now, "error": "webhook_interrupted"}
    session.connection().execute(update(row).where(*lost).values(**again))
    removed = select(col(Webhook.id)).where(col(Webhook.removed_at).is_not(None))
    idle = col(row.state) == "queued", col(row.webhook_id).in_(removed)
    ended = {"state": "given_up", "finished_at": now, "error": "webhook_removed"}
    session.connection().execute(update(row).where(*idle).values(**ended))


def _claim(session: Session, now: datetime, lease: timedelta) -> WebhookDelivery | None:
    """The message that is due next, held for the lease."""
    row = WebhookDelivery
    due = col(row.state) == "queued", col(row.next_at) <= now
    first = select(col(row.id)).where(*due).order_by(col(row.next_at), col(row.id)).limit(1)
    found = session.scalars(first).first()
    if found is None:
        return None
    held = {"state": "sending", "claim": secrets.token_hex(8), "claimed_until": now + lease}
    mine = update(row).where(col(row.id) == found, col(row.state) == "queued")
    counted = mine.values(**held, attempts=col(row.attempts) + 1)
    if not session.connection().execute(counted).rowcount:
        return None
    claimed = session.get_one(row, found)
    session.expunge(claimed)
    return claimed


def _sent(engine: Engine, settings: Settings, row: WebhookDelivery, now: datetime) -> Ended:
    """One try; the address is looked up and checked anew for each."""
    with reading(engine) as session:
        webhook = session.get_one(Webhook, row.webhook_id)
        session.expunge(webhook)
    secret = unseal(webhook.secret, secret_key(settings), PURPOSE)
    if not secret:
        return Ended(state="retry", error="webhook_secret_unreadable")
    body, wanted = row.body.encode(), settings.webhooks
    try:
        target = target_of(webhook.url, wanted.allowed_networks)
    except WebhookRefused as refused:
        return Ended(state="retry", error=refused.code)
    headers = signed_headers(secret, row.message_id, now, body)
    ca_file = settings.folder / wanted.ca_file if wanted.ca_file else None
    return post(target, body, headers, timeout_seconds=wanted.timeout_seconds, ca_file=ca_file)


def _write_down(session: Session, row: WebhookDelivery, ended: Ended, now: datetime, most: int) -> Ended:
    """Keep how a try ended, unless the row is another sender's by now."""
    if ended.state == "retry" and row.attempts >= most:
        ended = Ended(state="given_up", error=ended.error, status=ended.status)
    told: dict[str, object] = {"claim": "", "error": ended.error, "status": ended.status}
    if ended.state == "retry":
        told |= {"state": "queued", "next_at": now + pause(row.attempts)}
    else:
        told |= {"state": ended.state, "finished_at": now}
    ours = col(WebhookDelivery.id) == row.id, col(WebhookDelivery.claim) == row.claim
    session.connection().execute(update(WebhookDelivery).where(*ours).values(**told))
    return ended
