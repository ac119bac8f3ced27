"""The terminals: all of them, one of them, asking for a reading, switching one off."""

from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.alarms import silent_minutes
from monitor.audit import record
from monitor.rules.wallclock import DAY_SECONDS
from monitor.setup.mapping import switch_terminal
from monitor.setup.terminals import CALLED
from monitor.store.queries.imports import imported_files
from monitor.store.queries.pulls import open_requests, pulls_of
from monitor.store.queries.quarantine import kept_records
from monitor.store.queries.terminal_cards import UNKNOWN_DAYS
from monitor.store.queries.unknown_ids import unknown_ids
from monitor.store.session import reading, transaction
from monitor.store.tables import PullRequest, Terminal
from monitor.web.context import scope, site
from monitor.web.forms import FormRefused, reason, small_number
from monitor.web.language import say
from monitor.web.policy import policy
from monitor.web.sign_in import holder
from monitor.web.strip import drawing, first_of
from monitor.web.terminallist import ALARMS, Wanted, overview_of
from monitor.web.terminalpage import (
    WORDS,
    asked,
    one_shown,
    seen_terminal,
    tended_terminal,
)
from monitor.web.told import tell

pages = Blueprint("terminals", __name__)

RECORDS, PULLS, IDS = 100, 50, 100
"""Rows of a table at once; the next ones are a link away."""
SOON, SELDOM = 3, 60
"""Seconds until the page looks again: while a reading is awaited, and otherwise."""


@pages.get("/may")
@policy(Action.SEE_TERMINALS)
def overview() -> str:
    """The terminals in scope, worst first; of many as many as one looks at, and those looked for."""
    with reading(site().engine) as database:
        found = overview_of(database, Wanted.of(request.args))
        silent = silent_minutes(database)
    return render_template(
        "terminals.html",
        page=found,
        scheduler_silent=silent,
        refresh=SOON if found.reading else SELDOM,
        strip_drawing=drawing,
        may_read=scope().may(Action.READ_TERMINALS),
        alarms_open=len(found.alarms) if request.args.get("bao-dong") == "tat-ca" else ALARMS,
        **WORDS,
    )


@pages.get("/may/<path:code>")
@policy(Action.SEE_TERMINALS)
def one(code: str) -> str:
    """One terminal: gaps, readings, what waits to be mended, imported files."""
    with reading(site().engine) as database:
        return one_page(database, seen_terminal(database, code))


def one_page(
    database: Session,
    terminal: Terminal,
    refusal: str = "",
    results: list[tuple[int, str]] | None = None,
) -> str:
    """The page of a terminal; `refusal` and `results` tell what became of a form that was sent."""
    now, wanted = site().now(), request.args
    shown = one_shown(database, terminal)
    decided, after = wanted.get("xong") == "1", small_number(wanted.get("sau"))
    terminal_id = shown.card.terminal.id
    unknown_since = site().wall_clock() - UNKNOWN_DAYS * DAY_SECONDS
    before = small_number(wanted.get("truoc"))
    return render_template(
        "terminal.html",
        one=shown,
        terminal=terminal,
        refusal=refusal,
        results=results or [],
        kept=request.form,
        ticked=request.form.getlist("id"),
        records=kept_records(
            database, terminal_id=terminal_id, with_decided=decided, limit=RECORDS + 1, after_id=after or 0
        ),
        with_decided=decided,
        unknown=unknown_ids(database, unknown_since, [terminal_id]),
        pulls=pulls_of(database, terminal_id, first_of(now), before_id=before, limit=PULLS + 1),
        imports=imported_files(database, terminal_id=terminal_id),
        may_read=scope().may(Action.READ_TERMINALS),
        may_map=scope().may(Action.MAP_BADGES) and shown.tended,
        refresh=SOON if shown.request else 0,
        most={"records": RECORDS, "pulls": PULLS, "ids": IDS},
        strip_drawing=drawing,
        **WORDS,
    )


def refused_page(code: str, refusal: str, results: list[tuple[int, str]] | None = None) -> tuple[str, int]:
    """The page again, with what was filled in and why it was not taken."""
    with reading(site().engine) as database:
        return one_page(database, seen_terminal(database, code), refusal, results), 400


@pages.post("/may/<path:code>/doc-ngay")
@policy(Action.READ_TERMINALS)
def read_now(code: str) -> Response:
    """Ask for a reading: a job claims the request. A second click asks for nothing more."""
    actor, now = holder().user_name, site().now()
    with transaction(site().engine) as database:
        terminal = seen_terminal(database, code)
        if terminal.kind not in CALLED:
            tell("kind_not_readable")
        elif terminal.id not in open_requests(database):
            _ask(database, terminal, actor, now)
    if request.form.get("trang") == "may":
        return redirect(url_for("terminals.one", code=code))
    return redirect(url_for("terminals.overview", **Wanted.of(request.form).address()))


def _ask(database: Session, terminal: Terminal, actor: str, now: datetime) -> None:
    database.add(PullRequest(terminal_id=terminal.id or 0, asked_at=now, asked_by=actor))
    subject = f"terminal:{terminal.code}"
    record(database, at=now, actor=actor, action="ask_for_reading", subject=subject, detail={})


@pages.post("/may/<path:code>/bat-tat")
@policy(Action.MEND_INTAKE)
def switch(code: str) -> Response | tuple[str, int]:
    """Stop reading and missing a terminal, or begin again; a second click changes nothing."""
    off = request.form.get("tat") == "1"
    try:
        with transaction(site().engine) as database:
            terminal = tended_terminal(database, code)
            switch_terminal(database, asked(), terminal.code, off=off, reason=reason())
    except FormRefused as refused:
        return refused_page(code, say(refused.code, **refused.values))
    tell("terminal_switched_off" if off else "terminal_switched_on", terminal=code)
    return redirect(url_for("terminals.one", code=code))
