"""Gửi, ký, chốt: the path of a unit's month, what is still missing, and taking its steps."""

from collections.abc import Callable

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.exports.timesheet.remarks import missing_verdicts
from monitor.exports.timesheet.supplement import supplements
from monitor.periods import (
    Demand,
    Month,
    PeriodRefused,
    approve_reopening,
    close_period,
    request_reopening,
    send_back,
    take_step,
)
from monitor.periods.found import period_of
from monitor.periods.replies import replies
from monitor.periods.signed import SignedContent, signed_content
from monitor.periods.steps import APPROVE, CLOSE, CONFIRM, LONGEST_NOTE, SUBMIT
from monitor.rules.codes import Status
from monitor.store.queries.month_steps import names_of, undecided_excuses
from monitor.store.queries.timesheets import unusual_sessions
from monitor.store.queries.tree import Tree, UnitRow, tree
from monitor.store.session import reading
from monitor.web.context import scope, site
from monitor.web.forms import FormRefused, field, reason
from monitor.web.language import language, say
from monitor.web.monthscope import may_take, seen_unit
from monitor.web.monthsteps import path_shown
from monitor.web.overtimepage import near_caps
from monitor.web.policy import Policy, policy
from monitor.web.shown import remember_shown
from monitor.web.sign_in import holder
from monitor.web.told import tell

pages = Blueprint("month_steps", __name__)

PLACE = "/bang-cong/<path:code>/<month:month>"
MOST = 200
"""Rows of a list; the grid's own filter shows the rest."""
Answer = Response | tuple[str, int]


@pages.get(f"{PLACE}/ky")
@policy(Action.SEE_UNITS)
def overview(code: str, month: str) -> str:
    """Where the month stands, what is missing, and what the reader may do."""
    return _page(code, Month.of(month))


def _page(code: str, month: Month, refusal: str = "") -> str:
    with reading(site().engine) as database:
        units = tree(database)
        unit = seen_unit(units, code, month)
        content = signed_content(database, unit.id, month)
        shown = path_shown(database, unit, month, content)
        found = period_of(database, unit.id, month)
        values = _lists(database, unit, month, content)
        values["supplements"] = supplements(database, unit, month, language())
        values["near_caps"] = near_caps(database, units, unit.id, month)
        changed = names_of(database, shown.path.changed)
    remember_shown("view_month", f"unit:{code}", content.people, month.first_day, month.last_day)
    return render_template(
        "month_steps.html",
        unit=unit,
        month=month,
        shown=shown,
        found=found,
        refusal=refusal,
        most=MOST,
        longest=LONGEST_NOTE,
        changed=changed,
        people=len(content.people),
        may=_may(units, unit, shown.path.next),
        local=_local,
        kept=request.form,
        **values,
    )


def _lists(database: Session, unit: UnitRow, month: Month, content: SignedContent) -> dict[str, object]:
    """What is missing before the month can be signed, each of it a day to look at; and who has replied."""
    days = range(month.first_day, month.last_day + 1)
    count, undecided = missing_verdicts(database, unit.id, month)
    half = unusual_sessions(database, unit.id, days, (Status.MISSING_IN, Status.MISSING_OUT), MOST)
    answers = replies(database, unit.id, month, content)
    return {
        "undecided": undecided[:MOST],
        "undecided_count": count,
        "half_marked": half,
        "waiting_excuses": undecided_excuses(database, content.people, days[0], days[-1]),
        "answers": answers,
        "silent": names_of(database, answers.silent | answers.outdated),
        "objecting": names_of(database, answers.objected.keys()),
    }


def _may(units: Tree, unit: UnitRow, due: str) -> dict[str, bool]:
    """What the account may do now: the step that is due, sending back, reopening."""
    asking = scope()
    return {
        "take": bool(due) and may_take(asking, units, unit, due),
        "return": _may_return(units, unit),
        "reopen": asking.may(Action.CLOSE_MONTHS),
        "approve_reopening": _may_approve_reopening(units, unit),
        "export": asking.may(Action.EXPORT),
    }


def _may_return(units: Tree, unit: UnitRow) -> bool:
    return any(may_take(scope(), units, unit, step) for step in (CONFIRM, APPROVE, CLOSE))


def _may_approve_reopening(units: Tree, unit: UnitRow) -> bool:
    """The second person: another account of HR, or whoever approves the month."""
    return any(may_take(scope(), units, unit, step) for step in (APPROVE, CLOSE))


def _local(moment: object) -> str:
    return f"{moment.astimezone(site().now().tzinfo):%H:%M %d/%m/%Y}"  # type: ignore[attr-defined]  # an instant of a row


