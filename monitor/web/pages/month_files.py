"""Tải tệp: official sheets, pending adjustments and verdicts as files, to those who just proved who they are.

The trail is told before a byte leaves. A unit that is not in scope on every day of the file is left out of a
subtree, and not found when it is asked for itself.
"""

from flask import Blueprint, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from monitor.access import Action
from monitor.exports.formats import FORMATS_FOR_PEOPLE
from monitor.exports.spread import Asked, records_table
from monitor.exports.timesheet.collect import spread_sheets, units_with_people
from monitor.exports.timesheet.document import (
    SUFFIXES,
    Seen,
    content_of_file,
    handed_over,
    supplement_handed,
)
from monitor.exports.timesheet.form import NAMES, load_forms
from monitor.exports.timesheet.supplement import supplement_table, supplements
from monitor.exports.timesheet.wanted import Wanted
from monitor.exports.trace import Handed, trace_export
from monitor.periods import Month, PeriodRefused
from monitor.rules.wallclock import date_of
from monitor.store.queries.reach import EVERYBODY
from monitor.store.queries.tree import tree
from monitor.store.session import StoreError, reading
from monitor.web.addresses import iso_day
from monitor.web.context import site
from monitor.web.language import language
from monitor.web.monthscope import seen_below, seen_unit, sees_whole
from monitor.web.policy import Policy, policy
from monitor.web.sign_in import holder
from monitor.web.told import tell
from monitor.web.workers import workers

pages = Blueprint("month_files", __name__)

HANDS_OVER = Policy(action=Action.EXPORT, step_up=True)
TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pdf": "application/pdf",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
}
MOST_DAYS = 366
TABLES = ("sessions", "days")


@pages.get("/bang-cong/<path:code>/<month:month>/tep")
@policy(HANDS_OVER)
def sheet(code: str, month: str) -> AnyResponse:
    """The month's sheets: `mau` a form, `loai` a kind of file, `ca=1` the whole subtree."""
    form, suffix = request.args.get("mau", NAMES[0]), f".{request.args.get('loai', 'xlsx')}"
    if form not in NAMES or suffix not in SUFFIXES:
        abort(404)
    wanted, seen = _wanted(form, month), Seen()
    allowed = _allowed(code, wanted.month)
    try:
        found, whole = units_with_people(
            site().engine, code, wanted, with_subunits=request.args.get("ca") == "1"
        )
        units = [unit for unit in found if unit in allowed]
        if not units:
            abort(404)
        with workers() as where:
            sheets = seen.watch(spread_sheets(site().engine, units, wanted, where))
            content = content_of_file(sheets, wanted, suffix, folder=site().settings.folder, whole=whole)
    except (StoreError, PeriodRefused) as refused:
        tell(refused.code, **{name: str(value) for name, value in refused.values.items()})
        return redirect(url_for("months.unit_month", code=code, month=month))
    name = _name("bang-cong", form, code, month) + suffix
    return _hand_over(handed_over(content, wanted, seen, code, name), suffix)


@pages.get("/bang-cong/<path:code>/<month:month>/dieu-chinh")
@policy(HANDS_OVER)
def adjustments(code: str, month: str) -> AnyResponse:
    """What waits to be adjusted in a closed month, as a table."""
    suffix = _table_suffix()
    wanted = _wanted(NAMES[0], month)
    with reading(site().engine) as database:
        unit = seen_unit(tree(database), code, wanted.month)
        found = supplements(database, unit, wanted.month, language())
    content = FORMATS_FOR_PEOPLE[suffix[1:]](supplement_table(found))
    name = _name("dieu-chinh", "", code, month) + suffix
    return _hand_over(supplement_handed(content, wanted, found, code, name), suffix)


@pages.get("/ket-qua/<path:code>/tep")
@policy(HANDS_OVER)
def records(code: str) -> AnyResponse:
    """Verdicts by session or by day of a unit and its subtree, over at most a year of days."""
    table, suffix = request.args.get("bang", "sessions"), _table_suffix()
    first, last = _span()
    if table not in TABLES:
        abort(404)
    with reading(site().engine) as database:
        units = tree(database)
        unit = units.by_code(code)
        if unit is None or not sees_whole(unit.id, first, last):
            abort(404)
        ids = frozenset(one.id for one in seen_below(units, unit, first, last))
    asked = Asked(table=table, first_day=first, last_day=last, unit_ids=ids, reach=EVERYBODY)
    with workers() as where:
        rows = records_table(site().engine, asked, where)
    content = FORMATS_FOR_PEOPLE[suffix[1:]](rows)
    handed = Handed(
        what=f"{table}{suffix}",
        content=content,
        rows=len(rows),
        people=rows["person"],
        first_day=first,
        last_day=last,
        unit=code,
        file=_name(table, "", code, f"{date_of(first)}_{date_of(last)}") + suffix,
    )
    return _hand_over(handed, suffix)


def _wanted(form: str, month: str) -> Wanted:
    surroundings = site()
    return Wanted(
        form_name=form,
        forms=load_forms(surroundings.settings.folder),
        month=Month.of(month),
        now=surroundings.now(),
        zone=surroundings.settings.site.timezone,
        check_url=surroundings.settings.periods.check_url,
    )


def _allowed(code: str, month: Month) -> frozenset[int]:
    with reading(site().engine) as database:
        units = tree(database)
        unit = seen_unit(units, code, month)
        return frozenset(one.id for one in seen_below(units, unit, month.first_day, month.last_day))


def _table_suffix() -> str:
    kind = request.args.get("loai", "xlsx")
    if kind not in FORMATS_FOR_PEOPLE:
        abort(404)
    return f".{kind}"


def _span() -> tuple[int, int]:
    try:
        first, last = iso_day(request.args.get("tu", "")), iso_day(request.args.get("den", ""))
    except ValueError:
        abort(404)
    if not 0 <= last - first < MOST_DAYS:
        abort(404)
    return first, last


def _name(*parts: str) -> str:
    """A file's name of plain letters, whatever a unit's code is made of."""
    kept = ("".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in part) for part in parts)
    return "_".join(part for part in kept if part)


def _hand_over(handed: Handed, suffix: str) -> Response:
    trace_export(site().engine, handed, now=site().now(), actor=holder().user_name)
    headers = {
        "Content-Disposition": f'attachment; filename="{handed.file}"',
        "Cache-Control": "no-store",
    }
    return Response(handed.content, headers=headers, content_type=TYPES[suffix])
