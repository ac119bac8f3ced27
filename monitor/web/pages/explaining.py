"""Giải trình: the staff's own words about a day, and the papers of a thread."""

from io import BytesIO

from flask import Blueprint, abort, redirect, render_template, request, send_file, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.cases import CaseRefused, Explanation, Paper, Thread, examined, explain, paper_of
from monitor.cases.explaining import KINDS
from monitor.rules.wallclock import DAY_SECONDS, day_of
from monitor.store.queries.seats import Seat
from monitor.store.session import reading, transaction
from monitor.store.tables import Person
from monitor.web import forms
from monitor.web.casepage import asking, matter_of, seat_in_scope, thread_of
from monitor.web.context import scope, site
from monitor.web.forms import FormRefused
from monitor.web.language import say
from monitor.web.limits import takes_up_to
from monitor.web.policy import policy
from monitor.web.shown import remember_shown
from monitor.web.told import tell

pages = Blueprint("explaining", __name__)

LARGEST_FORM = 9 * 1024 * 1024
"""Above the largest paper that the settings may allow: what is too large is told in words."""


@pages.get("/nguoi/<path:code>/ngay/<day:day>/giai-trinh")
@policy(Action.SEE_PEOPLE)
def form(code: str, day: int) -> str:
    """The form with the thread above it; only the person has it."""
    kind = request.args.get("loai", "")
    return _page(code, day, {"loai": kind if kind in KINDS else "explain"})


def _page(code: str, day: int, kept: dict[str, str], refusal: str = "") -> str:
    with reading(site().engine) as database:
        seat, thread = _own(database, code, day)
    limits = site().settings.explanations
    return render_template(
        "explaining.html",
        thread=thread,
        seat=seat,
        day=day,
        kinds=KINDS,
        kept=kept,
        refusal=refusal,
        most_kib=limits.attachment_kib,
    )


def _own(database: Session, code: str, day: int) -> tuple[Seat, Thread]:
    """The reader's own day with its thread; anybody else's is not found here, nor a day to come."""
    seat = seat_in_scope(database, code, day)
    if seat.person_id != scope().person_id:
        abort(404)
    thread = thread_of(database, scope(), seat.person_id, day)
    if thread is None or not thread.may_explain:
        abort(404)
    return seat, thread


@pages.post("/nguoi/<path:code>/ngay/<day:day>/giai-trinh")
@policy(Action.SEE_PEOPLE)
@takes_up_to(LARGEST_FORM)
def add(code: str, day: int) -> Response | tuple[str, int]:
    """Add what the person says; refused as a whole, with what was typed kept."""
    try:
        with transaction(site().engine) as database:
            seat, _thread = _own(database, code, day)
            explain(database, asking(), matter_of(seat, day), _said(day))
    except (CaseRefused, FormRefused) as refused:
        kept = {
            name: request.form.get(name, "") for name in ("loai", "noi-dung", "gio", "chung-kien", "cho-hr")
        }
        return _page(code, day, kept, say(refused.code, **refused.values)), 400
    tell("case_explained")
    return redirect(url_for("person.day", code=code, day=day, _anchor="giai-trinh"))


def _said(day: int) -> Explanation:
    """The form as an explanation. Raises FormRefused, CaseRefused."""
    kind = forms.field("loai")
    return Explanation(
        kind=kind,
        body=forms.field("noi-dung"),
        asked_time=_time(day) if kind == "forgot" else None,
        witness=forms.field("chung-kien") if kind == "forgot" else "",
        paper=_paper(),
        paper_for_hr=bool(forms.field("cho-hr")),
    )


def _time(day: int) -> int | None:
    """The forgotten time on the day, or with its own date (a night duty's end)."""
    text = forms.field("gio")
    if not text:
        return None
    parts = text.split(":")
    numbers = [forms.small_number(part) for part in parts]
    if len(parts) not in {2, 3} or None in numbers:
        raise FormRefused("form_bad_moment", value=text[:20])
    hours, minutes = numbers[0] or 0, numbers[1] or 0
    if hours > 23 or minutes > 59:  # noqa: PLR2004 - a clock
        raise FormRefused("form_bad_moment", value=text[:20])
    later = DAY_SECONDS if forms.field("hom-sau") else 0
    return day * DAY_SECONDS + later + hours * 3600 + minutes * 60


def _paper() -> Paper | None:
    """The file, if one was chosen. Raises CaseRefused for what cannot be kept."""
    sent = request.files.get("tep")
    if sent is None or not sent.filename:
        return None
    most = site().settings.explanations.attachment_kib * 1024
    return examined(sent.filename, sent.stream.read(most + 1), most)


@pages.get("/giay-to/<int:number>")
@policy(Action.SEE_PEOPLE)
def paper(number: int) -> Response:
    """A paper, always as a file to save, never shown in the browser; for the person and who decides."""
    with reading(site().engine) as database:
        found = paper_of(database, asking(), number)
        if found is None:
            abort(404)
        kept, case = found
        person = database.get_one(Person, case.person_id).code
        content, media_type, name = kept.content, kept.media_type, kept.name
    day = day_of(case.on_date)
    remember_shown("view_paper", f"person:{person}", [case.person_id], day, day)
    return send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name)
