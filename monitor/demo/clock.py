"""Which moment the demo shows when it starts."""

from datetime import datetime, time, timedelta

from monitor.demo.workdays import WorkCalendar

OPENS, CLOSES = time(7, 45), time(17, 30)
MORNING = time(8, 20)


def demo_start(
    now_option: datetime | None, real_now: datetime, calendar: WorkCalendar
) -> tuple[datetime, bool]:
    """The moment to begin with, and whether the clock stands still there; both moments naive, local.

    A moment that was asked for stands still. Otherwise the demo begins now if offices work now, else
    at 08:20 of the latest working day that had one, and its clock runs.
    """
    if now_option is not None:
        return now_option, True
    if calendar.works(real_now.date()) and OPENS <= real_now.time() <= CLOSES:
        return real_now, False
    morning = datetime.combine(real_now.date(), MORNING)
    if morning > real_now:
        morning -= timedelta(days=1)
    return datetime.combine(calendar.last_workday(morning.date()), MORNING), False
