"""Biên bản: writing the minutes of a visit, handing them out as Word and PDF, and the signed copy."""

from dataclasses import fields
from io import BytesIO

from flask import Blueprint, abort, make_response, redirect, render_template, request, send_file, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.cases.errors import CaseRefused
from monitor.cases.papers import Paper, examined
from monitor.exports.timesheet.form import load_forms
from monitor.exports.trace import Handed, trace_export
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.minutes import LONGEST_PART, Words, keep_signed, read_facts, write_version
from monitor.inspections.minutes_docx import as_docx
from monitor.inspections.minutes_paper import Source, minutes_paper
from monitor.inspections.minutes_pdf import as_pdf
from monitor.inspections.paper import word
from monitor.inspections.roll import totals_of_roll
from monitor.store.queries.campaigns import campaign_team
from monitor.store.queries.visits import versions
from monitor.store.session import reading, transaction
from monitor.store.tables import VisitMinutes, VisitScan
from monitor.web.context import site
from monitor.web.forms import field, small_number
from monitor.web.limits import takes_up_to
from monitor.web.policy import Policy, policy
from monitor.web.sign_in import holder
from monitor.web.told import tell
from monitor.web.visitpage import Seen, changeable_or_404, inspector, seen_or_404

pages = Blueprint("visit_minutes", __name__)

EXPORT = Policy(action=Action.EXPORT, step_up=True)
SIGN = Policy(action=Action.INSPECT, step_up=True)
LARGEST_FORM = 9 * 1024 * 1024
WORDS_FORM = 256 * 1024
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}

Answer = Response | str | tuple[str, int]


@pages.get("/luot-kiem-tra/<code>/bien-ban")
@policy(Action.SEE_UNITS)
def form(code: str) -> str:
    """The versions, and for the team the form of the next one."""
    return _page(code)


def _page(code: str, refused: InspectionRefused | CaseRefused | None = None) -> str:
    with reading(site().engine) as database:
        seen = seen_or_404(database, code)
        written = versions(database, seen.visit.id or 0)
        kept = _kept(database, seen, written[0] if written else None)
    seen.remember()
    return render_template(
        "visit_minutes.html",
        seen=seen,
        visit=seen.visit,
        campaign=seen.campaign,
        unit=seen.units.units[seen.visit.unit_id],
        totals=totals_of_roll(seen.roll),
        waiting=sum(line.waiting for line in seen.roll),
        versions=written,
        words=kept,
        longest=LONGEST_PART,
        most_kib=site().settings.explanations.attachment_kib,
        local=lambda moment: f"{moment.astimezone(site().now().tzinfo):%H:%M %d/%m/%Y}",
        refused=refused,
    )


def _kept(database: Session, seen: Seen, last: VisitMinutes | None) -> Words:
    """What the form begins with: what was sent, the last version's words, or what the campaign says."""
    if request.method == "POST" and field("co-quan"):
        return _words()
    if last is not None:
        return Words(**read_facts(last)["words"])
    team = campaign_team(database, seen.campaign.id or 0) if seen.own else []
    lines = [f"- {one.display_name}: {word(f'campaign_role_{one.role}')}" for one in team]
    return Words(
        body=seen.visit.body,
        team="\n".join(lines),
        place=seen.units.units[seen.visit.unit_id].name,
        content=word("minutes_default_content"),
        ended=f"{site().now():%H:%M}",
    )


NAMES = {
    "body": "co-quan",
    "symbol": "ky-hieu",
    "place": "dia-diem",
    "team": "doan",
    "hosts": "dai-dien",
    "content": "noi-dung",
    "desk": "mot-cua",
    "other": "khac",
    "opinions": "y-kien",
    "proposals": "kien-nghi",
    "ended": "ket-thuc",
    "copies": "so-ban",
}


def _words() -> Words:
    """The form as words; every field of theirs has one of its own."""
    return Words(**{one.name: field(NAMES[one.name]) for one in fields(Words)})


