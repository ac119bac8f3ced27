"""Biểu dương, khen thưởng: the register of commendations of a unit's people and of units."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlmodel import Session, col
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.registers.errors import RegisterRefused
from monitor.registers.reach import people_of
from monitor.rules.wallclock import date_of, day_of
from monitor.store.queries.stays import members_between, stays_of, within_reach
from monitor.store.queries.tree import Tree, tree
from monitor.store.queries.year_papers import (
    CommendationRow,
    commendations_of_people,
    commendations_of_units,
)
from monitor.store.session import reading, transaction
from monitor.store.tables import Commendation, Person
from monitor.web import forms
from monitor.web.context import scope, site
from monitor.web.policy import policy
from monitor.web.registerpage import (
    Chosen,
    NotHere,
    by,
    check_days,
    chosen_unit,
    day_of_form,
    people_named,
    said,
    today,
)
from monitor.web.shown import remember_shown
from monitor.web.told import tell
from monitor.yearly.commend import Commended, enter_commendation, withdraw_commendation
from monitor.yearly.period import Period, twelve_months_to

pages = Blueprint("commendations", __name__)

FIELDS = ("cho", "ngay", "van-ban", "nguoi-ky", "noi-dung")
WHOLE_UNIT = "*"
"""Chosen instead of a staff code: the unit as such."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A commendation and whom it commends."""

    row: CommendationRow
    name: str
    code: str


@pages.get("/dang-ky/bieu-duong")
@policy(Action.ENTER_RECORDS)
def overview() -> str:
    """The commendations of a unit's twelve months, and the form."""
    return _page(request.args.get("don-vi", ""))


def _page(code: str, refusals: tuple[str, ...] = ()) -> str:
    period = twelve_months_to(date_of(today()))
    with reading(site().engine) as database:
        units = tree(database)
        chosen = chosen_unit(database, code, today(), today())
        listed = _listed(database, units, chosen, period)
        people = people_of(database, chosen.unit_ids, today(), today())
    shown = [one.row.person_id for one in listed if one.row.person_id is not None]
    remember_shown("view_register", f"unit:{chosen.unit.code}", shown, period.first_day, period.last_day)
    return render_template(
        "commendations.html",
        chosen=chosen,
        listed=listed,
        people=[one for one in people if one.person_id != scope().person_id],
        kept={name: forms.field(name) for name in FIELDS},
        refusals=refusals,
        today=today(),
        whole_unit=WHOLE_UNIT,
        period=period,
    )


def _listed(database: Session, units: Tree, chosen: Chosen, period: Period) -> list[Listed]:
    """Commendations of people while they were in the units, and of the units, the newest first."""
    dates = date_of(period.first_day), date_of(period.last_day)
    members = members_between(database, chosen.unit_ids, period.days)
    stays = within_reach(stays_of(database, units, members, period.days), scope().reach)
    here = [stay for stay in stays if stay.unit_id in chosen.unit_ids]
    rows = [
        row
        for row in commendations_of_people(database, members, dates)
        if any(
            stay.person_id == row.person_id and stay.first_day <= day_of(row.given_on) <= stay.last_day
            for stay in here
        )
    ]
    rows += commendations_of_units(database, chosen.unit_ids, dates)
    names = {person.id: person for person in _people(database, rows)}
    found = [_named(row, units, names) for row in rows]
    return sorted(found, key=lambda one: (one.row.given_on, one.row.id), reverse=True)


def _people(database: Session, rows: list[CommendationRow]) -> list[Person]:
    ids = [row.person_id for row in rows if row.person_id is not None]
    found = list(database.scalars(select(Person).where(col(Person.id).in_(ids))))
    database.expunge_all()
    return found


def _named(row: CommendationRow, units: Tree, people: dict[int | None, Person]) -> Listed:
    if row.unit_id is not None:
        unit = units.units[row.unit_id]
        return Listed(row=row, name=unit.name, code=unit.code)
    person = people[row.person_id]
    return Listed(row=row, name=person.name, code=person.code)


@pages.post("/dang-ky/bieu-duong")
@policy(Action.ENTER_RECORDS)
def add() -> Response | tuple[str, int]:
    """Enter one; somebody or a unit out of reach is not found."""
    code = forms.field("don-vi")
    try:
        with transaction(site().engine) as database:
            entered, doer = _entered(database, code), by()
            on = date_of(today())
            enter_commendation(database, entered, actor=doer.actor, at=doer.at, today=on)
    except NotHere:
        abort(404)
    except RegisterRefused as refused:
        return _page(code, (said(refused),)), 400
    tell("commendation_entered")
    query: dict[str, Any] = {"don-vi": code}
    return redirect(url_for("commendations.overview", **query))


def _entered(database: Session, code: str) -> Commended:
    """What the form says. Raises RegisterRefused and NotHere."""
    day = day_of_form("ngay")
    whom = forms.field("cho")
    person_id, unit_id = None, None
    if whom == WHOLE_UNIT:
        unit_id = chosen_unit(database, code, day, day).unit.id
    else:
        (person,) = people_named(database, [whom])
        check_days(database, person, day, day)
        person_id = person.id
    return Commended(
        given_on=date_of(day),
        document=forms.field("van-ban"),
        issuer=forms.field("nguoi-ky"),
        body=forms.field("noi-dung"),
        person_id=person_id,
        unit_id=unit_id,
    )


@pages.post("/dang-ky/bieu-duong/<int:number>/rut")
@policy(Action.ENTER_RECORDS)
def withdraw(number: int) -> Response | tuple[str, int]:
    """Take one back that was entered by mistake."""
    doer = by()
    try:
        with transaction(site().engine) as database:
            row = _mine(database, number)
            reason = forms.field("ly-do")
            withdraw_commendation(database, row, reason=reason, actor=doer.actor, at=doer.at)
    except RegisterRefused as refused:
        return _page(forms.field("don-vi"), (said(refused),)), 400
    tell("commendation_taken_back")
    query: dict[str, Any] = {"don-vi": forms.field("don-vi")}
    return redirect(url_for("commendations.overview", **query))


def _mine(database: Session, number: int) -> Commendation:
    """The commendation of an id; one whose person or unit is out of scope on its date is not found."""
    row = database.get(Commendation, number, with_for_update=True)
    if row is None or not _seen(database, row, row.given_on):
        abort(404)
    return row


def _seen(database: Session, row: Commendation, on: date) -> bool:
    if row.person_id is None:
        return row.unit_id is not None and scope().sees_unit(row.unit_id, day_of(on))
    try:
        check_days(database, database.get_one(Person, row.person_id), day_of(on), day_of(on))
    except NotHere:
        return False
    return True
