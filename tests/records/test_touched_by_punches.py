"""A punch touches the days whose windows hold it, and those around only where windows cannot tell."""

from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from monitor.config import Settings
from monitor.records import rebuild, refresh
from monitor.records.touched import TOUCH_DAYS
from monitor.setup import import_file
from monitor.store.session import transaction
from tests.office import at, cover, full_day, open_office, punch, rows

NOW = at("2026-03-20 23:00")
TABLES = ("session_record", "day_record", "overtime_record")
AROUND = 2 * TOUCH_DAYS + 1


@pytest.fixture
def office(engine: Engine, settings: Settings) -> Engine:
    """Three weeks of days on which everybody was there; nothing waits."""
    open_office(engine)
    cover(engine, "2026-02-23 00:00", "2026-03-31 00:00")
    days = [f"2026-03-{day:02}" for day in (*range(2, 7), *range(9, 14), *range(16, 21))]
    punch(engine, *[each for user in "1234" for day in days for each in full_day(user, day)])
    refresh(engine, now=NOW, settings=settings)
    rebuild(engine, settings=settings)
    assert refresh(engine, now=NOW, settings=settings) == 0
    return engine


def load(engine: Engine, folder: Path, kind: str, content: str, settings: Settings) -> None:
    path = folder / f"{kind}.csv"
    path.write_text(content, encoding="utf-8")
    report = import_file(engine, kind, path, now=NOW, zone="Asia/Ho_Chi_Minh", actor="cli:test")
    assert report.applied, report.errors
    refresh(engine, now=NOW, settings=settings)


def recomputed(engine: Engine, settings: Settings) -> int:
    """How many person-days a refresh recomputes; what it leaves is what a rebuild gives."""
    done = refresh(engine, now=NOW, settings=settings)
    made = everything(engine)
    rebuild(engine, settings=settings)
    assert everything(engine) == made
    return done


def everything(engine: Engine) -> list[list[tuple[object, ...]]]:
    return [rows(engine, f"SELECT * FROM {table} ORDER BY 1, 2, 3") for table in TABLES]


def test_a_punch_in_a_window_touches_its_day_alone(office: Engine, settings: Settings) -> None:
    punch(office, ("1", "2026-03-11 09:40"))
    assert recomputed(office, settings) == 1


def test_punches_of_several_people_and_days_touch_each_their_own(office: Engine, settings: Settings) -> None:
    punch(office, ("1", "2026-03-11 09:40"), ("1", "2026-03-11 15:00"), ("2", "2026-03-12 09:40"))
    assert recomputed(office, settings) == 2


def test_a_punch_outside_of_windows_touches_the_days_around(office: Engine, settings: Settings) -> None:
    punch(office, ("1", "2026-03-11 23:10"))
    assert recomputed(office, settings) == AROUND


def test_one_in_a_window_does_not_hide_one_of_the_same_delivery_outside(
    office: Engine, settings: Settings
) -> None:
    punch(office, ("1", "2026-03-11 09:40"), ("1", "2026-03-11 23:10"))
    assert recomputed(office, settings) == AROUND


def test_nor_one_of_another_delivery_of_that_day(office: Engine, settings: Settings) -> None:
    punch(office, ("1", "2026-03-11 09:40"))
    punch(office, ("1", "2026-03-11 23:10"))
    assert recomputed(office, settings) == AROUND


def test_after_midnight_a_punch_touches_the_duty_of_the_day_before(
    office: Engine, settings: Settings, tmp_path: Path
) -> None:
    duty = "2026-03-11 18:30,2026-03-12 06:00"
    load(office, tmp_path, "roster", f"person,kind,from,to,place\nAN,duty,{duty},Trụ sở\n", settings)
    punch(office, ("1", "2026-03-12 01:30"))
    assert recomputed(office, settings) == 1
    duty_of = "SELECT punch_in IS NOT NULL OR punch_out IS NOT NULL FROM session_record WHERE kind = 1"
    assert rows(office, duty_of) == [(1,)]


def test_where_overtime_counts_days_around_are_touched(
    office: Engine, settings: Settings, tmp_path: Path
) -> None:
    over = "2026-03-12 18:00,2026-03-12 20:00"
    load(office, tmp_path, "roster", f"person,kind,from,to,place\nAN,overtime,{over},Trụ sở\n", settings)
    punch(office, ("1", "2026-03-11 09:40"), ("2", "2026-03-11 09:40"))
    assert recomputed(office, settings) == AROUND + 1


def test_clocks_of_several_zones_touch_the_days_around(office: Engine, settings: Settings) -> None:
    with transaction(office) as session:
        session.connection().execute(text("UPDATE terminal SET timezone = 'Asia/Bangkok'"))
    punch(office, ("1", "2026-03-11 09:40"))
    assert recomputed(office, settings) == AROUND


def test_of_many_punches_whole_days_are_marked(
    office: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("monitor.intake.accept"), "FEW_RECORDS", 1)
    punch(office, ("1", "2026-03-11 09:40"), ("1", "2026-03-12 09:40"))
    assert recomputed(office, settings) == AROUND + 1


def test_a_closed_month_near_by_is_looked_at_as_a_whole(office: Engine, settings: Settings) -> None:
    with transaction(office) as session:
        session.connection().execute(
            text(
                "INSERT INTO period (id, unit_id, month, first_day, last_day, status) "
                "VALUES (1, 1, '2026-02', 20500, 20515, 'closed')"
            )
        )
    punch(office, ("1", "2026-03-05 09:40"), ("2", "2026-03-13 09:40"))
    assert refresh(office, now=NOW, settings=settings) == 2 * AROUND