@pages.post("/luot-kiem-tra/<code>/bien-ban")
@policy(Action.INSPECT)
@takes_up_to(WORDS_FORM)
def write(code: str) -> Answer:
    """A new version; totals that do not reconcile are refused, naming the difference."""
    try:
        with transaction(site().engine) as database:
            seen = changeable_or_404(database, code)
            made = write_version(database, seen.visit, seen.campaign, seen.roll, _words(), inspector())
            number = made.version
    except InspectionRefused as refused:
        return _page(code, refused), 400
    tell("visit_minutes_written", version=number)
    return redirect(url_for("visit_minutes.form", code=code))


@pages.get("/luot-kiem-tra/<code>/bien-ban.<suffix>")
@policy(EXPORT)
def export(code: str, suffix: str) -> Answer:
    """A version as Word or PDF, once the trail knows; without `ban` the last one."""
    if suffix not in TYPES:
        abort(404)
    folder = site().settings.folder
    try:
        with reading(site().engine) as database:
            seen = seen_or_404(database, code)
            forms = load_forms(folder)
            paper = minutes_paper(
                Source(
                    visit=seen.visit,
                    campaign=seen.campaign,
                    minutes=_version(database, seen),
                    roll=seen.roll,
                    units=seen.units,
                    forms=forms,
                )
            )
        made = as_docx(paper) if suffix == "docx" else as_pdf(paper, style=forms.print, folder=folder)
    except InspectionRefused as refused:
        return render_template("post_break_refused.html", refused=refused), 400
    return _handed(seen, f"bien-ban-{code}.{suffix}", made, TYPES[suffix])


def _version(database: Session, seen: Seen) -> VisitMinutes:
    """The version asked for; minutes are about everybody of the list, so whoever sees less has none."""
    written = versions(database, seen.visit.id or 0)
    asked = small_number(request.args.get("ban"))
    found = [one for one in written if asked in {None, one.version}]
    if not seen.whole or not found:
        abort(404)
    return found[0]


def _handed(seen: Seen, name: str, content: bytes, media_type: str) -> Response:
    handed = Handed(
        what=f"minutes.{name.rpartition('.')[2]}",
        content=content,
        rows=len(seen.roll),
        people=tuple(seen.people),
        first_day=seen.visit.day,
        last_day=seen.visit.day,
        file=name,
    )
    trace_export(site().engine, handed, now=site().now(), actor=holder().user_name)
    answer = make_response(content)
    answer.headers["Content-Type"] = media_type
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@pages.post("/luot-kiem-tra/<code>/bien-ban/ky")
@policy(SIGN)
@takes_up_to(LARGEST_FORM)
def sign(code: str) -> Answer:
    """Store the signed copy; from now on nothing found changes."""
    try:
        with transaction(site().engine) as database:
            seen = changeable_or_404(database, code)
            keep_signed(database, seen.visit, seen.campaign, seen.roll, _paper(), inspector())
    except (InspectionRefused, CaseRefused) as refused:
        return _page(code, refused), 400
    tell("visit_minutes_signed")
    return redirect(url_for("visit_minutes.form", code=code))


def _paper() -> Paper:
    """The file that was sent, by its content. Raises CaseRefused, InspectionRefused `visit_no_paper`."""
    sent = request.files.get("tep")
    if sent is None or not sent.filename:
        raise InspectionRefused("visit_no_paper")
    most = site().settings.explanations.attachment_kib * 1024
    return examined(sent.filename, sent.stream.read(most + 1), most)


@pages.get("/luot-kiem-tra/<code>/bien-ban-da-ky")
@policy(EXPORT)
def scan(code: str) -> Response:
    """The signed copy as it was stored, always as a file to save."""
    with reading(site().engine) as database:
        seen = seen_or_404(database, code)
        kept = database.get(VisitScan, seen.visit.id)
        if kept is None or not seen.whole:
            abort(404)
        content, media_type, name = kept.content, kept.media_type, kept.name
    _handed(seen, name, content, media_type)
    return send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name)
