"""The way in: each role to its own first page; and the liveness check."""

from flask import Blueprint, abort, redirect, render_template, url_for
from sqlalchemy import text
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.rules.columns import DAY_SECONDS
from monitor.store.queries.tree import tree
from monitor.store.session import reading
from monitor.store.tables import Person
from monitor.web.context import scope, site
from monitor.web.policy import PUBLIC, SIGNED_IN, policy

pages = Blueprint("home", __name__)


@pages.get("/")
@policy(SIGNED_IN)
def index() -> Response | str:
    """Today for those who look after people, the terminals for those who look after terminals."""
    today = site().wall_clock() // DAY_SECONDS
    if (code := _first_unit()) is not None:
        return redirect(url_for("board.unit_day", code=code, day=today))
    if (person := _own_code()) is not None:
        return redirect(url_for("person.day", code=person, day=today))
    if scope().may(Action.SEE_TERMINALS) and not scope().may(Action.SEE_UNITS):
        return redirect(url_for("terminals.overview"))
    return render_template("nothing.html")


def _first_unit() -> str | None:
    """The code of the unit that a person in charge sees first."""
    asking = scope()
    if not asking.may(Action.SEE_UNITS):
        return None
    with reading(site().engine) as database:
        units = tree(database)
    if asking.home is not None:
        return units.units[asking.home].code
    roots = units.roots_of(asking.units_of(units))
    return units.units[roots[0]].code if roots else None


def _own_code() -> str | None:
    """The staff code of the person behind the account."""
    own = scope().person_id
    if own is None or not scope().may(Action.SEE_PEOPLE):
        return None
    with reading(site().engine) as database:
        person = database.get(Person, own)
        return None if person is None else person.code


@pages.get("/ca-nhan")
@policy(Action.SEE_PEOPLE)
def own() -> Response:
    """One's own day."""
    code = _own_code()
    if code is None:
        abort(404)
    return redirect(url_for("person.day", code=code, day=site().wall_clock() // DAY_SECONDS))


@pages.get("/healthz")
@policy(PUBLIC)
def alive() -> tuple[str, int, dict[str, str]]:
    """200 when the database answers."""
    with reading(site().engine) as database:
        database.connection().execute(text("SELECT 1"))
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}
