"""One door for punches: each once, none lost, none invented, the implausible set aside (rules 7, 9)."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session

from devices.base import BadRecord, PunchBatch
from monitor.intake import Intake, Origin, accept
from monitor.rules.wallclock import day_of, seconds_of
from monitor.store.queries import stale
from monitor.store.session import open_database, reading, transaction
from monitor.store.tables import Badge, Person, Terminal

RECEIVED = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)  # 10:00 in Vietnam
MORNING = datetime(2026, 3, 2, 7, 30)

Line = tuple[str, datetime, int, int]  # device user id, time, verify, state


def batch_of(*lines: Line) -> PunchBatch:
    return PunchBatch(
        device_user_id=np.array([line[0] for line in lines], dtype=object),
        device_seconds=np.array([seconds_of(line[1]) for line in lines], dtype=np.int64),
        verify=np.array([line[2] for line in lines], dtype=np.int32),
        state=np.array([line[3] for line in lines], dtype=np.int32),
        work_code=np.zeros(len(lines), dtype=np.int32),
        raw=np.array([repr(line).encode() for line in lines], dtype=object),
    )


@pytest.fixture
def office(engine: Engine) -> Engine:
    """Two terminals; An has id 7 at any terminal, Bình id 8 at the first only."""
    with transaction(engine) as session:
        session.add(Terminal(id=1, code="M1", name="Cổng chính", kind="zk", installed_on=date(2026, 1, 5)))
        session.add(Terminal(id=2, code="M2", name="Cổng sau", kind="zk"))
        session.add(Person(id=1, code="AN", name="Lê An", sort_key="an", search_key="le an"))
        session.add(Person(id=2, code="BINH", name="Lê Bình", sort_key="binh", search_key="le binh"))
        session.flush()
        session.add(Badge(person_id=1, device_user_id="7"))
        session.add(Badge(person_id=2, terminal_id=1, device_user_id="8"))
    return engine


def deliver(
    engine: Engine, *lines: Line, terminal: int = 1, bad: tuple[BadRecord, ...] = (), source: str = "pull"
) -> Intake:
    with transaction(engine) as session:
        owner = session.get_one(Terminal, terminal)
        return accept(session, owner, batch_of(*lines), bad, Origin(source=source, received_at=RECEIVED))


@pytest.fixture(scope="module")
def empty_office(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database for many examples, none of which keeps anything in it."""
    path = tmp_path_factory.mktemp("examples") / "monitor.db"
    shutil.copy(migrated_file, path)
    engine = open_database(f"sqlite:///{path}")
    yield engine
    engine.dispose()


def rows(engine: Engine, wanted: str) -> list[tuple[object, ...]]:
    with reading(engine) as session:
        return [tuple(row) for row in session.connection().execute(text(wanted))]


def spans(session: Session) -> set[stale.Span]:
    return set(stale.waiting(session).days)


def test_a_punch_is_stored_with_its_own_bytes(office: Engine) -> None:
    line = ("7", MORNING, 1, 0)
    assert deliver(office, line) == Intake(stored=1, duplicates=0, quarantined=0)
    stored = rows(office, "SELECT device_user_id, device_time, verify, state, source, raw FROM punch")
    assert stored == [("7", seconds_of(MORNING), 1, 0, "pull", repr(line).encode())]


def test_the_same_log_again_stores_nothing(office: Engine) -> None:
    lines = [("7", MORNING + timedelta(minutes=n), 1, 0) for n in range(5)]
    deliver(office, *lines)
    assert deliver(office, *lines) == Intake(stored=0, duplicates=5, quarantined=0)
    assert rows(office, "SELECT count(*) FROM punch") == [(5,)]


def test_a_record_twice_in_one_delivery_is_one_punch(office: Engine) -> None:
    line = ("7", MORNING, 1, 0)
    assert deliver(office, line, line, line) == Intake(stored=1, duplicates=2, quarantined=0)


def test_pull_and_file_of_one_terminal_meet_in_one_identity(office: Engine) -> None:
    deliver(office, ("7", MORNING, 1, 0))
    again = deliver(office, ("7", MORNING, 1, 0), ("7", MORNING + timedelta(seconds=1), 1, 0), source="file")
    assert again == Intake(stored=1, duplicates=1, quarantined=0)


def test_the_same_id_and_time_at_another_terminal_is_another_punch(office: Engine) -> None:
    deliver(office, ("7", MORNING, 1, 0))
    assert deliver(office, ("7", MORNING, 1, 0), terminal=2).stored == 1


def test_leading_zeros_make_another_id_and_spaces_do_not(office: Engine) -> None:
    counts = deliver(office, ("7", MORNING, 1, 0), ("007", MORNING, 1, 0), (" 7 ", MORNING, 1, 0))
    assert counts == Intake(stored=2, duplicates=1, quarantined=0)


