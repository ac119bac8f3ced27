"""Việc cần làm: what waits for an account to decide, what it was asked to explain itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from monitor.access import Action
from monitor.cases.book import Asking
from monitor.cases.desks import Desks, Matter
from monitor.store.queries.cases import (
    ReminderRow,
    Waiting,
    own_waiting,
    reminded_homes,
    reminders,
    waiting,
)
from monitor.store.tables import DayCase


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A case to decide; `overdue`: it should have been by now, `escalated`: it came from below."""

    waiting: Waiting
    overdue: bool
    escalated: bool
    unanswered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """What an account has to do: decide, wait for answers it asked for, answer itself."""

    to_decide: tuple[Duty, ...]
    asked: tuple[Duty, ...]
    own: tuple[DayCase, ...]

    @property
    def count(self) -> int:
        """How many things want something done now."""
        return len(self.to_decide) + len(self.own)


def duties_of(session: Session, asking: Asking, desks: Desks | None = None) -> Duties:
    """The duties of an account; overdue ones first."""
    scope = asking.scope
    found = [_duty(asking, one) for one in _on_desk(session, asking, desks)]
    own = () if scope.person_id is None else tuple(own_waiting(session, scope.person_id))
    return Duties(
        to_decide=tuple(one for one in found if one.waiting.case.state == "explained" or one.unanswered),
        asked=tuple(one for one in found if one.waiting.case.state == "open" and not one.unanswered),
        own=own,
    )


def _on_desk(session: Session, asking: Asking, desks: Desks | None) -> list[Waiting]:
    """The waiting cases whose turn it is; nearly always there are few, and then nothing more is read."""
    scope = asking.scope
    if not scope.may(Action.DECIDE):
        return []
    terms = scope.terms
    unit_ids = None if terms is None else frozenset[int]().union(*(term.unit_ids for term in terms))
    rows = waiting(session, unit_ids)
    if not rows:
        return []
    known = desks or Desks.on(session, asking.now.date())
    return [one for one in rows if known.on_desk(scope, matter_of_waiting(one))]


def matter_of_waiting(one: Waiting) -> Matter:
    """Whose day a waiting case is about."""
    return Matter(person_id=one.case.person_id, day=one.day, home=one.home).of(one.case)


def _duty(asking: Asking, one: Waiting) -> Duty:
    case = one.case
    return Duty(
        waiting=one,
        overdue=case.decide_by is not None and case.decide_by < asking.now,
        escalated=case.level > 0,
        unanswered=case.state == "open" and case.due_at is not None and case.due_at < asking.now,
    )


def reminders_for(session: Session, asking: Asking) -> Sequence[ReminderRow]:
    """The written reminders that an account may read: its own, and those of people it may decide about.

    As of today: the reminders of somebody who has moved are read where that person is now.
    """
    desks, scope = Desks.on(session, asking.now.date()), asking.scope
    mine = {
        person
        for person, home in reminded_homes(session, asking.today).items()
        if desks.may_decide(scope, Matter(person_id=person, day=asking.today, home=home))
    }
    if scope.person_id is not None:
        mine.add(scope.person_id)
    return reminders(session, people=sorted(mine))
