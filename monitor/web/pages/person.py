"""A person's day: what was recorded, what it came to, and why."""

from flask import Blueprint, abort, render_template

from monitor.access import Action
from monitor.explain import words
from monitor.groups import Group, group_of_status
from monitor.rules.codes import Status
from monitor.rules.columns import DAY_SECONDS
from monitor.rules.wallclock import weekday_of
from monitor.store.session import reading
from monitor.web.casepage import thread_of
from monitor.web.context import scope, site
from monitor.web.language import language
from monitor.web.personpage import person_day
from monitor.web.policy import policy
from monitor.web.rows import session_name
from monitor.web.shown import remember_shown

pages = Blueprint("person", __name__)


@pages.get("/nguoi/<path:code>/ngay/<day:day>")
@policy(Action.SEE_PEOPLE)
def day(code: str, day: int) -> str:
    """One person on one day; a person out of scope is not found."""
    surroundings, now = site(), site().wall_clock()
    zone = surroundings.settings.site.timezone
    with reading(surroundings.engine) as database:
        shown = person_day(database, scope(), code, day, now=now, zone=zone)
        thread = None if shown is None else thread_of(database, scope(), shown.person_id, day)
    if shown is None:
        abort(404)
    remember_shown("view_person", f"person:{shown.code}", [shown.person_id], day, day)
    return render_template(
        "person.html",
        shown=shown,
        thread=thread,
        own=scope().person_id == shown.person_id,
        today=now // DAY_SECONDS,
        weekday=weekday_of(day),
        told=lambda line: words(line, language()),
        session_name=lambda row: session_name(row, language()),
        status_code=lambda status: Status(status).name.lower(),
        status_group=lambda record: group_of_status(record.status, record.reasons, record.late_seconds),
        month_groups=[
            group
            for group in Group
            if any(one and one.group == group for week in shown.month for one in week)
        ],
    )
