"""The terminals: last contact, errors in words, clocks; and asking for a reading now."""

import json
from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, url_for
from sqlalchemy import select
from sqlmodel import col
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.audit import record
from monitor.store.queries.contacts import Contact, contacts
from monitor.store.session import reading, transaction
from monitor.store.tables import Pull, PullRequest, Terminal
from monitor.text import sentence
from monitor.web.context import scope, signed_in, site
from monitor.web.language import language
from monitor.web.policy import policy

pages = Blueprint("terminals", __name__)

GOOD, LATE, LOST, NEVER = "good", "late", "lost", "never"
_WORST_FIRST = (LOST, NEVER, LATE, GOOD)
LATE_AFTER, LOST_AFTER = 2, 6
"""In missed readings."""
OFFSET_WARNING_SECONDS = 60


@pages.get("/may")
@policy(Action.SEE_TERMINALS)
def overview() -> str:
    """Every terminal, worst first."""
    with reading(site().engine) as database:
        found = contacts(database)
    now, every = site().now(), site().settings.terminals.pull_every_minutes * 60
    states = {contact.code: _state(contact, now, every) for contact in found}
    found.sort(key=lambda contact: (_WORST_FIRST.index(states[contact.code]), contact.code))
    return render_template(
        "terminals.html",
        contacts=found,
        states=states,
        local=_local_time(),
        error_words=_error_words,
        may_read=scope().may(Action.READ_TERMINALS),
        offset_warning=OFFSET_WARNING_SECONDS,
        now=now,
    )


def _state(contact: Contact, now: datetime, every_seconds: int) -> str:
    """How long ago the terminal was read, in missed readings; files are read by hand only."""
    if contact.last_good is None:
        return NEVER
    missed = (now - contact.last_good.finished_at).total_seconds() / every_seconds
    if contact.kind == "file" or missed <= LATE_AFTER:
        return GOOD
    return LATE if missed <= LOST_AFTER else LOST


def _local_time() -> Callable[[datetime], str]:
    here, today = site().now().tzinfo, site().now().date()

    def local(moment: datetime) -> str:
        shown = moment.astimezone(here)
        return shown.strftime("%H:%M" if shown.date() == today else "%H:%M %d/%m/%Y")

    return local


def _error_words(pull: Pull) -> str:
    """The error in the reader's language; values that do not fit its sentence leave the code."""
    try:
        return sentence(pull.error_code, json.loads(pull.error_values), language())
    except (KeyError, ValueError):
        return pull.error_code


@pages.post("/may/<path:code>/doc-ngay")
@policy(Action.READ_TERMINALS)
def read_now(code: str) -> Response:
    """Ask for a reading: a job claims the request. A second click asks for nothing more."""
    account, now = signed_in(), site().now()
    actor = "" if account is None else account.user_name
    with transaction(site().engine) as database:
        terminal = database.scalars(select(Terminal).where(col(Terminal.code) == code)).first()
        if terminal is None or terminal.id is None:
            abort(404)
        waiting = col(PullRequest.terminal_id) == terminal.id, col(PullRequest.pull_id).is_(None)
        if database.scalars(select(PullRequest).where(*waiting)).first() is None:
            database.add(PullRequest(terminal_id=terminal.id, asked_at=now, asked_by=actor))
            subject = f"terminal:{code}"
            record(database, at=now, actor=actor, action="ask_for_reading", subject=subject, detail={})
    return redirect(url_for("terminals.overview"))
