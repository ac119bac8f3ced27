"""Nhật ký: who did and saw what; and for everybody, who was shown their own data."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from flask import Blueprint, abort, render_template, request
from sqlmodel import Session

from monitor.access import Action
from monitor.audit import examine_chain
from monitor.rules.columns import DAY_SECONDS
from monitor.rules.wallclock import date_of
from monitor.store.queries.campaigns import hidden_subjects
from monitor.store.queries.reach import EVERYBODY
from monitor.store.queries.trail import VIEWS, TrailEntry, TrailWanted, person_in_reach, trail
from monitor.store.session import reading
from monitor.store.tables import Person
from monitor.text import sentence
from monitor.text.sentences import SENTENCES
from monitor.web.addresses import iso_day
from monitor.web.context import scope, site
from monitor.web.language import language
from monitor.web.policy import policy
from monitor.web.shown import remember_shown

pages = Blueprint("trail", __name__)

ROWS = 50
USUAL_DAYS = 7
LONGEST_WORD = 100


@pages.get("/nhat-ky")
@policy(Action.SEE_TRAIL)
def overview() -> str:
    """The trail, filtered by the address; administrators see all of it, HR what is about its people."""
    today = site().wall_clock() // DAY_SECONDS
    asked = _asked(today)
    with reading(site().engine) as database:
        person_id = _person(database, asked["nguoi"], today)
        hidden = hidden_subjects(database, scope().account_id, site().now())
        wanted = replace(_wanted(asked, person_id), hidden=hidden)
        found = trail(database, scope().reach, wanted, today=today)
        chain = examine_chain(database) if scope().reach.terms is None and "chuoi" in request.args else None
    if person_id is not None:
        remember_shown("view_trail", f"person:{asked['nguoi']}", [person_id], today, today)
    return render_template(
        "trail.html",
        entries=found[:ROWS],
        asked=asked,
        further=_further(asked, found),
        chain=chain,
        may_follow=scope().reach.terms is None,
        told=_told,
        about=_about,
        local=_local,
        shown_days=_shown_days,
    )


def _asked(today: int) -> dict[str, str]:
    """The filter of the address; without days, the last week: a long trail is not read whole."""
    names = ("nguoi", "tai-khoan", "viec", "tu", "den", "truoc")
    asked = {name: request.args.get(name, "")[:LONGEST_WORD].strip() for name in names}
    if not asked["nguoi"] and not asked["tu"]:
        asked["tu"] = date_of(today - USUAL_DAYS + 1).isoformat()
    return asked


def _person(database: Session, code: str, today: int) -> int | None:
    """The person asked for; one out of reach looks like one that does not exist."""
    if not code:
        return None
    found = person_in_reach(database, scope().reach, code, today)
    if found is None:
        abort(404)
    return found


def _wanted(asked: Mapping[str, str], person_id: int | None) -> TrailWanted:
    last = _midnight(asked["den"])
    return TrailWanted(
        person_id=person_id,
        actor=asked["tai-khoan"],
        action=asked["viec"],
        first=_midnight(asked["tu"]),
        last=None if last is None else last + timedelta(days=1),
        before=_number(asked["truoc"]),
        limit=ROWS + 1,
    )


def _midnight(text: str) -> datetime | None:
    """The beginning of a day of the address; None when there is none."""
    try:
        day = date_of(iso_day(text))
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=site().now().tzinfo)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < len("9" * 18) else None


def _further(asked: Mapping[str, str], found: list[TrailEntry]) -> str | None:
    """The query of the next page; None on the last one."""
    if len(found) <= ROWS:
        return None
    kept = {name: value for name, value in asked.items() if value}
    return urlencode(kept | {"truoc": found[ROWS - 1].id})


def _told(entry: TrailEntry) -> str:
    """What was done, in words where there are some."""
    code = f"action_{entry.action}"
    return sentence(code, {}, language()) if code in SENTENCES else entry.action


def _about(entry: TrailEntry) -> str:
    """What it was done to, its kind in words where there are some."""
    kind, colon, name = entry.subject.partition(":")
    code = f"trail_subject_{kind}" if colon else f"trail_list_{kind}"
    return sentence(code, {"name": name}, language()) if code in SENTENCES else entry.subject


def _local(moment: datetime) -> str:
    return moment.astimezone(site().now().tzinfo).strftime("%H:%M:%S %d/%m/%Y")


def _shown_days(entry: TrailEntry) -> str:
    """The days of a person's data that an entry showed, '' where it showed none."""
    if entry.first_day is None or entry.last_day is None:
        return ""
    days = dict.fromkeys((entry.first_day, entry.last_day))
    # A copy of everything has no first day.
    return " – ".join(date_of(day).strftime("%d/%m/%Y") for day in days if day)


@pages.get("/ca-nhan/ai-da-xem")
@policy(Action.SEE_PEOPLE)
def own() -> str:
    """Who was shown one's own data, newest first."""
    person_id = scope().person_id
    if person_id is None:
        abort(404)
    before = _number(request.args.get("truoc", ""))
    with reading(site().engine) as database:
        hidden = hidden_subjects(database, scope().account_id, site().now())
        wanted = TrailWanted(person_id=person_id, before=before, limit=ROWS + 1, actions=VIEWS, hidden=hidden)
        person = database.get(Person, person_id)
        found = trail(database, EVERYBODY, wanted, today=site().wall_clock() // DAY_SECONDS)
    return render_template(
        "own_trail.html",
        person=person,
        entries=found[:ROWS],
        further=_further({}, found),
        told=_told,
        local=_local,
        shown_days=_shown_days,
    )
