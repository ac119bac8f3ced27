"""Saying whose an unknown id of a terminal is: candidates and a search by staff code, within one's reach."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlmodel import Session, col
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.rules.wallclock import DAY_SECONDS
from monitor.setup.mapping import map_badge
from monitor.setup.report import ImportRefused
from monitor.store.queries.terminal_cards import UNKNOWN_DAYS
from monitor.store.queries.trail import in_reach, person_in_reach
from monitor.store.queries.unknown_ids import Candidate, UnknownId, unknown_ids
from monitor.store.session import reading, transaction
from monitor.store.tables import Person, Terminal
from monitor.web import forms
from monitor.web.context import scope, site
from monitor.web.forms import FormRefused
from monitor.web.policy import policy
from monitor.web.shown import remember_shown
from monitor.web.terminalpage import asked, tended_terminal, whole_sentence
from monitor.web.told import tell

pages = Blueprint("unknown_ids", __name__)

SEARCHED = "searched"
LONGEST_CODE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the form offers; `missed` is the staff code that was searched and found nobody in reach."""

    terminal: Terminal
    unknown: UnknownId | None
    people: tuple[Candidate, ...]
    searched: str
    missed: bool


@pages.get("/may/<path:code>/ma-la")
@policy(Action.MAP_BADGES)
def choose(code: str) -> str | Response:
    """Who the id may be, and the form; an id that is known by now leads back to the terminal."""
    user = request.args.get("ma", "")[:LONGEST_CODE]
    return _page(code, user, request.args.get("can-bo", "").strip()[:LONGEST_CODE])


def _page(code: str, user: str, searched: str, refusal: str = "") -> str | Response:
    with reading(site().engine) as database:
        found = _choice(database, tended_terminal(database, code), user, searched)
    if found.unknown is None:
        tell("id_not_unknown", device_user_id=user)
        return redirect(url_for("terminals.one", code=code))
    today = site().wall_clock() // DAY_SECONDS
    people = [one.person_id for one in found.people]
    remember_shown("view_unknown_id", f"terminal:{code}", people, today, today)
    return render_template("unknown_id.html", found=found, kept=request.form, refusal=refusal)


def _choice(database: Session, terminal: Terminal, user: str, searched: str) -> Choice:
    """The candidates in reach, and whoever was searched for; outside the reach is nobody."""
    unknown, today = _unknown(database, terminal, user), site().wall_clock() // DAY_SECONDS
    named = () if unknown is None else unknown.candidates
    reachable = in_reach(database, scope().reach, (one.person_id for one in named), today)
    people = {one.person_id: one for one in named if one.person_id in reachable}
    searched_id = person_in_reach(database, scope().reach, searched, today) if searched else None
    if searched_id is not None:
        people.setdefault(searched_id, _searched(database, searched_id))
    return Choice(
        terminal=terminal,
        unknown=unknown,
        people=tuple(people.values()),
        searched=searched,
        missed=bool(searched) and searched_id is None,
    )


def _searched(database: Session, person_id: int) -> Candidate:
    person = database.get_one(Person, person_id)
    return Candidate(person_id=person_id, person=person.code, name=person.name, why=SEARCHED)


def _unknown(database: Session, terminal: Terminal, user: str) -> UnknownId | None:
    since = site().wall_clock() - UNKNOWN_DAYS * DAY_SECONDS
    found = unknown_ids(database, since, [terminal.id or 0])
    return next((one for one in found if one.device_user_id == user), None)


@pages.post("/may/<path:code>/ma-la")
@policy(Action.MAP_BADGES)
def give(code: str) -> Response | tuple[str | Response, int]:
    """Let the id mean a person; once it does, a second click changes nothing."""
    user, person = request.form.get("ma", "")[:LONGEST_CODE], forms.field("can-bo")[:LONGEST_CODE]
    try:
        with transaction(site().engine) as database:
            terminal = tended_terminal(database, code)
            if _unknown(database, terminal, user) is None:
                tell("id_not_unknown", device_user_id=user)
            else:
                _map(database, terminal, user, person)
                tell("badge_mapped", device_user_id=user, terminal=code, person=person)
    except (FormRefused, ImportRefused) as refused:
        return _page(code, user, person, whole_sentence(refused.code, refused.values)), 400
    return redirect(url_for("terminals.one", code=code, _anchor="ma-la"))


def _map(database: Session, terminal: Terminal, user: str, person: str) -> None:
    """Map within the reach of who asks. Raises FormRefused and what `map_badge` raises."""
    reach, today = scope().reach, site().wall_clock() // DAY_SECONDS
    if not person:
        raise FormRefused("id_nobody_chosen")
    if person_in_reach(database, reach, person, today) is None:
        raise FormRefused("person_not_found", person=person)
    first, last = forms.day("tu"), forms.day("den")
    try:
        map_badge(
            database,
            asked(),
            terminal=terminal.code,
            device_user_id=user,
            person=person,
            valid_from=first,
            valid_to=last,
        )
    except ImportRefused as refused:
        if refused.code == "badge_taken" and not _may_be_named(database, str(refused.values["other"])):
            raise FormRefused("badge_taken_by_another", device_user_id=user) from refused
        raise


def _may_be_named(database: Session, person: str) -> bool:
    known = database.scalars(select(col(Person.id)).where(col(Person.code) == person)).first()
    today = site().wall_clock() // DAY_SECONDS
    return known is None or bool(in_reach(database, scope().reach, [known], today))
