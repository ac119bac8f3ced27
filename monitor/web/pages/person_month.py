"""A person's month: calendar, habits, totals, corrections, each number with its sessions."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, render_template, request, url_for

from monitor.access import Action
from monitor.exports.timesheet.form import load_forms
from monitor.exports.timesheet.wanted import Wanted
from monitor.groups import Group, group_of_status
from monitor.periods import Month
from monitor.rules.codes import Status
from monitor.rules.columns import DAY_SECONDS
from monitor.rules.figures import weeks_to
from monitor.rules.wallclock import date_of
from monitor.store.queries.figures import KINDS, CountedSession
from monitor.store.session import reading
from monitor.web.charts import plot
from monitor.web.context import scope, site
from monitor.web.language import clock, language, say
from monitor.web.monthpage import LETTERS
from monitor.web.persondays import Habit
from monitor.web.personmonth import Asked, PersonMonth, person_month
from monitor.web.policy import policy
from monitor.web.rows import session_name
from monitor.web.shown import remember_shown

MARK_WORDS = {
    "late": "group_late",
    "early": "group_early",
    "missing": "group_missing",
    "no_data": "group_no_data",
    "open": "status_pending",
}
pages = Blueprint("person_month", __name__)
FORM = "c01-hd"
"""The form whose columns say what a month is worth (docs/timesheets.md)."""


@pages.get("/nguoi/<path:code>/thang/<month:month>")
@policy(Action.SEE_PEOPLE)
def one(code: str, month: str) -> str:
    """One person's month; where nothing of it may be seen, it is not found."""
    asked = _asked(code, month)
    with reading(site().engine) as database:
        shown = person_month(database, scope(), asked)
    if shown is None:
        abort(404)
    first = min(weeks_to(asked.days[-1])[0].start, asked.year.first_day)
    last = asked.year.last_day
    remember_shown("view_person", f"person:{shown.code}", [shown.person_id], first, last)
    return render_template("person_month.html", **_values(asked, shown))


def _asked(code: str, month: str) -> Asked:
    surroundings = site()
    wanted = Wanted(
        form_name=FORM,
        forms=load_forms(surroundings.settings.folder),
        month=Month.of(month),
        now=surroundings.now(),
        zone=surroundings.settings.site.timezone,
    )
    kind = request.args.get("loai", "")
    return Asked(
        code=code,
        wanted=wanted,
        now=surroundings.wall_clock(),
        kind=kind if kind in KINDS else "",
        of_year=request.args.get("ky") == "nam",
    )


def _values(asked: Asked, shown: PersonMonth) -> dict[str, Any]:
    return {
        "shown": shown,
        "asked": asked,
        "form": asked.wanted.form,
        "today": asked.now // DAY_SECONDS,
        "neighbours": neighbours(asked.wanted.month),
        "this_month": f"{date_of(asked.now // DAY_SECONDS):%Y-%m}",
        "plot": plot,
        "local_time": local_time,
        "letters": LETTERS,
        "mark_words": lambda kind: say(MARK_WORDS[kind]),
        "groups": _groups(shown),
        "times_of": times_of,
        "link": lambda kind, of_year=False: _link(asked, kind, of_year=of_year),
        "state_of": state_of,
        "session_name": lambda row: session_name(row, language()),
    }


def local_time(moment: datetime) -> str:
    """An instant as the installation's clock showed it."""
    zone = ZoneInfo(site().settings.site.timezone)
    return f"{moment.astimezone(zone):%H:%M %d/%m/%Y}"


def neighbours(month: Month) -> tuple[str, str]:
    """The months before and after."""
    before, after = date_of(month.first_day - 1), date_of(month.last_day + 1)
    return f"{before:%Y-%m}", f"{after:%Y-%m}"


def _groups(shown: PersonMonth) -> list[Group]:
    """The groups that the calendar uses, in order."""
    used = {cell.group for week in shown.weeks for cell in week if cell}
    return [group for group in Group if group in used]


def times_of(habit: Habit) -> list[str]:
    """Stays such as 07:42–11:30; a missing mark is "?"."""
    return [
        f"{clock(start) if start is not None else '?'}–{clock(end) if end is not None else '?'}"
        for start, end in habit.times
    ]


def state_of(row: CountedSession) -> tuple[Group, str]:
    """The group and the code of a session's status."""
    group = group_of_status(row.status, row.reasons, row.late_seconds)
    return group, Status(row.status).name.lower()


def _link(asked: Asked, kind: str, *, of_year: bool) -> str:
    period: dict[str, Any] = {"ky": "nam"} if of_year else {}
    month = asked.wanted.month.text
    return url_for("person_month.one", code=asked.code, month=month, loai=kind, **period) + "#cac-buoi"
