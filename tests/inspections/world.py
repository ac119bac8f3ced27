"""A province in small around Tết 2026, written straight into the tables, and the plain way to count it."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from monitor.config import Settings
from monitor.inspections.totals import Totals
from monitor.inspections.wish import By
from monitor.rules.codes import Status
from monitor.rules.wallclock import DAY_SECONDS, day_of
from monitor.rules.workdays import work_days
from monitor.store.tables import CalendarDay, Person, Posting, SessionRecord, Unit
from tests.rules.national import SHIPPED

NOW = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
BY = By(actor="job:open_check_windows", now=NOW, settings=Settings())
EIGHT = 28_800
SPANS = ((date(2025, 1, 31), date(2025, 2, 14)), (date(2026, 1, 5), date(2026, 3, 2)))
UNITS = {"T": None, "SNV": "T", "SNV-A": "SNV", "SYT": "T", "MC": "SYT", "XA": "T"}
SIZES = {"SNV": 2, "SNV-A": 12, "SYT": 9, "MC": 6, "XA": 3}
"""People by unit; the first of each leads it."""

HOURS = ((27_000, 41_400), (48_600, 61_200))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A session as the plain way counts it."""

    person: int
    unit: str
    leads: bool
    day: int
    part: int
    status: Status
    time_in: int | None
    time_out: int | None
    late: int
    early: int


def settle(session: Session, seed: int = 1) -> list[Plain]:
    """The calendar, the units, their people and their sessions; gives the office sessions in order."""
    session.add_all(
        CalendarDay(on_date=row.on_date, kind=row.kind, name="Nghỉ", status=row.status) for row in SHIPPED
    )
    ids: dict[str, int] = {}
    for code, parent in UNITS.items():
        unit = Unit(
            code=code, name=f"Đơn vị {code}", parent_id=ids.get(parent or ""), public_facing=code == "MC"
        )
        session.add(unit)
        session.flush()
        ids[code] = unit.id or 0
    found = _people(session, ids, random.Random(seed))  # noqa: S311 - made-up people
    session.flush()
    return found


def _people(session: Session, ids: dict[str, int], chance: random.Random) -> list[Plain]:
    work = work_days(SHIPPED)
    spans = [first + timedelta(days=n) for first, last in SPANS for n in range((last - first).days + 1)]
    days = [day_of(on) for on in spans if work.works(on)]
    plain: list[Plain] = []
    records: list[dict[str, Any]] = []
    for unit, size in SIZES.items():
        for number in range(size):
            person = Person(
                code=f"{unit}{number:02}", name=f"Nguyễn Văn {unit}{number}", sort_key="", search_key=""
            )
            session.add(person)
            session.flush()
            role = "head" if number == 0 else "staff"
            started = date(2020, 1, 1)
            session.add(Posting(person_id=person.id or 0, unit_id=ids[unit], role=role, valid_from=started))
            for day in days:
                duty = chance.random() < 0.05
                if duty:
                    records.append(
                        _row(person.id or 0, ids[unit], _duty(person.id or 0, unit, day), 0, kind=1)
                    )
                for part in (0, 1):
                    one = _drawn(chance, person.id or 0, unit, number == 0, day, part)
                    plain.append(one)
                    records.append(_row(one.person, ids[unit], one, part + duty))
    session.flush()
    session.connection().execute(insert(SessionRecord), records)
    return plain


def _duty(person: int, unit: str, day: int) -> Plain:
    """A duty before the office hours: present, but it is not the office's first session."""
    return Plain(
        person=person, unit=unit, leads=False, day=day, part=-1, status=Status.ABSENT,
        time_in=None, time_out=None, late=0, early=0,
    )  # fmt: skip


def _drawn(chance: random.Random, person: int, unit: str, leads: bool, day: int, part: int) -> Plain:
    status = chance.choices(list(Status), (2, 2, 2, 1, 4, 1, 3, 3, 1, 20))[0]
    opens, closes = (day * DAY_SECONDS + second for second in HOURS[part])
    in_at, out_at = opens + chance.randint(-1_200, 2_400), closes + chance.randint(-900, 900)
    has_in = status not in {Status.ABSENT, Status.MISSING_IN, Status.EXCUSED, Status.EXEMPT}
    has_in = has_in and not (status == Status.PENDING and chance.random() < 0.5)
    has_out = status in {Status.ON_TIME, Status.LATE, Status.EARLY, Status.LATE_EARLY, Status.MISSING_IN}
    late = 600 if status in {Status.LATE, Status.LATE_EARLY} else 0
    return Plain(
        person=person,
        unit=unit,
        leads=leads,
        day=day,
        part=part,
        status=status,
        time_in=in_at if has_in else None,
        time_out=out_at if has_out else None,
        late=late,
        early=300 if status in {Status.EARLY, Status.LATE_EARLY} else 0,
    )


def _row(person: int, unit: int, one: Plain, seq: int, kind: int = 0) -> dict[str, Any]:
    opens, closes = HOURS[max(one.part, 0)]
    midnight = one.day * DAY_SECONDS
    return {
        "person_id": person,
        "day": one.day,
        "seq": seq,
        "unit_id": unit,
        "kind": kind,
        "name": ("Sáng", "Chiều")[max(one.part, 0)],
        "starts": midnight + opens,
        "ends": midnight + closes,
        "due_from": midnight + opens,
        "due_to": midnight + closes,
        "time_in": one.time_in,
        "time_out": one.time_out,
        "status": int(one.status),
        "late_seconds": one.late,
        "early_seconds": one.early,
        "worked_seconds": 0,
        "symbol": "",
        "cong": 0.5,
        "reasons": 0,
        "rule_version": "",
        "extras": "",
        "outside": "",
        "uncovered": "",
    }


def counted(found: list[Plain], second: int = EIGHT) -> Totals:
    """The slow way, written from docs/inspections.md: one person, one question after the other."""
    total = dict.fromkeys(Totals.__slots__, 0)
    for one in found:
        if one.status == Status.EXEMPT:
            continue
        total["expected"] += 1
        if one.status == Status.PENDING and one.time_in is None:
            total["no_data"] += 1
        elif one.status == Status.EXCUSED:
            total["absent"] += 1
            total["excused"] += 1
        elif one.status == Status.ABSENT:
            total["absent"] += 1
            total["unexcused"] += 1
        else:
            total["present"] += 1
            total["late"] += one.late > 0
            total["early"] += one.early > 0
            total["unmarked"] += one.status == Status.MISSING_IN
            total["present_at"] += _there(one, one.day * DAY_SECONDS + second)
    return Totals(**total)


def _there(one: Plain, moment: int) -> bool:
    came = one.time_in is not None and one.time_in <= moment
    if one.part == 1 and one.time_in is None:
        came = True
    return came and (one.time_out is None or one.time_out > moment)


def below(unit: str) -> set[str]:
    """A unit and every unit below it."""
    found = {unit}
    for code, parent in UNITS.items():
        if parent in found:
            found.add(code)
    return found
