"""Mã trùng mã cán bộ: ids of terminals that mean nobody, beside whom they may mean, to be confirmed."""

import re

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlmodel import Session, col
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.rules.wallclock import DAY_SECONDS
from monitor.setup import ImportRefused
from monitor.setup.mapping import map_badge
from monitor.store.queries.listed_ids import listed_without_badge
from monitor.store.queries.terminal_cards import UNKNOWN_DAYS
from monitor.store.queries.trail import in_reach
from monitor.store.queries.unknown_ids import SAME_ID, UnknownId, unknown_ids
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
    """Every id of a terminal of ours that means nobody, with the one person in reach whom it may mean."""
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
    ticked = set(request.form.getlist("hien" if "tat-ca" in request.form else "ma"))
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
    """Ids at terminals that the account tends, punched with or on the terminal's list; suggestions first.

    A person in reach is suggested whose staff code alone has the same digits, or who alone has the same id at
    another terminal, unless one is somebody else than the other; names are never compared.
    """
    since = site().wall_clock() - UNKNOWN_DAYS * DAY_SECONDS
    homes = {row.id: row.unit_id for row in database.scalars(select(Terminal))}
    punched = unknown_ids(database, since)
    known = {(one.terminal_id, one.device_user_id) for one in punched}
    listed = [
        one
        for one in listed_without_badge(database, today())
        if (one.terminal_id, one.device_user_id) not in known
    ]
    found = [one for one in (*punched, *listed) if scope().tends_terminal(homes.get(one.terminal_id))]
    by_number = _by_number(database) if found else {}
    in_scope = {person.id: person for people in by_number.values() for person in people}
    in_scope |= _same_elsewhere(database, found)
    pairs = [(one, _meant(one, by_number, in_scope)) for one in found]
    return sorted(pairs, key=lambda pair: pair[1] is None)


def _same_elsewhere(database: Session, found: list[UnknownId]) -> dict[int | None, Person]:
    """People in reach who have one of the ids at another terminal."""
    named = {who.person_id for one in found for who in one.candidates if who.why == SAME_ID}
    reachable = in_reach(database, scope().reach, named, today())
    rows = database.scalars(select(Person).where(col(Person.id).in_(reachable)))
    return {person.id: person for person in rows}


def _meant(
    one: UnknownId, by_number: dict[str, list[Person]], in_scope: dict[int | None, Person]
) -> Person | None:
    """The one person that both the staff code and the other terminals allow; one of them is enough."""
    elsewhere = {who.person_id for who in one.candidates if who.why == SAME_ID}
    by_code = _only(by_number.get(number_of(one.device_user_id), []))
    if not elsewhere:
        return by_code
    if len(elsewhere) > 1 or (by_code is not None and by_code.id not in elsewhere):
        return None
    return in_scope.get(elsewhere.pop())


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
