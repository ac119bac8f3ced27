"""The report of a campaign: on the page, on paper, as files."""

from dataclasses import replace

from flask import Blueprint, Response, abort, make_response, render_template, request
from sqlmodel import Session

from monitor.access import Action
from monitor.exports.timesheet.form import load_forms
from monitor.exports.trace import Handed, trace_export
from monitor.inspections.arrivals import arrivals_of
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.files import Made, made_file
from monitor.inspections.paper import paper_of, vietnamese
from monitor.inspections.paper_excel import people_heads
from monitor.inspections.report import Ask, Report, lunar_words, report_of
from monitor.inspections.spread import spread_presence
from monitor.inspections.totals import percent, wilson
from monitor.rules.wallclock import date_of, day_of
from monitor.store.queries.campaigns import SUBJECT
from monitor.store.queries.inspection_people import found_people
from monitor.store.queries.tree import tree
from monitor.store.session import reading
from monitor.web import checkcharts
from monitor.web.addresses import iso_day
from monitor.web.context import scope, site
from monitor.web.language import percent_text
from monitor.web.pages.campaigns import known_or_404
from monitor.web.policy import Policy, policy
from monitor.web.shown import remember_shown
from monitor.web.sign_in import holder
from monitor.web.workers import workers

pages = Blueprint("post_break", __name__)

EXPORT = Policy(action=Action.EXPORT, step_up=True)
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
}


def _report(database: Session, code: str, ask: Ask | None = None) -> Report:
    """The report of a campaign that one may know of; without any unit in reach it is not found."""
    units = tree(database)
    campaign, _own = known_or_404(database, code, units)
    found = report_of(database, campaign, units, scope().reach, ask)
    if found is None:
        abort(404)
    return found


def _day(report: Report) -> int:
    """The day asked for; one that is not of the campaign is not found."""
    asked = request.args.get("ngay", "")
    try:
        day = iso_day(asked) if asked else report.first_day
    except ValueError:
        abort(404)
    if day not in report.days:
        abort(404)
    return day


@pages.get("/dot-kiem-tra/<code>/bao-cao")
@policy(Action.SEE_UNITS)
def report(code: str) -> str:
    """Presence per day and unit, beside the normal weeks and last year."""
    with reading(site().engine) as database:
        found = _report(database, code)
        day = _day(found)
        arrived = arrivals_of(database, found, scope().reach, day)
    return render_template(
        "post_break.html",
        report=found,
        campaign=found.campaign,
        day=day,
        today=day_of(site().now().date()),
        whole=found.whole(day),
        leads=found.whole_leads(day),
        lines=found.lines(day),
        chart=checkcharts.window_chart(found),
        curve=checkcharts.arrival_curve(arrived, found.campaign.check_second),
        multiples=checkcharts.multiples(found),
        hours=checkcharts.HOURS,
        percent=percent,
        wilson=wilson,
        rate=percent_text,
        lunar=lambda one: lunar_words(found, one),
        date_of=date_of,
        sees=lambda unit: scope().sees_unit(unit, day),
        may_export=scope().may(Action.EXPORT),
    )


@pages.get("/dot-kiem-tra/<code>/bao-cao/in")
@policy(Action.SEE_UNITS)
def paper(code: str) -> str:
    """The report in the official layout; with `ten=1` it lists people, and that is remembered."""
    names = request.args.get("ten") == "1"
    with reading(site().engine) as database:
        found = _report(database, code)
        day = _day(found)
        people = found_people(database, scope().reach, replace(found.asked, days=(day,))) if names else []
    ids = {one.person_id for one in people}
    remember_shown("view_campaign", f"{SUBJECT}{found.campaign.code}", ids, day, day)
    printed = paper_of(found, day, load_forms(site().settings.folder), people, now=site().now())
    return render_template(
        "post_break_paper.html",
        paper=printed,
        campaign=found.campaign,
        day=day,
        names=names,
        people_heads=people_heads(),
        rate=vietnamese,
    )


@pages.get("/dot-kiem-tra/<code>/bao-cao.<suffix>")
@policy(EXPORT)
def export(code: str, suffix: str) -> Response | tuple[str, int]:
    """The workbook, the PDF, or the summary for the public, once the trail knows."""
    if suffix not in TYPES:
        abort(404)
    folder = site().settings.folder
    try:
        with reading(site().engine) as database:
            with workers() as where, spread_presence(site().engine, where) as ask:
                found = _report(database, code, ask)
            day = _day(found)
            wanted = Made(
                day=day,
                suffix=f".{suffix}",
                names=request.args.get("ten") == "1",
                forms=load_forms(folder),
                folder=folder,
                now=site().now(),
            )
            made = made_file(database, found, scope().reach, wanted)
    except InspectionRefused as refused:
        return render_template("post_break_refused.html", refused=refused), 400
    name = f"{code}-{date_of(day):%Y%m%d}.{suffix}"
    handed = Handed(
        what=f"inspection.{suffix}",
        content=made.content,
        rows=made.rows,
        people=made.people,
        first_day=day,
        last_day=day,
        file=name,
    )
    trace_export(site().engine, handed, now=site().now(), actor=holder().user_name)
    answer = make_response(made.content)
    answer.headers["Content-Type"] = TYPES[suffix]
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
