"""The roll of a visit, made for a phone: taps with and without scripts, and reasons given on the spot."""

import secrets
from collections.abc import Callable

from flask import Blueprint, redirect, render_template, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.roll import NOT_THERE, PRESENCE, totals_of_roll
from monitor.inspections.visits import Said, add_reason, judge_reason, keep_taps
from monitor.store.session import reading, transaction
from monitor.store.tables import VisitReason
from monitor.web import forms
from monitor.web.context import site
from monitor.web.forms import FormRefused, field
from monitor.web.language import say
from monitor.web.policy import policy
from monitor.web.sign_in import holder
from monitor.web.told import tell
from monitor.web.visitpage import Seen, changeable_or_404, inspector, seen_or_404, tap_of_form, taps_of_json

pages = Blueprint("roll_call", __name__)

Answer = Response | str | tuple[str, int]
CONFLICT = 409


@pages.get("/luot-kiem-tra/<code>")
@policy(Action.SEE_UNITS)
def one(code: str) -> str:
    """The roll: what was frozen at T, and what has been found since."""
    return _page(code)


def _page(code: str, refused: InspectionRefused | FormRefused | None = None) -> str:
    with reading(site().engine) as database:
        seen = seen_or_404(database, code)
    seen.remember()
    return render_template(
        "roll_call.html",
        seen=seen,
        visit=seen.visit,
        campaign=seen.campaign,
        unit=seen.units.units[seen.visit.unit_id],
        units=seen.units.units,
        totals=totals_of_roll(seen.roll),
        presence=PRESENCE,
        not_there=NOT_THERE,
        user=holder().user_name,
        page_id=secrets.token_hex(8),
        photos=site().settings.inspections.photos,
        refused=refused,
    )


@pages.post("/luot-kiem-tra/<code>/dau")
@policy(Action.INSPECT)
def mark(code: str) -> Answer:
    """One tap without scripts."""

    def change(database: Session, seen: Seen) -> None:
        keep_taps(database, seen.visit, seen.campaign, seen.people, [tap_of_form()], inspector())

    return _changed(code, change)


@pages.post("/luot-kiem-tra/<code>/dau.json")
@policy(Action.INSPECT)
def deliver(code: str) -> tuple[dict[str, object], int]:
    """The queue of a phone: every tap is acknowledged by its id once it is stored, however often it comes."""
    try:
        with transaction(site().engine) as database:
            seen, taps = changeable_or_404(database, code), taps_of_json()
            keep_taps(database, seen.visit, seen.campaign, seen.people, taps, inspector())
    except InspectionRefused as refused:
        return {"refused": say(refused.code, **refused.values)}, CONFLICT
    return {"stored": [tap.id for tap in taps]}, 200


@pages.post("/luot-kiem-tra/<code>/ly-do")
@policy(Action.INSPECT)
def give_reason(code: str) -> Answer:
    """Why somebody is away, as the unit says."""

    def change(database: Session, seen: Seen) -> None:
        person = seen.people.get(field("nguoi"))
        if person is None:
            raise InspectionRefused("visit_person")
        said = Said(
            words=field("loi"),
            document=field("van-ban"),
            document_date=forms.day("ngay-van-ban"),
            names_person=bool(field("co-ten")),
        )
        add_reason(database, seen.visit, seen.campaign, person, said, inspector())

    return _changed(code, change)


@pages.post("/luot-kiem-tra/<code>/ly-do/xac-minh")
@policy(Action.INSPECT)
def judge(code: str) -> Answer:
    """Accept a reason or not."""

    def change(database: Session, seen: Seen) -> None:
        number = forms.small_number(field("so"))
        reason = None if number is None else database.get(VisitReason, number)
        if reason is None or reason.visit_id != seen.visit.id:
            raise InspectionRefused("visit_person")
        judge_reason(
            database, seen.visit, seen.campaign, reason, inspector(), accepted=field("ket-luan") == "accepted"
        )

    return _changed(code, change)


def _changed(code: str, change: Callable[[Session, Seen], None]) -> Answer:
    """Change a visit of one's own team and come back to the person's place on the page."""
    try:
        with transaction(site().engine) as database:
            change(database, changeable_or_404(database, code))
    except (InspectionRefused, FormRefused) as refused:
        return _page(code, refused), 400
    tell("visit_kept")
    return redirect(url_for("roll_call.one", code=code, _anchor=f"p-{field('nguoi')}"))
