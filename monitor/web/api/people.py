"""People who belong to units in scope on a day, with postings there and, for HR's eyes, badges."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.setup.badges import ANY
from monitor.setup.cells import OPEN_START
from monitor.store.queries.api_rows import Rows, Wanted, badges_of, people_on, postings_of
from monitor.store.queries.tree import tree
from monitor.store.session import reading
from monitor.web.api.answering import Named, answer, page_of
from monitor.web.api.asking import PAGING, Span, day_asked, page_asked, require_known, units_asked
from monitor.web.api.problems import not_found
from monitor.web.api.units import iso
from monitor.web.api.views import pages, reads
from monitor.web.context import scope, site

Told = Mapping[str, object]


@pages.get("/people")
@reads(Action.SEE_PEOPLE)
def person_list() -> Response:
    """People by code; `unit`: of a subtree, `on`: who belongs there on that day (today without it)."""
    require_known("unit", "on", *PAGING)
    page, on = page_asked((str,)), day_asked("on")
    with reading(site().engine) as database:
        mine = units_asked(tree(database))
        wanted = Wanted(units=mine, reach=scope().reach, most=page.limit + 1, after=page.after)
        rows = people_on(database, wanted, on)
        told = _told(database, rows[: page.limit])
    body = page_of(rows, page, lambda row: (row.code,), lambda row: told[row.id])
    return answer(body, _named(rows[: page.limit], on))


@pages.get("/people/<path:code>")
@reads(Action.SEE_PEOPLE)
def person(code: str) -> Response:
    """One person who belongs to a unit in scope on the day."""
    require_known("on")
    on = day_asked("on")
    with reading(site().engine) as database:
        mine = scope().units_of(tree(database))
        rows = people_on(database, Wanted(units=mine, reach=scope().reach, most=1), on, code)
        if not rows:
            raise not_found()
        told = _told(database, rows)[rows[0].id]
    return answer(told, _named(rows, on))


def _named(rows: Rows, on: int) -> Named:
    return Named(what="api.people", people=[row.code for row in rows], span=Span(first=on, last=on))


def _told(database: Session, rows: Rows) -> dict[int, Told]:
    people = [row.id for row in rows]
    mine = scope().units_of(tree(database))
    postings: defaultdict[int, list[Told]] = defaultdict(list)
    for row in postings_of(database, people, mine):
        postings[row.person_id].append(_posting(row))
    badges = _badges(database, people) if scope().may(Action.MAP_BADGES) else None
    return {
        row.id: {"code": row.code, "name": row.name, "postings": postings[row.id]}
        | ({} if badges is None else {"badges": badges[row.id]})
        for row in rows
    }


def _posting(row: Any) -> Told:
    return {
        "unit": row.unit,
        "position": row.position,
        "role": row.role,
        "valid_from": _start(row.valid_from),
        "valid_to": iso(row.valid_to),
    }


def _badges(database: Session, people: list[int]) -> Mapping[int, list[Told]]:
    """Ids at terminals that the token may know of, and those that are good anywhere."""
    found: defaultdict[int, list[Told]] = defaultdict(list)
    for row in badges_of(database, people):
        if row.terminal_id is None or scope().sees_terminal(row.unit_id):
            found[row.person_id].append(
                {
                    "terminal": row.terminal or ANY,
                    "device_user_id": row.device_user_id,
                    "valid_from": iso(row.valid_from),
                    "valid_to": iso(row.valid_to),
                }
            )
    return found


def _start(on: date) -> str | None:
    return None if on == OPEN_START else iso(on)
