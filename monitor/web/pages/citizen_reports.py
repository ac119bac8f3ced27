"""Phản ánh của công dân: for receiving officers the register, each report checked, its outcome; figures."""

import secrets
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

from flask import Blueprint, abort, redirect, render_template, request, send_file, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.cases import CaseRefused
from monitor.inspections.citizen_reports import (
    ReportRow,
    Told,
    conclude,
    finding_of,
    follow_up,
    outcomes_of,
    papers_of_report,
    register,
    take_in,
)
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.officers import received_units
from monitor.inspections.report_check import checked
from monitor.inspections.report_figures import COLUMNS, report_figures
from monitor.inspections.reporter import Reporter, has_reporter, open_reporter
from monitor.inspections.snapshot import wall_clock
from monitor.rules.wallclock import DAY_SECONDS
from monitor.store.queries.seats import seat_of
from monitor.store.queries.tree import Tree, tree
from monitor.store.session import reading, transaction
from monitor.store.tables.citizen_reports import OUTCOMES, SOURCES
from monitor.web import forms
from monitor.web.context import scope, site
from monitor.web.findingpage import acting, paper_of_form
from monitor.web.forms import FormRefused, field
from monitor.web.limits import takes_up_to
from monitor.web.policy import Policy, policy
from monitor.web.shown import remember_shown
from monitor.web.told import tell

pages = Blueprint("citizen_reports", __name__)

REVEAL = Policy(action=Action.RECEIVE_REPORTS, step_up=True)
LARGEST_FORM = 9 * 1024 * 1024
CODE_BYTES = 8

Answer = Response | str | tuple[str, int]
Refused = InspectionRefused | FormRefused | CaseRefused


@pages.get("/phan-anh")
@policy(Action.RECEIVE_REPORTS)
def overview() -> str:
    """The register of whoever receives reports; for others there is none."""
    with reading(site().engine) as database:
        _require_officer(database)
        rows = register(database, scope().account_id)
    shown = [row for row in rows if request.args.get("loc") != "cho" or not row.outcome]
    return render_template("reports.html", rows=shown, waiting=sum(not row.outcome for row in rows))


def _require_officer(database: Session) -> frozenset[int] | None:
    """The units about which the account receives reports; whoever receives none finds no page."""
    units = received_units(database, scope().account_id)
    if units is not None and not units:
        abort(404)
    return units


def _row_or_404(database: Session, code: str) -> ReportRow:
    return next(iter(register(database, scope().account_id, code)), None) or abort(404)


@pages.get("/phan-anh/moi")
@policy(Action.RECEIVE_REPORTS)
def new() -> str:
    """The form of a report."""
    return _form()


def _form(refused: Refused | None = None) -> str:
    with reading(site().engine) as database:
        mine, units = _require_officer(database), tree(database)
    chosen = [unit for unit in units.units.values() if mine is None or unit.id in mine]
    return render_template(
        "report_new.html",
        units=chosen,
        sources=SOURCES,
        kept=request.form,
        refused=refused,
        now=f"{site().now():%Y-%m-%dT%H:%M}",
        most_kib=site().settings.explanations.attachment_kib,
    )


@pages.post("/phan-anh/moi")
@policy(Action.RECEIVE_REPORTS)
@takes_up_to(LARGEST_FORM)
def add() -> Answer:
    """Take a report in."""
    code = f"pa-{secrets.token_hex(CODE_BYTES)}"
    try:
        with transaction(site().engine) as database:
            _require_officer(database)
            take_in(database, _told(database, tree(database)), acting(), code=code)
    except (InspectionRefused, FormRefused, CaseRefused) as refused:
        return _form(refused), 400
    tell("report_taken")
    return redirect(url_for("citizen_reports.one", code=code))


def _told(database: Session, units: Tree) -> Told:
    """The form as a report. Raises InspectionRefused `report_unit`, `report_person`, FormRefused."""
    unit = units.by_code(field("don-vi"))
    if unit is None:
        raise InspectionRefused("report_unit")
    happened = forms.moment("luc") if field("luc") else None
    return Told(
        source=field("nguon"),
        received_at=forms.moment("luc-nhan"),
        unit_id=unit.id,
        person_id=_person(database, units, unit.id, happened),
        happened_at=happened,
        words=field("noi-dung"),
        reporter=Reporter(name=field("ten"), contact=field("lien-he")),
        paper=paper_of_form(),
    )


