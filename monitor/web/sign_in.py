"""Whose request this is: the browser's key and the session behind it; how a session begins and ends."""

import logging
from datetime import datetime

from flask import Flask, abort, after_this_request, current_app, g, redirect, request, session, url_for
from sqlalchemy.exc import OperationalError
from sqlmodel import Session
from werkzeug.wrappers import Response

from monitor.access import Scope, scope_of
from monitor.accounts import AccountRefused, Door, Visit, sessions
from monitor.audit import record
from monitor.store.session import reading, transaction
from monitor.store.tables import Account, LoginSession
from monitor.web.context import site
from monitor.web.cookies import cookies
from monitor.web.kept import ONLY_READS, kept_login, units_now
from monitor.web.policy import STATIC, Policy, policy_of
from monitor.web.prefix import is_asked

log = logging.getLogger(__name__)

REFRESH_HEADER = "X-Refresh"
TIE = "login"
"""In the signed cookie: the id of the session whose forms its token is good for."""
DEVELOPMENT = "development"
KEPT = ("language", "keys")


def install(app: Flask) -> None:
    """Check every request against its route's policy before the view runs."""
    app.before_request(_admit)


def _admit() -> Response | None:
    if request.endpoint in STATIC:
        return None
    if is_asked():  # by a program, whose token `monitor.web.api` asks for; no cookie counts there
        g.account = g.login = None
        return None
    _remember_account()
    if request.endpoint is None:
        return None
    wanted = policy_of(current_app, request.endpoint)
    if wanted is None or wanted.program:
        abort(404)
    if wanted.public:
        return None
    if g.account is None:
        return _to_log_in()
    if wanted.action is not None and not g.scope.may(wanted.action):
        abort(404)
    return _to_step_up(wanted)


def _to_log_in() -> Response:
    if REFRESH_HEADER in request.headers:
        abort(401)
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("login.form", tiep=target))


def _to_step_up(wanted: Policy) -> Response | None:
    """What matters asks again who is there, unless that was just proven; then it comes back."""
    if not wanted.step_up or is_fresh():
        return None
    if REFRESH_HEADER in request.headers:
        abort(401)
    return redirect(url_for("step_up.form", tiep=_place()))


def _place() -> str | None:
    """The page to come back to: this one, or the one whose form was sent."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    own = request.host_url
    return "/" + request.referrer.removeprefix(own) if (request.referrer or "").startswith(own) else None


def is_fresh() -> bool:
    """Whether the holder of this log-in proved to be there lately enough for what matters."""
    login: LoginSession = g.login
    return login.method == DEVELOPMENT or sessions.is_fresh(login, site().settings, site().now())


def _remember_account() -> None:
    """Load the account anew: a role that was taken away binds the next request."""
    g.account = g.login = None
    key = request.cookies.get(cookies(site().settings).login)
    if key is not None:
        _resume(key)
        if g.login is None:
            _drop_cookie()
    tie = None if g.login is None else g.login.id
    if session.get(TIE) != tie:
        # A form's token is good for the session it was made in: one that was planted is worth nothing.
        session.pop(current_app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token"), None)
        session.pop(TIE, None)
        if tie is not None:
            session[TIE] = tie


def _resume(key: str) -> None:
    now = site().now()
    if request.method in ONLY_READS:
        found = kept_login(sessions.key_hash(key), lambda: _login_of(key, now))
    else:  # whoever changes something gets objects of its own
        found = _login_of(key, now)
    if found is None or sessions.is_over(found[1], site().settings, now):
        return
    g.account, g.login, g.scope = found
    if REFRESH_HEADER not in request.headers and now - g.login.seen_at >= sessions.NOTED_EVERY:
        _note_use(g.login.id)


def _login_of(key: str, now: datetime) -> tuple[Account, LoginSession, Scope] | None:
    """The account, the session and the scope of today; apart from the database, as threads share them."""
    with reading(site().engine) as database:
        found = sessions.resume(database, key, site().settings, now)
        if found is None:
            return None
        scope = scope_of(database, found[0], now.date(), units_now())
        database.expunge_all()
    return *found, scope


def _note_use(session_id: int) -> None:
    try:
        with transaction(site().engine) as database:
            sessions.note_use(database, session_id, site().now())
    except (
        OperationalError
    ):  # a long import holds the database: the page matters more, the log-in ends sooner
        log.warning("last use not noted", extra={"event": "use_not_noted"})


def visit() -> Visit:
    """Where this request comes from."""
    return Visit(address=request.remote_addr or "", browser=request.user_agent.string)


def door() -> Door:
    """Where proofs of this request are checked."""
    return Door(engine=site().engine, settings=site().settings, visit=visit(), now=site().now())


def holder() -> Account:
    """The account that asks; only views whose policy needs an account may call this."""
    found: Account = g.account
    return found


def login_id() -> int:
    """The id of this request's session; only views whose policy needs an account may call this."""
    found: int = g.login.id
    return found


def enter(account: Account, method: str) -> None:
    """Log an account in that was proven by `method`: a new key; only how one reads is kept.

    Raises AccountRefused `account_disabled`.
    """
    now = site().now()
    with transaction(site().engine) as database:
        sessions.forget_ended(database, site().settings, now)
        if g.login is not None:
            sessions.end(database, g.login.account_id, g.login.id)
        key, session_id = sessions.begin(database, account, method, visit(), now)
        action = "development_log_in" if method == DEVELOPMENT else "log_in"
        _record(database, account, action, {"method": method, "address": visit().address})
    _forget_all()
    session[TIE] = session_id
    _give_cookie(key)


def prove_again() -> None:
    """This log-in's holder has just proven to be there: a new key for it, so that a copied one ends."""
    try:
        with transaction(site().engine) as database:
            key = sessions.renew(database, login_id(), site().now())
    except AccountRefused:  # it was ended elsewhere meanwhile
        abort(401)
    _give_cookie(key)


def leave(account: Account) -> None:
    """End this request's session; its key is worth nothing, wherever it was copied to."""
    with transaction(site().engine) as database:
        sessions.end(database, account.id or 0, login_id())
        _record(database, account, "log_out", {})
    _forget_all()
    _drop_cookie()


def _forget_all() -> None:
    """Empty the form cookie but for how its reader reads: the language, and whether single keys are off."""
    kept = {name: session[name] for name in KEPT if name in session}
    session.clear()
    session.update(kept)


def _record(database: Session, account: Account, action: str, detail: dict[str, object]) -> None:
    name = account.user_name
    record(database, at=site().now(), actor=name, action=action, subject=f"account:{name}", detail=detail)


def _give_cookie(key: str) -> None:
    names = cookies(site().settings)

    @after_this_request
    def give(response: Response) -> Response:
        response.set_cookie(names.login, key, secure=names.secure, httponly=True, samesite="Lax", path="/")
        return response


def _drop_cookie() -> None:
    names = cookies(site().settings)

    @after_this_request
    def drop(response: Response) -> Response:
        response.delete_cookie(names.login, secure=names.secure, httponly=True, samesite="Lax", path="/")
        return response
