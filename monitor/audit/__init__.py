"""The audit trail: who did or saw what, when, each entry chained to the one before."""

from monitor.audit.chain import GENESIS, record
from monitor.audit.erasure import NEVER_ERASED, erase_payloads
from monitor.audit.verify import Chain, examine_chain, first_broken_link, first_broken_view, knows_head
from monitor.audit.views import STANDS_FOR, Viewing, record_shown, tell_viewing

__all__ = [
    "GENESIS",
    "NEVER_ERASED",
    "STANDS_FOR",
    "Chain",
    "Viewing",
    "erase_payloads",
    "examine_chain",
    "first_broken_link",
    "first_broken_view",
    "knows_head",
    "record",
    "record_shown",
    "tell_viewing",
]
