"""Logging in (in development also by choosing an account) and logging out."""

import logging

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlmodel import col
from werkzeug.wrappers import Response

from monitor.accounts import directory, proof_by_password, prove_password
from monitor.store.session import reading
from monitor.store.tables import Account, Unit
from monitor.web import pending
from monitor.web.context import signed_in, site
from monitor.web.own_pages import own_page
from monitor.web.policy import PUBLIC, SIGNED_IN, policy
from monitor.web.sign_in import DEVELOPMENT, door, enter, leave

log = logging.getLogger(__name__)
pages = Blueprint("login", __name__)


@pages.get("/dang-nhap")
@policy(PUBLIC)
def form() -> Response | str:
    """The form, or the list of accounts in development."""
    if signed_in() is not None:
        return redirect(own_page(request.args.get("tiep", ""), url_for("home.index")))
    return show_form()


def show_form(refused: str = "") -> str:
    """The form; `refused`: `password`, `directory` (cannot be asked), `sign_on`, `provider` (likewise)."""
    development = site().settings.web.development_login
    listed = development and "mat-khau" not in request.args and "password" not in request.form
    accounts = _accounts() if listed else []
    oidc = site().settings.sign_on.oidc
    provider = oidc.label if oidc.issuer else ""
    return render_template("login.html", accounts=accounts, listed=listed, refused=refused, provider=provider)


def _accounts() -> list[tuple[str, str, str, str | None]]:
    """User name, display name, role and unit of every account that may log in."""
    columns = (col(Account.user_name), col(Account.display_name), col(Account.role), col(Unit.name))
    accounts = select(*columns).outerjoin(Unit, col(Unit.id) == col(Account.unit_id))
    with reading(site().engine) as database:
        rows = database.connection().execute(accounts.where(~col(Account.disabled)).order_by(col(Account.id)))
        return [(row[0], row[1], row[2], row[3]) for row in rows]


@pages.post("/dang-nhap")
@policy(PUBLIC)
def log_in() -> Response | tuple[str, int]:
    """Begin a session, ask for what it still lacks, or say no without saying why."""
    target = own_page(request.form.get("tiep", ""), url_for("home.index"))
    if site().settings.web.development_login and "password" not in request.form:
        return _choose(target)
    found = prove_password(door(), request.form.get("user_name", ""), request.form.get("password", ""))
    if found is None:
        return _refuse()
    pending.start(found, proof_by_password(site().engine, found), target)
    return pending.go_on(found)


def _choose(target: str) -> Response | tuple[str, int]:
    """The account of the development list; every choice is on the audit trail."""
    chosen = select(Account).where(col(Account.user_name) == request.form.get("user_name", ""))
    with reading(site().engine) as database:
        found = database.scalars(chosen).first()
    if found is None or found.disabled:
        return _refuse()
    enter(found, DEVELOPMENT)
    return redirect(target)


def _refuse() -> tuple[str, int]:
    log.warning("log-in refused", extra={"event": "log_in_refused"})
    down = directory.is_down(site().settings, site().now())
    return show_form("directory" if down else "password"), 401


@pages.post("/dang-xuat")
@policy(SIGNED_IN)
def log_out() -> Response:
    """End the session."""
    account = signed_in()
    if account is None:
        abort(404)
    leave(account)
    return redirect(url_for("login.form"))
