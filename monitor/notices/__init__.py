"""Messages to people: which are due, what they tell, the outbox that sends each of them once.

What a message tells is made when it is sent, through the scope that its reader has then; nothing of it is
stored. `outbox` says what "once" means.
"""

from monitor.notices.addresses import (
    Settled,
    ask_address,
    ask_test,
    confirm_address,
    forget_address,
    save_choice,
    settled,
)
from monitor.notices.checks import findings
from monitor.notices.digests import kinds_for
from monitor.notices.due import queue_due
from monitor.notices.errors import NoticeRefused
from monitor.notices.listing import Listed, erase_old, listed, resend
from monitor.notices.sending import deliver_one, try_server

__all__ = [
    "Listed",
    "NoticeRefused",
    "Settled",
    "ask_address",
    "ask_test",
    "confirm_address",
    "deliver_one",
    "erase_old",
    "findings",
    "forget_address",
    "kinds_for",
    "listed",
    "queue_due",
    "resend",
    "save_choice",
    "settled",
    "try_server",
]
