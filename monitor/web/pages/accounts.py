"""The administrator's page of accounts: add, disable, reset, unlock, change roles, end log-ins."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.accounts import AccountRefused, Fault, administration
from monitor.accounts.administration import By, NewAccount, Slip
from monitor.store.queries.tree import tree
from monitor.store.session import reading, transaction
from monitor.store.tables.operations import ROLES
from monitor.web.context import site
from monitor.web.policy import Policy, policy
from monitor.web.sign_in import holder

pages = Blueprint("accounts", __name__)

LOOK = Policy(action=Action.MANAGE_ACCOUNTS)
CHANGE = Policy(action=Action.MANAGE_ACCOUNTS, step_up=True)
FIELDS = ("user_name", "display_name", "role", "unit", "person")

Answer = Response | str | tuple[str, int]


@pages.get("/quan-tri/tai-khoan")
@policy(LOOK)
def overview() -> str:
    """Every account, and the form for one more."""
    return _overview()


def _overview(fault: Fault | None = None) -> str:
    now = site().now()
    with reading(site().engine) as database:
        rows = administration.listed(database, site().settings, now)
        units = sorted(tree(database).units.values(), key=lambda unit: unit.code)
    return render_template(
        "accounts.html",
        rows=rows,
        units=units,
        roles=ROLES,
        fault=fault,
        kept=request.form,
        local=_local,
    )


def _local(moment: object) -> str:
    return f"{moment.astimezone(site().now().tzinfo):%H:%M %d/%m/%Y}"  # type: ignore[attr-defined]  # an aware instant


def _by() -> By:
    account = holder()
    return By(actor=account.user_name, settings=site().settings, now=site().now(), account_id=account.id or 0)


@pages.post("/quan-tri/tai-khoan")
@policy(CHANGE)
def add() -> Answer:
    """Add an account and show its slip, once."""
    new = NewAccount(**{name: request.form.get(name, "").strip() for name in FIELDS})
    try:
        with transaction(site().engine) as database:
            slip = administration.add(database, new, _by())
    except AccountRefused as refused:
        return _refused(refused)
    return _slip(slip)


@pages.post("/quan-tri/tai-khoan/<user_name>/phieu")
@policy(CHANGE)
def reset_password(user_name: str) -> Answer:
    """A slip for a new password."""
    try:
        with transaction(site().engine) as database:
            slip = administration.reset_password(database, user_name, _by())
    except AccountRefused as refused:
        return _refused(refused)
    return _slip(slip)


def _slip(slip: Slip) -> str:
    return render_template("account_slip.html", slip=slip, local=_local)


@pages.post("/quan-tri/tai-khoan/<user_name>/bo-xac-thuc")
@policy(CHANGE)
def reset_factor(user_name: str) -> Answer:
    """Forget a lost second factor."""
    return _do(administration.reset_factor, user_name)


@pages.post("/quan-tri/tai-khoan/<user_name>/khoa")
@policy(CHANGE)
def disable(user_name: str) -> Answer:
    """Close an account."""
    return _do(administration.disable, user_name)


@pages.post("/quan-tri/tai-khoan/<user_name>/mo")
@policy(CHANGE)
def enable(user_name: str) -> Answer:
    """Open a closed account."""
    return _do(administration.enable, user_name)


@pages.post("/quan-tri/tai-khoan/<user_name>/mo-khoa")
@policy(CHANGE)
def unlock(user_name: str) -> Answer:
    """Open an account that wrong tries closed."""
    return _do(administration.unlock, user_name)


@pages.post("/quan-tri/tai-khoan/<user_name>/ket-thuc")
@policy(CHANGE)
def end_sessions(user_name: str) -> Answer:
    """End every log-in of an account."""
    return _do(administration.end_sessions, user_name)


@pages.post("/quan-tri/tai-khoan/<user_name>/vai-tro")
@policy(CHANGE)
def change_role(user_name: str) -> Answer:
    """Give another role and unit."""
    role, unit = request.form.get("role", ""), request.form.get("unit", "")

    def change(database: Session, name: str, by: By) -> None:
        administration.change_role(database, name, role, unit, by)

    return _do(change, user_name)


def _do(change: Callable[[Session, str, By], object], user_name: str) -> Answer:
    try:
        with transaction(site().engine) as database:
            change(database, user_name, _by())
    except AccountRefused as refused:
        return _refused(refused)
    return redirect(url_for("accounts.overview"))


def _refused(refused: AccountRefused) -> tuple[str, int]:
    return _overview(Fault(code=refused.code, values=refused.values)), 400
