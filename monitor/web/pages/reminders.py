"""Lời nhắc bằng văn bản: the list, and each as it is printed."""

from flask import Blueprint, abort, render_template

from monitor.access import Action
from monitor.cases.duties import reminders_for
from monitor.rules.wallclock import day_of
from monitor.store.queries.cases import ReminderRow
from monitor.store.session import reading
from monitor.web.casepage import asking, has_duties
from monitor.web.context import site
from monitor.web.policy import policy
from monitor.web.shown import remember_shown

pages = Blueprint("reminders", __name__)


@pages.get("/nhac-nho")
@policy(Action.SEE_PEOPLE)
def overview() -> str:
    """The reminders that the account may read: its own, and those of people it decides about."""
    return render_template("reminders.html", found=_found("view_reminders"))


def _found(action: str, number: int | None = None) -> list[ReminderRow]:
    if not has_duties():
        abort(404)
    with reading(site().engine) as database:
        found = list(reminders_for(database, asking()))
    shown = [one for one in found if number in {None, one.reminder.id}]
    people = [one.reminder.person_id for one in shown]
    days = [day_of(on) for one in shown for on, _ in one.days]
    if days:
        remember_shown(
            action, "reminders" if number is None else f"reminder:{number}", people, min(days), max(days)
        )
    return shown


@pages.get("/nhac-nho/<int:number>")
@policy(Action.SEE_PEOPLE)
def one(number: int) -> str:
    """One reminder, to be printed; out of reach is not found."""
    found = _found("view_reminder", number)
    return render_template("reminder.html", one=found[0] if found else abort(404))
