"""Mã truy cập: tokens of other programs, made by an administrator and shown once, and how to end them."""

from flask import Blueprint, redirect, render_template, request, url_for
from sqlmodel import col, select
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.accounts import AccountRefused
from monitor.accounts.administration import By
from monitor.accounts.programs import OWNERS, NewToken, add_token, listed_tokens, revoke_token
from monitor.store.queries.tree import tree
from monitor.store.session import reading, transaction
from monitor.store.tables import Account
from monitor.store.tables.api import TOKEN_ROLES
from monitor.web.context import site
from monitor.web.language import say
from monitor.web.policy import Policy, policy
from monitor.web.sign_in import holder
from monitor.web.told import tell

pages = Blueprint("tokens", __name__)

CHANGE = Policy(action=Action.MANAGE_ACCOUNTS, step_up=True)
USUAL_DAYS = 365


@pages.get("/quan-tri/ma-truy-cap")
@policy(Action.MANAGE_ACCOUNTS)
def overview() -> str:
    """Every token, and the form for one more."""
    return _page()


def _page(refused: AccountRefused | None = None) -> str:
    now = site().now()
    with reading(site().engine) as database:
        units = tree(database)
        rows = listed_tokens(database, now, units)
        answering = col(Account.role).in_(OWNERS), col(Account.disabled).is_(False)
        owners = list(
            database.exec(select(Account.user_name).where(*answering).order_by(col(Account.user_name)))
        )
    return render_template(
        "tokens.html",
        rows=rows,
        roles=TOKEN_ROLES,
        units=sorted(units.units.values(), key=lambda unit: unit.code),
        owners=owners,
        days=USUAL_DAYS,
        kept=request.form,
        refusal=say(refused.code, **refused.values) if refused else "",
        local=lambda moment: f"{moment.astimezone(now.tzinfo):%H:%M %d/%m/%Y}",
    )


@pages.post("/quan-tri/ma-truy-cap")
@policy(CHANGE)
def add() -> str | tuple[str, int]:
    """Make a token and show it, this once."""
    form = {name: request.form.get(name, "").strip() for name in ("name", "role", "unit", "owner")}
    days = request.form.get("days", "")
    new = NewToken(**form, days=int(days) if days.isascii() and days.isdecimal() and len(days) < 5 else 0)  # noqa: PLR2004 - no number of days has five digits
    try:
        with transaction(site().engine) as database:
            made = add_token(database, new, _by(), tree(database))
    except AccountRefused as refused:
        return _page(refused), 400
    until = f"{made.expires_at.astimezone(site().now().tzinfo):%H:%M %d/%m/%Y}"
    return render_template("token_made.html", made=made, until=until)


@pages.post("/quan-tri/ma-truy-cap/<int:number>/thu-hoi")
@policy(CHANGE)
def revoke(number: int) -> Response | tuple[str, int]:
    """End a token at once."""
    try:
        with transaction(site().engine) as database:
            name = revoke_token(database, number, _by())
    except AccountRefused as refused:
        return _page(refused), 400
    tell("token_revoked_now", number=number, name=name)
    return redirect(url_for("tokens.overview"))


def _by() -> By:
    account = holder()
    return By(actor=account.user_name, settings=site().settings, now=site().now(), account_id=account.id or 0)
