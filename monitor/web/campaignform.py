"""The form of a new inspection campaign, read as a wish."""

from collections.abc import Sequence
from datetime import date, datetime

from flask import request

from monitor.inspections.errors import InspectionRefused
from monitor.inspections.wish import CHOICES, MOST_DAYS, Wish
from monitor.rules.check_days import fridays
from monitor.rules.wallclock import moment_of
from monitor.rules.workdays import DAY, work_days
from monitor.store.tables import CalendarDay
from monitor.web import forms
from monitor.web.context import site

LONGEST_CLOCK = 5


def wish_of_form(calendar: Sequence[CalendarDay], team_names: Sequence[str]) -> Wish:
    """The campaign that the form asks for; `team_names` are the accounts that had a role to choose.

    Raises FormRefused `form_bad_day`, `form_bad_moment` and InspectionRefused `campaign_days`,
    `campaign_bad_clock`, `campaign_choice`.
    """
    only_fridays = forms.field("ngay-nao") == "friday"
    choice = forms.field("chon")
    if choice not in CHOICES:
        raise InspectionRefused("campaign_no_units")
    days = _days(calendar, only_fridays=only_fridays)
    return Wish(
        title=forms.field("ten"),
        days=dict.fromkeys(days, ""),
        team={name: role for name in team_names if (role := forms.field(f"vai-tro-{name}"))},
        kind="friday" if only_fridays else "dates",
        legal_basis=forms.field("can-cu"),
        body=forms.field("co-quan"),
        part="last" if forms.field("buoi") == "last" else "first",
        check_second=second_of(forms.field("gio")),
        choice=choice,
        units=tuple(dict.fromkeys(request.form.get("don-vi", "").split())),
        size=forms.small_number(forms.field("so-luong")) or 0,
        beacon=forms.field("so-hen"),
        public_first=bool(forms.field("tiep-dan-truoc")),
        sealed_until=_sealed_until(),
    )


def _days(calendar: Sequence[CalendarDay], *, only_fridays: bool) -> list[date]:
    """The working days of the form's range, or its Fridays."""
    first, last = forms.day("tu"), forms.day("den")
    if first is None or not first <= (last or first) or ((last or first) - first).days > 2 * MOST_DAYS:
        raise InspectionRefused("campaign_days", most=MOST_DAYS)
    last, work = last or first, work_days(calendar)
    if only_fridays:
        return fridays(work, first, last)
    days = (first + DAY * n for n in range((last - first).days + 1))
    return [on for on in days if work.works(on)]


def second_of(clock: str) -> int:
    """HH:MM in seconds of the day. Raises InspectionRefused `campaign_bad_clock`."""
    hours, _, minutes = clock.partition(":")
    found = forms.small_number(hours), forms.small_number(minutes)
    if len(clock) > LONGEST_CLOCK or found[0] not in range(24) or found[1] not in range(60):
        raise InspectionRefused("campaign_bad_clock", value=clock[:20])
    return (found[0] or 0) * 3600 + (found[1] or 0) * 60


def _sealed_until() -> datetime | None:
    """Until when the team alone knows, by the installation's clock."""
    if not forms.field("niem"):
        return None
    return moment_of(forms.moment("niem")).replace(tzinfo=site().now().tzinfo)
