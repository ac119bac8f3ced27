"""Leaving a trace of whose data a page shows, before it is shown."""

from collections.abc import Iterable

from monitor.audit import Viewing, tell_viewing
from monitor.web.context import scope, signed_in, site


def remember_shown(action: str, subject: str, people: Iterable[int], first_day: int, last_day: int) -> None:
    """Record that the account that asks is about to be shown these people's days; oneself needs no trace.

    One small write after the page's reading is over, and none within the hour for the same page. When it
    fails the page fails: what cannot be traced is not shown.
    """
    account = signed_in()
    others = frozenset(one for one in people if one != scope().person_id)
    if account is None or not others:
        return
    viewing = Viewing(
        at=site().now(),
        actor=account.user_name,
        action=action,
        subject=subject,
        people=others,
        first_day=first_day,
        last_day=last_day,
        detail={"role": scope().role},
    )
    tell_viewing(site().engine, viewing)
