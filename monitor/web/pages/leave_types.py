"""Loại lý do và ký hiệu: the catalogue, what collides in it, and changing one type."""

import csv
import io

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlmodel import col
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.setup.leave_types import COLUMNS, LONGEST_SYMBOL, OWN_SYMBOLS
from monitor.store.queries.setup_state import shared_symbols
from monitor.store.session import reading
from monitor.store.tables import ExcuseType
from monitor.web import forms
from monitor.web.context import site
from monitor.web.language import say
from monitor.web.pages.setting_up import tried_page
from monitor.web.policy import policy
from monitor.web.setupscope import may_bring, narrow, require
from monitor.web.told import tell
from monitor.web.uploads import Upload, put_in, try_out

pages = Blueprint("leave_types", __name__)

FLAGS = ("paid", "counts_cong", "needs_document", "sensitive")
LONGEST = 100


@pages.get("/thiet-lap/ky-hieu")
@policy(Action.SET_UP)
def overview() -> str:
    """Every type with its symbol; whoever looks after everybody may change them."""
    return _page()


def _page(refusal: str = "") -> str:
    with reading(site().engine) as database:
        types = list(database.scalars(select(ExcuseType).order_by(col(ExcuseType.code))))
        shared, may = shared_symbols(database), may_bring(database, "leave_types")
    return render_template(
        "leave_types.html",
        types=types,
        shared=shared,
        may=may,
        own=sorted(OWN_SYMBOLS),
        longest=LONGEST_SYMBOL,
        kept=request.form,
        refusal=refusal,
    )


@pages.post("/thiet-lap/ky-hieu")
@policy(Action.SET_UP)
def save() -> Response | str | tuple[str, int]:
    """Store one type, new or changed: first what would change, then for good."""
    with reading(site().engine) as database:
        require(database, "leave_types")
    found = _upload()
    tried = try_out(found, narrow)
    if errors := tried.report.imported.errors:
        return _page(" ".join(say(error.code, **error.values) for error in errors)), 400
    if tried.rows and tried.report.changed:
        return tried_page(found, tried)
    put_in(found, narrow)
    tell("leave_type_saved", name=forms.field("name")[:LONGEST])
    return redirect(url_for("leave_types.overview"))


def _upload() -> Upload:
    """The form as a file of one row: the same checks, marks and audit as for any file."""
    cells = {name: forms.field(name)[:LONGEST] for name in ("code", "name", "symbol")}
    cells |= {name: "1" if forms.field(name) else "0" for name in FLAGS}
    text = io.StringIO()
    csv.writer(text).writerows([[column.name for column in COLUMNS], [cells[one.name] for one in COLUMNS]])
    return Upload(kind="leave_types", name=f"{cells['code'] or 'ky-hieu'}.csv", data=text.getvalue().encode())
