"""The papers of a finding, as Word and PDF: the request to explain and the notice of result."""

from flask import Blueprint, abort, make_response, render_template
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.exports.timesheet.form import load_forms
from monitor.exports.trace import Handed, trace_export
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.letter_docx import as_docx
from monitor.inspections.letter_paper import Source, letter_paper
from monitor.inspections.letter_pdf import as_pdf
from monitor.store.queries.tree import tree
from monitor.store.session import reading
from monitor.web.context import site
from monitor.web.findingpage import Seen, seen_or_404
from monitor.web.pages.visit_minutes import TYPES
from monitor.web.policy import Policy, policy
from monitor.web.sign_in import holder

pages = Blueprint("finding_papers", __name__)

EXPORT = Policy(action=Action.EXPORT, step_up=True)
NAMES = {"yeu-cau": "request", "thong-bao": "notice"}


@pages.get("/theo-doi/<code>/<any('yeu-cau', 'thong-bao'):kind>.<suffix>")
@policy(EXPORT)
def export(code: str, kind: str, suffix: str) -> Response | tuple[str, int]:
    """One paper, with what stood in it when the step was taken; before that it is not found."""
    if suffix not in TYPES:
        abort(404)
    folder = site().settings.folder
    try:
        with reading(site().engine) as database:
            seen = seen_or_404(database, code)
            forms = load_forms(folder)
            source = Source(row=seen.row, steps=seen.item.steps, units=tree(database), forms=forms)
            paper = letter_paper(source, NAMES[kind])
        if paper is None:
            abort(404)
        made = as_docx(paper) if suffix == "docx" else as_pdf(paper, style=forms.print, folder=folder)
    except InspectionRefused as refused:
        return render_template("post_break_refused.html", refused=refused), 400
    return _handed(seen, f"{kind}-{code}.{suffix}", made, TYPES[suffix])


def _handed(seen: Seen, name: str, content: bytes, media_type: str) -> Response:
    finding, person = seen.row.finding, seen.row.person
    handed = Handed(
        what=f"finding.{name.rpartition('.')[2]}",
        content=content,
        rows=1,
        people=() if person is None else (person.code,),
        first_day=finding.day,
        last_day=finding.day,
        file=name,
    )
    trace_export(site().engine, handed, now=site().now(), actor=holder().user_name)
    answer = make_response(content)
    answer.headers["Content-Type"] = media_type
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