def test_a_repeat_with_another_state_is_noted_beside_the_first(office: Engine) -> None:
    deliver(office, ("7", MORNING, 1, 0))
    deliver(office, ("7", MORNING, 1, 1), source="file")
    deliver(office, ("7", MORNING, 1, 1), source="file")
    assert rows(office, "SELECT state FROM punch") == [(0,)]
    assert rows(office, "SELECT state, source FROM punch_variant") == [(1, "file")]


def test_two_states_in_one_delivery_are_both_kept(office: Engine) -> None:
    deliver(office, ("7", MORNING, 1, 0), ("7", MORNING, 1, 1))
    assert rows(office, "SELECT state FROM punch UNION ALL SELECT state FROM punch_variant") == [(0,), (1,)]


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        (datetime(2000, 1, 1, 0, 3), "clock_reset"),
        (datetime(2026, 1, 4, 23, 59, 59), "before_installation"),
        (datetime(2026, 3, 2, 10, 10, 1), "in_the_future"),
    ],
)
def test_an_implausible_time_is_set_aside_with_its_reason(
    office: Engine, moment: datetime, reason: str
) -> None:
    assert deliver(office, ("7", moment, 1, 0)) == Intake(stored=0, duplicates=0, quarantined=1)
    assert rows(office, "SELECT reason, device_user_id FROM quarantined_record") == [(reason, "7")]
    assert rows(office, "SELECT count(*) FROM punch") == [(0,)]


@pytest.mark.parametrize("moment", [datetime(2026, 1, 5), datetime(2026, 3, 2, 10, 10)])
def test_the_first_day_of_a_terminal_and_ten_minutes_ahead_are_still_plausible(
    office: Engine, moment: datetime
) -> None:
    assert deliver(office, ("7", moment, 1, 0)).stored == 1


def test_a_bad_record_is_kept_once_however_often_it_is_read(office: Engine) -> None:
    bad = (BadRecord(raw=b"\xff\x00", reason="impossible_date", device_user_id="7"),)
    assert deliver(office, ("7", MORNING, 1, 0), bad=bad).quarantined == 1
    assert deliver(office, ("7", MORNING, 1, 0), bad=bad).quarantined == 1
    assert rows(office, "SELECT reason, raw FROM quarantined_record") == [("impossible_date", b"\xff\x00")]


def test_an_unknown_id_is_stored_and_touches_nobody_of_its_own(office: Engine) -> None:
    deliver(office, ("7", MORNING, 1, 0))
    with transaction(office) as session:
        stale.settle(session, 10**9, [1, 2], -(10**6), 10**6)
    assert deliver(office, ("9999", MORNING, 1, 0)).stored == 1
    with reading(office) as session:
        assert spans(session) == set()


def test_a_late_delivery_marks_exactly_the_days_of_its_people(office: Engine) -> None:
    day = day_of(date(2026, 2, 10))
    deliver(office, ("8", datetime(2026, 2, 10, 12), 1, 0))  # the terminal was not silent that day
    with transaction(office) as session:
        stale.settle(session, 10**9, [1, 2], -(10**6), 10**6)
    deliver(office, ("7", datetime(2026, 2, 10, 7, 30), 1, 0), ("7", datetime(2026, 2, 10, 11, 30), 1, 1))
    with reading(office) as session:
        assert spans(session) == {(1, day, day)}


def test_the_first_punch_of_a_silent_day_concerns_everybody_with_a_badge_there(office: Engine) -> None:
    day = day_of(date(2026, 2, 10))
    deliver(office, ("7", datetime(2026, 2, 10, 7, 30), 1, 0))
    with reading(office) as session:
        assert spans(session) == {(1, day, day), (2, day, day)}


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["7", "8", "07", "x"]), st.integers(0, 40), st.integers(0, 1)), max_size=30
    ),
    st.integers(1, 4),
)
def test_however_a_log_is_cut_and_repeated_each_identity_is_stored_once(
    empty_office: Engine, entries: list[tuple[str, int, int]], pieces: int
) -> None:
    lines = [(user, MORNING + timedelta(seconds=second), 1, state) for user, second, state in entries]
    with transaction(empty_office, keep=False) as session:  # of what an example stored nothing is kept
        session.add(Terminal(id=1, code="M1", name="M1", kind="zk"))
        session.flush()
        terminal = session.get_one(Terminal, 1)
        origin = Origin(source="pull", received_at=RECEIVED)
        size = max(1, len(lines) // pieces)
        for start in range(0, len(lines), size):
            accept(session, terminal, batch_of(*lines[: start + size]), (), origin)
        stored = session.connection().execute(text("SELECT device_user_id, device_time FROM punch")).all()
    assert sorted(map(tuple, stored)) == sorted({(user, seconds_of(time)) for user, time, _, _ in lines})
