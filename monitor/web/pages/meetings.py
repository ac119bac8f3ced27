"""Cuộc họp: who is invited as what, who came and when; excuses for its time where they are wanted."""

from collections import Counter
from dataclasses import replace

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.registers import meetings
from monitor.registers.attendance import Attendee, attendees
from monitor.registers.days import day_bounds
from monitor.registers.errors import RegisterRefused
from monitor.registers.listing import Wanted, meetings_listed
from monitor.registers.meetings import ROLES, Draft, Invited
from monitor.registers.reach import holds, in_units, people_of
from monitor.rules.columns import DAY_SECONDS
from monitor.store.queries.freshness import TerminalRow, terminals
from monitor.store.queries.tree import Tree, tree
from monitor.store.session import reading, transaction
from monitor.store.tables import Meeting
from monitor.web import forms
from monitor.web.context import scope, site
from monitor.web.forms import FormRefused
from monitor.web.language import say
from monitor.web.policy import policy
from monitor.web.registerpage import (
    NotHere,
    by,
    chosen_unit,
    codes_of_form,
    month_asked,
    people_named,
    said,
    seconds_of_day,
    today,
)
from monitor.web.shown import remember_shown
from monitor.web.terminalpage import local_time
from monitor.web.told import tell

pages = Blueprint("meetings", __name__)

FIELDS = ("don-vi", "ten", "noi", "chu-tri", "van-ban", "bat-dau", "ket-thuc", "may", "mo-truoc")
USUAL_OPEN_BEFORE = "60"


@pages.get("/dang-ky/hop")
@policy(Action.ENTER_RECORDS)
def overview() -> str:
    """The meetings of a unit in a month."""
    first, last = month_asked()
    with reading(site().engine) as database:
        chosen = chosen_unit(database, request.args.get("don-vi", ""), first, last)
        wanted = Wanted(unit_ids=chosen.unit_ids, first_day=first, last_day=last)
        found = meetings_listed(database, scope().reach, wanted)
        names = {unit.id: unit.name for unit in tree(database).units.values()}
        database.expunge_all()
    return render_template("meetings.html", chosen=chosen, found=found, names=names, first=first)


@pages.get("/dang-ky/hop/moi")
@policy(Action.ENTER_RECORDS)
def new_meeting() -> str:
    """The form."""
    return _form(dict.fromkeys(FIELDS, "") | {"mo-truoc": USUAL_OPEN_BEFORE})


def _form(kept: dict[str, str], refusal: str = "") -> str:
    with reading(site().engine) as database:
        chosen = chosen_unit(database, kept["don-vi"] or request.args.get("don-vi", ""), today(), today())
        usable = _terminals(database, tree(database))
    return render_template(
        "meeting_form.html", chosen=chosen, terminals=usable, kept=kept, refusal=refusal, today=today()
    )


def _terminals(database: Session, units: Tree) -> list[TerminalRow]:
    """Terminals that the account's people may use: of its units, of those above them, and of no unit."""
    mine = scope().units_of(units)
    above = {unit for one in mine for unit in units.path(one)}
    return [one for one in terminals(database).values() if one.unit_id is None or one.unit_id in above]


@pages.post("/dang-ky/hop/moi")
@policy(Action.ENTER_RECORDS)
def create() -> Response | tuple[str, int]:
    """Store the meeting and go on to whom it invites."""
    kept = {name: forms.field(name) for name in FIELDS}
    try:
        with transaction(site().engine) as database:
            number = meetings.create_meeting(database, _draft(database, kept), by())
    except (RegisterRefused, FormRefused) as refused:
        return _form(kept, said(refused)), 400
    tell("meeting_created")
    return redirect(url_for("meetings.one", number=number))


def _draft(database: Session, kept: dict[str, str]) -> Draft:
    """The meeting of the form, in a unit and with a terminal of the account's; else not found."""
    units = tree(database)
    starts, ends = forms.moment("bat-dau"), forms.moment("ket-thuc")
    unit, first, last = units.by_code(kept["don-vi"]), *day_bounds(starts, max(starts, ends))
    if unit is None or not in_units(scope().reach, unit.id, first, last):
        abort(404)
    number = forms.small_number(kept["may"])
    if kept["may"] and number not in {one.id for one in _terminals(database, units)}:
        abort(404)
    minutes = forms.small_number(kept["mo-truoc"])
    return Draft(
        unit_id=unit.id,
        title=kept["ten"],
        starts=starts,
        ends=ends,
        place=kept["noi"],
        organiser=kept["chu-tri"],
        document=kept["van-ban"],
        terminal_id=number,
        open_before_minutes=-1 if minutes is None else minutes,
    )


@pages.get("/dang-ky/hop/<int:number>")
@policy(Action.ENTER_RECORDS)
def one(number: int) -> str:
    """A meeting: the invited beside who came."""
    return _page(number)


def _page(number: int, refusals: tuple[str, ...] = ()) -> str:
    now, zone = site().wall_clock(), site().settings.site.timezone
    with reading(site().engine) as database:
        meeting = _mine(database, number)
        days = day_bounds(meeting.starts, meeting.ends)
        unit = tree(database).units[meeting.unit_id]
        everybody = attendees(database, meeting, now=now, zone=zone)
        found = [one for one in everybody if holds(database, scope().reach, one.person_id, *days)]
        people = people_of(database, scope().units_of(tree(database)), *days)
        terminal = terminals(database).get(meeting.terminal_id or 0)
        database.expunge_all()
    invited = {one.person_id for one in found}
    remember_shown("view_register", f"meeting:{number}", invited, *days)
    return render_template(
        "meeting.html",
        meeting=meeting,
        unit=unit,
        found=found,
        counts=Counter(one.came for one in found),
        people=[one for one in people if one.person_id not in invited],
        terminal=terminal,
        roles=ROLES,
        own=scope().person_id,
        door_open=meeting.cancelled_at is None and now >= meeting.starts - meetings.DOOR_SLACK_SECONDS,
        refusals=refusals,
        local=local_time,
    )


