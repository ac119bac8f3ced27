"""What a clerk means by whole days, half a day or some hours, as an interval of the wall clock (rules 5)."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from sqlmodel import Session

from monitor.registers.errors import RegisterRefused
from monitor.rules.codes import SessionKind
from monitor.rules.columns import PersonDays
from monitor.rules.expectation import expected_sessions
from monitor.rules.wallclock import DAY_SECONDS, date_of
from monitor.store.queries.world import load_world

LONGEST_DAYS = 366
Interval = tuple[int, int]
Shape = Literal["days", "first", "last", "hours"]
SHAPES: tuple[Shape, ...] = ("days", "first", "last", "hours")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """A stretch as it is asked for: days since 1970, seconds of the day.

    `shape`: whole `days`, the `first` or `last` half of one day, or `hours` of one day.
    """

    shape: Shape
    first_day: int
    last_day: int
    from_second: int = 0
    to_second: int = 0


def interval_of(session: Session, person_id: int, meant: Meant, zone: str) -> Interval:
    """First and last second for one person. Half a day is what the person's regulation of that date has.

    Raises RegisterRefused `ends_before_start`, `register_days_many`, `register_hours_order` or
    `register_no_half`.
    """
    midnight = meant.first_day * DAY_SECONDS
    if meant.shape == "days":
        return midnight, _last_day(meant) * DAY_SECONDS + DAY_SECONDS - 1
    if meant.shape == "hours":
        if meant.to_second <= meant.from_second:
            raise RegisterRefused("register_hours_order")
        return midnight + meant.from_second, midnight + meant.to_second
    return _half(session, person_id, meant, zone)


def _last_day(meant: Meant) -> int:
    if meant.last_day < meant.first_day:
        days = {"start": date_of(meant.first_day).isoformat(), "end": date_of(meant.last_day).isoformat()}
        raise RegisterRefused("ends_before_start", **days)
    if meant.last_day - meant.first_day >= LONGEST_DAYS:
        raise RegisterRefused("register_days_many", most=LONGEST_DAYS)
    return meant.last_day


def _half(session: Session, person_id: int, meant: Meant, zone: str) -> Interval:
    """The first or the last of the day's office sessions, where there are several (rules 2.4)."""
    found = office_sessions(session, person_id, meant.first_day, zone)
    if len(found) < len(("morning", "afternoon")):
        raise RegisterRefused("register_no_half", day=f"{date_of(meant.first_day):%d/%m/%Y}")
    return found[0] if meant.shape == "first" else found[-1]


def office_sessions(session: Session, person_id: int, day: int, zone: str) -> list[Interval]:
    """The sessions that a person's regulation has for a date, in order; none on a day off."""
    loaded = load_world(session, [person_id], day - 1, day + 1, zone=zone, with_punches=False)
    asked = PersonDays(person=np.zeros(1, np.int32), day=np.array([day], np.int32))
    found = expected_sessions(loaded.world, asked)
    office = found.kind == SessionKind.OFFICE
    return list(zip(found.start[office].tolist(), found.end[office].tolist(), strict=True))
