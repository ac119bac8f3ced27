"""An office of 3,000 staff with a year of records, to measure pages on; drawn by seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Engine, insert

from monitor.rules.codes import Reason, Status
from monitor.rules.columns import DAY_SECONDS
from monitor.rules.wallclock import day_of
from monitor.store.session import transaction
from monitor.store.tables import (
    Account,
    Badge,
    CoverageInterval,
    DayRecord,
    Excuse,
    Person,
    Posting,
    RegulationSession,
    RegulationTarget,
    RegulationVersion,
    SessionRecord,
    Terminal,
    Unit,
)
from monitor.text.vietnamese import fold, sort_key

ON = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
TODAY = day_of(ON)
WORKING_DAYS = 250
DEPARTMENTS, ROOMS = 20, 5
"""Departments of the office and rooms of each: 100 rooms in all."""
SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Đặng", "Vũ", "Hoàng", "Đỗ")
MIDDLES = ("Văn", "Thị", "Hữu", "Ngọc", "Minh")
GIVEN = ("An", "Ánh", "Bình", "Đức", "Dung", "Hà", "Hạnh", "Khoa", "Lan", "Mai", "Phương", "Quân", "Yến")
AT_ONCE = 20_000
MORNING, AFTERNOON = (7 * 3600 + 1800, 11 * 3600 + 1800), (13 * 3600 + 1800, 17 * 3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many people, over how many working days."""

    people: int = 3_000
    days: int = WORKING_DAYS

    @property
    def working_days(self) -> list[int]:
        """Monday to Friday, back from today."""
        back = (TODAY - ago for ago in range(2 * self.days + 7))
        return sorted([day for day in back if (day + 3) % 7 < 5][: self.days])


def fill(engine: Engine, size: Size) -> None:
    """Everything: units, people, badges, terminals read until 09:25 today, and their records."""
    with transaction(engine) as session:
        connection = session.connection()
        for table, rows in _organisation(size):
            connection.execute(insert(table), rows)
    draw = np.random.default_rng(1)
    for days in (size.working_days[at : at + 10] for at in range(0, size.days, 10)):
        with transaction(engine) as session:
            for table, rows in _records(draw, size, days):
                for at in range(0, len(rows), AT_ONCE):
                    session.connection().execute(insert(table), rows[at : at + AT_ONCE])


