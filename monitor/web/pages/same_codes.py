"""Mã trùng mã cán bộ: unknown ids of terminals beside whoever has such a staff code, to be confirmed."""

import re

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlmodel import Session, col
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.rules.wallclock import DAY_SECONDS
from monitor.setup import ImportRefused
from monitor.setup.mapping import map_badge
from monitor.store.queries.terminal_cards import UNKNOWN_DAYS
from monitor.store.queries.trail import in_reach
from monitor.store.queries.unknown_ids import UnknownId, unknown_ids
from monitor.store.session import reading, transaction
from monitor.store.tables import Person, Terminal
from monitor.web.context import scope, site
from monitor.web.language import say
from monitor.web.policy import policy
from monitor.web.registerpage import today
from monitor.web.shown import remember_shown
from monitor.web.terminalpage import asked
from monitor.web.told import tell

pages = Blueprint("same_codes", __name__)

MOST = 500
Pair = tuple[UnknownId, Person | None]


@pages.get("/thiet-lap/ma-may")
@policy(Action.MAP_BADGES)
def overview() -> str:
    """Every unknown id at a terminal of ours, with the one person in reach whose code has its digits."""
    return _page()


def _page(refusal: str = "") -> str:
    with reading(site().engine) as database:
        pairs = suggested(database)
    remember_shown("view_setup", "badges", [one.id or 0 for _, one in pairs if one], today(), today())
    return render_template("same_codes.html", pairs=pairs[:MOST], total=len(pairs), refusal=refusal)


@pages.post("/thiet-lap/ma-may")
@policy(Action.MAP_BADGES)
def confirm() -> Response | tuple[str, int]:
    """Let the ticked ids mean the suggested people; what is no longer suggested is passed over."""
    ticked = set(request.form.getlist("ma"))
    done = 0
    try:
        with transaction(site().engine) as database:
            for unknown, person in suggested(database):
                if (
                    person is None
                    or f"{unknown.terminal}/{unknown.device_user_id}/{person.code}" not in ticked
                ):
                    continue
                map_badge(
                    database,
                    asked(),
                    terminal=unknown.terminal,
                    device_user_id=unknown.device_user_id,
                    person=person.code,
                )
                done += 1
    except ImportRefused as refused:
        return _page(say(refused.code, **refused.values)), 400
    if not done:
        return _page(say("badges_none_ticked")), 400
    tell("badges_confirmed", count=done)
    return redirect(url_for("same_codes.overview"))


def suggested(database: Session) -> list[Pair]:
    """Unknown ids at terminals that the account tends, those with a suggestion first.

    An id is a suggestion when exactly one person in reach has a staff code of the same digits; names are
    never compared.
    """
    since = site().wall_clock() - UNKNOWN_DAYS * DAY_SECONDS
    homes = {row.id: row.unit_id for row in database.scalars(select(Terminal))}
    found = [
        one for one in unknown_ids(database, since) if scope().tends_terminal(homes.get(one.terminal_id))
    ]
    by_number = _by_number(database) if found else {}
    pairs = [(one, _only(by_number.get(number_of(one.device_user_id), []))) for one in found]
    return sorted(pairs, key=lambda pair: pair[1] is None)


def number_of(code: str) -> str:
    """The digits of a code without leading zeros: CB007 and 7 are one; '' where there are none."""
    return "".join(re.findall("[0-9]", code)).lstrip("0")


def _by_number(database: Session) -> dict[str, list[Person]]:
    people = list(database.scalars(select(Person).order_by(col(Person.code))))
    reachable = in_reach(database, scope().reach, (one.id or 0 for one in people), today())
    found: dict[str, list[Person]] = {}
    for one in people:
        if one.id in reachable and (number := number_of(one.code)):
            found.setdefault(number, []).append(one)
    return found


def _only(people: list[Person]) -> Person | None:
    return people[0] if len(people) == 1 else None
