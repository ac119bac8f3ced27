"""Months of records for the office of the cast, drawn by lot, and plain counts of them to compare with."""

import random
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.rules.codes import Reason, Status
from monitor.rules.wallclock import day_of
from monitor.store.session import transaction
from monitor.store.tables import Person, Posting, SessionRecord, Unit
from tests.web.cast import ON, Office

FIRST = date(2025, 12, 1)
"""Where the records begin; they end the day before the cast's today."""

SESSIONS: tuple[tuple[dict[str, Any], int], ...] = (
    ({"status": Status.ON_TIME, "symbol": "+", "worked_seconds": 14_000}, 60),
    ({"status": Status.LATE, "symbol": "+", "late_seconds": 755, "worked_seconds": 13_000}, 10),
    ({"status": Status.EARLY, "symbol": "+", "early_seconds": 601}, 4),
    ({"status": Status.LATE_EARLY, "symbol": "+", "late_seconds": 400, "early_seconds": 700}, 2),
    ({"status": Status.MISSING_IN, "symbol": "+"}, 2),
    ({"status": Status.MISSING_OUT, "symbol": "+", "late_seconds": 365}, 2),
    ({"status": Status.ABSENT, "symbol": "KP", "late_seconds": 9_000, "cong": 0.0}, 3),
    ({"status": Status.EXCUSED, "symbol": "P"}, 5),
    ({"status": Status.EXCUSED, "symbol": "Ô", "cong": 0.0}, 2),
    ({"status": Status.PENDING, "reasons": int(Reason.NO_DATA), "cong": 0.0}, 1),
    ({"status": Status.PENDING, "reasons": int(Reason.AT_WORK), "late_seconds": 61, "cong": 0.0}, 1),
)
"""What a session may be, and how often. An absence may carry lateness: that made it one (rules 4)."""


def workdays(first: date = FIRST, last: date = ON) -> list[date]:
    """Mondays to Fridays, `last` not included."""
    days = (first + timedelta(days=number) for number in range((last - first).days))
    return [day for day in days if day.isoweekday() < 6]


def office_again(engine_session: Any) -> Office:
    """The cast's office, to add to it."""
    office = Office(engine_session)
    office.units = {unit.code: unit for unit in engine_session.scalars(select(Unit))}
    office.people = {person.code: person for person in engine_session.scalars(select(Person))}
    for posting in engine_session.scalars(select(Posting)):
        code = next(code for code, person in office.people.items() if person.id == posting.person_id)
        office.homes[code] = posting.unit_id
    office.regulation = 1
    return office


def fill(engine: Engine, people: Iterable[str], seed: int = 7, first: date = FIRST) -> None:
    """Days of the people since the first one, drawn by lot; days that have records keep them."""
    lot = random.Random(seed)  # noqa: S311 - no secrets: the same months each time
    kinds, weights = zip(*SESSIONS, strict=True)
    with transaction(engine) as session:
        office = office_again(session)
        for code in people:
            for on in workdays(first):
                if not recorded(session, office, code, on):
                    morning, afternoon = lot.choices(kinds, weights, k=2)
                    office.day(code, came(morning, lot), dict(afternoon), on=on)


def recorded(session: Any, office: Office, code: str, on: date) -> bool:
    """Whether the person has records of the day."""
    mine = col(SessionRecord.person_id) == office.people[code].id, col(SessionRecord.day) == day_of(on)
    return session.scalars(select(col(SessionRecord.person_id)).where(*mine)).first() is not None


def came(values: dict[str, Any], lot: random.Random) -> dict[str, Any]:
    """The session with a time of arrival, where its verdict has one."""
    there = values["status"] in {Status.ON_TIME, Status.LATE, Status.EARLY, Status.LATE_EARLY}
    return values | ({"time_in": f"07:{lot.randrange(5, 59):02}"} if there else {})


def records(engine: Engine, month: str, units: Iterable[str] = (), person: str = "") -> list[SessionRecord]:
    """The stored sessions of a month (or a year), of units or of one person."""
    with transaction(engine) as session:
        ids = set(session.scalars(select(col(Unit.id)).where(col(Unit.code).in_(list(units)))))
        who = session.scalars(select(col(Person.id)).where(col(Person.code) == person)).first()
        found = [
            row
            for row in session.scalars(select(SessionRecord))
            if date.fromordinal(date(1970, 1, 1).toordinal() + row.day).isoformat().startswith(month)
            and (not units or row.unit_id in ids)
            and (not person or row.person_id == who)
        ]
        session.expunge_all()
    return found


def plain(rows: Iterable[SessionRecord]) -> dict[str, int]:
    """The figures of sessions, counted one by one."""
    found = dict.fromkeys(
        ("on_time", "decided", "late", "late_seconds", "early", "missing", "absent", "no_data", "worked"), 0
    )
    for row in rows:
        absent = row.status == Status.ABSENT
        found["on_time"] += row.status == Status.ON_TIME
        found["decided"] += row.status not in {Status.PENDING, Status.EXCUSED, Status.EXEMPT}
        found["late"] += bool(row.late_seconds and not absent)
        found["late_seconds"] += 0 if absent else row.late_seconds
        found["early"] += bool(row.early_seconds and not absent)
        found["missing"] += row.status in {Status.MISSING_IN, Status.MISSING_OUT}
        found["absent"] += absent
        found["no_data"] += row.status == Status.PENDING and bool(row.reasons & Reason.NO_DATA)
        found["worked"] += row.worked_seconds
    return found
