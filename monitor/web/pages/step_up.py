"""Before what matters: is it still you? Then back to where it was asked."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from monitor.accounts import has_factor, proof_by_password, prove_factor, prove_password
from monitor.accounts.proving import may_sign_on
from monitor.store.tables import Account
from monitor.web.context import site
from monitor.web.own_pages import own_page
from monitor.web.policy import SIGNED_IN, policy
from monitor.web.sign_in import door, holder, prove_again

pages = Blueprint("step_up", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How an account may prove again that its holder is there; a second factor goes before all else."""

    factor: bool
    password: bool
    provider: str


def ways(account: Account) -> Ways:
    """The ways of an account: `provider` is the label of the office's sign-on, '' where it is none."""
    sign_on, factor = site().settings.sign_on, has_factor(site().engine, account)
    own = proof_by_password(site().engine, account) == "password"
    outside = not factor and may_sign_on(account, site().settings)
    return Ways(
        factor=factor,
        password=not factor and (own or (outside and bool(sign_on.ldap.url))),
        provider=sign_on.oidc.label if outside and sign_on.oidc.issuer else "",
    )


@pages.get("/xac-nhan")
@policy(SIGNED_IN)
def form() -> str:
    """Ask for a code, or for the password where there is no second factor."""
    return show_form()


def show_form(refused: str = "") -> str:
    """The form; `refused`: `proof`, `sign_on` or `provider` (it cannot be reached)."""
    minutes = site().settings.accounts.step_up_minutes
    return render_template("step_up.html", ways=ways(holder()), refused=refused, minutes=minutes)


@pages.post("/xac-nhan")
@policy(SIGNED_IN)
def prove() -> Response | tuple[str, int]:
    """Go back once the proof is right."""
    if not _proven(holder()):
        return show_form("proof"), 401
    prove_again()
    return redirect(own_page(request.form.get("tiep", ""), url_for("home.index")))


def _proven(account: Account) -> bool:
    if has_factor(site().engine, account):
        return prove_factor(door(), account, request.form.get("code", ""))
    found = prove_password(door(), account.user_name, request.form.get("password", ""))
    return found is not None and found.id == account.id
