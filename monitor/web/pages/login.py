"""Logging in with a one-time token (or, in development, by choosing an account) and logging out."""

import logging
from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from sqlalchemy import select
from sqlmodel import col
from werkzeug.wrappers import Response

from monitor.audit import record
from monitor.store.session import reading, transaction
from monitor.store.tables import Account, Unit
from monitor.web.context import signed_in, site
from monitor.web.policy import PUBLIC, SIGNED_IN, policy
from monitor.web.sign_in import begin, redeem

log = logging.getLogger(__name__)
pages = Blueprint("login", __name__)


@pages.get("/dang-nhap")
@policy(PUBLIC)
def form() -> Response | str:
    """The form, or the list of accounts in development."""
    if signed_in() is not None:
        return redirect(url_for("home.index"))
    return _form()


def _form(*, refused: bool = False) -> str:
    development = site().settings.web.development_login
    accounts = _accounts() if development else []
    return render_template("login.html", accounts=accounts, development=development, refused=refused)


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
    """Begin a session, or say no without saying why."""
    user_name, token = request.form.get("user_name", "")[:200], request.form.get("token", "")[:200]
    now = site().now()
    if site().settings.web.development_login:
        account = _chosen(user_name)
    else:
        account = redeem(site().engine, user_name.strip(), token.strip(), now)
    if account is None:
        log.warning("log-in refused", extra={"event": "log_in_refused"})
        return _form(refused=True), 401
    begin(account, now)
    return redirect(_next_page())


def _chosen(user_name: str) -> Account | None:
    """The account of the development list; every choice is on the audit trail."""
    with transaction(site().engine) as database:
        account = database.scalars(select(Account).where(col(Account.user_name) == user_name)).first()
        if account is None or account.disabled:
            return None
        subject, now = f"account:{user_name}", site().now()
        record(database, at=now, actor=user_name, action="development_log_in", subject=subject, detail={})
        database.expunge(account)
        return account


def _next_page() -> str:
    """The page that asked for the log-in, if it is one of ours."""
    target = request.form.get("tiep", "")
    parts = urlsplit(target)
    own = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc
    return target if own else url_for("home.index")


@pages.post("/dang-xuat")
@policy(SIGNED_IN)
def log_out() -> Response:
    """End the session."""
    account, chosen = signed_in(), session.get("language")
    if account is None:
        abort(404)
    with transaction(site().engine) as database:
        subject = f"account:{account.user_name}"
        actor, now = account.user_name, site().now()
        record(database, at=now, actor=actor, action="log_out", subject=subject, detail={})
    session.clear()
    if chosen:
        session["language"] = chosen
    return redirect(url_for("login.form"))
