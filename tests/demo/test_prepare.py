"""The whole way: files through the importers, punches through the protocol, verdicts through the rules."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlmodel import col

from monitor.accounts.programs import listed_tokens
from monitor.alarms import open_alarms
from monitor.cases import examined
from monitor.clock import clock_of
from monitor.config import Settings
from monitor.demo import DemoError, prepared
from monitor.demo.oddities import NEW_SERIAL, ODD_TERMINAL
from monitor.demo.organisation import DOWN_TERMINAL, TOP_UNITS
from monitor.demo.prepare import ZONE
from monitor.demo.province import top_unit
from monitor.demo.roster import OVERTIME_UNIT
from monitor.intake.pull import pull
from monitor.periods import Month
from monitor.rules.codes import Reason, Status
from monitor.rules.wallclock import day_of
from monitor.store.queries.quarantine import kept_records
from monitor.store.queries.reach import EVERYBODY
from monitor.store.queries.terminal_cards import pending_terminals
from monitor.store.queries.tree import tree
from monitor.store.session import open_database, reading
from monitor.store.tables import (
    Account,
    Attachment,
    DayCase,
    DayRecord,
    Excuse,
    FindingReminder,
    MinimumStaffing,
    MonthStep,
    Person,
    Punch,
    SessionRecord,
    Terminal,
    Unit,
    WrittenReminder,
)
from monitor.webhooks import listed_deliveries
from monitor.yearly.overtime import Whose, caps_of, overtime_month, warnings_of
from tests.demo.conftest import MORNING

pytestmark = pytest.mark.slow

TODAY = day_of(MORNING.date())
YESTERDAY = TODAY - 1
MORNING_THERE = MORNING.replace(tzinfo=ZONE)
REAL_NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def steps() -> list[str]:
    return []


@pytest.fixture(scope="module")
def demo_settings(tmp_path_factory: pytest.TempPathFactory, steps: list[str]) -> Iterator[Settings]:
    folder = tmp_path_factory.mktemp("demo")
    with prepared(folder, seed=1, now=MORNING, real_now=REAL_NOW, report=steps.append) as settings:
        yield settings


@pytest.fixture(scope="module")
def database(demo_settings: Settings) -> Iterator[Engine]:
    engine = open_database(demo_settings.database_url)
    yield engine
    engine.dispose()


def _statuses(database: Engine, day: int) -> dict[str, Counter[Status]]:
    """Statuses of a day's sessions by office; the archive, whose terminal is down, under its own code."""
    found: dict[str, Counter[Status]] = {top: Counter() for top in (*TOP_UNITS, "SNV-LT")}
    with reading(database) as session:
        rows = select(col(Unit.code), col(SessionRecord.status)).join_from(
            SessionRecord, Unit, col(Unit.id) == col(SessionRecord.unit_id)
        )
        for code, status in session.execute(rows.where(col(SessionRecord.day) == day)):
            found[code if code == "SNV-LT" else top_unit(code)][Status(status)] += 1
    return found


def test_every_step_is_reported_in_order(demo_settings: Settings, steps: list[str]) -> None:
    assert demo_settings.web.development_login
    assert steps == ["demo_generate", "demo_import", "demo_pull", "demo_refresh"]


def test_the_clock_shows_the_morning_that_was_asked_for(demo_settings: Settings) -> None:
    assert (demo_settings.demo.now, demo_settings.demo.frozen) == ("2026-11-20 08:20:00", True)


def test_the_punches_came_through_the_terminals(database: Engine) -> None:
    with reading(database) as session:
        assert (session.scalar(select(func.count(col(Punch.id)))) or 0) > 150_000
        assert session.scalars(select(col(Punch.source)).distinct()).all() == ["pull"]
        assert set(session.scalars(select(col(Terminal.layout)))) == {"8", "16", "40", "49"}


def test_about_three_hundred_people_and_their_excuses_are_in(database: Engine) -> None:
    with reading(database) as session:
        assert 290 <= (session.scalar(select(func.count(col(Person.id)))) or 0) <= 320
        assert (session.scalar(select(func.count(col(Excuse.id)))) or 0) > 1000


def test_there_is_an_account_of_every_role(database: Engine) -> None:
    with reading(database) as session:
        roles = Counter(session.scalars(select(col(Account.role)).where(col(Account.disabled).is_(False))))
    assert roles == {
        "head": 4,
        "hr": 1,
        "inspector": 1,
        "admin": 1,
        "technician": 1,
        "supervisor": 1,
        "staff": 1,
    }


def test_each_office_has_late_missing_and_excused_people_this_morning(database: Engine) -> None:
    late: Counter[str] = Counter()
    expected: Counter[str] = Counter()
    columns = (col(Unit.code), col(SessionRecord.late_seconds), col(SessionRecord.reasons))
    with reading(database) as session:
        rows = select(*columns).join_from(SessionRecord, Unit, col(Unit.id) == col(SessionRecord.unit_id))
        for code, late_seconds, reasons in session.execute(rows.where(col(SessionRecord.day) == TODAY)):
            late[top_unit(code)] += late_seconds > 0
            expected[top_unit(code)] += bool(reasons & Reason.NOT_IN_YET)
    today = _statuses(database, TODAY)
    for top in TOP_UNITS:
        assert late[top] >= 2, top
        assert expected[top] >= 3, top
        assert today[top][Status.EXCUSED] >= 4, top


