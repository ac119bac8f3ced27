"""Làm thêm giờ: approved against worked, and how much of the caps is used; as a page and as a file."""

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from monitor.access import Action
from monitor.exports.formats import FORMATS_FOR_PEOPLE
from monitor.exports.trace import Handed, trace_export
from monitor.periods import Month
from monitor.store.queries.tree import Tree, tree
from monitor.store.session import reading
from monitor.web.context import scope, site
from monitor.web.language import number_text
from monitor.web.monthscope import seen_below, seen_unit
from monitor.web.pages.board import switcher
from monitor.web.pages.month_files import TYPES
from monitor.web.pages.person_month import neighbours
from monitor.web.policy import Policy, policy
from monitor.web.shown import remember_shown
from monitor.web.sign_in import holder
from monitor.web.yearlypage import home_of
from monitor.yearly.overtime import OvertimeLine, Whose, caps_of, hours, overtime_month, warnings_of
from monitor.yearly.overtime_table import overtime_table

pages = Blueprint("overtime", __name__)

PLACE = "/don-vi/<path:code>/lam-them/<month:month>"
KINDS = ("xlsx", "csv", "json")
MONTH_LETTERS = 7


@pages.get("/lam-them")
@policy(Action.SEE_UNITS)
def overview() -> AnyResponse:
    """The way in, and the switcher without JavaScript: a unit and a month, or those to begin with."""
    month = request.args.get("thang", "") or f"{site().now():%Y-%m}"
    if len(month) != MONTH_LETTERS:
        abort(404)
    with reading(site().engine) as database:
        units = tree(database)
        code = request.args.get("ma", "") or home_of(units).code
    return redirect(url_for("overtime.unit_month", code=code, month=month))


@pages.get(PLACE)
@policy(Action.SEE_UNITS)
def unit_month(code: str, month: str) -> str:
    """Everybody of a unit and those below it who has overtime this year, or stayed on unapproved."""
    wanted = Month.of(month)
    with reading(site().engine) as database:
        units = tree(database)
        unit = seen_unit(units, code, wanted)
        whose, lines = lines_of(database, units, code, wanted)
    people = (line.who.person_id for line in lines)
    remember_shown("view_year", f"unit:{code}", people, whose.year_to_date.start, wanted.last_day)
    return render_template(
        "overtime.html",
        unit=unit,
        month=wanted,
        lines=lines,
        warned=warnings_of(lines),
        caps=whose.caps,
        switcher=switcher(units, scope()),
        neighbours=neighbours(wanted),
        this_month=f"{site().now():%Y-%m}",
        may_export=scope().may(Action.EXPORT),
        profile=site().settings.overtime.profile,
        kinds=KINDS,
        hours=lambda seconds: number_text(hours(seconds)),
    )


def lines_of(database: Session, units: Tree, code: str, month: Month) -> tuple[Whose, list[OvertimeLine]]:
    """The overtime of a unit in scope and of what lies below it."""
    unit = seen_unit(units, code, month)
    below = frozenset(one.id for one in seen_below(units, unit, month.first_day, month.last_day))
    caps = caps_of(site().settings.overtime)
    whose = Whose(units=units, reach=scope().reach, unit_ids=below, month=month, caps=caps)
    return whose, overtime_month(database, whose)


@pages.get(f"{PLACE}/tep")
@policy(Policy(action=Action.EXPORT, step_up=True))
def export(code: str, month: str) -> Response:
    """The same as a file: `loai` a kind of file."""
    kind, wanted = request.args.get("loai", KINDS[0]), Month.of(month)
    if kind not in KINDS:
        abort(404)
    with reading(site().engine) as database:
        whose, lines = lines_of(database, tree(database), code, wanted)
    table = overtime_table(lines, month)
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in code)
    handed = Handed(
        what=f"overtime-caps.{kind}",
        content=FORMATS_FOR_PEOPLE[kind](table),
        rows=len(table),
        people=table["person"],
        first_day=whose.year_to_date.start,
        last_day=wanted.last_day,
        unit=code,
        file=f"lam-them_{plain}_{month}.{kind}",
    )
    trace_export(site().engine, handed, now=site().now(), actor=holder().user_name)
    headers = {
        "Content-Disposition": f'attachment; filename="{handed.file}"',
        "Cache-Control": "no-store",
    }
    return Response(handed.content, headers=headers, content_type=TYPES[f".{kind}"])
