"""Báo cho phần mềm khác: where closed and reopened months are told, and what became of each message."""

import json
from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from monitor import webhooks
from monitor.access import Action
from monitor.store.queries.tree import tree
from monitor.store.session import reading, transaction
from monitor.web.context import site
from monitor.web.language import say
from monitor.web.policy import Policy, policy
from monitor.web.sign_in import holder
from monitor.web.told import tell
from monitor.webhooks import By, ListedDelivery, WebhookRefused

pages = Blueprint("webhooks", __name__)

CHANGE = Policy(action=Action.MANAGE_ACCOUNTS, step_up=True)


@pages.get("/quan-tri/noi-nhan")
@policy(Action.MANAGE_ACCOUNTS)
def overview() -> str:
    """The addresses that are told, the newest messages, and the form for one more address."""
    return _page()


def _page(refused: WebhookRefused | None = None) -> str:
    now = site().now()
    with reading(site().engine) as database:
        rows = webhooks.listed_webhooks(database)
        deliveries = webhooks.listed_deliveries(database)
        units = sorted(tree(database).units.values(), key=lambda unit: unit.code)
    return render_template(
        "webhooks.html",
        rows=rows,
        deliveries=deliveries,
        units=units,
        kept=request.form,
        refusal=say(refused.code, **refused.values) if refused else "",
        about=_about,
        local=lambda moment: f"{moment.astimezone(now.tzinfo):%H:%M %d/%m/%Y}",
    )


def _about(one: ListedDelivery) -> str:
    """Which unit's month a message tells of: LG 01/2026."""
    told = json.loads(one.body)["data"]
    year, month = told["month"].split("-")
    return f"{told['unit']} {month}/{year}"


@pages.post("/quan-tri/noi-nhan")
@policy(CHANGE)
def add() -> str | tuple[str, int]:
    """Tell one more address, and show the secret that its messages are signed with, this once."""
    name, url, unit = (request.form.get(field, "").strip() for field in ("name", "url", "unit"))
    try:
        with transaction(site().engine) as database:
            made = webhooks.add_webhook(database, name, url, unit, _by(), tree(database))
    except WebhookRefused as refused:
        return _page(refused), 400
    return render_template("webhook_made.html", made=made)


@pages.post("/quan-tri/noi-nhan/<int:number>/bo")
@policy(CHANGE)
def remove(number: int) -> Response | tuple[str, int]:
    """Tell an address nothing more."""
    return _do(number, webhooks.remove_webhook, "webhook_removed_now")


@pages.post("/quan-tri/noi-nhan/tin/<int:number>/gui-lai")
@policy(CHANGE)
def again(number: int) -> Response | tuple[str, int]:
    """Send a message once more that was given up."""
    return _do(number, webhooks.send_again, "webhook_queued_again")


def _do(number: int, change: Callable[[Session, int, By], object], said: str) -> Response | tuple[str, int]:
    try:
        with transaction(site().engine) as database:
            found = change(database, number, _by())
    except WebhookRefused as refused:
        return _page(refused), 400
    tell(said, number=number, name=found)
    return redirect(url_for("webhooks.overview"))


def _by() -> By:
    return By(actor=holder().user_name, now=site().now(), settings=site().settings)