def _mine(database: Session, number: int) -> Meeting:
    """The meeting of an id; one of a unit out of scope on its days is not found."""
    meeting = database.get(Meeting, number)
    if meeting is None:
        abort(404)
    if not in_units(scope().reach, meeting.unit_id, *day_bounds(meeting.starts, meeting.ends)):
        abort(404)
    return meeting


def _back(number: int) -> Response:
    return redirect(url_for("meetings.one", number=number))


@pages.post("/dang-ky/hop/<int:number>/moi")
@policy(Action.ENTER_RECORDS)
def invite(number: int) -> Response | tuple[str, int]:
    """Invite the ticked and the typed people in one role."""
    try:
        with transaction(site().engine) as database:
            meeting = _mine(database, number)
            people = people_named(database, codes_of_form())
            role = Invited(person_id=0, role=forms.field("vai"), instead_of_id=_instead_of(database, meeting))
            days = day_bounds(meeting.starts, meeting.ends)
            for person in people:
                if not holds(database, scope().reach, person.id or 0, *days):
                    raise NotHere(person.code)
                meetings.invite(database, meeting, replace(role, person_id=person.id or 0), by())
    except NotHere as missing:
        return _page(number, (say("register_not_here", person=missing.code),)), 404
    except RegisterRefused as refused:
        return _page(number, (said(refused),)), 400
    tell("meeting_invited", count=len(people))
    return _back(number)


def _instead_of(database: Session, meeting: Meeting) -> int | None:
    """Whom a substitute stands for: somebody invited in the reader's sight."""
    number = forms.small_number(forms.field("thay-cho"))
    if number is None or forms.field("vai") != "substitute":
        return None
    return _invited(database, meeting, number)


def _invited(database: Session, meeting: Meeting, person_id: int) -> int:
    """An invited person whose days are in scope; else not found."""
    known = {row.person_id for row in meetings.invitations(database, meeting)}
    days = day_bounds(meeting.starts, meeting.ends)
    if person_id not in known or not holds(database, scope().reach, person_id, *days):
        abort(404)
    return person_id


@pages.post("/dang-ky/hop/<int:number>/cua")
@policy(Action.ENTER_RECORDS)
def door(number: int) -> Response | tuple[str, int]:
    """Tick somebody at the door, correct the time, or take the tick or the invitation back."""
    try:
        with transaction(site().engine) as database:
            meeting = _mine(database, number)
            person = _invited(database, meeting, forms.small_number(forms.field("nguoi")) or 0)
            _at_the_door(database, meeting, person)
    except RegisterRefused as refused:
        return _page(number, (said(refused),)), 400
    return _back(number)


def _at_the_door(database: Session, meeting: Meeting, person: int) -> None:
    if person == scope().person_id:
        raise RegisterRefused("register_own")
    match forms.field("viec"):
        case "den":
            typed = forms.field("gio")
            midnight = meeting.starts // DAY_SECONDS * DAY_SECONDS
            arrived = midnight + seconds_of_day("gio") if typed else site().wall_clock()
            meetings.tick(database, meeting, person, arrived, by())
        case "bo":
            meetings.untick(database, meeting, person, by())
        case "khong-moi":
            meetings.uninvite(database, meeting, person, by())
        case _:
            abort(404)


@pages.post("/dang-ky/hop/<int:number>/ly-do")
@policy(Action.ENTER_RECORDS)
def excuse(number: int) -> Response | str:
    """Enter an excuse for the meeting's time for everybody invited; whoever has one already keeps it."""
    refusals: list[str] = []
    entered = 0
    with transaction(site().engine) as database:
        meeting = _mine(database, number)
        for one in _without_excuse(database, meeting):
            try:
                _check_own(one)
                meetings.excuse_invited(database, meeting, one.person_id, by())
                entered += 1
            except RegisterRefused as refused:
                refusals.append(f"{one.name}: {said(refused)}")
    if refusals:
        return _page(number, (say("meeting_excused_some", count=entered), *refusals))
    tell("meeting_excused_all", count=entered)
    return _back(number)


def _check_own(one: Attendee) -> None:
    if one.person_id == scope().person_id:
        raise RegisterRefused("register_own")


def _without_excuse(database: Session, meeting: Meeting) -> list[Attendee]:
    now, zone = site().wall_clock(), site().settings.site.timezone
    days = day_bounds(meeting.starts, meeting.ends)
    return [
        one
        for one in attendees(database, meeting, now=now, zone=zone)
        if not one.excused and holds(database, scope().reach, one.person_id, *days)
    ]


@pages.post("/dang-ky/hop/<int:number>/huy")
@policy(Action.ENTER_RECORDS)
def cancel(number: int) -> Response | tuple[str, int]:
    """Cancel the meeting; excuses entered for it are withdrawn."""
    try:
        with transaction(site().engine) as database:
            meeting = _mine(database, number)
            _check_all_in_scope(database, meeting)
            meetings.cancel_meeting(database, meeting, forms.field("ly-do"), by())
    except RegisterRefused as refused:
        return _page(number, (said(refused),)), 400
    tell("meeting_was_cancelled")
    return _back(number)


def _check_all_in_scope(database: Session, meeting: Meeting) -> None:
    """A meeting that excuses people of others is cancelled by whoever looks after all of them."""
    days = day_bounds(meeting.starts, meeting.ends)
    for row in meetings.invitations(database, meeting):
        if row.excuse_id is not None and not holds(database, scope().reach, row.person_id, *days):
            raise RegisterRefused("meeting_of_others")