@pages.post(f"{PLACE}/gui")
@policy(Policy(action=Action.SUBMIT_MONTHS, step_up=True))
def submit(code: str, month: str) -> Answer:
    """The clerk sends the month; with something missing only with a word about it."""
    return _take(code, month, SUBMIT)


@pages.post(f"{PLACE}/xac-nhan")
@policy(Policy(action=Action.CONFIRM_MONTHS, step_up=True))
def confirm(code: str, month: str) -> Answer:
    """The head of the unit confirms."""
    return _take(code, month, CONFIRM)


@pages.post(f"{PLACE}/duyet")
@policy(Policy(action=Action.CONFIRM_MONTHS, step_up=True))
def approve(code: str, month: str) -> Answer:
    """The head above approves."""
    return _take(code, month, APPROVE)


def _take(code: str, month: str, step: str) -> Answer:
    def run() -> None:
        if step == SUBMIT and not _note() and _something_missing(code, Month.of(month)):
            raise PeriodRefused("month_note_needed")
        take_step(
            site().engine,
            code,
            month,
            step,
            shown=field("noi-dung"),
            by=holder().user_name,
            now=site().now(),
            settings=site().settings,
            note=_note(),
        )

    return _doing(code, month, run, f"month_done_{step}", step)


def _note() -> str:
    return " ".join(field("ghi-chu").split())[:LONGEST_NOTE]


def _something_missing(code: str, month: Month) -> bool:
    with reading(site().engine) as database:
        unit = seen_unit(tree(database), code, month)
        found = _lists(database, unit, month, signed_content(database, unit.id, month))
    return bool(found["undecided"] or found["half_marked"] or found["waiting_excuses"])


@pages.post(f"{PLACE}/tra-lai")
@policy(Policy(action=Action.SEE_UNITS, step_up=True))
def give_back(code: str, month: str) -> Answer:
    """Whoever would sign next, or has signed, sends the month back and says why."""
    with reading(site().engine) as database:
        units = tree(database)
        if not _may_return(units, seen_unit(units, code, Month.of(month))):
            abort(404)

    def run() -> None:
        send_back(
            site().engine,
            code,
            month,
            by=holder().user_name,
            now=site().now(),
            settings=site().settings,
            reason=reason(),
        )

    return _doing(code, month, run, "month_done_return", "")


@pages.post(f"{PLACE}/chot")
@policy(Policy(action=Action.CLOSE_MONTHS, step_up=True))
def close(code: str, month: str) -> Answer:
    """HR closes what was signed; from the pages never without the steps."""

    def run() -> None:
        close_period(
            site().engine,
            code,
            month,
            now=site().now(),
            actor=holder().user_name,
            settings=site().settings,
            demand=Demand(steps=True, shown=field("noi-dung") or "-"),
        )

    return _doing(code, month, run, "month_done_close", CLOSE)


@pages.post(f"{PLACE}/mo-lai")
@policy(Policy(action=Action.CLOSE_MONTHS, step_up=True))
def ask_reopening(code: str, month: str) -> Answer:
    """Ask for a closed month to be opened again; somebody else decides."""

    def run() -> None:
        why, by = reason(), holder().user_name
        request_reopening(site().engine, code, month, reason=why, requested_by=by, now=site().now())

    return _doing(code, month, run, "month_done_ask", "")


@pages.post(f"{PLACE}/mo-lai/duyet")
@policy(Policy(action=Action.SEE_UNITS, step_up=True))
def reopen(code: str, month: str) -> Answer:
    """The second person agrees: the month is open, what waited is applied."""
    with reading(site().engine) as database:
        units = tree(database)
        if not _may_approve_reopening(units, seen_unit(units, code, Month.of(month))):
            abort(404)

    def run() -> None:
        approve_reopening(
            site().engine,
            code,
            month,
            approved_by=holder().user_name,
            now=site().now(),
            settings=site().settings,
        )

    return _doing(code, month, run, "month_done_reopen", "")


def _doing(code: str, month: str, run: Callable[[], None], done: str, step: str) -> Answer:
    """Do it for a unit in scope, then lead to the path; what was refused is said on the page itself."""
    wanted = Month.of(month)
    with reading(site().engine) as database:
        units = tree(database)
        unit = seen_unit(units, code, wanted)
        if step and not may_take(scope(), units, unit, step):
            abort(404)
    try:
        run()
    except (PeriodRefused, FormRefused) as refused:
        return _page(code, wanted, say(refused.code, **refused.values)), 400
    tell(done)
    return redirect(url_for("month_steps.overview", code=code, month=month))
