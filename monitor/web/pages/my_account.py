"""One's own account: password, second factor, recovery codes, where one is logged in."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from monitor.accounts import AccountRefused, Fault, needs_factor, own, sessions
from monitor.accounts.credentials import stored_credential
from monitor.notices import settled
from monitor.store.session import reading
from monitor.web.browsers import browser_name
from monitor.web.context import scope, site
from monitor.web.enrolment import shown_secret, take_factor
from monitor.web.pages.steps import faults_of, new_password_of_form
from monitor.web.policy import SIGNED_IN, STEPPED_UP, policy
from monitor.web.sign_in import door, holder, login_id, prove_again

pages = Blueprint("my_account", __name__)

Answer = Response | str | tuple[str, int]


@pages.get("/tai-khoan")
@policy(SIGNED_IN)
def overview() -> str:
    """What protects the account, and every place where it is logged in."""
    account, now = holder(), site().now()
    with reading(site().engine) as database:
        running = sessions.sessions_of(database, account.id or 0, site().settings, now)
        left = own.recovery_codes_left(database, account.id or 0)
        credential = stored_credential(database, account.id or 0)
        messages = settled(database, account, scope(), site().settings).address
        database.expunge_all()
    return render_template(
        "my_account.html",
        credential=credential,
        messages=messages,
        running=running,
        here=login_id(),
        codes_left=left,
        needed=needs_factor(account.role),
        browser_name=browser_name,
        local=lambda moment: f"{moment.astimezone(now.tzinfo):%H:%M %d/%m/%Y}",
    )


@pages.get("/tai-khoan/mat-khau")
@policy(SIGNED_IN)
def password() -> str:
    """Ask for the old password and a new one."""
    return _password(())


@pages.post("/tai-khoan/mat-khau")
@policy(SIGNED_IN)
def change_password() -> Answer:
    """Change the password; every other log-in ends, and this one gets a new key."""
    try:
        own.change_password(
            door(), holder(), request.form.get("old", ""), new_password_of_form(), kept=login_id()
        )
    except AccountRefused as refused:
        return _password(faults_of(refused)), 400
    prove_again()
    return redirect(url_for("my_account.overview"))


def _password(faults: Sequence[Fault]) -> str:
    return render_template("new_password.html", faults=faults, ended=False, profile=door().profile)


@pages.get("/tai-khoan/xac-thuc")
@policy(STEPPED_UP)
def factor() -> str:
    """Show the secret of a new second factor."""
    return _factor()


@pages.post("/tai-khoan/xac-thuc")
@policy(STEPPED_UP)
def set_factor() -> Answer:
    """Take the new second factor once its first code is right."""
    try:
        codes = take_factor(holder(), request.form.get("code", ""), kept=login_id())
    except AccountRefused:
        return _factor(refused=True), 400
    prove_again()
    return _show(codes)


def _factor(*, refused: bool = False) -> str:
    return render_template("enrolment.html", refused=refused, first=False, **shown_secret(holder()))


def _show(codes: list[str]) -> str:
    return render_template("recovery_codes.html", codes=codes, onward=url_for("my_account.overview"))


@pages.post("/tai-khoan/xac-thuc/bo")
@policy(STEPPED_UP)
def remove_factor() -> Response:
    """Do without a second factor, where the role may; the page shows nothing to press where it may not."""
    try:
        own.remove_factor(door(), holder())
    except AccountRefused:
        return redirect(url_for("my_account.overview"))
    prove_again()
    return redirect(url_for("my_account.overview"))


@pages.post("/tai-khoan/ma-du-phong")
@policy(STEPPED_UP)
def recovery_codes() -> Answer:
    """New recovery codes; the old ones are worth nothing."""
    try:
        return _show(own.renew_recovery_codes(door(), holder()))
    except AccountRefused:
        return redirect(url_for("my_account.overview"))


@pages.post("/tai-khoan/phien/<int:number>/ket-thuc")
@policy(STEPPED_UP)
def end_session(number: int) -> Response:
    """End one of one's own log-ins; somebody else's number does nothing."""
    own.end_own(door(), holder(), number)
    return redirect(url_for("my_account.overview"))


@pages.post("/tai-khoan/phien/ket-thuc-khac")
@policy(STEPPED_UP)
def end_others() -> Response:
    """End every log-in but this one."""
    own.end_others(door(), holder(), login_id())
    return redirect(url_for("my_account.overview"))