def test_nobody_is_absent_where_the_terminal_is_down(database: Engine) -> None:
    archive = _statuses(database, TODAY)["SNV-LT"]
    assert archive[Status.ABSENT] == 0
    assert archive[Status.PENDING] > archive.total() / 2
    with reading(database) as session:
        of_today = select(col(SessionRecord.reasons)).where(col(SessionRecord.day) == TODAY)
        assert sum(1 for mask in session.scalars(of_today) if mask & Reason.NO_DATA) >= 15


def test_each_office_had_a_missing_mark_and_an_absence_yesterday(database: Engine) -> None:
    yesterday = _statuses(database, YESTERDAY)
    for top in TOP_UNITS:
        assert yesterday[top][Status.MISSING_OUT] >= 1, top
        assert yesterday[top][Status.ABSENT] >= 1, top


def test_over_the_year_few_are_late_fewer_forget_and_hardly_anybody_is_absent(database: Engine) -> None:
    with reading(database) as session:
        counts = select(col(DayRecord.status), func.count()).where(col(DayRecord.day) < YESTERDAY)
        days = Counter({Status(s): n for s, n in session.execute(counts.group_by(col(DayRecord.status)))})
    worked = days.total()
    assert 0.02 <= (days[Status.LATE] + days[Status.LATE_EARLY]) / worked <= 0.06
    assert 0.004 <= (days[Status.MISSING_IN] + days[Status.MISSING_OUT]) / worked <= 0.025
    assert 0.0005 <= days[Status.ABSENT] / worked <= 0.01
    assert 0.02 <= days[Status.EXCUSED] / worked <= 0.12
    assert days[Status.PENDING] / worked <= 0.005
    assert days[Status.ON_TIME] / worked >= 0.75


def test_the_broken_terminal_refuses_now(demo_settings: Settings, database: Engine) -> None:
    with reading(database) as session:
        broken = session.scalar(select(col(Terminal.id)).where(col(Terminal.code) == DOWN_TERMINAL)) or 0
    assert (
        pull(database, broken, settings=demo_settings, clock=clock_of(demo_settings)).error_code
        == "unreachable"
    )


def test_the_page_of_the_terminals_has_something_to_mend(database: Engine) -> None:
    with reading(database) as session:
        kept = [(one.terminal, one.record.reason) for one in kept_records(session)]
        assert kept == [(ODD_TERMINAL, "clock_reset")]
        assert [one.serial for one in pending_terminals(session)] == [NEW_SERIAL]
        told = {(alarm.kind, alarm.subject) for alarm in open_alarms(session)}
    assert {("terminal_silent", DOWN_TERMINAL), ("quarantine_waiting", ODD_TERMINAL)} <= told


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "monitor.db").touch()
    demo = prepared(tmp_path, seed=1, now=MORNING, real_now=REAL_NOW, report=print)
    with pytest.raises(DemoError) as refused, demo:
        pass
    assert refused.value.code == "demo_folder_used"


def test_there_are_explanations_in_several_states_and_some_came_up_from_below(database: Engine) -> None:
    with reading(database) as session:
        found = [(one.state, one.level) for one in session.scalars(select(DayCase))]
    assert set(found) == {("explained", 1), ("accepted", 0), ("decided", 0), ("open", 0)}
    assert len(found) <= 24


def test_papers_reminders_staffing_and_a_month_that_is_half_signed_give_the_pages_something_to_show(
    database: Engine,
) -> None:
    with reading(database) as session:
        papers = session.scalars(select(Attachment)).all()
        reminders = session.scalars(select(WrittenReminder)).all()
        minimums = session.scalars(select(MinimumStaffing)).all()
        steps = session.scalars(select(MonthStep).order_by(col(MonthStep.id))).all()
    assert {examined(one.name, one.content, 1 << 20).sha256 for one in papers} == {papers[0].sha256}
    assert reminders
    assert all(one.people > 0 for one in minimums)
    assert [(one.step, one.taken_by) for one in steps] == [
        ("submit", "hr"),
        ("confirm", "head-ptg"),
        ("submit", "hr"),
        *[("close", "hr")] * 4,
    ]


def test_programs_may_read_and_one_is_told_of_a_month_that_is_closed(database: Engine) -> None:
    with reading(database) as session:
        tokens = [one.state for one in listed_tokens(session, MORNING_THERE, tree(session))]
        told = [one.body for one in listed_deliveries(session)]
    assert Counter(tokens) == {"live": 2, "revoked": 1}
    assert sorted(json.loads(body)["data"]["unit"] for body in told) == ["HCC", "HCC-KS", "HCC-TH", "HCC-TN"]
    assert {json.loads(body)["data"]["month"] for body in told} == {"2026-09"}


def test_overtime_of_a_month_comes_near_the_cap_and_passes_it(
    demo_settings: Settings, database: Engine
) -> None:
    with reading(database) as session:
        units = tree(session)
        office = frozenset(unit.id for unit in units.units.values() if unit.code == OVERTIME_UNIT)
        caps = caps_of(demo_settings.overtime)
        whose = Whose(units=units, reach=EVERYBODY, unit_ids=office, month=Month.of("2026-10"), caps=caps)
        levels = {line.month.level for line in warnings_of(overtime_month(session, whose))}
    assert {"near", "reached"} <= levels


def test_somebody_was_reminded_again_within_the_year(demo_settings: Settings, database: Engine) -> None:
    with reading(database) as session:
        about = select(WrittenReminder).join(
            FindingReminder, col(FindingReminder.reminder_id) == col(WrittenReminder.id)
        )
        (again,) = session.scalars(about).all()
        earlier = session.scalars(select(WrittenReminder).where(col(WrittenReminder.number) == "02/TB-UBND"))
        (first,) = earlier.all()
    assert (first.person_id, first.issued_on < again.issued_on) == (again.person_id, True)
