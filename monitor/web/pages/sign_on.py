"""To the office's sign-on server and back: to log in, or to prove to be there still."""

import logging
from dataclasses import asdict

from flask import Blueprint, abort, redirect, request, session, url_for
from werkzeug.wrappers import Response

from monitor.accounts import has_factor, needs_factor
from monitor.accounts.oidc import CALLBACK, Flow, Provider, SignOnRefused
from monitor.accounts.sign_on import SignedOn, prove_sign_on, provider_of
from monitor.store.tables import Account
from monitor.web import pending
from monitor.web.context import signed_in, site
from monitor.web.own_pages import own_page
from monitor.web.pages import login, step_up
from monitor.web.policy import PUBLIC, SIGNED_IN, policy
from monitor.web.sign_in import door, holder, prove_again

log = logging.getLogger(__name__)
pages = Blueprint("sign_on", __name__)

KEY = "sign_on"

Answer = Response | tuple[str, int]


@pages.get("/dang-nhap/sso")
@policy(PUBLIC)
def start() -> Answer:
    """Send somebody who wants to log in to the provider."""
    return _send(again=False)


@pages.get("/xac-nhan/sso")
@policy(SIGNED_IN)
def start_again() -> Answer:
    """Send somebody who is logged in to the provider, to prove it anew."""
    if not step_up.ways(holder()).provider:
        abort(404)
    return _send(again=True)


def _provider() -> Provider:
    found = provider_of(door())
    if found is None:
        abort(404)
    return found


def _send(*, again: bool) -> Answer:
    try:
        address, flow = _provider().begin(site().now(), again=again)
    except SignOnRefused as refused:
        return _refuse(refused, again=again)
    session[KEY] = asdict(flow) | {"target": own_page(request.args.get("tiep", ""), url_for("home.index"))}
    return redirect(address)


@pages.get(CALLBACK)
@policy(PUBLIC)
def back() -> Answer:
    """Take the provider's answer, once: whoever was not sent from this browser lately is refused."""
    provider, kept = _provider(), session.pop(KEY, None)
    if kept is None:
        return _refuse(SignOnRefused("state"), again=False)
    target = kept.pop("target")
    flow = Flow(**kept)
    try:
        return _go_on(_proven(provider, flow), flow, target)
    except SignOnRefused as refused:
        return _refuse(refused, again=flow.again)


def _proven(provider: Provider, flow: Flow) -> SignedOn:
    if not 0 <= site().now().timestamp() - flow.began_at <= pending.LASTS.total_seconds():
        raise SignOnRefused("state")
    who = signed_in() if flow.again else None
    if flow.again and who is None:
        raise SignOnRefused("state")
    return prove_sign_on(door(), provider, flow, request.args.to_dict(), who)


def _go_on(proven: SignedOn, flow: Flow, target: str) -> Response:
    if not flow.again:
        method = pending.WHOLE_SIGN_ON if proven.multi_factor else pending.SIGN_ON
        pending.start(proven.account, method, target)
        return pending.go_on(proven.account)
    if not _is_enough(proven.account, multi_factor=proven.multi_factor):
        raise SignOnRefused("factor")
    prove_again()
    return redirect(target)


def _is_enough(account: Account, *, multi_factor: bool) -> bool:
    """Whether a proof by the provider stands for a second factor that there is, or must be."""
    return multi_factor or not (has_factor(site().engine, account) or needs_factor(account.role))


def _refuse(refused: SignOnRefused, *, again: bool) -> tuple[str, int]:
    cause = refused.__cause__
    told = {"why": refused.why, "cause": type(cause).__name__, "error": str(getattr(cause, "error", ""))}
    log.warning("sign-on refused", extra={"event": "sign_on_refused"} | told)
    down = refused.why == "unreachable"
    show = step_up.show_form if again and signed_in() is not None else login.show_form
    return show("provider" if down else "sign_on"), 503 if down else 401
