"""Lịch trực: a week of a unit, people by days; ticked cells get a duty, extra session, overtime, release."""

from collections import defaultdict
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.registers.days import day_bounds
from monitor.registers.errors import EntriesRefused, RegisterRefused
from monitor.registers.listing import ListedEntry, Wanted, roster_listed
from monitor.registers.many import enter_all
from monitor.registers.reach import holds, people_of
from monitor.registers.roster import KINDS, Rostered, enter_roster, remove_roster
from monitor.rules.columns import DAY_SECONDS
from monitor.rules.wallclock import weekday_of
from monitor.store.queries.tree import tree
from monitor.store.session import reading, transaction
from monitor.store.tables import Person, RosterEntry
from monitor.web import forms
from monitor.web.addresses import iso_day
from monitor.web.context import scope, site
from monitor.web.language import say
from monitor.web.overtimepage import warned_among
from monitor.web.policy import policy
from monitor.web.registerpage import (
    MOST_PEOPLE,
    NotHere,
    by,
    check_days,
    chosen_unit,
    day_asked,
    people_named,
    said,
    seconds_of_day,
)
from monitor.web.shown import remember_shown
from monitor.web.told import tell
from monitor.yearly.overtime import OvertimeLine

pages = Blueprint("roster", __name__)

WEEK = 7
MOST_NAMED = 5
FIELDS = ("loai", "gio-tu", "gio-den", "noi", "van-ban")
Cell = tuple[int, int]
"""Person id and day."""


@pages.get("/dang-ky/lich-truc")
@policy(Action.ENTER_RECORDS)
def week() -> str:
    """Who is on the roster of a unit in a week."""
    return _page(request.args.get("don-vi", ""), day_asked("tuan"))


def _page(code: str, day: int, refusals: tuple[str, ...] = ()) -> str:
    monday = day - weekday_of(day) + 1
    sunday = monday + WEEK - 1
    with reading(site().engine) as database:
        chosen = chosen_unit(database, code, monday, sunday)
        people = people_of(database, chosen.unit_ids, monday, sunday)
        wanted = Wanted(unit_ids=chosen.unit_ids, first_day=monday, last_day=sunday)
        listed = roster_listed(database, scope().reach, wanted)
        database.expunge_all()
    cells: defaultdict[Cell, list[ListedEntry]] = defaultdict(list)
    for one in listed:
        first, last = day_bounds(one.entry.starts, one.entry.ends)
        for on in range(max(first, monday), min(last, sunday) + 1):
            cells[one.entry.person_id, on].append(one)
    remember_shown(
        "view_register", f"unit:{chosen.unit.code}", (one.person_id for one in people), monday, sunday
    )
    return render_template(
        "roster.html",
        chosen=chosen,
        people=people,
        days=range(monday, sunday + 1),
        cells=cells,
        kinds=KINDS,
        kept={name: forms.field(name) for name in FIELDS},
        ticked=set(request.form.getlist("o")),
        refusals=refusals,
        own=scope().person_id,
    )


@pages.post("/dang-ky/lich-truc")
@policy(Action.ENTER_RECORDS)
def save() -> Response | tuple[str, int]:
    """Put the same entry into every ticked cell, or into none."""
    code, monday = forms.field("don-vi"), _monday()
    try:
        with transaction(site().engine) as database:
            entries = _entries(database)
            doer = by()
            enter_all(entries, lambda one: enter_roster(database, one, actor=doer.actor, at=doer.at))
    except NotHere as missing:
        return _page(code, monday, (say("register_not_here", person=missing.code),)), 404
    except EntriesRefused as refused:
        return _page(code, monday, tuple(said(one) for one in refused.refusals)), 400
    except RegisterRefused as refused:
        return _page(code, monday, (said(refused),)), 400
    _tell_saved(entries)
    query: dict[str, Any] = {"don-vi": code, "tuan": forms.field("tuan")}
    return redirect(url_for("roster.week", **query))


