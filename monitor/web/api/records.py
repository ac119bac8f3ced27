"""Verdicts by session, and overtime, of units and days."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlmodel import Session
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.exports.records import moment, number, rounded_up, whole_minutes
from monitor.rules.codes import OvertimeClass, Status, reason_codes
from monitor.rules.wallclock import date_of
from monitor.store.queries.api_rows import Rows, Wanted, overtime_rows, session_rows
from monitor.store.queries.tree import tree
from monitor.store.session import reading
from monitor.web.api.answering import Named, answer, page_of
from monitor.web.api.asking import PAGING, Key, Page, Span, page_asked, require_known, span_asked, units_asked
from monitor.web.api.views import pages, reads
from monitor.web.context import scope, site

KEYED = (int, str, int)


@pages.get("/records")
@reads(Action.EXPORT)
def record_list() -> Response:
    """Session records of `from` to `to` by day, person, place in the day; `unit`: of a subtree."""
    return _answer("api.records", session_rows, _session)


@pages.get("/overtime")
@reads(Action.EXPORT)
def overtime_list() -> Response:
    """Overtime of `from` to `to` by day, person, place in the day; `unit`: of a subtree."""
    return _answer("api.overtime", overtime_rows, _overtime)


def _answer(
    what: str,
    read: Callable[[Session, Wanted, int, int], Rows],
    tell: Callable[[Any], Mapping[str, object]],
) -> Response:
    require_known("unit", "from", "to", *PAGING)
    page, span = page_asked(KEYED), span_asked()
    with reading(site().engine) as database:
        mine = units_asked(tree(database))
        wanted = Wanted(units=mine, reach=scope().reach, most=page.limit + 1, after=page.after)
        rows = read(database, wanted, span.first, span.last)
    return answer(page_of(rows, page, _key, tell), _named(what, rows, page, span))


def _named(what: str, rows: Rows, page: Page, span: Span) -> Named:
    return Named(what=what, people=[row.person for row in rows[: page.limit]], span=span)


def _key(row: Any) -> Key:
    return row.day, row.person, row.seq


def _session(row: Any) -> Mapping[str, object]:
    """As the export of sessions has it (rules 9), with its place in the day."""
    return {
        "person": row.person,
        "date": date_of(row.day).isoformat(),
        "seq": row.seq,
        "unit": row.unit,
        "session": row.name,
        "start": moment(row.starts),
        "end": moment(row.ends),
        "in": moment(row.time_in) or None,
        "out": moment(row.time_out) or None,
        "status": Status(row.status).name.lower(),
        "late_minutes": rounded_up(row.late_seconds),
        "early_minutes": rounded_up(row.early_seconds),
        "worked_minutes": whole_minutes(row.worked_seconds),
        "symbol": row.symbol,
        "cong": number(row.cong),
        "reasons": reason_codes(row.reasons),
        "rule_version": row.rule_version,
    }


def _overtime(row: Any) -> Mapping[str, object]:
    return {
        "person": row.person,
        "date": date_of(row.day).isoformat(),
        "seq": row.seq,
        "unit": row.unit,
        "class": OvertimeClass(row.kind).name.lower(),
        "from": moment(row.starts),
        "to": moment(row.ends),
        "present_from": moment(row.present_from) or None,
        "present_to": moment(row.present_to) or None,
        "overtime_minutes": whole_minutes(row.seconds),
        "night_minutes": whole_minutes(row.night_seconds),
    }
