"""Compare what terminals pushed with what their own logs hold: the only thing that shows a forged push."""

import logging
from collections.abc import Collection
from datetime import timedelta

from sqlmodel import Session

from jobs.context import JobContext
from monitor.alarms import Condition, keep
from monitor.rules.wallclock import seconds_of
from monitor.store.queries.confirmations import unconfirmed_pushes
from monitor.store.session import transaction
from monitor.store.tables import Terminal

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=45)
KINDS = ("pushes_unconfirmed",)


def run(context: JobContext) -> str:
    """Tell of each terminal with unconfirmed pushes; the punches stay, and the export flags them."""
    today = context.clock().replace(tzinfo=None)
    span = seconds_of(today - LOOK_BACK), seconds_of(today + timedelta(days=1))
    with transaction(context.engine) as session:
        found = unconfirmed_pushes(session, *span)
        keep(session, [_condition(session, *one) for one in found.items()], KINDS, context.clock())
    for terminal_id, punches in found.items():
        about = {"event": "pushes_unconfirmed", "terminal_id": terminal_id, "punches": len(punches)}
        log.warning("terminal %s does not know %s pushed punches", terminal_id, len(punches), extra=about)
    return f"{sum(map(len, found.values()))} unconfirmed"


def _condition(session: Session, terminal_id: int, punches: Collection[int]) -> Condition:
    code = session.get_one(Terminal, terminal_id).code
    values: dict[str, object] = {"terminal": code, "count": len(punches)}
    return Condition(kind=KINDS[0], subject=code, terminal_id=terminal_id, severity="serious", values=values)