def _tell_saved(entries: list[Rostered]) -> None:
    """How many there are; of overtime also who is near a cap now, or has reached it."""
    people = {one.person_id for one in entries if one.kind == "overtime"}
    warned: dict[str, None] = {}
    if people:
        with reading(site().engine) as database:
            units = tree(database)
            for day in sorted({one.starts // DAY_SECONDS for one in entries}):
                found = warned_among(database, units, scope().reach, people, day)
                warned |= {f"{line.who.name} ({_reached(line)})": None for line in found}
    if warned:
        tell("roster_saved_near_cap", count=len(entries), people=", ".join(list(warned)[:MOST_NAMED]))
    else:
        tell("roster_saved", count=len(entries))


def _reached(line: OvertimeLine) -> str:
    """Per cent of the month's and the year's cap, with what is approved ahead."""
    return f"{line.month_planned.percent} %, {line.year_planned.percent} %"


def _monday() -> int:
    try:
        return iso_day(forms.field("tuan"))
    except ValueError:
        abort(404)


def _entries(database: Session) -> list[Rostered]:
    """An entry for each ticked cell. Raises RegisterRefused and NotHere."""
    cells = [cell.rpartition("@") for cell in request.form.getlist("o")]
    if len(cells) > MOST_PEOPLE * WEEK:
        raise RegisterRefused("register_people_many", most=MOST_PEOPLE)
    people = {one.code: one for one in people_named(database, list(dict.fromkeys(c for c, _, _ in cells)))}
    begin, end = seconds_of_day("gio-tu"), seconds_of_day("gio-den")
    return [_entry(database, people[code], _cell_day(text), begin, end) for code, _, text in cells]


def _cell_day(text: str) -> int:
    try:
        return iso_day(text)
    except ValueError:
        abort(404)


def _entry(database: Session, person: Person, day: int, begin: int, end: int) -> Rostered:
    """One that ends no later than it begins ends on the next day."""
    midnight = day * DAY_SECONDS
    starts, ends = midnight + begin, midnight + end + (DAY_SECONDS if end <= begin else 0)
    check_days(database, person, *day_bounds(starts, ends))
    return Rostered(
        person_id=person.id or 0,
        kind=forms.field("loai"),
        starts=starts,
        ends=ends,
        place=forms.field("noi"),
        document=forms.field("van-ban"),
    )


@pages.get("/dang-ky/lich-truc/<int:number>")
@policy(Action.ENTER_RECORDS)
def one_entry(number: int) -> str:
    """One entry, and how to take it off."""
    return _entry_page(number)


def _entry_page(number: int, refusal: str = "") -> str:
    with reading(site().engine) as database:
        entry, person = _mine(database, number)
        database.expunge_all()
    first, last = day_bounds(entry.starts, entry.ends)
    remember_shown("view_register", f"person:{person.code}", [entry.person_id], first, last)
    return render_template(
        "roster_entry.html",
        entry=entry,
        person=person,
        first=first,
        mine=entry.person_id == scope().person_id,
        refusal=refusal,
    )


def _mine(database: Session, number: int) -> tuple[RosterEntry, Person]:
    """The entry of an id; one whose days are out of scope is not found."""
    entry = database.get(RosterEntry, number)
    if entry is None:
        abort(404)
    if not holds(database, scope().reach, entry.person_id, *day_bounds(entry.starts, entry.ends)):
        abort(404)
    return entry, database.get_one(Person, entry.person_id)


@pages.post("/dang-ky/lich-truc/<int:number>/xoa")
@policy(Action.ENTER_RECORDS)
def remove(number: int) -> Response | tuple[str, int]:
    """Take the entry off the roster."""
    try:
        with transaction(site().engine) as database:
            entry, person = _mine(database, number)
            first, last = day_bounds(entry.starts, entry.ends)
            check_days(database, person, first, last)
            remove_roster(database, number, reason=forms.field("ly-do"), actor=by().actor, at=by().at)
    except RegisterRefused as refused:
        return _entry_page(number, said(refused)), 400
    tell("roster_removed")
    return redirect(url_for("roster.week"))
