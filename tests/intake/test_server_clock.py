"""Our own clock wrong: terminals that agree against it are believed, one that stands alone is not."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from devices.base import PunchBatch, TerminalReading
from devices.zk_push_lines import read_attlog
from monitor.intake.pull import _store
from monitor.intake.push import Caller, accept_upload
from monitor.intake.quarantine import readmit
from monitor.rules.wallclock import seconds_of, text_of
from monitor.store.queries.clocks import Suspicion, suspected
from monitor.store.session import transaction
from monitor.store.tables import Terminal
from tests.office import at, open_office, rows

OURS = at("2026-03-02 10:00")
"""What our clock says; the true time is an hour later."""
BEHIND = timedelta(hours=1)


@pytest.fixture
def office(engine: Engine) -> Engine:
    """Five terminals that are read, M1 to M5, and two that push, P1 and P2."""
    open_office(engine)
    with transaction(engine) as session:
        for number in range(2, 6):
            session.add(Terminal(id=number, code=f"M{number}", name="", kind="zk", serial=f"SN{number}"))
        for number in (1, 2):
            session.add(
                Terminal(id=10 + number, code=f"P{number}", name="", kind="zk_push", serial=f"PS{number}")
            )
    return engine


def batch(*times: datetime) -> PunchBatch:
    return PunchBatch(
        device_user_id=np.array(["1"] * len(times), dtype=object),
        device_seconds=np.array([seconds_of(time) for time in times], np.int64),
        verify=np.full(len(times), 15, np.int32),
        state=np.full(len(times), 1, np.int32),
        work_code=np.full(len(times), 7, np.int32),
        raw=np.array([str(time).encode() for time in times], dtype=object),
    )


def local(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None) + timedelta(hours=7)


def pull(
    engine: Engine, number: int, ahead: timedelta, *, ours: datetime = OURS, with_punch: bool = True
) -> None:
    """A good read of a terminal whose clock is `ahead` of ours; somebody punched a minute ago."""
    shown = local(ours) + ahead
    found = TerminalReading(
        serial=f"SN{number}",
        punches=batch(*([shown - timedelta(minutes=1)] if with_punch else [])),
        device_time=shown,
        server_time=ours,
    )
    with transaction(engine) as session:
        _store(session, number, found, ours, ours)


def push(engine: Engine, number: int, ahead: timedelta, *, ours: datetime = OURS) -> None:
    caller = Caller(serial=f"PS{number}", address="127.0.0.1", allowed_networks=("127.0.0.0/8",))
    line = f"1\t{text_of(seconds_of(local(ours) + ahead))}\t0\t1\t0\t\t".encode()
    accept_upload(engine, caller, read_attlog(line), "", ours)


def quarantined(engine: Engine) -> list[object]:
    return [row[0] for row in rows(engine, "SELECT terminal_id FROM quarantined_record ORDER BY terminal_id")]


def test_one_terminal_that_is_ahead_is_not_believed(office: Engine) -> None:
    for number in (1, 2, 3, 4):
        pull(office, number, timedelta(0))
    pull(office, 5, BEHIND)
    assert quarantined(office) == [5]


def test_most_terminals_ahead_alike_are_believed(office: Engine) -> None:
    for number in (1, 2, 3):
        pull(office, number, BEHIND, with_punch=False)
    for number in (4, 5):
        pull(office, number, BEHIND)
    assert quarantined(office) == []


def test_a_terminal_further_ahead_than_the_others_is_still_not_believed(office: Engine) -> None:
    for number in (1, 2, 3, 4):
        pull(office, number, BEHIND, with_punch=False)
    pull(office, 5, BEHIND + timedelta(days=1))
    assert quarantined(office) == [5]


def test_pushing_terminals_are_believed_and_doubted_in_the_same_way(office: Engine) -> None:
    push(office, 1, BEHIND)
    for number in (1, 2, 3):
        pull(office, number, BEHIND, with_punch=False)
    push(office, 2, BEHIND)
    assert quarantined(office) == [11]
    push(office, 2, timedelta(days=400))
    assert quarantined(office) == [11, 12]


def test_what_a_backlog_was_punched_at_says_nothing_of_the_clock(office: Engine) -> None:
    push(office, 1, -timedelta(days=3))
    assert rows(office, "SELECT count(*) FROM clock_sighting") == [(0,)]


def test_what_was_set_aside_before_the_others_were_heard_is_taken_in(office: Engine) -> None:
    for number in (1, 2, 3):
        pull(office, number, BEHIND)
    assert quarantined(office) == [1, 2]  # the third makes a majority
    with transaction(office) as session:
        assert readmit(session, OURS) == 2
    stored = rows(
        office, "SELECT terminal_id, device_time, verify, state, work_code FROM punch ORDER BY terminal_id"
    )
    then = seconds_of(local(OURS) + BEHIND - timedelta(minutes=1))
    assert stored == [(number, then, 15, 1, 7) for number in (1, 2, 3)]
    trace = rows(office, "SELECT decision, reason, decided_by FROM quarantine_decision")
    assert trace == [("readmitted", "server_clock_blamed", "job:intake")] * 2
    assert rows(office, "SELECT count(*) FROM audit_entry WHERE action = 'quarantine_readmitted'") == [(2,)]


def test_what_was_set_aside_is_taken_in_once_its_time_has_come(office: Engine) -> None:
    pull(office, 1, BEHIND)
    for minutes, taken in ((48, 0), (50, 1), (60, 0)):
        with transaction(office) as session:
            assert readmit(session, OURS + timedelta(minutes=minutes)) == taken
    assert rows(office, "SELECT reason FROM quarantine_decision") == [("time_has_come",)]


def test_a_later_delivery_of_the_same_record_closes_it_with_a_trace(office: Engine) -> None:
    pull(office, 1, BEHIND)
    pull(office, 1, timedelta(0), ours=OURS + BEHIND)
    assert rows(office, "SELECT count(*) FROM punch") == [(1,)]
    assert rows(office, "SELECT decision, reason FROM quarantine_decision") == [
        ("readmitted", "delivered_again")
    ]


def test_what_was_seen_hours_ago_or_by_a_clock_ahead_of_now_blames_nobody(office: Engine) -> None:
    for number in (1, 2, 3):
        pull(office, number, BEHIND, ours=OURS + timedelta(days=2), with_punch=False)
    pull(office, 4, BEHIND)
    for number in (1, 2, 3):
        pull(office, number, BEHIND, ours=OURS - timedelta(hours=3), with_punch=False)
    pull(office, 5, BEHIND)
    assert quarantined(office) == [4, 5]


@pytest.mark.parametrize(
    ("offsets", "blamed"),
    [
        ([], None),
        ([3600, 3600], None),
        ([3600, 3600, 3600], 3600),
        ([3600, 3630, 3660], 3630),
        ([3600, 3661, 3722], None),
        ([-7200] * 4, -7200),
        ([300] * 5, None),
        ([301] * 5, 301),
        ([3600] * 4 + [0] * 2, 3600),
        ([3600] * 3 + [0] * 2, None),
        ([0] * 10 + [3600] * 3, None),
    ],
)
def test_a_clear_majority_of_at_least_three_that_agree_within_a_minute_is_needed(
    offsets: list[int], blamed: int | None
) -> None:
    found = suspected(offsets)
    assert (found and found.offset_seconds) == blamed


@given(st.lists(st.integers(-10_000, 10_000), max_size=12))
def test_whom_a_plain_count_blames_is_blamed_whatever_the_order(offsets: list[int]) -> None:
    alike = max((sum(start <= other <= start + 60 for other in offsets) for start in offsets), default=0)
    found = suspected(offsets)
    assert found == suspected(offsets[::-1])
    if found is not None:
        assert found == Suspicion(offset_seconds=found.offset_seconds, agreeing=alike, seen=len(offsets))
        assert abs(found.offset_seconds) > 300
        assert alike * 3 >= 2 * len(offsets)
        assert alike >= 3