def _organisation(size: Size) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    draw = np.random.default_rng(2)
    units = [{"id": 1, "code": "so", "name": "Sở Mẫu", "parent_id": None}]
    units += [
        {"id": 2 + at, "code": f"d{at}", "name": f"Chi cục {at}", "parent_id": 1} for at in range(DEPARTMENTS)
    ]
    units += [
        {"id": 100 + at, "code": f"p{at}", "name": f"Phòng {at}", "parent_id": 2 + at // ROOMS}
        for at in range(DEPARTMENTS * ROOMS)
    ]
    yield Unit, [{**unit, "public_facing": unit["id"] == 100} for unit in units]
    names = [" ".join(draw.choice(part) for part in (SURNAMES, MIDDLES, GIVEN)) for _ in range(size.people)]
    yield (
        Person,
        [
            {
                "id": at + 1,
                "code": f"CB{at + 1:05}",
                "name": name,
                "sort_key": sort_key(name),
                "search_key": fold(name),
            }
            for at, name in enumerate(names)
        ],
    )
    since = ON - timedelta(days=2_000)
    yield (
        Posting,
        [
            {
                "person_id": at + 1,
                "unit_id": unit_of(at + 1),
                "valid_from": since,
                "role": "staff",
                "position": "",
            }
            for at in range(size.people)
        ],
    )
    yield Badge, [{"person_id": at + 1, "device_user_id": str(at + 1)} for at in range(size.people)]
    yield (
        Terminal,
        [{"id": n, "code": f"T{n}", "name": f"Cổng {n}", "kind": "zk", "unit_id": 1} for n in (1, 2, 3, 4)],
    )
    until = TODAY * DAY_SECONDS + 9 * 3600 + 1500
    yield (
        CoverageInterval,
        [
            {"terminal_id": n, "starts": until - 400 * DAY_SECONDS, "ends": until, "source": "pull"}
            for n in (1, 2, 3, 4)
        ],
    )
    yield (
        RegulationVersion,
        [{"id": 1, "code": "hc", "title": "Hành chính", "document": "QĐ 1", "valid_from": since}],
    )
    yield RegulationTarget, [{"regulation_id": 1, "valid_from": since}]
    yield (
        RegulationSession,
        [
            {
                "regulation_id": 1,
                "name": name,
                "weekdays": "12345",
                "start_seconds": start,
                "end_seconds": end,
            }
            for name, (start, end) in (("Sáng", MORNING), ("Chiều", AFTERNOON))
        ],
    )
    yield (
        Account,
        [
            {"user_name": name, "display_name": name, "role": role, "unit_id": unit}
            for name, role, unit in (("nhansu", "hr", 1), ("truong", "head", 100), ("admin", "admin", None))
        ],
    )
    away = TODAY * DAY_SECONDS
    yield (
        Excuse,
        [
            {
                "person_id": person,
                "type_code": "leave",
                "starts": away,
                "ends": away + DAY_SECONDS,
                "status": "approved",
            }
            for person in range(17, size.people, 20)
        ],
    )


def unit_of(person: int) -> int:
    """The room of a person: thirty in each, for 3,000 people."""
    return 100 + person % (DEPARTMENTS * ROOMS)


def _records(draw: np.random.Generator, size: Size, days: list[int]) -> Iterator[tuple[Any, list[Any]]]:
    found = [_day(draw, person, day) for day in days for person in range(1, size.people + 1)]
    yield DayRecord, [day for day, _sessions in found]
    yield SessionRecord, [one for _day_row, sessions in found for one in sessions]


def _day(draw: np.random.Generator, person: int, day: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A day of a person: mostly on time, some late, absent or away; today's is still open."""
    luck, midnight = draw.random(), day * DAY_SECONDS
    sessions = [_session(person, day, seq, luck, midnight) for seq in (0, 1)]
    reasons = sessions[0]["reasons"] | sessions[1]["reasons"]
    row = {
        "person_id": person,
        "day": day,
        "unit_id": unit_of(person),
        "status": min(one["status"] for one in sessions),
        "late_seconds": sessions[0]["late_seconds"],
        "early_seconds": 0,
        "worked_seconds": sum(one["worked_seconds"] for one in sessions),
        "cong": sum(one["cong"] for one in sessions),
        "reasons": reasons,
    }
    return row, sessions


LATE, ABSENT = 0.9, 0.97


def _session(person: int, day: int, seq: int, luck: float, midnight: int) -> dict[str, Any]:
    starts, ends = (midnight + moment for moment in (MORNING, AFTERNOON)[seq])
    late = int((luck - LATE) * 20_000) + 301 if LATE <= luck < ABSENT and seq == 0 else 0
    came = luck < ABSENT and person % 20 != 17
    status, reasons = (Status.LATE if late else Status.ON_TIME), 0
    if person % 20 == 17:
        status = Status.EXCUSED
    elif not came:
        status = Status.ABSENT
    if day == TODAY and status is not Status.EXCUSED:
        status = Status.PENDING
        reasons = Reason.NOT_DUE if seq else (Reason.AT_WORK if came else Reason.NOT_IN_YET)
    gone = day == TODAY and seq == 1
    return {
        "person_id": person,
        "day": day,
        "seq": seq,
        "unit_id": unit_of(person),
        "regulation_id": 1,
        "kind": 0,
        "name": "Chiều" if seq else "Sáng",
        "starts": starts,
        "ends": ends,
        "due_from": starts,
        "due_to": ends,
        "window_from": starts - 7200,
        "window_to": ends + 14_400,
        "time_in": starts + (late or -int(luck * 1200)) if came and not gone else None,
        "time_out": ends + int(luck * 900) if came and day != TODAY else None,
        "punch_in": None,
        "punch_out": None,
        "status": int(status),
        "late_seconds": 0 if gone else late,
        "early_seconds": 0,
        "worked_seconds": (ends - starts - late) if came and day != TODAY else 0,
        "symbol": "P" if status is Status.EXCUSED else "",
        "cong": 0.5 if came else 0.0,
        "reasons": int(reasons),
        "rule_version": "0123456789ab",
        "extras": "",
        "outside": "",
        "uncovered": "",
    }
