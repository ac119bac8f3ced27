"""Alarms: each condition raised once, told with what to do, closed when over, and none at rest."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from jobs.context import JobContext
from jobs.registry import EVERY_SECONDS, JOBS
from monitor import doctor
from monitor.alarms import CONDITIONS, Condition, conditions, dead_jobs, keep, open_alarms
from monitor.config import Settings
from monitor.store.queries.clocks import sight
from monitor.store.session import reading, transaction
from monitor.store.tables import (
    JobRun,
    PendingTerminal,
    Pull,
    PushContact,
    QuarantinedRecord,
    Terminal,
    TerminalEvent,
)
from monitor.text import sentence
from tests.conftest import ON_SQLITE
from tests.office import at, open_office, rows

NOW = at("2026-03-02 10:00")
PERIOD = timedelta(minutes=10)


@pytest.fixture
def office(engine: Engine) -> Engine:
    open_office(engine)
    return engine


def minutes(count: float) -> datetime:
    return NOW + timedelta(minutes=count)


def read(engine: Engine, at: datetime, error: str = "", *, terminal: int = 1, **told: Any) -> None:
    values: dict[str, Any] = {"serial": "SN1", "count_after": 100, "capacity": 1000} if not error else {}
    with transaction(engine) as session:
        session.add(
            Pull(terminal_id=terminal, started_at=at, finished_at=at, error_code=error, **(values | told))
        )


def off(engine: Engine, *offsets: int, exact: bool = True) -> None:
    """Terminals of which the first is M1, with clocks that far ahead of ours."""
    with transaction(engine) as session:
        for number, offset in enumerate(offsets, start=1):
            if session.get(Terminal, number) is None:
                session.add(Terminal(id=number, code=f"M{number}", name="", kind="file"))
                session.flush()
            sight(session, number, offset, NOW, exact=exact)


def found(engine: Engine, now: datetime = NOW) -> list[Condition]:
    with reading(engine) as session:
        return conditions(session, now=now, period=PERIOD)


def kinds(engine: Engine, now: datetime = NOW) -> list[tuple[str, str, str]]:
    return [(one.kind, one.subject, one.severity) for one in found(engine, now)]


@ON_SQLITE
def test_nothing_is_wrong_without_terminals(engine: Engine) -> None:
    assert kinds(engine) == []


@ON_SQLITE
def test_nothing_is_wrong_with_a_terminal_that_was_never_tried_or_is_read_well(office: Engine) -> None:
    assert kinds(office) == []
    read(office, minutes(-5))
    off(office, 3)
    assert kinds(office) == []


def test_a_terminal_whose_readings_fail_is_silent_after_two_periods(office: Engine) -> None:
    read(office, NOW)
    read(office, minutes(10), "unreachable")
    assert kinds(office, minutes(19.9)) == []
    assert kinds(office, minutes(20)) == [("terminal_silent", "M1", "serious")]
    read(office, minutes(21))
    assert kinds(office, minutes(21)) == []


@ON_SQLITE
def test_a_terminal_that_nobody_tries_to_read_in_rush_hours_is_not_missed(office: Engine) -> None:
    read(office, NOW)
    assert kinds(office, minutes(90)) == []


@ON_SQLITE
def test_a_terminal_that_never_answered_is_silent_two_periods_after_the_first_try(office: Engine) -> None:
    read(office, NOW, "unreachable")
    assert kinds(office, minutes(19)) == []
    assert kinds(office, minutes(20)) == [("terminal_silent", "M1", "serious")]


def test_a_pushing_terminal_is_silent_when_it_calls_no_more(office: Engine) -> None:
    with transaction(office) as session:
        session.add(Terminal(id=2, code="P1", name="", kind="zk_push", serial="PS"))
        session.flush()
        session.add(PushContact(terminal_id=2, serial="PS", first_at=NOW, last_at=NOW))
    assert kinds(office, minutes(19)) == []
    assert kinds(office, minutes(20)) == [("terminal_silent", "P1", "serious")]


@ON_SQLITE
@pytest.mark.parametrize(
    ("offset", "exact", "severity"),
    [
        (60, True, None),
        (61, True, "warning"),
        (-61, True, "warning"),
        (300, True, "warning"),
        (301, True, "serious"),
        (-290, False, None),
        (400, False, "serious"),
    ],
)
def test_a_clock_that_is_off_is_told_by_how_much(
    office: Engine, offset: int, exact: bool, severity: str | None
) -> None:
    off(office, offset, exact=exact)
    wanted = [] if severity is None else [("clock_off", "M1", severity)]
    assert kinds(office) == wanted


def test_where_our_own_clock_is_wrong_it_is_blamed_and_theirs_are_not(office: Engine) -> None:
    off(office, 3600, 3605, 3610, 3650)
    assert kinds(office) == [("server_clock", "", "serious")]
    assert found(office)[0].values == {"minutes": 60, "agreeing": 4, "seen": 4}


@ON_SQLITE
def test_where_our_own_clock_is_wrong_one_that_differs_from_the_others_is_told(office: Engine) -> None:
    off(office, 0, 3600, 3605, 3610)
    assert kinds(office) == [("server_clock", "", "serious"), ("clock_off", "M1", "serious")]


@ON_SQLITE
@pytest.mark.parametrize(
    ("count", "severity"), [(799, None), (800, "warning"), (949, "warning"), (950, "serious")]
)
def test_a_memory_that_fills_is_told(office: Engine, count: int, severity: str | None) -> None:
    read(office, NOW, count_after=count)
    assert kinds(office) == ([] if severity is None else [("nearly_full", "M1", severity)])


def test_records_that_vanished_are_told_for_a_week_or_until_there_are_as_many_again(office: Engine) -> None:
    read(office, NOW, count_after=500)
    read(office, minutes(10), count_after=480)
    read(office, minutes(20), count_after=481)
    assert found(office, minutes(20))[0].values == {"terminal": "M1", "before": 500, "after": 481}
    read(office, minutes(30), count_after=0)
    assert kinds(office, minutes(30)) == [("records_fell", "M1", "serious")]
    read(office, minutes(40), count_after=501)
    assert kinds(office, minutes(40)) == []


@ON_SQLITE
def test_another_device_has_another_count(office: Engine) -> None:
    read(office, NOW, count_after=500)
    read(office, minutes(10), count_after=3, serial="SN9")
    assert kinds(office, minutes(10)) == []


@ON_SQLITE
@pytest.mark.parametrize(
    ("error", "told", "kind"),
    [
        ("wrong_serial", "{}", "serial_changed"),
        ("serial_elsewhere", '{"serial": "SN1", "terminal": "M2"}', "serial_twice"),
    ],
)
def test_another_or_a_doubled_serial_number_is_told_at_once(
    office: Engine, error: str, told: str, kind: str
) -> None:
    read(office, NOW, error, error_values=told)
    assert kinds(office) == [(kind, "M1", "serious")]


def test_an_unknown_serial_number_is_told_until_somebody_decides(office: Engine) -> None:
    with transaction(office) as session:
        session.add(PendingTerminal(serial="NEW", address="10.0.0.9", first_at=NOW, last_at=NOW))
    assert kinds(office) == [("serial_unknown", "NEW", "warning")]
    with transaction(office) as session:
        session.get_one(PendingTerminal, "NEW").rejected_at = NOW
    assert kinds(office) == []


def test_records_that_wait_are_counted(office: Engine) -> None:
    with transaction(office) as session:
        for raw in (b"x", b"y"):
            session.add(
                QuarantinedRecord(
                    terminal_id=1, reason="bad_line", raw=raw, device_user_id="", device_time="", verify=-1,
                    state=-1, source="push", received_at=0,
                )
            )  # fmt: skip
    assert found(office)[0].values == {"terminal": "M1", "count": 2}


def test_what_was_done_at_a_terminal_is_told_for_a_week(office: Engine) -> None:
    with transaction(office) as session:
        for kind, device_time in (("log_cleared", 5), ("log_cleared", 9), ("clock_set", 5)):
            session.add(TerminalEvent(terminal_id=1, kind=kind, device_time=device_time, received_at=NOW))
    assert kinds(office) == [("clock_set", "M1", "warning"), ("log_cleared", "M1", "serious")]
    assert kinds(office, NOW + timedelta(days=8)) == []


@ON_SQLITE
def test_a_terminal_that_is_switched_off_is_not_missed(office: Engine) -> None:
    read(office, NOW, "unreachable")
    off(office, 900)
    with transaction(office) as session:
        session.get_one(Terminal, 1).switched_off = True
    assert kinds(office, minutes(60)) == []


def test_an_alarm_is_opened_once_told_once_and_closed_when_over(
    office: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    one = Condition(kind="clock_off", subject="M1", terminal_id=1, values={"terminal": "M1", "seconds": 70})

    def look(now: datetime, *conditions: Condition) -> int:
        with transaction(office) as session:
            return keep(session, conditions, CONDITIONS, now)

    assert look(minutes(0), one) == 1
    assert look(minutes(1), one) == 0
    assert len(caplog.records) == 1
    with reading(office) as session:
        (alarm,) = open_alarms(session)
    assert (alarm.opened_at, alarm.last_seen_at) == (minutes(0), minutes(1))
    assert look(minutes(2)) == 0
    assert look(minutes(3), one) == 1
    closed = rows(office, "SELECT count(*) FROM alarm WHERE closed_at IS NOT NULL")
    assert closed == [(1,)]


@ON_SQLITE
def test_an_alarm_that_becomes_serious_is_told_again(
    office: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    for number, severity in enumerate(("warning", "warning", "serious", "serious")):
        with transaction(office) as session:
            keep(
                session,
                [Condition(kind="clock_off", subject="M1", severity=severity)],
                CONDITIONS,
                minutes(number),
            )
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]
    assert rows(office, "SELECT severity FROM alarm") == [("serious",)]


@ON_SQLITE
def test_a_kind_that_was_not_looked_for_stays_open(office: Engine) -> None:
    with transaction(office) as session:
        keep(session, [Condition(kind="pushes_unconfirmed", subject="M1")], ("pushes_unconfirmed",), NOW)
        keep(session, [], CONDITIONS, minutes(1))
        assert [alarm.kind for alarm in open_alarms(session)] == ["pushes_unconfirmed"]


def ran(engine: Engine, job: str, started: datetime, outcome: str = "done") -> None:
    with transaction(engine) as session:
        session.add(JobRun(job=job, due_at=started, started_at=started, finished_at=started, outcome=outcome))


def dead(engine: Engine, now: datetime | None) -> list[tuple[str, str]]:
    with reading(engine) as session:
        return [(one.kind, one.subject) for one in dead_jobs(session, EVERY_SECONDS, now)]


@ON_SQLITE
def test_a_job_that_stopped_or_failed_is_told_and_one_that_never_ran_is_not(office: Engine) -> None:
    assert dead(office, NOW) == []
    ran(office, "refresh_records", NOW)
    ran(office, "prune", NOW, "failed")
    assert dead(office, minutes(5)) == [("job_failed", "prune")]
    assert dead(office, minutes(6)) == [("job_failed", "prune"), ("job_dead", "refresh_records")]


def test_the_watching_job_finds_a_dead_job_by_the_rows_of_the_others(
    office: Engine, settings: Settings
) -> None:
    ran(office, "pull_terminals", NOW)
    ran(office, "refresh_records", minutes(30))
    watch = next(job for job in JOBS if job.name == "watch_terminals")
    context = JobContext(engine=office, settings=settings, clock=lambda: NOW)
    assert watch.run(context) == "1 alarms, 1 new, 0 records taken in"
    assert rows(office, "SELECT kind, subject FROM alarm") == [("job_dead", "pull_terminals")]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_doctor_tells_every_kind_in_a_sentence_with_its_values(office: Engine, language: str) -> None:
    triggers: list[Callable[[], None]] = [
        lambda: read(office, NOW, count_after=500),
        lambda: read(office, minutes(1), count_after=480, capacity=490),
        lambda: read(
            office, minutes(2), "serial_elsewhere", error_values='{"serial": "S", "terminal": "M2"}'
        ),
        lambda: off(office, 0, 3600, 3600, 3600),
    ]
    for trigger in triggers:
        trigger()
    with reading(office) as session:
        told = doctor.examine(session, now=minutes(30), first_day=0, period=PERIOD)
    words = [sentence(one.code, one.values, language) for one in told if one.code.startswith("alarm_")]
    assert {one.code for one in told} >= {
        "alarm_server_clock", "alarm_clock_off", "alarm_nearly_full", "alarm_records_fell",
        "alarm_serial_twice", "alarm_terminal_silent",
    }  # fmt: skip
    assert all("{" not in line and not line.startswith("alarm_") for line in words)


def test_every_kind_has_a_sentence() -> None:
    from monitor.text.sentences import SENTENCES

    known = (*CONDITIONS, "job_dead", "job_failed", "pushes_unconfirmed")
    assert [kind for kind in known if f"alarm_{kind}" not in SENTENCES] == []
