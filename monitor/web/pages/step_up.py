"""Before what matters: is it still you? Then back to where it was asked."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from monitor.accounts import has_factor, prove_factor, prove_password
from monitor.store.tables import Account
from monitor.web.context import site
from monitor.web.own_pages import own_page
from monitor.web.policy import SIGNED_IN, policy
from monitor.web.sign_in import door, holder, prove_again

pages = Blueprint("step_up", __name__)


@pages.get("/xac-nhan")
@policy(SIGNED_IN)
def form() -> str:
    """Ask for a code, or for the password where there is no second factor."""
    return _form()


def _form(*, refused: bool = False) -> str:
    by_factor = has_factor(site().engine, holder())
    minutes = site().settings.accounts.step_up_minutes
    return render_template("step_up.html", by_factor=by_factor, refused=refused, minutes=minutes)


@pages.post("/xac-nhan")
@policy(SIGNED_IN)
def prove() -> Response | tuple[str, int]:
    """Go back once the proof is right."""
    if not _proven(holder()):
        return _form(refused=True), 401
    prove_again()
    return redirect(own_page(request.form.get("tiep", ""), url_for("home.index")))


def _proven(account: Account) -> bool:
    if has_factor(site().engine, account):
        return prove_factor(door(), account, request.form.get("code", ""))
    found = prove_password(door(), account.user_name, request.form.get("password", ""))
    return found is not None and found.id == account.id
