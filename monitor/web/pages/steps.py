"""Between password and session: the code, a first second factor, a password that has ended; and the slip."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from monitor.accounts import AccountRefused, Fault, PasswordRefused, own, prove_factor, slips
from monitor.store.tables import Account
from monitor.web import pending
from monitor.web.enrolment import shown_secret, take_factor
from monitor.web.policy import PUBLIC, policy
from monitor.web.sign_in import door

pages = Blueprint("steps", __name__)

Answer = Response | str | tuple[str, int]


def _half(step: str) -> Account | Response:
    """The account that is half logged in at this step, or the way to where it should be."""
    found = pending.account()
    if found is None:
        return redirect(url_for("login.form"))
    return found if pending.lacking(found) == step else pending.go_on(found)


@pages.get("/dang-nhap/ma")
@policy(PUBLIC)
def factor() -> Answer:
    """Ask for the code of the second factor."""
    found = _half("factor")
    return found if isinstance(found, Response) else render_template("factor.html", refused=False)


@pages.post("/dang-nhap/ma")
@policy(PUBLIC)
def check_factor() -> Answer:
    """Go on once the code is right."""
    found = _half("factor")
    if isinstance(found, Response):
        return found
    if not prove_factor(door(), found, request.form.get("code", "")):
        return render_template("factor.html", refused=True), 401
    pending.factor_proven()
    return pending.go_on(found)


@pages.get("/dang-nhap/thiet-lap")
@policy(PUBLIC)
def enrolment() -> Answer:
    """Show the secret of a first second factor."""
    found = _half("enrolment")
    return found if isinstance(found, Response) else _enrolment(found)


@pages.post("/dang-nhap/thiet-lap")
@policy(PUBLIC)
def enrol() -> Answer:
    """Take the second factor, and show its recovery codes."""
    found = _half("enrolment")
    if isinstance(found, Response):
        return found
    try:
        codes = take_factor(found, request.form.get("code", ""))
    except AccountRefused:
        return _enrolment(found, refused=True), 400
    pending.factor_proven()
    target = url_for(pending.STEPS[step]) if (step := pending.lacking(found)) else pending.finish(found)
    return render_template("recovery_codes.html", codes=codes, onward=target)


def _enrolment(found: Account, *, refused: bool = False) -> str:
    return render_template("enrolment.html", refused=refused, first=True, **shown_secret(found))


@pages.get("/dang-nhap/doi-mat-khau")
@policy(PUBLIC)
def new_password() -> Answer:
    """Ask for another password in place of one that has ended."""
    found = _half("new_password")
    return found if isinstance(found, Response) else _password(())


@pages.post("/dang-nhap/doi-mat-khau")
@policy(PUBLIC)
def change_password() -> Answer:
    """Take another password."""
    found = _half("new_password")
    if isinstance(found, Response):
        return found
    try:
        own.change_password(door(), found, request.form.get("old", ""), new_password_of_form(), kept=None)
    except AccountRefused as refused:
        return _password(faults_of(refused)), 400
    pending.password_changed(found.id or 0)
    return pending.go_on(found)


def _password(faults: Sequence[Fault]) -> str:
    return render_template("new_password.html", faults=faults, ended=True, profile=door().profile)


def new_password_of_form() -> str:
    """The password that was typed twice. Raises PasswordRefused `passwords_differ`."""
    password, again = request.form.get("password", ""), request.form.get("again", "")
    if password != again:
        raise PasswordRefused((Fault(code="passwords_differ"),))
    return password


def faults_of(refused: AccountRefused) -> Sequence[Fault]:
    """All that is wrong, as the form shows it."""
    if isinstance(refused, PasswordRefused):
        return refused.faults
    return (Fault(code=refused.code, values=refused.values),)


@pages.get("/phieu")
@policy(PUBLIC)
def slip() -> str:
    """Ask for a one-time slip and the password that it is to set."""
    return _slip(())


@pages.post("/phieu")
@policy(PUBLIC)
def use_slip() -> Answer:
    """Set the password, then go on as any log-in."""
    form = request.form
    try:
        password = new_password_of_form()
        found = slips.redeem(door(), form.get("user_name", ""), form.get("token", ""), password)
    except PasswordRefused as refused:
        return _slip(refused.faults), 400
    if found is None:
        return _slip((Fault(code="slip_refused"),)), 401
    pending.start(found, "slip", url_for("home.index"))
    return pending.go_on(found)


def _slip(faults: Sequence[Fault]) -> str:
    kept = {name: request.form.get(name, "") for name in ("user_name", "token")}
    return render_template("slip.html", faults=faults, kept=kept, profile=door().profile)
