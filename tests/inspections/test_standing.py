"""Campaigns that the calendar opens: every break, once, corrected with the calendar, never on a proposal."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from jobs.context import JobContext
from jobs.open_check_windows import run
from monitor.config import Settings
from monitor.inspections.standing import keep_standing
from monitor.store.queries.campaigns import campaign_days
from monitor.store.session import open_database, reading, transaction
from monitor.store.tables import AuditEntry, CalendarDay, Campaign, Unit
from tests.inspections.world import BY
from tests.rules.national import SHIPPED


@pytest.fixture
def office(migrated_file: Path, tmp_path: Path) -> Iterator[Engine]:
    """The shipped calendar and one unit."""
    path = tmp_path / "office.db"
    path.write_bytes(migrated_file.read_bytes())
    engine = open_database(f"sqlite:///{path}")
    with transaction(engine) as session:
        session.add(Unit(code="XA", name="UBND xã"))
        session.add_all(
            CalendarDay(on_date=row.on_date, kind=row.kind, name="Nghỉ", status=row.status) for row in SHIPPED
        )
    yield engine
    engine.dispose()


def opened(engine: Engine, now: datetime) -> list[str]:
    with transaction(engine) as session:
        return keep_standing(session, replace(BY, now=now))


def campaigns(session: Session) -> dict[str, Campaign]:
    return {one.code: one for one in session.scalars(select(Campaign))}


def noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 5, tzinfo=UTC)


def test_tet_2026_opens_two_weeks_before_it_begins(office: Engine) -> None:
    assert "sau-tet-2026" not in opened(office, noon(2026, 1, 30))
    assert "sau-tet-2026" in opened(office, noon(2026, 1, 31))
    with reading(office) as session:
        found = campaigns(session)["sau-tet-2026"]
        days = campaign_days(session, found.id or 0)
    assert (found.title, found.state, found.tet_year) == ("Kiểm tra sau Tết Nguyên đán 2026", "open", 2026)
    assert list(days) == [date(2026, 2, 13), *(date(2026, 2, day) for day in range(23, 28))]


def test_doing_it_again_changes_nothing(office: Engine) -> None:
    now = noon(2026, 3, 3)

    assert opened(office, now)
    assert opened(office, now) == []
    with reading(office) as session:
        assert len(session.scalars(select(AuditEntry)).all()) >= len(campaigns(session))


def test_what_is_only_proposed_opens_nothing(office: Engine) -> None:
    """Tết 2027 has status P until HR confirms it."""
    assert "sau-tet-2027" not in opened(office, noon(2027, 2, 3))
    with transaction(office) as session:
        for row in session.scalars(select(CalendarDay).where(col(CalendarDay.on_date) > date(2027, 1, 31))):
            row.status = "F"
    assert "sau-tet-2027" in opened(office, noon(2027, 2, 3))


def test_a_corrected_calendar_moves_the_days(office: Engine) -> None:
    now = noon(2026, 2, 20)
    opened(office, now)
    with transaction(office) as session:
        session.add(CalendarDay(on_date=date(2026, 2, 23), kind="off", name="Nghỉ thêm", status="F"))

    assert opened(office, now) == ["sau-tet-2026"]
    with reading(office) as session:
        days = campaign_days(session, campaigns(session)["sau-tet-2026"].id or 0)
        told = session.scalars(select(col(AuditEntry.action))).all()
    assert days[date(2026, 2, 24)] == "day_1"
    assert date(2026, 2, 23) not in days
    assert "campaign_days" in told


def test_a_break_that_is_taken_back_closes_its_campaign(office: Engine) -> None:
    now = noon(2026, 4, 22)
    assert "sau-nghi-2026-04-25" in opened(office, now)  # Giỗ Tổ: Sunday 26/04, Monday off in lieu
    with transaction(office) as session:
        for row in session.scalars(select(CalendarDay).where(col(CalendarDay.on_date) == date(2026, 4, 27))):
            session.delete(row)

    assert opened(office, now) == ["sau-nghi-2026-04-25"]
    with reading(office) as session:
        assert campaigns(session)["sau-nghi-2026-04-25"].state == "closed"


def test_a_campaign_closes_a_month_after_its_last_day(office: Engine) -> None:
    opened(office, noon(2026, 3, 3))

    assert "sau-tet-2026" not in opened(office, noon(2026, 3, 29))
    assert "sau-tet-2026" in opened(office, noon(2026, 3, 30))


def test_the_job_says_how_many_it_touched(office: Engine) -> None:
    context = JobContext(engine=office, settings=Settings(), clock=lambda: noon(2026, 3, 3))

    assert run(context) != "0 campaigns"
    assert run(context) == "0 campaigns"
