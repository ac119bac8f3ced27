"""What every view needs from the application: the database, the settings, the clock, who is asking."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, has_app_context
from sqlalchemy import Engine

from monitor.access import Scope
from monitor.config import Settings
from monitor.rules.wallclock import seconds_of
from monitor.store.queries.reach import NOBODY, Reach
from monitor.store.tables import Account

KEY = "attendance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The application's surroundings; `clock` gives the present as an aware instant."""

    engine: Engine
    settings: Settings
    clock: Callable[[], datetime]

    def now(self) -> datetime:
        """The present in the installation's zone."""
        return self.clock().astimezone(ZoneInfo(self.settings.site.timezone))

    def wall_clock(self) -> int:
        """The present as wall-clock seconds of the installation's zone."""
        return seconds_of(self.now().replace(tzinfo=None, microsecond=0))


def install(app: Flask, site: Site) -> None:
    """Keep the surroundings where `site` finds them."""
    app.extensions[KEY] = site


def site() -> Site:
    """The surroundings of the application that answers this request."""
    found: Site = current_app.extensions[KEY]
    return found


def signed_in() -> Account | None:
    """The account that asks, or None."""
    found: Account | None = g.get("account")
    return found


def scope() -> Scope:
    """The scope of the account that asks; only views whose policy needs an account may call this."""
    found: Scope = g.scope
    return found


def reach_of_request() -> Reach:
    """Whose days this request may see in the database at all: nobody's before it is known who asks."""
    asking: Scope | None = g.get("scope") if has_app_context() else None
    return NOBODY if asking is None else Reach(terms=asking.reach.terms, person_id=asking.person_id)
