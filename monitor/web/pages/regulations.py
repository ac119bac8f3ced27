"""Quy chế giờ làm việc: the versions as weeks, when each unit began, and a new version by form."""

from typing import Any

from flask import Blueprint, abort, render_template, request
from sqlmodel import Session

from monitor.access import Action
from monitor.exports.regulations import stored_versions
from monitor.setup import ImportRefused
from monitor.store.queries.setup_state import setup_state
from monitor.store.queries.tree import Tree, tree
from monitor.store.session import reading
from monitor.web import forms
from monitor.web.context import scope, site
from monitor.web.forms import FormRefused
from monitor.web.language import say
from monitor.web.pages.board import switcher
from monitor.web.pages.setting_up import tried_page
from monitor.web.policy import policy
from monitor.web.regulationform import (
    PLACES,
    as_date,
    as_upload,
    from_form,
    from_stored,
    from_template,
    templates,
)
from monitor.web.setupscope import looks_after_all, narrow, units_within
from monitor.web.uploads import try_out
from monitor.web.weekdrawing import week_drawing

pages = Blueprint("regulations", __name__)


@pages.get("/thiet-lap/quy-che")
@policy(Action.SET_UP)
def overview() -> str:
    """Every version that holds for somebody in scope, and from which day each unit is judged at all."""
    on = site().now().date()
    with reading(site().engine) as database:
        known = tree(database)
        shown = [one for one in stored_versions(database) if _concerns(one, known)]
        state = setup_state(database, known, units_within(database), on)
    units = [(unit, depth, state.starts.get(unit.id)) for unit, depth in switcher(known, scope())]
    return render_template(
        "regulations.html", versions=shown, units=units, on=on, drawn=week_drawing, named=_named(known)
    )


def _named(known: Tree) -> dict[str, str]:
    return {f"unit:{unit.code}": unit.name for unit in known.units.values()}


def _concerns(version: dict[str, Any], known: Tree) -> bool:
    """Whether a version is for everybody, for a unit in scope or above one; never one about strangers."""
    if scope().terms is None or "*" in version["applies_to"]:
        return True
    mine = scope().units_of(known)
    above = {known.units[unit].code for one in mine for unit in known.path(one)}
    return any(target.partition(":")[2] in above for target in version["applies_to"] if target[:5] == "unit:")


@pages.get("/thiet-lap/quy-che/moi")
@policy(Action.SET_UP)
def new() -> str:
    """The form: from a template, or the next version of one that is stored."""
    wanted = forms.small_number(request.args.get("tu", ""))
    if not request.args.get("tu"):
        return _form(from_template(request.args.get("mau", "")))
    with reading(site().engine) as database:
        known = tree(database)
        found = [one for one in stored_versions(database) if one["id"] == wanted and _concerns(one, known)]
    if not found:
        abort(404)
    return _form(from_stored(found[0]))


def _form(version: dict[str, Any], refusal: str = "") -> str:
    with reading(site().engine) as database:
        units, everything = switcher(tree(database), scope()), _may_everybody(database)
    targets = set(version["applies_to"])
    people = sorted(target for target in targets if target.startswith("person:"))
    return render_template(
        "regulation_form.html",
        version=version,
        places=PLACES,
        templates=templates(),
        units=units,
        everything=everything,
        targets=targets,
        people=people,
        starts=as_date(version["valid_from"]),
        drawn=week_drawing,
        refusal=refusal,
    )


def _may_everybody(database: Session) -> bool:
    return scope().terms is None or looks_after_all(database)


@pages.post("/thiet-lap/quy-che/moi")
@policy(Action.SET_UP)
def preview() -> str | tuple[str, int]:
    """Try the form out as the file that it stands for: what is wrong, or who would change."""
    try:
        version = from_form()
    except FormRefused as refused:
        return _form(_unread(), say(refused.code, **refused.values)), 400
    try:
        found = as_upload(version)
        tried = try_out(found, narrow)
    except (ImportRefused, FormRefused) as refused:
        return _form(version, say(refused.code, **refused.values)), 400
    if tried.report.imported.errors:
        words = [say(error.code, **error.values) for error in tried.report.imported.errors]
        return _form(version, " ".join(dict.fromkeys(words))), 400
    return tried_page(found, tried, version=version, drawn=week_drawing)


def _unread() -> dict[str, Any]:
    """The form as it can be shown again when what was sent cannot be read."""
    return from_template("")
