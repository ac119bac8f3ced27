"""Whose request this is: the signed session, its ends, and the one-time token that begins it."""

import hashlib
import hmac
from datetime import datetime

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from sqlalchemy import Engine, select, update
from sqlmodel import Session, col
from werkzeug.wrappers import Response

from monitor.access import scope_of
from monitor.audit import record
from monitor.store.session import reading, transaction
from monitor.store.tables import Account
from monitor.web.context import site
from monitor.web.policy import STATIC, policy_of

IDLE_SECONDS = 2 * 3600
LONGEST_SECONDS = 12 * 3600
REFRESH_HEADER = "X-Refresh"
NO_TOKEN = hashlib.sha256(b"").hexdigest()


def install(app: Flask) -> None:
    """Check every request against its route's policy before the view runs."""
    app.before_request(_admit)


def _admit() -> Response | None:
    if request.endpoint in STATIC:
        return None
    _remember_account()
    if request.endpoint is None:
        return None
    wanted = policy_of(current_app, request.endpoint)
    if wanted is None:
        abort(404)
    if wanted.public:
        return None
    if g.account is None:
        return _to_log_in()
    if wanted.action is not None and not g.scope.may(wanted.action):
        abort(404)
    return None


def _to_log_in() -> Response:
    if REFRESH_HEADER in request.headers:
        abort(401)
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("login.form", tiep=target))


def _remember_account() -> None:
    """Load the account anew: a role that was taken away binds the next request."""
    g.account = None
    account_id = session.get("account_id")
    if account_id is None:
        return
    if _over():
        session.clear()
        return
    with reading(site().engine) as database:
        account = database.get(Account, account_id)
        if account is None or account.disabled:
            session.clear()
            return
        g.account, g.scope = account, scope_of(database, account, site().now().date())


def _over() -> bool:
    """Whether the log-in has ended; a page that refreshes itself does not keep it alive."""
    now = site().clock().timestamp()
    idle, lasted = now - float(session["seen_at"]), now - float(session["began_at"])
    over = idle > IDLE_SECONDS or lasted > LONGEST_SECONDS
    if not over and REFRESH_HEADER not in request.headers:
        session["seen_at"] = now
    return over


def begin(account: Account, now: datetime) -> None:
    """Start a fresh session for an account; nothing of an earlier one is kept but the language."""
    language = session.get("language")
    session.clear()
    session.update(account_id=account.id, began_at=now.timestamp(), seen_at=now.timestamp())
    if language:
        session["language"] = language


def redeem(engine: Engine, user_name: str, token: str, now: datetime) -> Account | None:
    """The account whose unexpired one-time token this is; the token is used up.

    Unknown names, wrong and expired tokens all take the same path and give None.
    """
    digest = hashlib.sha256(token.encode()).hexdigest()
    with transaction(engine) as database:
        account = database.scalars(select(Account).where(col(Account.user_name) == user_name)).first()
        expected = (account and account.token_sha256) or NO_TOKEN
        right = hmac.compare_digest(digest, expected) and expected != NO_TOKEN
        if account is None or not right or not _usable(account, now) or not _use_up(database, account):
            return None
        record(database, at=now, actor=user_name, action="log_in", subject=f"account:{user_name}", detail={})
        database.expunge(account)
        return account


def _usable(account: Account, now: datetime) -> bool:
    expires = account.token_expires_at
    return not account.disabled and (expires is None or now < expires)


def _use_up(database: Session, account: Account) -> bool:
    """Clear the token; False when another request was quicker."""
    mine = col(Account.id) == account.id, col(Account.token_sha256) == account.token_sha256
    used = database.connection().execute(update(Account).where(*mine).values(token_sha256=None))
    return used.rowcount == 1
