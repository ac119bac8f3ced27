"""Theo dõi sau kiểm tra: what became of each finding, step by step, for the team, the unit and the person."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

from flask import Blueprint, abort, redirect, render_template, request, send_file, url_for
from sqlmodel import Session, col
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.cases import CaseRefused, Reminding
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.findings import candidates, open_of_visit
from monitor.inspections.followup import TEAM, take
from monitor.inspections.overdue import Item
from monitor.inspections.reminding import issue, issued
from monitor.inspections.responsible import responsible_for
from monitor.store.queries.campaigns import known_campaign
from monitor.store.queries.findings import chain_of, paper_of_finding, reminders_because_of
from monitor.store.queries.tree import tree
from monitor.store.session import reading, transaction
from monitor.store.tables import Campaign
from monitor.store.tables.followup import STEPS
from monitor.web import forms
from monitor.web.context import scope, site
from monitor.web.findingpage import Seen, acting, followed, seen_or_404, step_of_form
from monitor.web.forms import FormRefused, field
from monitor.web.limits import takes_up_to
from monitor.web.policy import policy
from monitor.web.shown import remember_shown
from monitor.web.told import tell
from monitor.web.visitpage import changeable_or_404

pages = Blueprint("findings", __name__)

LARGEST_FORM = 9 * 1024 * 1024
CODE_BYTES = 8
FILTERS = ("mo", "qua-han", "dong", "tat-ca")

Answer = Response | str | tuple[str, int]
Refused = InspectionRefused | FormRefused | CaseRefused


@pages.get("/theo-doi")
@policy(Action.SEE_PEOPLE)
def overview() -> str:
    """The findings that one may know of, late ones first; of one campaign with `dot`."""
    chosen = request.args.get("loc", FILTERS[0])
    if chosen not in FILTERS:
        abort(404)
    with reading(site().engine) as database:
        campaign = _campaign(database)
        found = followed(database, *(() if campaign is None else (col(Campaign.id) == campaign.id,)))
    shown = [item for item in found if _fits(item, chosen)]
    people = [item.row.finding.person_id for item in shown if item.row.finding.person_id is not None]
    if people:
        days = [item.row.finding.day for item in shown]
        remember_shown("view_findings", "findings", people, min(days), max(days))
    return render_template(
        "findings.html",
        items=shown,
        campaign=campaign,
        chosen=chosen,
        counts={name: sum(_fits(item, name) for item in found) for name in FILTERS},
    )


def _campaign(database: Session) -> Campaign | None:
    """The campaign of the address; one that may not be known of is not found."""
    code = request.args.get("dot", "")
    found = known_campaign(database, code, scope().account_id, site().now()) if code else None
    if code and found is None:
        abort(404)
    return found


def _fits(item: Item, chosen: str) -> bool:
    late = item.is_open and item.progress.late
    return {"mo": item.is_open, "qua-han": late, "dong": not item.is_open}.get(chosen, True)


@pages.get("/theo-doi/<code>")
@policy(Action.SEE_PEOPLE)
def one(code: str) -> str:
    """One finding: its chain, who led the unit that day, and the form of the step that is the reader's."""
    return _one(code)


def _one(code: str, refused: Refused | None = None) -> str:
    settings, today = site().settings, site().now().date()
    with reading(site().engine) as database:
        seen = seen_or_404(database, code)
        finding = seen.row.finding
        chain = {one.step.kind: one for one in chain_of(database, finding.id or 0)}
        leaders = responsible_for(database, finding, tree(database))
        reminders = issued(database, reminders_because_of(database, finding.id or 0), settings)
    seen.remember()
    return render_template(
        "finding.html",
        seen=seen,
        row=seen.row,
        item=seen.item,
        chain=chain,
        steps=STEPS,
        leaders=leaders,
        named=TEAM in seen.sides,
        reminders=reminders,
        refused=refused,
        kept=request.form,
        today=today,
        proposed=today + timedelta(days=settings.inspections.explain_days),
        most_kib=settings.explanations.attachment_kib,
        repeat_months=settings.inspections.repeat_months,
    )


@pages.post("/theo-doi/<code>/buoc")
@policy(Action.SEE_PEOPLE)
@takes_up_to(LARGEST_FORM)
def go_on(code: str) -> Answer:
    """Take the next step; one that is not next, or not the reader's, is refused in words."""

    def change(database: Session, seen: Seen) -> None:
        take(database, seen.row.finding, step_of_form(), acting(), seen.sides)

    return _changed(code, change)


@pages.post("/theo-doi/<code>/nhac-nho")
@policy(Action.SEE_PEOPLE)
def remind(code: str) -> Answer:
    """Issue a written reminder because of a finding."""

    def change(database: Session, seen: Seen) -> None:
        said = Reminding(
            issuer=field("co-quan"),
            number=field("so"),
            issued_on=forms.day("ngay") or site().now().date(),
            rule_cited=field("can-cu"),
            body=field("noi-dung"),
        )
        issue(database, seen.row.finding, said, acting(), seen.sides)

    return _changed(code, change)


def _changed(code: str, change: Callable[[Session, Seen], None]) -> Answer:
    try:
        with transaction(site().engine) as database:
            change(database, seen_or_404(database, code))
    except (InspectionRefused, FormRefused, CaseRefused) as refused:
        return _one(code, refused), 400
    tell("finding_kept")
    return redirect(url_for("findings.one", code=code))


@pages.get("/theo-doi/<code>/tep/<int:number>")
@policy(Action.SEE_PEOPLE)
def paper(code: str, number: int) -> Response:
    """A paper of a step as it came, always as a file to save."""
    with reading(site().engine) as database:
        seen = seen_or_404(database, code)
        kept = paper_of_finding(database, seen.row.finding.id or 0, number)
        if kept is None or not kept.content:
            abort(404)
        content, media_type, name = kept.content, kept.media_type, kept.name
    seen.remember("view_paper")
    return send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name)


@pages.get("/luot-kiem-tra/<code>/theo-doi")
@policy(Action.INSPECT)
def choose(code: str) -> str:
    """Which findings of a signed visit are followed up, for its team."""
    return _choose(code)


def _choose(code: str, refused: InspectionRefused | None = None) -> str:
    with reading(site().engine) as database:
        seen = changeable_or_404(database, code)
        found = candidates(database, seen.visit, seen.roll)
    seen.remember()
    return render_template(
        "finding_choose.html",
        seen=seen,
        visit=seen.visit,
        unit=seen.units.units[seen.visit.unit_id],
        candidates=found,
        refused=refused,
    )


@pages.post("/luot-kiem-tra/<code>/theo-doi")
@policy(Action.INSPECT)
def add(code: str) -> Answer:
    """Begin to follow up the ticked findings, and one about the unit where words are given."""
    try:
        with transaction(site().engine) as database:
            seen = changeable_or_404(database, code)
            ticked = set(request.form.getlist("nguoi"))
            found = candidates(database, seen.visit, seen.roll)
            chosen = [one for one in found if one.line.person.code in ticked]
            codes = [f"viec-{secrets.token_hex(CODE_BYTES)}" for _ in range(len(chosen) + 1)]
            made = open_of_visit(database, seen.visit, chosen, field("don-vi"), acting(), codes)
            count, campaign = len(made), seen.campaign.code
    except InspectionRefused as refused:
        return _choose(code, refused), 400
    tell("finding_opened", count=count)
    return redirect(url_for("findings.overview", dot=campaign))
