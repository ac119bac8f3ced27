"""An office in February 2026: a swapped Friday, Tết, leave, sickness, lateness, a mover and a joiner."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from monitor.config import Settings
from monitor.exports.timesheet.collect import month_sheets, units_with_people
from monitor.exports.timesheet.form import load_forms
from monitor.exports.timesheet.sheet import Sheet
from monitor.exports.timesheet.wanted import Wanted
from monitor.periods import Month, close_period
from monitor.records import refresh
from monitor.rules.wallclock import seconds_of
from monitor.store.session import transaction
from monitor.store.tables import Badge, CalendarDay, Excuse, Person, Posting, RosterEntry, Unit
from tests.office import at, cover, full_day, open_office, punch

HOSTILE = '=HYPERLINK("http://x.example","Phạm Minh Đức") *#$_'
HOSTILE_UNIT = "Phòng Kinh tế #panic() [x] \\ &G"
MARCH = at("2026-03-02 08:00")
AN, BINH, DUC, HANH, KHANH = 1, 2, 3, 4, 5
WORKED = (2, 3, 4, 5, 7, 9, 10, 11, 12, 13, 23, 24, 25, 26, 27)  # 6 is swapped with 7, 16 to 20 are Tết
AWAY = {
    AN: {9},
    BINH: {10, 11},
    KHANH: {2, 3, 4, 5, 7, 9, 10, 11, 12, 13, 23},
}

MakeSheets = Callable[..., list[Sheet]]


@pytest.fixture
def february(engine: Engine, settings: Settings) -> Engine:
    """The month as HR knows it in March, judged."""
    open_office(engine)
    with transaction(engine) as session:
        for table in ("posting", "regulation_version", "regulation_target"):
            session.connection().execute(text(f"UPDATE {table} SET valid_from = '2026-01-01'"))
        _people(session)
        _calendar(session)
        _excuses(session)
    cover(engine, "2026-02-01 00:00:00", "2026-02-28 23:59:59")
    punch(engine, *_punches())
    judge(engine, settings)
    return engine


def judge(engine: Engine, settings: Settings, now: datetime = MARCH) -> None:
    """Judge everybody's February."""
    with transaction(engine) as session:
        everybody = (
            "INSERT INTO stale_span (person_id, first_day, last_day) SELECT id, 20485, 20512 FROM person"
        )
        session.connection().execute(text(everybody))
    refresh(engine, now=now, settings=settings)


def _people(session: Session) -> None:
    """Đức moves on the 12th; Khánh joins on the 24th."""
    session.add(Unit(id=3, code="XA-KT", name=HOSTILE_UNIT, parent_id=1))
    session.add(Person(id=KHANH, code="KHANH", name="Vũ Khánh", sort_key="KHANH", search_key="khanh"))
    session.flush()
    connection = session.connection()
    connection.execute(text(f"UPDATE posting SET valid_to = '2026-02-11' WHERE person_id = {DUC}"))
    connection.execute(text("UPDATE person SET name = :name WHERE id = :id"), {"name": HOSTILE, "id": DUC})
    session.add(Posting(person_id=DUC, unit_id=3, position="Chuyên viên", valid_from=date(2026, 2, 12)))
    session.add(Posting(person_id=KHANH, unit_id=2, valid_from=date(2026, 2, 24)))
    session.add(Badge(person_id=KHANH, terminal_id=1, device_user_id="5"))


def _calendar(session: Session) -> None:
    for day in range(14, 23):
        session.add(CalendarDay(on_date=date(2026, 2, day), kind="off", name="Nghỉ Tết"))
    swapped, worked = date(2026, 2, 6), date(2026, 2, 7)
    session.add(CalendarDay(on_date=swapped, kind="off", name="Nghỉ hoán đổi"))
    session.add(CalendarDay(on_date=worked, kind="makeup", name="Làm bù", for_date=swapped))


def _excuses(session: Session) -> None:
    for person, kind, start, end in (
        (AN, "leave", "04 13:00", "05 23:59"),
        (BINH, "sick", "10 00:00", "11 23:59"),
        (BINH, "unpaid", "13 00:00", "13 12:00"),
    ):
        starts, ends = (datetime.fromisoformat(f"2026-02-{moment}") for moment in (start, end))
        session.add(
            Excuse(person_id=person, type_code=kind, starts=seconds_of(starts), ends=seconds_of(ends))
        )
    for person, kind, start, end in (
        (BINH, "duty", "17 07:00", "17 17:00"),
        (HANH, "overtime", "03 17:00", "03 23:00"),
        (HANH, "overtime", "28 07:30", "28 11:30"),
    ):
        starts, ends = (datetime.fromisoformat(f"2026-02-{moment}") for moment in (start, end))
        session.add(
            RosterEntry(person_id=person, kind=kind, starts=seconds_of(starts), ends=seconds_of(ends))
        )


def _punches() -> list[tuple[str, str]]:
    found = [
        pair
        for person in (AN, BINH, DUC, HANH, KHANH)
        for day in WORKED
        if day not in AWAY.get(person, ())
        for pair in full_day(str(person), f"2026-02-{day:02}")
    ]
    found.remove(("1", "2026-02-03 07:25"))  # An is late on the 3rd, Bình forgets to go out on the 12th
    found.remove(("2", "2026-02-12 17:02"))
    extra = [("1", "03 07:50"), ("2", "17 06:55"), ("2", "17 17:05"), ("4", "03 22:30")]
    extra += [("4", "28 07:30"), ("4", "28 09:00")]
    return found + [(user, f"2026-02-{moment}") for user, moment in extra]


@pytest.fixture
def sheets(february: Engine, settings: Settings, tmp_path: Path) -> MakeSheets:
    """Make the sheets of a unit's February."""

    def make(unit: str = "XA-VP", form: str = "c01-hd", **more: object) -> list[Sheet]:
        whole = bool(more.pop("with_subunits", False))
        wanted = Wanted(
            form_name=form,
            forms=load_forms(tmp_path),
            month=Month.of("2026-02"),
            now=MARCH,
            zone=settings.site.timezone,
            with_remarks=bool(more.get("with_remarks")),
        )
        units, _ = units_with_people(february, unit, wanted, with_subunits=whole)
        return list(month_sheets(february, units, wanted))

    return make


@pytest.fixture
def close(february: Engine, settings: Settings) -> Callable[[], str]:
    """Close the office's February; gives the seal."""

    def run() -> str:
        return close_period(february, "XA-VP", "2026-02", now=MARCH, actor="cli:lan", settings=settings)[
            0
        ].seal

    return run
