"""Repairing what was set aside: raw times stay, every decision has who, when and why, nothing is dropped."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from devices.base import BadRecord
from monitor.intake import Intake, Origin, accept
from monitor.intake.quarantine import By, correct, dismiss, readmit, release
from monitor.rules.wallclock import day_of, seconds_of, text_of
from monitor.store.queries import exports, stale
from monitor.store.queries.confirmations import unconfirmed_pushes
from monitor.store.queries.quarantine import kept_records, waiting_counts
from monitor.store.session import StoreError, reading, transaction
from monitor.store.tables import CoverageInterval, Pull, QuarantineDecision, Terminal
from tests.intake.test_accept import batch_of
from tests.office import at, open_office, rows

NOW = at("2026-03-02 10:00")
BY = By(actor="cli:test", reason="đã soát", now=at("2026-03-02 15:00"))
EARLY = datetime(2026, 2, 24, 7, 30)
AHEAD = datetime(2026, 3, 2, 14, 0)
RESET = datetime(2000, 1, 1, 0, 30)


@pytest.fixture
def office(engine: Engine) -> Engine:
    """The small office; its terminal is said to stand there since 1 March."""
    open_office(engine)
    with transaction(engine) as session:
        session.connection().execute(update(Terminal).values(installed_on=date(2026, 3, 1)))
    return engine


def deliver(
    engine: Engine,
    *times: datetime,
    now: datetime = NOW,
    source: str = "pull",
    bad: tuple[BadRecord, ...] = (),
) -> Intake:
    lines = [("1", time, 15, 1) for time in times]
    with transaction(engine) as session:
        terminal = session.get_one(Terminal, 1)
        return accept(session, terminal, batch_of(*lines), bad, Origin(source=source, received_at=now))


def decide(engine: Engine, what: Callable[[Session], int]) -> int:
    with transaction(engine) as session:
        return what(session)


def refused(engine: Engine, what: Callable[[Session], int]) -> str:
    with pytest.raises(StoreError) as error:
        decide(engine, what)
    return error.value.code


def punches(engine: Engine) -> list[tuple[object, ...]]:
    found = rows(engine, "SELECT device_time, verify, state, raw FROM punch ORDER BY device_time")
    return [(text_of(int(str(time))), *others) for time, *others in found]


def decisions(engine: Engine) -> list[tuple[object, ...]]:
    return rows(engine, "SELECT record_id, decision, decided_by, reason FROM quarantine_decision ORDER BY id")


def test_a_record_from_before_the_installation_can_be_released_as_it_is(office: Engine) -> None:
    deliver(office, EARLY)
    assert decide(office, lambda session: release(session, [1], BY)) == 1
    raw = repr(("1", EARLY, 15, 1)).encode()
    assert punches(office) == [(str(EARLY), 15, 1, raw)]
    assert decisions(office) == [(1, "released", "cli:test", "đã soát")]
    assert rows(office, "SELECT device_time FROM quarantined_record") == [(str(EARLY),)]
    day = day_of(EARLY.date())
    with reading(office) as session:
        assert (1, day, day) in stale.waiting(session).days


def test_a_released_record_is_not_set_aside_again_by_the_next_delivery(office: Engine) -> None:
    deliver(office, EARLY)
    decide(office, lambda session: release(session, [1], BY))
    assert deliver(office, EARLY) == Intake(stored=0, duplicates=1, quarantined=0)
    with reading(office) as session:
        assert waiting_counts(session) == {}


def test_a_future_record_can_be_released_once_its_time_has_passed(office: Engine) -> None:
    deliver(office, AHEAD)
    early = By(actor="cli:test", reason="", now=at("2026-03-02 13:49"))
    assert refused(office, lambda session: release(session, [1], early)) == "record_still_future"
    assert punches(office) == []
    assert decide(office, lambda session: release(session, [1], BY)) == 1


def test_a_clock_that_was_reset_is_corrected_beside_its_raw_time(office: Engine) -> None:
    deliver(office, RESET, RESET + timedelta(hours=4))
    shift = seconds_of(datetime(2026, 3, 2, 7, 30)) - seconds_of(RESET)
    assert decide(office, lambda session: correct(session, [1, 2], BY, shift_seconds=shift)) == 2
    assert [row[0] for row in punches(office)] == ["2026-03-02 07:30:00", "2026-03-02 11:30:00"]
    assert rows(office, "SELECT device_time FROM quarantined_record ORDER BY id") == [
        ("2000-01-01 00:30:00",),
        ("2000-01-01 04:30:00",),
    ]
    corrected = rows(
        office,
        "SELECT decision, corrected_time - device_time FROM quarantine_decision"
        " JOIN punch ON punch.id = punch_id",
    )
    assert corrected == [("corrected", 0)] * 2
    with reading(office) as session:
        assert sorted(exports.repair_flags(session)["repaired"]) == [1, 2]


def test_a_corrected_record_does_not_come_in_again_under_its_raw_time(office: Engine) -> None:
    deliver(office, AHEAD)
    true = seconds_of(AHEAD - timedelta(hours=4, minutes=30))
    decide(office, lambda session: correct(session, [1], BY, time=true))
    later = deliver(office, AHEAD, now=BY.now + timedelta(days=1))
    assert later == Intake(stored=0, duplicates=0, quarantined=1)
    assert [row[0] for row in punches(office)] == ["2026-03-02 09:30:00"]
    assert rows(office, "SELECT count(*) FROM quarantined_record") == [(1,)]


def test_an_impossible_date_is_given_its_true_time(office: Engine) -> None:
    bad = BadRecord(raw=b"x", reason="impossible_date", device_user_id="1", device_time="2026-02-30 07:30:00")
    deliver(office, bad=(bad,))
    shifted = refused(office, lambda session: correct(session, [1], BY, shift_seconds=60))
    assert shifted == "record_not_correctable"
    time = seconds_of(datetime(2026, 3, 2, 7, 30))
    assert decide(office, lambda session: correct(session, [1], BY, time=time)) == 1
    assert punches(office) == [("2026-03-02 07:30:00", -1, -1, b"x")]


@pytest.mark.parametrize("wrong", [datetime(2026, 2, 28, 23, 59), datetime(2026, 3, 2, 15, 11)])
def test_a_correction_that_cannot_be_true_either_is_refused(office: Engine, wrong: datetime) -> None:
    deliver(office, RESET)
    code = refused(office, lambda session: correct(session, [1], BY, time=seconds_of(wrong)))
    assert code == "corrected_time_implausible"


def test_a_slot_of_nobody_known_is_neither_released_nor_corrected(office: Engine) -> None:
    bad = BadRecord(raw=b"x", reason="unknown_uid", device_user_id="1", device_time="2026-03-02 07:30:00")
    deliver(office, bad=(bad,))
    assert refused(office, lambda session: release(session, [1], BY)) == "record_not_releasable"
    assert (
        refused(office, lambda session: correct(session, [1], BY, shift_seconds=1))
        == "record_not_correctable"
    )


def test_a_dismissed_record_stays_and_never_comes_in_by_itself(office: Engine) -> None:
    deliver(office, AHEAD)
    assert decide(office, lambda session: dismiss(session, [1], BY)) == 1
    tomorrow = BY.now + timedelta(days=1)
    assert decide(office, lambda session: readmit(session, tomorrow)) == 0
    assert deliver(office, AHEAD, now=tomorrow).stored == 0
    assert punches(office) == []
    assert rows(office, "SELECT count(*) FROM quarantined_record") == [(1,)]


def test_a_dismissed_record_may_still_be_released_and_then_counts(office: Engine) -> None:
    deliver(office, AHEAD)
    decide(office, lambda session: dismiss(session, [1], BY))
    assert decide(office, lambda session: release(session, [1], BY)) == 1
    assert deliver(office, AHEAD, now=BY.now) == Intake(stored=0, duplicates=1, quarantined=0)
    assert [row[1] for row in decisions(office)] == ["dismissed", "released"]


@pytest.mark.parametrize("again", [release, correct, dismiss])
def test_what_was_taken_in_is_decided_for_good(office: Engine, again: Callable[..., int]) -> None:
    deliver(office, EARLY)
    decide(office, lambda session: release(session, [1], BY))
    assert refused(office, lambda session: again(session, [1], BY)) == "record_decided"


def test_one_record_that_is_refused_keeps_all_others_out(office: Engine) -> None:
    deliver(office, EARLY, RESET)
    assert refused(office, lambda session: release(session, [1, 2], BY)) == "record_not_releasable"
    assert refused(office, lambda session: release(session, [1, 99], BY)) == "unknown_record"
    assert punches(office) == []


def test_the_same_record_in_other_bytes_is_decided_with_it(office: Engine) -> None:
    deliver(office, EARLY)
    with transaction(office) as session:
        again = batch_of(("1", EARLY, 4, 0))
        accept(session, session.get_one(Terminal, 1), again, (), Origin(source="push", received_at=NOW))
    decide(office, lambda session: release(session, [1], BY))
    assert [row[:2] for row in decisions(office)] == [(1, "released"), (2, "released")]
    assert len(punches(office)) == 1


def test_the_database_itself_refuses_to_change_or_delete_a_decision(office: Engine) -> None:
    deliver(office, EARLY)
    decide(office, lambda session: release(session, [1], BY))
    for change in (update(QuarantineDecision).values(reason=""), delete(QuarantineDecision)):
        with pytest.raises(SQLAlchemyError, match="append-only"), transaction(office) as session:
            session.connection().execute(change)


def test_a_corrected_push_is_not_doubted_for_missing_in_the_log(office: Engine) -> None:
    with transaction(office) as session:
        session.connection().execute(update(Terminal).values(push=True))
    deliver(office, RESET, source="push")
    decide(office, lambda session: correct(session, [1], BY, time=seconds_of(datetime(2026, 3, 2, 7, 30))))
    with transaction(office) as session:
        tomorrow = at("2026-03-03 07:00")
        session.add(Pull(terminal_id=1, started_at=tomorrow, finished_at=tomorrow, serial="SN1"))
        span = [seconds_of(datetime(2026, 3, day)) for day in (1, 3)]
        session.add(CoverageInterval(terminal_id=1, starts=span[0], ends=span[1], source="pull"))
    with reading(office) as session:
        assert unconfirmed_pushes(session, 0, 2**40) == {}


def test_the_list_shows_what_waits_and_on_demand_what_was_decided(office: Engine) -> None:
    deliver(office, EARLY, RESET)
    decide(office, lambda session: dismiss(session, [2], BY))
    with reading(office) as session:
        assert [kept.record.id for kept in kept_records(session)] == [1]
        every = [
            (kept.terminal, kept.decision and kept.decision.decision)
            for kept in kept_records(session, with_decided=True)
        ]
        assert waiting_counts(session) == {1: 1}
    assert every == [("M1", None), ("M1", "dismissed")]
