"""Bảng công của tôi: one's own row of the month's sheet, and what one says of it."""

from datetime import timedelta

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.exports.timesheet.form import load_forms
from monitor.exports.timesheet.grid import Grid, Mark, month_grid
from monitor.exports.timesheet.sheet import Line
from monitor.exports.timesheet.wanted import Wanted
from monitor.periods import Month, PeriodRefused
from monitor.periods.replies import AGREE, LONGEST_TEXT, OBJECT, may_reply, reply
from monitor.rules.wallclock import date_of
from monitor.store.queries.month_steps import replies_of, units_of_person
from monitor.store.queries.tree import UnitRow, tree
from monitor.store.session import reading
from monitor.store.tables import MonthReply, Person
from monitor.web.context import scope, site
from monitor.web.forms import field
from monitor.web.language import say
from monitor.web.pages.months import mark_words
from monitor.web.policy import policy
from monitor.web.sign_in import holder
from monitor.web.told import tell

pages = Blueprint("own_month", __name__)

Part = tuple[UnitRow, Grid, Line, dict[int, tuple[Mark, ...]], MonthReply | None, str]
"""A unit, its grid, one's own line and annotations, the reply that counts, the digest of one's rows."""


@pages.get("/ca-nhan/bang-cong")
@policy(Action.SEE_PEOPLE)
def latest() -> Response:
    """The month that may be replied to, else this one."""
    _own()
    now = site().now()
    before = Month.of(f"{now.replace(day=1) - timedelta(days=1):%Y-%m}")
    month = before.text if may_reply(before, now, site().settings) else f"{now:%Y-%m}"
    return redirect(url_for("own_month.one", month=month))


@pages.get("/ca-nhan/bang-cong/<month:month>")
@policy(Action.SEE_PEOPLE)
def one(month: str) -> str:
    """One's own row in every unit that one belonged to in the month."""
    return _page(Month.of(month))


@pages.post("/ca-nhan/bang-cong/<month:month>")
@policy(Action.SEE_PEOPLE)
def answer(month: str) -> Response | tuple[str, int]:
    """Agree, or say what is wrong."""
    wanted, person_id = Month.of(month), _own()
    given = field("tra-loi")
    if given not in {AGREE, OBJECT}:
        abort(404)
    try:
        reply(
            site().engine,
            person_id,
            field("don-vi"),
            month,
            answer=given,
            text=field("y-kien")[:LONGEST_TEXT],
            shown=field("noi-dung"),
            by=holder().user_name,
            now=site().now(),
            settings=site().settings,
        )
    except PeriodRefused as refused:
        return _page(wanted, say(refused.code, **refused.values)), 400
    tell("month_reply_kept")
    return redirect(url_for("own_month.one", month=month))


def _own() -> int:
    own = scope().person_id
    if own is None:
        abort(404)
    return own


def _page(month: Month, refusal: str = "") -> str:
    person_id, now = _own(), site().now()
    with reading(site().engine) as database:
        person = database.get(Person, person_id)
        if person is None:
            abort(404)
        units = tree(database)
        ids = units_of_person(database, person_id, month.first_day, month.last_day)
        parts = [part for unit in ids if (part := _part(database, units.units[unit], month, person_id))]
        code, name = person.code, person.name
    before, after = date_of(month.first_day - 1), date_of(month.last_day + 1)
    return render_template(
        "own_month.html",
        month=month,
        code=code,
        name=name,
        parts=parts,
        open=may_reply(month, now, site().settings),
        until=date_of(month.last_day + site().settings.periods.confirm_days),
        neighbours=(f"{before:%Y-%m}", f"{after:%Y-%m}"),
        mark_words=mark_words,
        explaining="explaining.form" in current_app.view_functions,
        refusal=refusal,
        longest=LONGEST_TEXT,
        kept=request.form,
    )


def _part(database: Session, unit: UnitRow, month: Month, person_id: int) -> Part | None:
    """One's own part of a unit's sheet; the others' lines go no further than this function."""
    settings = site().settings
    wanted = Wanted(
        form_name="c01-hd",
        forms=load_forms(settings.folder),
        month=month,
        now=site().now(),
        zone=settings.site.timezone,
    )
    grid = month_grid(database, unit, wanted)
    if person_id not in grid.person_ids:
        return None
    line = grid.sheet.lines[grid.person_ids.index(person_id)]
    marks = {day: found for (person, day), found in grid.marks.items() if person == person_id}
    digest = grid.content.people.get(person_id, "")
    given = replies_of(database, unit.id, month.text, person_id).get(person_id)
    valid = given if given is not None and given.content_sha256 == digest else None
    return unit, grid, line, marks, valid, digest
