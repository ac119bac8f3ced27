"""Báo cáo cấp trên: the month, the self-inspection after a break, tables and lists, as pages and files."""

from dataclasses import fields
from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.exports.timesheet.form import load_forms
from monitor.exports.trace import Handed, trace_export
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.upward.files import LONGEST_WORDS, keep_words, made_file
from monitor.inspections.upward.gathering import Asked, Words, gather
from monitor.inspections.upward.paper import upward_paper
from monitor.periods import Month, PeriodRefused
from monitor.rules.wallclock import date_of, day_of
from monitor.store.queries.campaigns import campaign_days, known_campaigns
from monitor.store.queries.tree import Tree, UnitRow, tree
from monitor.store.session import reading, transaction
from monitor.store.tables import Campaign, Unit
from monitor.web.context import scope, site
from monitor.web.findingpage import reader
from monitor.web.forms import field
from monitor.web.limits import takes_up_to
from monitor.web.pages.campaigns import known_or_404
from monitor.web.policy import Policy, policy
from monitor.web.shown import remember_shown
from monitor.web.sign_in import holder
from monitor.web.told import tell
from monitor.web.visitpage import inspector

pages = Blueprint("upward", __name__)

EXPORT = Policy(action=Action.EXPORT, step_up=True)
WORDS_FORM = 256 * 1024
HALF_A_MONTH = 15
KINDS = {
    "thang": "month",
    "tu-kiem-tra": "self_check",
    "bieu": "table",
    "chap-hanh-tot": "exemplary",
    "cong-khai": "public",
}
"""As addresses name them."""
KIND = '<any(thang, "tu-kiem-tra", bieu, "chap-hanh-tot", "cong-khai"):kind>'
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
NAMES = {
    "symbol": "ky-hieu",
    "addressee": "kinh-gui",
    "general": "chung",
    "handling": "xu-ly",
    "proposals": "kien-nghi",
    "signatory": "nguoi-ky",
    "recipients": "noi-nhan",
}
"""The fields of the form, by those of `Words`."""

Answer = Response | str | tuple[str, int]


@pages.get("/bao-cao-cap-tren")
@policy(Action.SEE_UNITS)
def overview() -> Answer:
    """Which reports there are; with a kind, the way to that one."""
    kind = request.args.get("loai", "")
    if kind in KINDS:
        code, month, campaign = (request.args.get(name, "") for name in ("ma", "thang", "dot"))
        period: dict[str, Any] = {"dot": campaign} if campaign else {"thang": month} if month else {}
        return redirect(url_for("upward.one", kind=kind, code=code, **period))
    with reading(site().engine) as database:
        units = tree(database)
        visible = scope().units_of(units)
        campaigns = _campaigns(database, units)
    return render_template(
        "upward.html",
        kinds=KINDS,
        choices=sorted((units.units[one] for one in visible), key=lambda unit: unit.code),
        home=scope().home,
        campaigns=campaigns,
        month=_usual_month().text,
    )


def _campaigns(database: Session, units: Tree) -> list[Campaign]:
    """The campaigns in public or one's own that touch what one may see."""
    found = []
    for campaign in known_campaigns(database, scope().account_id, site().now()):
        days = [day_of(on) for on in campaign_days(database, campaign.id or 0)]
        if campaign.state != "draft" and any(
            scope().reach.within(frozenset(units.units), day) for day in days
        ):
            found.append(campaign)
    return found


def _usual_month() -> Month:
    """The month of two weeks ago: in the first half of a month the one before is reported."""
    return Month.of(f"{date_of(day_of(site().now().date()) - HALF_A_MONTH):%Y-%m}")


@pages.get(f"/bao-cao-cap-tren/{KIND}/<path:code>", endpoint="one")
@policy(Action.SEE_UNITS)
def show(kind: str, code: str) -> Answer:
    """A report as it is printed, and for those who may hand it over what they add to it."""
    return _shown(kind, code)


def _shown(kind: str, code: str, refused: InspectionRefused | None = None) -> Answer:
    try:
        with reading(site().engine) as database:
            found = gather(database, _asked(database, kind, code))
    except InspectionRefused as error:
        return render_template("post_break_refused.html", refused=error), 400
    asked = found.asked
    ids = {one.person_id for one in found.spotless or ()} if asked.names else set()
    remember_shown("view_report", f"unit:{asked.unit.code}", ids, *found.days)
    page = render_template(
        "upward_paper.html",
        paper=upward_paper(found),
        found=found,
        asked=asked,
        kind=kind,
        period=_period(asked),
        shown=_period(asked) | ({"ten": "1"} if asked.names else {}),
        words=_form_words() if refused else found.words,
        names=NAMES,
        longest=LONGEST_WORDS,
        may_export=scope().may(Action.EXPORT),
        refused=refused,
    )
    return (page, 400) if refused else page


