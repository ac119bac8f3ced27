"""Letting an imported punch file count no more: a page that says what it is, then the deed."""

from flask import Blueprint, abort, redirect, render_template, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.intake.undo import undo_import
from monitor.store.queries.imports import ImportedFile, imported_files
from monitor.store.session import StoreError, reading, transaction
from monitor.store.tables import Terminal
from monitor.web import forms
from monitor.web.context import site
from monitor.web.forms import FormRefused
from monitor.web.language import say
from monitor.web.policy import policy
from monitor.web.sign_in import holder
from monitor.web.terminalpage import local_time, tended_terminal
from monitor.web.told import tell

pages = Blueprint("file_imports", __name__)


@pages.get("/may/<path:code>/tep/<int:number>")
@policy(Action.MEND_INTAKE)
def confirm(code: str, number: int) -> str:
    """What would count no more, and why that is to be."""
    return _page(code, number)


def _page(code: str, number: int, refusal: str = "") -> str:
    with reading(site().engine) as database:
        terminal = tended_terminal(database, code)
        found = _of_terminal(database, terminal, number)
    return render_template(
        "undo_import.html", terminal=terminal, found=found, refusal=refusal, local=local_time
    )


def _of_terminal(database: Session, terminal: Terminal, number: int) -> ImportedFile:
    """The import, if it is one of this terminal."""
    found = imported_files(database, terminal_id=terminal.id)
    return next((one for one in found if one.id == number), None) or abort(404)


@pages.post("/may/<path:code>/tep/<int:number>/huy")
@policy(Action.MEND_INTAKE)
def undo(code: str, number: int) -> Response | tuple[str, int]:
    """Undo the import; a second click finds it undone and changes nothing."""
    try:
        with transaction(site().engine) as database:
            _of_terminal(database, tended_terminal(database, code), number)
            why, who = forms.reason(), holder().user_name
            report = undo_import(database, number, by=who, reason=why, now=site().now())
    except (FormRefused, StoreError) as refused:
        return _page(code, number, say(refused.code, **refused.values)), 400
    counts = {"withheld": report.withheld, "withdrawn": len(report.withdrawn)}
    tell("import_undone", id=number, file=report.file_name[:100], **counts)
    return redirect(url_for("terminals.one", code=code, _anchor="tep"))
