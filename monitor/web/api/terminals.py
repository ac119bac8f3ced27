"""How terminals are: heard of or not, since when, how far their logs are complete. No person, no secret."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.rules.wallclock import text_of
from monitor.store.queries.terminal_cards import Card, terminal_cards
from monitor.store.queries.tree import Tree, tree
from monitor.store.queries.watch import watched
from monitor.store.session import reading
from monitor.web.api.answering import answer, page_of
from monitor.web.api.asking import PAGING, page_asked, require_known
from monitor.web.api.views import pages, reads
from monitor.web.context import scope, site


@pages.get("/terminals")
@reads(Action.SEE_TERMINALS)
def terminal_list() -> Response:
    """Terminals in scope by code."""
    require_known(*PAGING)
    page = page_asked((str,))
    period = timedelta(minutes=site().settings.terminals.pull_every_minutes)
    with reading(site().engine) as database:
        units = tree(database)
        after, now = "" if page.after is None else str(page.after[0]), site().now()
        further = [
            one for one in watched(database, now) if one.code > after and scope().sees_terminal(one.unit_id)
        ]
        further.sort(key=lambda one: one.code)
        rows = terminal_cards(database, further[: page.limit + 1], now=now, period=period)
    return answer(page_of(rows, page, lambda row: (row.terminal.code,), lambda row: _told(row, units)))


def _told(card: Card, units: Tree) -> Mapping[str, object]:
    one = card.terminal
    return {
        "code": one.code,
        "name": one.name,
        "unit": units.units[one.unit_id].code if one.unit_id in units.units and one.unit_id else None,
        "kind": one.kind,
        "state": card.state,
        "last_good_at": _instant(card.last_good_at),
        "last_tried_at": _instant(card.last_tried_at),
        "last_punch": None if card.last_punch is None else text_of(card.last_punch),
        "error": card.error_code or None,
        "records": card.records,
        "capacity": card.capacity,
        "clock_offset_seconds": card.clock_offset_seconds,
        "quarantined": card.quarantined,
        "unknown_ids": card.unknown_ids,
        "gaps": [{"from": text_of(start), "to": text_of(end)} for start, end in card.gaps],
    }


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