def _person(database: Session, units: Tree, unit_id: int, happened: int | None) -> int | None:
    """Somebody of the unit then, within the officer's own right to look; out of reach is unknown."""
    code = field("ma")
    if not code:
        return None
    day = (wall_clock(acting()) if happened is None else happened) // DAY_SECONDS
    seat = seat_of(database, scope().reach, code, day)
    if seat is None or seat.unit_id not in units.below_in_bloc(unit_id):
        raise InspectionRefused("report_person")
    return seat.person_id


@pages.get("/phan-anh/<code>")
@policy(Action.RECEIVE_REPORTS)
def one(code: str) -> str:
    """One report beside what the records say of its time; who reported is a page of its own."""
    return _one(code)


def _one(code: str, refused: Refused | None = None) -> str:
    zone = site().settings.site.timezone
    with reading(site().engine) as database:
        row = _row_or_404(database, code)
        known = checked(database, row.report, tree(database), scope().reach, zone)
        papers = papers_of_report(database, row.report)
        outcomes = outcomes_of(database, row.report)
        finding = finding_of(database, row.report)
        named = has_reporter(database, row.report)
    if known is not None:
        people = [one.seat.person_id for one in known.people]
        day = known.moment // DAY_SECONDS
        remember_shown("view_citizen_report", f"report:{code}", people, day, day)
    return render_template(
        "report.html",
        row=row,
        known=known,
        papers=papers,
        outcomes=outcomes,
        choices=OUTCOMES,
        finding=finding,
        named=named,
        refused=refused,
        kept=request.form,
    )


@pages.post("/phan-anh/<code>/ket-luan")
@policy(Action.RECEIVE_REPORTS)
def judge(code: str) -> Answer:
    """Say what a report came to, with the reason."""

    def change(database: Session, row: ReportRow) -> None:
        conclude(database, row.report, field("ket-qua"), field("ly-do"), acting())

    return _changed(code, change)


@pages.post("/phan-anh/<code>/theo-doi")
@policy(Action.RECEIVE_REPORTS)
def follow(code: str) -> Answer:
    """Follow a confirmed report up as a finding, in the officer's own words."""

    def change(database: Session, row: ReportRow) -> None:
        drawn = f"viec-{secrets.token_hex(CODE_BYTES)}"
        follow_up(database, row.report, field("noi-dung"), acting(), code=drawn)

    return _changed(code, change)


def _changed(code: str, change: Callable[[Session, ReportRow], None]) -> Answer:
    try:
        with transaction(site().engine) as database:
            change(database, _row_or_404(database, code))
    except InspectionRefused as refused:
        return _one(code, refused), 400
    tell("report_kept")
    return redirect(url_for("citizen_reports.one", code=code))


@pages.get("/phan-anh/<code>/nguoi-phan-anh")
@policy(REVEAL)
def reporter(code: str) -> Answer:
    """Who reported: for a receiving officer who has just proven to be one, and never without a trace."""
    try:
        with transaction(site().engine) as database:
            row = _row_or_404(database, code)
            found = open_reporter(database, row.report, acting())
    except InspectionRefused as refused:
        return _one(code, refused), 400
    return render_template("reporter.html", row=row, reporter=found)


@pages.get("/phan-anh/<code>/tep/<int:number>")
@policy(Action.RECEIVE_REPORTS)
def paper(code: str, number: int) -> Response:
    """A paper that came with a report, always as a file to save."""
    with reading(site().engine) as database:
        row = _row_or_404(database, code)
        kept = [one for one in papers_of_report(database, row.report) if one.id == number and one.content]
        if not kept:
            abort(404)
        content, media_type, name = kept[0].content, kept[0].media_type, kept[0].name
    return send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name)


@pages.get("/phan-anh/so-lieu")
@policy(Action.PLAN_CHECKS)
def figures() -> str:
    """A month's reports in figures, about the units one may see; neither words nor names."""
    first = _month()
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    with reading(site().engine) as database:
        units = tree(database)
        mine = (
            received_units(database, scope().account_id)
            if scope().may(Action.RECEIVE_REPORTS)
            else frozenset()
        )
        reach = None if mine is None else mine | scope().units_of(units)
        found = report_figures(database, first, last, reach)
    return render_template(
        "report_figures.html", found=found, units=units.units, sources=SOURCES, columns=COLUMNS, first=first
    )


def _month() -> date:
    """The month of the address, else the present one."""
    text = request.args.get("thang", "")
    try:
        return date.fromisoformat(f"{text}-01") if text else site().now().date().replace(day=1)
    except ValueError:
        abort(404)
