"""Terminals that call and may not deliver yet: letting one in under a code, or turning it away."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.setup.mapping import approve_terminal, reject_terminal
from monitor.setup.report import ImportRefused
from monitor.store.queries.terminal_cards import pending_terminals
from monitor.store.queries.tree import tree
from monitor.store.session import reading, transaction
from monitor.web import forms
from monitor.web.context import site
from monitor.web.forms import FormRefused
from monitor.web.policy import policy
from monitor.web.terminalpage import asked, local_time, may_admit, whole_sentence
from monitor.web.told import tell

pages = Blueprint("new_terminals", __name__)

FIELDS = {"ma": "code", "ten": "name", "don-vi": "unit", "mang": "push_network"}
LONGEST = 200


@pages.get("/may-cho-duyet")
@policy(Action.ADMIT_TERMINALS)
def every() -> str:
    """The serial numbers that wait, the newest caller first."""
    return _page()


def _page(refusal: str = "") -> str:
    if not may_admit():
        abort(404)
    with reading(site().engine) as database:
        waiting = pending_terminals(database, with_rejected=True)
        units = sorted(tree(database).units.values(), key=lambda unit: unit.code)
    return render_template(
        "new_terminals.html",
        waiting=sorted(waiting, key=lambda one: one.rejected_at is not None),
        units=units,
        refusal=refusal,
        kept=request.form,
        local=local_time,
    )


@pages.post("/may-cho-duyet/duyet")
@policy(Action.ADMIT_TERMINALS)
def approve() -> Response | tuple[str, int]:
    """Let a serial number deliver as a new terminal; a second click finds it waiting no more."""
    if not may_admit():
        abort(404)
    serial = forms.field("so-seri")[:LONGEST]
    try:
        given = _given()
        with transaction(site().engine) as database:
            approve_terminal(database, asked(), serial, installed_on=forms.day("lap-ngay"), **given)
    except (FormRefused, ImportRefused) as refused:
        return _page(whole_sentence(refused.code, refused.values)), 400
    tell("terminal_approved", serial=serial, code=given["code"])
    return redirect(url_for("terminals.one", code=given["code"]))


def _given() -> dict[str, str]:
    """What the terminal is to be known by. Raises FormRefused `new_terminal_unnamed`."""
    given = {name: forms.field(sent)[:LONGEST] for sent, name in FIELDS.items()}
    if not given["code"] or not given["name"]:
        raise FormRefused("new_terminal_unnamed")
    return given


@pages.post("/may-cho-duyet/tu-choi")
@policy(Action.ADMIT_TERMINALS)
def reject() -> Response | tuple[str, int]:
    """Ask no more about a serial number; a second click changes nothing."""
    if not may_admit():
        abort(404)
    serial = forms.field("so-seri")[:LONGEST]
    try:
        with transaction(site().engine) as database:
            reject_terminal(database, asked(), serial, reason=forms.reason())
    except (FormRefused, ImportRefused) as refused:
        return _page(whole_sentence(refused.code, refused.values)), 400
    tell("terminal_rejected", serial=serial)
    return redirect(url_for("new_terminals.every"))
