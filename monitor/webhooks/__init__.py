"""Telling other programs that a month was closed or reopened: signed, at least once, nobody named."""

from monitor.webhooks.delivering import deliver_one, erase_old
from monitor.webhooks.errors import WebhookRefused
from monitor.webhooks.queueing import CLOSED, REOPENED, MonthEvent, queue_event
from monitor.webhooks.registry import (
    By,
    ListedDelivery,
    ListedWebhook,
    MadeWebhook,
    add_webhook,
    given_up_count,
    listed_deliveries,
    listed_webhooks,
    remove_webhook,
    send_again,
)

__all__ = [
    "CLOSED",
    "REOPENED",
    "By",
    "ListedDelivery",
    "ListedWebhook",
    "MadeWebhook",
    "MonthEvent",
    "WebhookRefused",
    "add_webhook",
    "deliver_one",
    "erase_old",
    "given_up_count",
    "listed_deliveries",
    "listed_webhooks",
    "queue_event",
    "remove_webhook",
    "send_again",
]
