"""It takes two people and a reason to open a closed month again; then what waited is applied."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from monitor import audit
from monitor.config import Settings
from monitor.periods import (
    ClosedPeriod,
    PeriodRefused,
    approve_reopening,
    close_period,
    list_adjustments,
    list_periods,
    request_reopening,
    verify_periods,
)
from monitor.records import rebuild, refresh
from monitor.store.session import reading, transaction
from tests.conftest import ON_SQLITE
from tests.office import at, full_day, punch, rows
from tests.periods.conftest import LATER, Load

pytestmark = pytest.mark.slow

Close = Callable[..., ClosedPeriod]
HANH = "SELECT DISTINCT status FROM session_record WHERE person_id = 4 AND day = 20508"
SESSIONS = "SELECT * FROM session_record ORDER BY person_id, day, seq"


def request(
    engine: Engine, by: str = "cli:lan", reason: str = "Sót công ngày 24/2", unit: str = "XA-VP"
) -> None:
    request_reopening(engine, unit, "2026-02", reason=reason, requested_by=by, now=LATER)


def approve(engine: Engine, settings: Settings, by: str = "cli:minh", unit: str = "XA-VP") -> int:
    return approve_reopening(engine, unit, "2026-02", approved_by=by, now=LATER, settings=settings)


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(PeriodRefused) as found:
        act()
    return found.value.code


def state(engine: Engine) -> str:
    with reading(engine) as session:
        return list_periods(session)[0].state


@pytest.fixture
def closed(office: Engine, close: Close, settings: Settings) -> Engine:
    """February is closed; then Hạnh's punches of the 24th come in."""
    close()
    punch(office, *full_day("4", "2026-02-24"))
    refresh(office, now=LATER, settings=settings)
    return office


@ON_SQLITE
def test_a_request_alone_opens_nothing(closed: Engine, settings: Settings) -> None:
    request(closed)
    refresh(closed, now=LATER, settings=settings)
    rebuild(closed, settings=settings)
    assert state(closed) == "reopen_requested"
    assert rows(closed, HANH) == [(0,)]


def test_a_second_person_opens_it_and_what_waited_is_applied(closed: Engine, settings: Settings) -> None:
    request(closed)
    assert approve(closed, settings) == 3
    assert state(closed) == "reopened"
    assert rows(closed, HANH) == [(9,)]
    with reading(closed) as session:
        assert list_adjustments(session, "XA-VP", "2026-02") == []
        history = list_adjustments(session, "XA-VP", "2026-02", with_history=True)
        assert [(a.seq, a.applied_at, a.withdrawn_at) for a in history] == [
            (seq, LATER, None) for seq in (None, 0, 1)
        ]
        assert verify_periods(session) is None
    made = rows(closed, SESSIONS)
    rebuild(closed, settings=settings)
    assert rows(closed, SESSIONS) == made


@ON_SQLITE
def test_an_open_period_follows_its_punches_again(closed: Engine, settings: Settings) -> None:
    request(closed)
    approve(closed, settings)
    punch(closed, *full_day("4", "2026-02-25"))
    refresh(closed, now=LATER, settings=settings)
    assert rows(closed, HANH.replace("20508", "20509")) == [(9,)]


@ON_SQLITE
@pytest.mark.parametrize("by", ["cli:lan", " cli:lan ", "CLI:Lan"])
def test_nobody_approves_their_own_request(closed: Engine, settings: Settings, by: str) -> None:
    request(closed)
    assert code_of(lambda: approve(closed, settings, by)) == "reopening_same_person"
    assert state(closed) == "reopen_requested"
    assert rows(closed, HANH) == [(0,)]


def test_the_database_itself_refuses_one_person_as_two(closed: Engine) -> None:
    request(closed)
    with pytest.raises(Exception, match="two_people"), transaction(closed) as session:
        session.connection().execute(
            text("UPDATE period_reopening SET approved_by = requested_by, approved_at = requested_at")
        )


@ON_SQLITE
def test_an_approval_needs_a_request(closed: Engine, settings: Settings) -> None:
    assert code_of(lambda: approve(closed, settings)) == "reopening_not_requested"
    assert code_of(lambda: approve(closed, settings, " ")) == "reopening_name_missing"


@ON_SQLITE
def test_a_request_needs_a_reason_and_a_name_and_a_closed_month(closed: Engine) -> None:
    assert code_of(lambda: request(closed, reason="  ")) == "reopening_reason_missing"
    assert code_of(lambda: request(closed, by="")) == "reopening_name_missing"
    assert code_of(lambda: request(closed, unit="XA")) == "period_not_closed"
    assert rows(closed, "SELECT * FROM period_reopening") == []


@ON_SQLITE
def test_a_second_request_waits_for_the_first(closed: Engine) -> None:
    request(closed)
    assert code_of(lambda: request(closed, by="cli:minh")) == "reopening_requested"


def test_closing_again_makes_a_new_seal_that_follows_from_the_old_one(
    closed: Engine, settings: Settings
) -> None:
    request(closed)
    approve(closed, settings)
    again = close_period(
        closed, "XA-VP", "2026-02", now=at("2026-03-11 08:00"), actor="cli:lan", settings=settings
    )[0]
    seals = rows(closed, "SELECT seal, previous_seal FROM period_seal ORDER BY id")
    assert [previous for _, previous in seals] == ["0" * 64, seals[0][0]]
    assert seals[1][0] == again.seal != seals[0][0]
    assert state(closed) == "closed"
    assert code_of(lambda: approve(closed, settings)) == "reopening_not_requested"  # the old one is used up
    with reading(closed) as session:
        assert verify_periods(session) is None


@ON_SQLITE
def test_every_step_is_told_in_the_trail(closed: Engine, settings: Settings) -> None:
    request(closed)
    approve(closed, settings)
    with reading(closed) as session:
        assert audit.first_broken_link(session) is None
    told = rows(closed, "SELECT action, actor, subject, detail FROM audit_entry ORDER BY id")
    assert [entry[:3] for entry in told] == [
        ("period_close", "cli:lan", "XA-VP"),
        ("period_reopen_request", "cli:lan", "XA-VP"),
        ("period_reopen", "cli:minh", "XA-VP"),
    ]
    assert json.loads(str(told[1][3]))["reason"] == "Sót công ngày 24/2"
    assert json.loads(str(told[2][3]))["applied"] == 3


@ON_SQLITE
def test_a_person_who_moved_meanwhile_goes_to_the_new_unit(
    closed: Engine, later: Load, settings: Settings
) -> None:
    later("people", "code,name,unit,valid_from,valid_to\nAN,Lê Văn An,XA,2026-02-25,\n")
    request(closed)
    approve(closed, settings)
    moved = "SELECT day, unit_id FROM day_record WHERE person_id = 1 AND day < 20513 ORDER BY day"
    assert rows(closed, moved) == [(20507, 2), (20508, 2), (20509, 1), (20510, 1), (20511, 1)]