def _period(asked: Asked) -> dict[str, Any]:
    """The part of the address that says which span."""
    return {"dot": asked.period} if asked.campaign is not None else {"thang": asked.period}


def _asked(database: Session, kind: str, code: str) -> Asked:
    """What the address asks for; units and campaigns out of scope are not found."""
    units = tree(database)
    unit = units.by_code(code)
    if unit is None:
        abort(404)
    campaign = _campaign(database, units, kind)
    month = None if campaign is not None else _month()
    if not _in_scope(database, unit, month, campaign):
        abort(404)
    return Asked(
        kind=KINDS[kind],
        unit=unit,
        units=units,
        reach=scope().reach,
        reader=reader(database),
        settings=site().settings,
        forms=load_forms(site().settings.folder),
        now=site().now(),
        month=month,
        campaign=campaign,
        names=request.args.get("ten") == "1",
    )


def _campaign(database: Session, units: Tree, kind: str) -> Campaign | None:
    """The campaign asked for; for a self-inspection without one, the newest after a break."""
    asked = request.args.get("dot", "")
    if asked:
        return known_or_404(database, asked, units)[0]
    if kind != "tu-kiem-tra":
        return None
    found = [one for one in _campaigns(database, units) if one.kind == "post_break" or one.tet_year]
    if not found:
        abort(404)
    return found[0]


def _month() -> Month:
    asked = request.args.get("thang", "")
    try:
        return Month.of(asked) if asked else _usual_month()
    except PeriodRefused:
        abort(404)


def _in_scope(database: Session, unit: UnitRow, month: Month | None, campaign: Campaign | None) -> bool:
    """A month's report is about all of its days; a campaign's about those of its days that are in reach."""
    if month is not None:
        return all(scope().sees_unit(unit.id, day) for day in range(month.first_day, month.last_day + 1))
    days = campaign_days(database, campaign.id or 0) if campaign is not None else {}
    return any(scope().sees_unit(unit.id, day_of(on)) for on in days)


@pages.post(f"/bao-cao-cap-tren/{KIND}/<path:code>", endpoint="write")
@policy(Action.EXPORT)
@takes_up_to(WORDS_FORM)
def write(kind: str, code: str) -> Answer:
    """Keep what somebody adds to a report."""
    try:
        with transaction(site().engine) as database:
            asked = _asked(database, kind, code)
            unit = database.get(Unit, asked.unit.id)
            if unit is None:
                abort(404)
            keep_words(database, asked.kind, unit, asked.period, _form_words(), inspector())
    except InspectionRefused as refused:
        return _shown(kind, code, refused)
    tell("upward_words_kept")
    return redirect(url_for("upward.one", kind=kind, code=code, **_period(asked)))


def _form_words() -> Words:
    return Words(**{one.name: field(NAMES[one.name]) for one in fields(Words)})


@pages.get(f"/bao-cao-cap-tren/tep/<suffix>/{KIND}/<path:code>")
@policy(EXPORT)
def export(suffix: str, kind: str, code: str) -> Answer:
    """The report as Word or PDF, once the trail knows."""
    if suffix not in TYPES:
        abort(404)
    try:
        with reading(site().engine) as database:
            found = gather(database, _asked(database, kind, code))
        made = made_file(found, f".{suffix}", site().settings.folder)
    except InspectionRefused as refused:
        return render_template("post_break_refused.html", refused=refused), 400
    name = f"bao-cao-{kind}-{found.asked.period}.{suffix}"
    handed = Handed(
        what=f"upward.{found.asked.kind}.{suffix}",
        content=made.content,
        rows=made.rows,
        people=made.people,
        first_day=found.days[0],
        last_day=found.days[1],
        unit=found.asked.unit.code,
        file=name,
    )
    trace_export(site().engine, handed, now=site().now(), actor=holder().user_name)
    answer = make_response(made.content)
    answer.headers["Content-Type"] = TYPES[suffix]
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
