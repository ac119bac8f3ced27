"""Đăng ký: leave, trips, meetings and other reasons for being away, entered and taken back by a clerk."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlmodel import Session, col
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.registers.days import day_bounds, postings_between
from monitor.registers.errors import EntriesRefused, RegisterRefused
from monitor.registers.excuses import withdraw_excuse
from monitor.registers.listing import ListedExcuse, Wanted, excuses_listed
from monitor.registers.reach import holds, people_of
from monitor.rules.wallclock import date_of
from monitor.store.session import reading, transaction
from monitor.store.tables import Excuse, ExcuseEntry, ExcuseType, Person
from monitor.web import excuseform, forms
from monitor.web.context import scope, site
from monitor.web.forms import FormRefused
from monitor.web.language import say
from monitor.web.policy import policy
from monitor.web.registerpage import (
    Chosen,
    NotHere,
    by,
    chosen_unit,
    codes_of_form,
    may_see_sensitive,
    month_asked,
    said,
    today,
)
from monitor.web.shown import remember_shown
from monitor.web.terminalpage import local_time
from monitor.web.told import tell

pages = Blueprint("registers", __name__)

MOST_ROWS = 400
LONGEST = 100
STATES = ("approved", "pending", "rejected")


@pages.get("/dang-ky")
@policy(Action.ENTER_RECORDS)
def overview() -> str:
    """What is registered for a unit in a month."""
    first, last = month_asked()
    with reading(site().engine) as database:
        chosen = chosen_unit(database, request.args.get("don-vi", ""), first, last)
        types = excuseform.types_offered(database)
        wanted = wanted_of_address(chosen, first, last)
        known = {one.code for one in types}
        found = [one for one in excuses_listed(database, scope().reach, wanted) if _fits(one, wanted, known)]
    remember_shown(
        "view_register", f"unit:{chosen.unit.code}", (one.excuse.person_id for one in found), first, last
    )
    return render_template(
        "excuses.html",
        chosen=chosen,
        listed=found[:MOST_ROWS],
        more=max(0, len(found) - MOST_ROWS),
        wanted=wanted,
        types=types,
        states=STATES,
        hidden=hidden,
        first=first,
        last=last,
    )


def wanted_of_address(chosen: Chosen, first: int, last: int) -> Wanted:
    """The filter in the address."""
    state = request.args.get("trang-thai", "")
    return Wanted(
        unit_ids=chosen.unit_ids,
        first_day=first,
        last_day=last,
        type_code=request.args.get("loai", "")[:LONGEST],
        search=request.args.get("tim", "")[:LONGEST],
        state=state if state in STATES else "",
    )


def _fits(one: ListedExcuse, wanted: Wanted, known: set[str]) -> bool:
    """A filter by a type that the reader is not told of finds nothing."""
    return not wanted.type_code or one.kind.code in known


def hidden(kind: ExcuseType) -> bool:
    """Whether the reader is shown the symbol alone."""
    return kind.sensitive and not may_see_sensitive()


@pages.get("/dang-ky/moi")
@policy(Action.ENTER_RECORDS)
def new_excuse() -> str:
    """The form; `sua` names an excuse to be replaced."""
    number = forms.small_number(request.args.get("sua"))
    if number is None:
        return _form([request.args.get("ma", "")[:LONGEST]], excuseform.kept())
    with reading(site().engine) as database:
        one = _mine(database, number)
        if hidden(one.kind) or one.excuse.status == "rejected":
            abort(404)
        codes, filled = [one.person.code], excuseform.fields_of(one.excuse)
    return _form(codes, filled)


def _form(codes: list[str], kept: dict[str, str], refusals: tuple[str, ...] = ()) -> str:
    """The form with what was filled in; the people of the chosen unit are there to be ticked."""
    with reading(site().engine) as database:
        chosen = chosen_unit(database, request.values.get("don-vi", ""), today(), today())
        people = people_of(database, chosen.unit_ids, today(), today())
        types = excuseform.types_offered(database)
    own = scope().person_id
    offered = [one for one in people if one.person_id != own]
    listed = {one.code for one in offered}
    remember_shown(
        "view_register", f"unit:{chosen.unit.code}", (one.person_id for one in offered), today(), today()
    )
    return render_template(
        "excuse_form.html",
        chosen=chosen,
        people=offered,
        ticked=set(codes),
        typed=" ".join(code for code in codes if code not in listed),
        types=types,
        kept=kept,
        refusals=refusals,
        today=today(),
    )


@pages.post("/dang-ky/moi")
@policy(Action.ENTER_RECORDS)
def save() -> Response | str | tuple[str, int]:
    """Show what the form would change or, once that was seen, save it."""
    kept, codes, step = excuseform.kept(), codes_of_form(), forms.field("viec")
    try:
        if step == "sua":
            return _form(codes, kept)
        if step == "luu":
            return _save()
        number = _replaced_number()
        foreseen = excuseform.foresee(number)
    except NotHere as missing:
        return _form(codes, kept, (say("register_not_here", person=missing.code),)), 404
    except EntriesRefused as refused:
        return _form(codes, kept, tuple(said(one) for one in refused.refusals)), 400
    except (RegisterRefused, FormRefused) as refused:
        return _form(codes, kept, (said(refused),)), 400
    with reading(site().engine) as database:
        kind = database.get_one(ExcuseType, kept["loai"])
    return render_template("excuse_preview.html", foreseen=foreseen, kept=kept, codes=codes, kind=kind)


def _replaced_number() -> int | None:
    number = forms.small_number(forms.field("sua"))
    if number is not None:
        with reading(site().engine) as database:
            _changeable(database, number)
    return number


def _save() -> Response:
    number = _replaced_number()
    with transaction(site().engine) as database:
        entries = excuseform.entries_of_form(database)
        excuseform.save(database, entries, number)
    first, _ = day_bounds(entries[0].entered.starts, entries[0].entered.ends)
    tell("excuse_saved" if number is None else "excuse_replaced", count=len(entries))
    query: dict[str, Any] = {"thang": f"{date_of(first):%Y-%m}", "don-vi": forms.field("don-vi")}
    return redirect(url_for("registers.overview", **query))


@pages.get("/dang-ky/<int:number>")
@policy(Action.ENTER_RECORDS)
def one_excuse(number: int) -> str:
    """One excuse, who entered it, and what became of it."""
    return _page(number)


def _page(number: int, refusal: str = "") -> str:
    with reading(site().engine) as database:
        one = _mine(database, number)
        later = _replaced_by(database, number)
        database.expunge_all()
    first, last = day_bounds(one.excuse.starts, one.excuse.ends)
    remember_shown("view_register", f"person:{one.person.code}", [one.excuse.person_id], first, last)
    mine = one.excuse.person_id == scope().person_id
    return render_template(
        "excuse.html",
        one=one,
        later=later,
        secret=hidden(one.kind),
        may_change=not mine and not hidden(one.kind) and one.excuse.status != "rejected",
        refusal=refusal,
        local=local_time,
    )


def _mine(database: Session, number: int) -> ListedExcuse:
    """The excuse of an id; one whose days are out of scope is not found."""
    excuse = database.get(Excuse, number)
    if excuse is None:
        abort(404)
    days = day_bounds(excuse.starts, excuse.ends)
    if not holds(database, scope().reach, excuse.person_id, *days):
        abort(404)
    stays = postings_between(database, excuse.person_id, *days)
    return ListedExcuse(
        excuse=excuse,
        person=database.get_one(Person, excuse.person_id),
        kind=database.get_one(ExcuseType, excuse.type_code),
        entry=database.get(ExcuseEntry, number),
        unit_id=stays[0][0],
    )


def _replaced_by(database: Session, number: int) -> int | None:
    wanted = select(col(ExcuseEntry.excuse_id)).where(col(ExcuseEntry.replaces_id) == number)
    return database.scalar(wanted)


@pages.post("/dang-ky/<int:number>/rut")
@policy(Action.ENTER_RECORDS)
def withdraw(number: int) -> Response | tuple[str, int]:
    """Take it back; it stays in sight, with the reason."""
    try:
        with transaction(site().engine) as database:
            _changeable(database, number)
            withdraw_excuse(database, number, reason=forms.field("ly-do"), actor=by().actor, at=by().at)
    except RegisterRefused as refused:
        return _page(number, said(refused)), 400
    tell("excuse_was_withdrawn")
    return redirect(url_for("registers.one_excuse", number=number))


def _changeable(database: Session, number: int) -> ListedExcuse:
    """An excuse in scope that the account may change. Raises RegisterRefused."""
    one = _mine(database, number)
    if one.excuse.person_id == scope().person_id:
        raise RegisterRefused("register_own")
    if hidden(one.kind):
        raise RegisterRefused("excuse_type_not_yours")
    return one
