"""Thiết lập: the path of a first run, and for each kind of file a sample, the way in and the way out."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy import select
from sqlmodel import Session
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.exports.regulations import toml_with_errors
from monitor.exports.returned import with_errors
from monitor.exports.samples import explained, sample_file
from monitor.exports.stored import COLUMNS, TOML, stored_file, written_columns
from monitor.exports.trace import Handed, trace_export
from monitor.rules.wallclock import DAY_SECONDS
from monitor.setup import ImportRefused
from monitor.store.queries.setup_state import look_alikes, setup_state
from monitor.store.queries.terminal_cards import UNKNOWN_DAYS
from monitor.store.queries.trail import person_ids
from monitor.store.queries.tree import tree
from monitor.store.queries.unknown_ids import unknown_ids
from monitor.store.session import reading
from monitor.store.tables import Terminal
from monitor.web import forms
from monitor.web.context import scope, site
from monitor.web.language import language, say
from monitor.web.limits import takes_up_to
from monitor.web.policy import Policy, policy
from monitor.web.registerpage import today
from monitor.web.setupscope import KINDS, may_bring, narrow, require, units_within, without_others
from monitor.web.setupsteps import steps_of
from monitor.web.shown import remember_shown
from monitor.web.sign_in import holder
from monitor.web.told import tell
from monitor.web.uploads import LARGEST_FORM, Tried, Upload, put_in, sent, try_out, unpacked

pages = Blueprint("setting_up", __name__)

KIND = f"<any({','.join(KINDS)}):kind>"
TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".toml": "application/toml; charset=utf-8",
}
NAMES = {
    "units": "don-vi",
    "people": "can-bo",
    "terminals": "may-cham-cong",
    "badges": "ma-tren-may",
    "regulations": "quy-che",
    "calendar": "lich-nghi",
    "leave_types": "ky-hieu",
    "staffing": "so-nguoi-toi-thieu",
}
MOST_ERRORS = 200
MOST_SHOWN = 100


@pages.get("/thiet-lap")
@policy(Action.SET_UP)
def overview() -> str:
    """The steps of the first run, each with what there is and what is missing."""
    with reading(site().engine) as database:
        known, within = tree(database), units_within(database)
        state = setup_state(database, known, within, site().now().date())
        units = len(known.units) if within is None else len(within)
        allowed = {kind: may_bring(database, kind) for kind in KINDS}
    return render_template(
        "setting_up.html", steps=steps_of(state, units, scope(), allowed), kinds=KINDS, allowed=allowed
    )


@pages.get("/thiet-lap/kiem-tra")
@policy(Action.SET_UP)
def check() -> str:
    """What still looks wrong before the first month: who lacks what, and who may be there twice."""
    with reading(site().engine) as database:
        known, within = tree(database), units_within(database)
        state = setup_state(database, known, within, site().now().date())
        doubles = list(look_alikes(state.staff))
        strangers = _strangers(database)
    shown = {one.id for one in (*state.without_badge, *state.without_regulation)}
    shown |= {one.id for pair in doubles for one in pair}
    remember_shown("view_setup", "check", shown, today(), today())
    return render_template(
        "setup_check.html",
        state=state,
        doubles=doubles,
        strangers=strangers,
        units=known.units,
        most=MOST_SHOWN,
    )


def _strangers(database: Session) -> int:
    """How many unknown ids wait at terminals that the account tends."""
    since = site().wall_clock() - UNKNOWN_DAYS * DAY_SECONDS
    homes = {row.id: row.unit_id for row in database.scalars(select(Terminal))}
    return sum(scope().tends_terminal(homes.get(one.terminal_id)) for one in unknown_ids(database, since))


@pages.get(f"/thiet-lap/tep/{KIND}")
@policy(Action.SET_UP)
def file(kind: str) -> str:
    """One kind of file: sample, upload, export, and what its columns mean."""
    return _page(kind)


def _page(kind: str, refusal: str = "") -> str:
    with reading(site().engine) as database:
        require(database, kind)
    shown = () if kind == TOML else written_columns(kind)
    columns = [
        (one.name, explained(kind, one, language())) for one in COLUMNS.get(kind, ()) if one.name in shown
    ]
    return render_template("setup_file.html", kind=kind, columns=columns, refusal=refusal)


@pages.post(f"/thiet-lap/tep/{KIND}")
@takes_up_to(LARGEST_FORM)
@policy(Action.SET_UP)
def upload(kind: str) -> str | tuple[str, int]:
    """Try the file out: what is wrong with which cell or, when nothing is, what it would change."""
    with reading(site().engine) as database:
        require(database, kind)
    try:
        found = sent(kind)
        return tried_page(found, try_out(found, narrow))
    except ImportRefused as refused:
        return _page(kind, say(refused.code, **refused.values)), 400


def tried_page(found: Upload, tried: Tried, **more: Any) -> str | tuple[str, int]:
    """What is wrong with a file, or what it would do and the button that does it."""
    with reading(site().engine) as database:
        errors = without_others(database, tried.report.imported.errors)
        people = person_ids(database, {row.person for row in tried.rows})
    remember_shown("view_setup", f"preview:{found.kind}", people.values(), today(), today())
    page = render_template(
        "setup_tried.html",
        upload=found,
        tried=tried,
        imported=tried.report.imported,
        errors=[error.text(language()) for error in errors[:MOST_ERRORS]],
        error_count=len(errors),
        more=max(0, len(errors) - MOST_ERRORS),
        **more,
    )
    return (page, 400) if errors else page


@pages.post(f"/thiet-lap/tep/{KIND}/ghi")
@takes_up_to(LARGEST_FORM)
@policy(Action.SET_UP)
def apply(kind: str) -> Response | str | tuple[str, int]:
    """Apply the file that was tried; should it no longer fit, nothing of it is applied."""
    with reading(site().engine) as database:
        require(database, kind)
    try:
        found = unpacked(kind, forms.field("ten"), forms.field("noi-dung"))
        report = put_in(found, narrow)
        if not report.applied:
            return tried_page(found, try_out(found, narrow))
    except ImportRefused as refused:
        return _page(kind, say(refused.code, **refused.values)), 400
    tell("set_up_file_in", file=report.file, added=report.added, changed=report.changed)
    return redirect(url_for("setting_up.overview"))


@pages.post(f"/thiet-lap/tep/{KIND}/loi")
@takes_up_to(LARGEST_FORM)
@policy(Action.SET_UP)
def faults(kind: str) -> Response | tuple[str, int]:
    """The file that was tried, with what is wrong written into it."""
    with reading(site().engine) as database:
        require(database, kind)
    try:
        found = unpacked(kind, forms.field("ten"), forms.field("noi-dung"))
        tried = try_out(found, narrow)
        with reading(site().engine) as database:
            errors = without_others(database, tried.report.imported.errors)
        if kind == TOML:
            return _file(toml_with_errors(found.data, errors, language()), f"{NAMES[kind]}-loi", ".toml")
        content = with_errors(found.data, kind, errors, language())
    except ImportRefused as refused:
        return _page(kind, say(refused.code, **refused.values)), 400
    return _file(content, f"{NAMES[kind]}-loi", ".xlsx")


@pages.get(f"/thiet-lap/tep/{KIND}/mau")
@policy(Action.SET_UP)
def sample(kind: str) -> Response:
    """A file to write over, with its columns explained."""
    with reading(site().engine) as database:
        require(database, kind)
    content, suffix = sample_file(kind, language())
    return _file(content, f"{NAMES[kind]}-mau", suffix)


@pages.get(f"/thiet-lap/tep/{KIND}/xuat")
@policy(Policy(action=Action.SET_UP, step_up=True))
def export(kind: str) -> Response:
    """What is stored and in scope, as a file that an import takes back; the trail tells."""
    with reading(site().engine) as database:
        require(database, kind)
        found = stored_file(database, kind, units_within(database))
    handed = Handed(
        what=f"setup:{kind}",
        content=found.content,
        rows=found.rows,
        people=found.people,
        first_day=today(),
        last_day=today(),
        file=NAMES[kind] + found.suffix,
    )
    trace_export(site().engine, handed, now=site().now(), actor=holder().user_name)
    return _file(found.content, NAMES[kind], found.suffix)


def _file(content: bytes, name: str, suffix: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}{suffix}"'}
    return Response(content, headers=headers, content_type=TYPES[suffix])
