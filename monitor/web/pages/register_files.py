"""Excuses and rosters as files: a sample, what is registered, and a file back in with its errors shown."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.exports.registers import Sheet, excuses_workbook, roster_workbook, sample_workbook
from monitor.exports.returned import with_errors
from monitor.exports.trace import Handed, trace_export
from monitor.registers.listing import excuses_listed, roster_listed
from monitor.setup import ImportRefused
from monitor.store.queries.trail import person_ids
from monitor.store.session import reading
from monitor.web import forms
from monitor.web.context import scope, site
from monitor.web.language import language, say
from monitor.web.limits import takes_up_to
from monitor.web.pages.excuses import hidden, wanted_of_address
from monitor.web.policy import Policy, policy
from monitor.web.registerfile import put_in, try_out
from monitor.web.registerpage import chosen_unit, month_asked, today
from monitor.web.shown import remember_shown
from monitor.web.sign_in import holder
from monitor.web.told import tell
from monitor.web.uploads import LARGEST_FORM, Tried, Upload, sent, unpacked

pages = Blueprint("register_files", __name__)

KINDS = ("excuses", "roster")
KIND = "<any(excuses,roster):kind>"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAMES = {"excuses": "ly-do-vang", "roster": "lich-truc"}
MOST_ERRORS = 200


@pages.get("/dang-ky/tep")
@policy(Action.ENTER_RECORDS)
def overview() -> str:
    """The files that go in and out."""
    return _page()


def _page(refusal: str = "", kind: str = "") -> str:
    first, last = month_asked() if request.method == "GET" else (today(), today())
    with reading(site().engine) as database:
        chosen = chosen_unit(database, request.args.get("don-vi", ""), first, last)
    values: dict[str, Any] = {"kinds": KINDS, "chosen": chosen, "first": first, "names": NAMES}
    return render_template("register_files.html", refusal=refusal, refused_kind=kind, **values)


@pages.post(f"/dang-ky/tep/{KIND}")
@takes_up_to(LARGEST_FORM)
@policy(Action.ENTER_RECORDS)
def upload(kind: str) -> str | tuple[str, int]:
    """Try the file out: what is wrong with which cell or, when nothing is, what it would change."""
    try:
        found = sent(kind)
        tried = try_out(found)
    except ImportRefused as refused_file:
        return _page(say(refused_file.code, **refused_file.values), kind), 400
    return _tried(found, tried)


def _tried(found: Upload, tried: Tried) -> str | tuple[str, int]:
    errors = tried.report.imported.errors
    page = render_template(
        "register_tried.html",
        upload=found,
        tried=tried,
        imported=tried.report.imported,
        errors=[error.text(language()) for error in errors[:MOST_ERRORS]],
        more=max(0, len(errors) - MOST_ERRORS),
    )
    codes = {row.person for row in tried.rows}
    if codes:
        _remember(tried)
    return (page, 400) if errors else page


def _remember(tried: Tried) -> None:
    """Whose verdicts the preview shows, told before it is shown."""
    with reading(site().engine) as database:
        people = person_ids(database, {row.person for row in tried.rows})
    remember_shown("view_register", "preview", people.values(), today(), today())


@pages.post(f"/dang-ky/tep/{KIND}/ghi")
@takes_up_to(LARGEST_FORM)
@policy(Action.ENTER_RECORDS)
def apply(kind: str) -> Response | str | tuple[str, int]:
    """Apply the file that was tried; should it no longer fit, nothing of it is applied."""
    try:
        found = unpacked(kind, forms.field("ten"), forms.field("noi-dung"))
        report = put_in(found)
        if not report.applied:
            return _tried(found, try_out(found))
    except ImportRefused as refused:
        return _page(say(refused.code, **refused.values), kind), 400
    tell("register_file_in", file=report.file, added=report.added, changed=report.changed)
    return redirect(url_for("registers.overview" if kind == "excuses" else "roster.week"))


@pages.post(f"/dang-ky/tep/{KIND}/loi")
@takes_up_to(LARGEST_FORM)
@policy(Action.ENTER_RECORDS)
def faults(kind: str) -> Response | tuple[str, int]:
    """The file that was tried, with what is wrong written into it."""
    try:
        found = unpacked(kind, forms.field("ten"), forms.field("noi-dung"))
        errors = try_out(found).report.imported.errors
        content = with_errors(found.data, kind, errors, language())
    except ImportRefused as refused:
        return _page(say(refused.code, **refused.values), kind), 400
    return _file(content, f"{NAMES[kind]}-loi.xlsx")


@pages.get(f"/dang-ky/tep/{KIND}/mau")
@policy(Action.ENTER_RECORDS)
def sample(kind: str) -> Response:
    """A file to write over."""
    return _file(sample_workbook(kind), f"{NAMES[kind]}-mau.xlsx")


@pages.get(f"/dang-ky/tep/{KIND}/xuat")
@policy(Policy(action=Action.EXPORT, step_up=True))
def export(kind: str) -> Response:
    """What is registered for a unit in a month, as a file that an import takes back; the trail tells."""
    first, last = month_asked()
    with reading(site().engine) as database:
        chosen = chosen_unit(database, request.args.get("don-vi", ""), first, last)
        wanted = wanted_of_address(chosen, first, last)
        if kind == "excuses":
            listed = excuses_listed(database, scope().reach, wanted)
            sheet = excuses_workbook(one for one in listed if not hidden(one.kind))
        else:
            sheet = roster_workbook(roster_listed(database, scope().reach, wanted))
    name = f"{NAMES[kind]}-{chosen.unit.code}-{request.args.get('thang', '') or 'nay'}.xlsx"
    _trace(sheet, name, chosen.unit.code, (first, last))
    return _file(sheet.content, name)


def _trace(sheet: Sheet, name: str, unit: str, days: tuple[int, int]) -> None:
    handed = Handed(
        what="register",
        content=sheet.content,
        rows=sheet.rows,
        people=sheet.people,
        first_day=days[0],
        last_day=days[1],
        unit=unit,
        file=name,
    )
    trace_export(site().engine, handed, now=site().now(), actor=holder().user_name)


def _file(content: bytes, name: str) -> Response:
    plain = "".join(sign for sign in name if sign.isascii() and (sign.isalnum() or sign in "-_."))
    headers = {"Content-Disposition": f'attachment; filename="{plain}"'}
    return Response(content, headers=headers, content_type=WORKBOOK)
