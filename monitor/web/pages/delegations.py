"""Uỷ quyền: who acts for a head who is away, from a day to a day; lending and taking back."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, url_for
from sqlalchemy import or_, select
from sqlmodel import Session, col
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.registers.delegations import Giver, Lent, lend, lendable_units, receivers, take_back
from monitor.registers.errors import RegisterRefused
from monitor.rules.wallclock import date_of, day_of
from monitor.store.queries.tree import Tree, UnitRow, tree
from monitor.store.session import reading, transaction
from monitor.store.tables import AccessGrant, Account, Person, Posting
from monitor.web import forms
from monitor.web.context import scope, site
from monitor.web.policy import Policy, policy
from monitor.web.registerpage import day_of_form, said, today
from monitor.web.sign_in import holder
from monitor.web.told import tell

pages = Blueprint("delegations", __name__)

CHANGE = Policy(action=Action.DECIDE, step_up=True)
FIELDS = ("don-vi", "tai-khoan", "tu", "den", "ly-do")
MOST_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A delegation: the unit, its heads of the time, who acts, and how it stands (a code of words)."""

    grant: AccessGrant
    account: Account
    unit: UnitRow
    heads: str
    state: str
    mine: bool


@pages.get("/dang-ky/uy-quyen")
@policy(Action.DECIDE)
def overview() -> str:
    """Who acts for whom in the units in scope, the running first; and the form."""
    return _page()


def _page(refusal: str = "") -> str:
    with reading(site().engine) as database:
        units, giver = tree(database), _giver()
        shown = _shown(database, units, giver)
        lendable = lendable_units(database, giver, giver.today, giver.today)
        accounts = receivers(database, giver, giver.today)
        database.expunge_all()
    return render_template(
        "delegations.html",
        shown=shown,
        lendable=sorted((units.units[unit] for unit in lendable), key=lambda unit: unit.code),
        accounts=accounts,
        kept={name: forms.field(name) for name in FIELDS},
        refusal=refusal,
        today=today(),
    )


def _giver() -> Giver:
    account = holder()
    return Giver(
        account=account,
        scope=scope(),
        actor=account.user_name,
        at=site().now(),
        today=date_of(today()),
    )


def _shown(database: Session, units: Tree, giver: Giver) -> list[Shown]:
    """Delegations of units in scope, and those to the account itself."""
    rows = database.execute(
        select(AccessGrant, Account)
        .join(Account, col(Account.id) == col(AccessGrant.account_id))
        .where(
            col(AccessGrant.role) == "head",
            or_(
                col(AccessGrant.unit_id).in_(sorted(scope().units_of(units))),
                col(AccessGrant.account_id) == giver.account.id,
            ),
        )
        .order_by(col(AccessGrant.valid_from).desc(), col(AccessGrant.id).desc())
        .limit(MOST_ROWS)
    )
    found = [(grant, account) for grant, account in rows]
    heads = _heads(database, found)
    lendable = lendable_units(database, giver, giver.today, giver.today)
    shown = [
        Shown(
            grant=grant,
            account=account,
            unit=units.units[grant.unit_id],
            heads=heads.get(grant.id or 0, ""),
            state=_state(grant, giver),
            mine=grant.unit_id in lendable and _state(grant, giver) in {"running", "coming"},
        )
        for grant, account in found
    ]
    order = ("running", "coming", "over", "taken_back")
    return sorted(shown, key=lambda one: order.index(one.state))


def _state(grant: AccessGrant, giver: Giver) -> str:
    if grant.withdrawn_at is not None:
        return "taken_back"
    if grant.valid_to is not None and grant.valid_to < giver.today:
        return "over"
    return "coming" if grant.valid_from > giver.today else "running"


def _heads(database: Session, found: list[tuple[AccessGrant, Account]]) -> Mapping[int, str]:
    """The names of a unit's heads on the first day of each delegation, by grant."""
    names: dict[int, str] = {}
    for grant, _account in found:
        wanted = (
            select(col(Person.name))
            .join(Posting, col(Posting.person_id) == col(Person.id))
            .where(
                col(Posting.unit_id) == grant.unit_id,
                col(Posting.role) == "head",
                col(Posting.valid_from) <= grant.valid_from,
                or_(col(Posting.valid_to).is_(None), col(Posting.valid_to) >= grant.valid_from),
            )
        )
        names[grant.id or 0] = ", ".join(database.scalars(wanted.order_by(col(Person.sort_key))))
    return names


@pages.post("/dang-ky/uy-quyen")
@policy(CHANGE)
def give() -> Response | tuple[str, int]:
    """Lend a unit's powers; a unit or account out of reach is not found."""
    try:
        with transaction(site().engine) as database:
            lend(database, _lent(database), _giver())
    except RegisterRefused as refused:
        missing = refused.code in {"delegation_unit", "delegation_account"}
        return _page(said(refused)), 404 if missing else 400
    tell("delegation_given")
    return redirect(url_for("delegations.overview"))


def _lent(database: Session) -> Lent:
    unit = tree(database).by_code(forms.field("don-vi"))
    wanted = select(col(Account.id)).where(col(Account.user_name) == forms.field("tai-khoan"))
    return Lent(
        unit_id=0 if unit is None else unit.id,
        account_id=database.scalar(wanted) or 0,
        valid_from=date_of(day_of_form("tu")),
        valid_to=date_of(day_of_form("den")),
        reason=forms.field("ly-do"),
    )


@pages.post("/dang-ky/uy-quyen/<int:number>/thu-hoi")
@policy(CHANGE)
def withdraw(number: int) -> Response | tuple[str, int]:
    """End a delegation at once."""
    try:
        with transaction(site().engine) as database:
            take_back(database, _mine(database, number), forms.field("ly-do"), _giver())
    except RegisterRefused as refused:
        return _page(said(refused)), 400
    tell("delegation_taken_back")
    return redirect(url_for("delegations.overview"))


def _mine(database: Session, number: int) -> AccessGrant:
    """The delegation of an id; one of a unit out of scope, or of inspectors, is not found."""
    grant = database.get(AccessGrant, number, with_for_update=True)
    if grant is None or grant.role != "head" or not scope().sees_unit(grant.unit_id, day_of(_giver().today)):
        abort(404)
    return grant
