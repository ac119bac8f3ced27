"""Việc cần làm: explanations to decide, overdue first, and one's own to give."""

from flask import Blueprint, abort, render_template

from monitor.access import Action
from monitor.cases.duties import Duties, duties_of
from monitor.rules.wallclock import day_of
from monitor.store.queries.tree import tree
from monitor.store.session import reading
from monitor.store.tables import Person
from monitor.web.casepage import asking, has_duties
from monitor.web.context import scope, site
from monitor.web.findingpage import open_followed
from monitor.web.policy import policy
from monitor.web.shown import remember_shown

pages = Blueprint("duties", __name__)


@pages.get("/viec-can-lam")
@policy(Action.SEE_PEOPLE)
def overview() -> str:
    """What waits for the account; for those who neither decide nor are a person there is no such page."""
    if not has_duties():
        abort(404)
    with reading(site().engine) as database:
        found = duties_of(database, asking())
        units = tree(database).units
        own = None if scope().person_id is None else database.get(Person, scope().person_id)
        followed = open_followed(database)
    _remember(found)
    return render_template(
        "duties.html",
        found=found,
        units=units,
        own=own,
        followed=followed,
        day_of=day_of,
        decides=scope().may(Action.DECIDE),
    )


def _remember(found: Duties) -> None:
    listed = [duty.waiting for duty in (*found.to_decide, *found.asked)]
    if listed:
        days = [one.day for one in listed]
        people = [one.case.person_id for one in listed]
        remember_shown("view_duties", "cases", people, min(days), max(days))
