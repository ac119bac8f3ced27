"""What the pages of explanations and decisions share: who asks, whose day it is, words of a thread."""

from datetime import datetime

from flask import Flask, abort
from sqlmodel import Session

from monitor.access import Action, Scope
from monitor.cases import Asking, Matter, Thread
from monitor.cases import thread_of as thread_for
from monitor.cases.duties import duties_of
from monitor.store.queries.seats import Seat, seat_of
from monitor.store.session import reading
from monitor.web.context import scope, site
from monitor.web.language import number_text
from monitor.web.sign_in import holder

KIB = 1024


def install(app: Flask) -> None:
    """Give the templates the words of a thread."""
    app.jinja_env.filters.update(local=local_time, size=kilobytes)


def asking() -> Asking:
    """The account that asks, as the use cases take it."""
    surroundings = site()
    return Asking(
        scope=scope(),
        actor=holder().user_name,
        now=surroundings.now(),
        limits=surroundings.settings.explanations,
    )


def thread_of(database: Session, reader: Scope, person_id: int, day: int) -> Thread | None:
    """The thread of a person's day as a reader may see it; None: the reader may not, or nobody was there."""
    who = asking()
    mine = Asking(scope=reader, actor=who.actor, now=who.now, limits=who.limits)
    return thread_for(database, mine, person_id, day)


def seat_in_scope(database: Session, code: str, day: int) -> Seat:
    """A person with the unit of the day; out of scope is not found."""
    return seat_of(database, scope().reach, code, day) or abort(404)


def matter_of(seat: Seat, day: int) -> Matter:
    """The same for the use cases."""
    return Matter(person_id=seat.person_id, day=day, home=seat.unit_id)


def has_duties() -> bool:
    """Whether there can be duties at all: whoever neither decides nor is a person has none."""
    return scope().person_id is not None or scope().may(Action.DECIDE)


def waiting_count() -> int:
    """How many duties the account has, for the navigation."""
    with reading(site().engine) as database:
        return duties_of(database, asking()).count


def local_time(moment: datetime | None) -> str:
    """An instant as 07:42 24/02/2026 in the installation's zone, '' for none."""
    return "" if moment is None else f"{moment.astimezone(site().now().tzinfo):%H:%M %d/%m/%Y}"


def kilobytes(count: int) -> str:
    """A size as people read it."""
    kib = max(1, round(count / 1024))
    return f"{kib} KB" if kib < KIB else f"{number_text(round(kib / KIB, 1))} MB"
