"""When somebody is left alone: days off by the calendar of the unit, and quiet hours of one's own."""

from datetime import datetime, timedelta

from monitor.access import Scope
from monitor.store.queries.notices import DaysOff
from monitor.store.queries.tree import Tree
from monitor.store.tables import NoticeChoice


def quiet_until(choice: NoticeChoice, local: datetime) -> datetime | None:
    """When the quiet hours around a local moment end; None outside of them."""
    start, end = choice.quiet_from, choice.quiet_to
    if start is None or end is None or start == end:
        return None
    minute = local.hour * 60 + local.minute
    within = start <= minute < end if start < end else minute >= start or minute < end
    if not within:
        return None
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    ends = midnight + timedelta(minutes=end)
    return ends if ends > local else ends + timedelta(days=1)


def is_day_off(scope: Scope, choice: NoticeChoice, units: Tree, calendar: DaysOff) -> bool:
    """Whether this is a day on which the account wants no digest."""
    return not choice.days_off and calendar.is_off(units, scope.home)
