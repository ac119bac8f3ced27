"""A closed month never changes; what would change it waits beside it (rules 8, P4)."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

import pytest
from sqlalchemy import Engine, text

from monitor.config import Settings
from monitor.periods import (
    Adjustment,
    ClosedPeriod,
    Month,
    PeriodRefused,
    close_period,
    list_adjustments,
    list_periods,
)
from monitor.periods.seal import DAY_COLUMNS, OVERTIME_COLUMNS, SESSION_COLUMNS, content_of
from monitor.records import rebuild, reconcile_range, refresh
from monitor.rules.wallclock import day_of
from monitor.store.queries.periods import DAYS, OVERTIME, SESSIONS, is_closed
from monitor.store.session import reading, transaction
from tests.conftest import ON_SQLITE
from tests.office import START, at, full_day, punch, rows
from tests.periods.conftest import LATER, MARCH, Load

pytestmark = pytest.mark.slow

Close = Callable[..., ClosedPeriod]
MONDAY = day_of(START)
FRIDAY = MONDAY + 4
FEBRUARY = "WHERE day BETWEEN 20485 AND 20512"
SEALED = f"SELECT * FROM session_record {FEBRUARY} ORDER BY person_id, day, seq"
SEALED_DAYS = f"SELECT * FROM day_record {FEBRUARY} ORDER BY person_id, day"
EVERYTHING = "SELECT * FROM session_record ORDER BY person_id, day, seq"


def sealed(engine: Engine) -> list[list[tuple[object, ...]]]:
    return [rows(engine, SEALED), rows(engine, SEALED_DAYS)]


def adjustments(engine: Engine, *, with_history: bool = False, unit: str = "XA-VP") -> list[Adjustment]:
    with reading(engine) as session:
        return list_adjustments(session, unit, "2026-02", with_history=with_history)


def refused(engine: Engine, settings: Settings, unit: str, month: str, now: datetime = MARCH) -> str:
    with pytest.raises(PeriodRefused) as found:
        close_period(engine, unit, month, now=now, actor="cli:lan", settings=settings)
    return found.value.code


def test_closing_says_what_was_sealed(office: Engine, close: Close) -> None:
    closed = close()
    assert (closed.people, closed.days, closed.sessions, closed.undecided) == (4, 20, 40, 0)
    with reading(office) as session:
        (period,) = list_periods(session)
        assert (period.unit, period.month, period.state) == ("XA-VP", "2026-02", "closed")
        assert (period.closed_by, period.closed_at, period.sessions) == ("cli:lan", MARCH, 40)
        assert period.seal == closed.seal
        assert is_closed(session, 2, MONDAY + 5)
        assert not is_closed(session, 2, MONDAY + 6)
        assert not is_closed(session, 1, MONDAY)


CANONICAL = """["monitor period 1",2,"2026-02"]
["session",1,20507,0,2,null,0,"Sáng",1,2,3,4,null,6,null,8,null,-9,9,0,0,14400,"+",0.5,0,"abc","1 2","","3"]
["session",1,20507,1,2,1,1,"duty",1,2,3,4,5,6,7,8,9,10,0,0,0,0,"",0.0,4,"abc","","",""]
["day",1,20507,2,0,0,0,14400,0.5,4]
["overtime",1,20507,0,2,9,2,1,3,1,null,2,0]
"""


def test_the_canonical_bytes_are_the_same_on_every_database(office: Engine) -> None:
    morning = (
        "1, 20507, 0, 2, NULL, 0, 'Sáng', 1, 2, 3, 4, NULL, 6, NULL, 8, NULL, -9, 9, 0, 0, 14400, '+', 0.5"
    )
    duty = "1, 20507, 1, 2, 1, 1, 'duty', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 0, 0, 0, '', 0"
    with transaction(office) as session:
        for statement in (
            "DELETE FROM session_record",
            "DELETE FROM day_record",
            "DELETE FROM overtime_record",
            "INSERT INTO overtime_record VALUES (1, 20507, 0, 2, 9, 2, 1, 3, 1, NULL, 2, 0)",
            f"INSERT INTO session_record VALUES ({duty}, 4, 'abc', '', '', '')",
            f"INSERT INTO session_record VALUES ({morning}, 0, 'abc', '1 2', '', '3')",
            "INSERT INTO day_record VALUES (1, 20507, 2, 0, 0, 0, 14400, 0.5, 4)",
            "INSERT INTO day_record VALUES (1, 20513, 2, 0, 0, 0, 14400, 0.5, 4)",
            "INSERT INTO day_record VALUES (2, 20512, 1, 0, 0, 0, 0, 0, 4)",
        ):
            session.connection().execute(text(statement))
        content = content_of(session, 2, Month.of("2026-02"))
    assert content.sha256 == sha256(CANONICAL.encode()).hexdigest()
    assert (content.people, content.days, content.sessions) == (1, 1, 2)


def test_the_seal_covers_every_column() -> None:
    assert tuple(SESSIONS.columns.keys()) == SESSION_COLUMNS
    assert tuple(DAYS.columns.keys()) == DAY_COLUMNS
    assert tuple(OVERTIME.columns.keys()) == OVERTIME_COLUMNS


def test_what_is_stale_is_recomputed_before_it_is_sealed(office: Engine, close: Close) -> None:
    punch(office, *full_day("3", "2026-02-24"))
    close()
    duc = "SELECT DISTINCT status FROM session_record WHERE person_id = 3 AND day = 20508"
    assert rows(office, duc) == [(9,)]
    assert adjustments(office) == []


def test_a_late_punch_changes_nothing_and_is_listed(office: Engine, close: Close, settings: Settings) -> None:
    close()
    before = sealed(office)
    punch(office, *full_day("4", "2026-02-24"), *full_day("4", "2026-03-02"))
    refresh(office, now=LATER, settings=settings)
    assert sealed(office) == before
    assert rows(office, "SELECT DISTINCT status FROM session_record WHERE person_id = 4 AND day = 20514") == [
        (9,)
    ]
    found = adjustments(office)
    assert [(a.person, a.day, a.seq) for a in found] == [("HANH", 20508, s) for s in (None, 0, 1)]
    assert (found[1].name, found[1].found_at, found[1].changes_verdict) == ("Nguyễn Thị Hạnh", LATER, True)
    assert found[1].before is not None
    assert found[1].after is not None
    assert {name: (found[1].before[name], found[1].after[name]) for name in found[1].before} == {
        "time_in": (None, 1_771_917_900),
        "time_out": (None, 1_771_932_660),
        "punch_in": (None, 41),
        "punch_out": (None, 42),
        "status": (0, 9),
        "worked_seconds": (0, 14_400),
        "symbol": (found[1].before["symbol"], "+"),
        "cong": (0.0, 0.5),
    }


def test_what_no_longer_differs_is_withdrawn_and_kept_as_history(
    office: Engine, close: Close, later: Load
) -> None:
    close()
    header = "person,type,from,to,status\nAN,leave,2026-02-27 07:00,2026-02-27 17:30,"
    later("excuses", f"{header}approved")
    assert {(a.person, a.day) for a in adjustments(office)} == {("AN", FRIDAY)}
    later("excuses", f"{header}rejected")
    assert adjustments(office) == []
    history = adjustments(office, with_history=True)
    assert [(a.person, a.seq, a.withdrawn_at) for a in history] == [("AN", s, LATER) for s in (None, 0, 1)]


def test_what_differs_otherwise_than_before_replaces_what_was_pending(
    office: Engine, close: Close, settings: Settings
) -> None:
    close()
    punch(office, ("3", "2026-02-25 07:50"))
    refresh(office, now=LATER, settings=settings)
    (first,) = [a for a in adjustments(office) if a.seq == 0]
    punch(office, ("3", "2026-02-25 07:29"))
    refresh(office, now=LATER, settings=settings)
    (second,) = [a for a in adjustments(office) if a.seq == 0]
    assert first.after is not None
    assert second.after is not None
    assert (first.after["late_seconds"], second.after.get("late_seconds", 0)) == (1200, 0)
    assert len([a for a in adjustments(office, with_history=True) if a.seq == 0]) == 2


@ON_SQLITE
def test_a_session_that_would_appear_is_listed_whole(office: Engine, close: Close, later: Load) -> None:
    close()
    later("roster", "person,kind,from,to\nAN,extra,2026-02-28 08:00,2026-02-28 11:00\n")
    (day, session) = adjustments(office)
    assert (day.before, session.before) == (None, None)
    assert session.after is not None
    assert (session.after["name"], session.after["status"], session.after["unit_id"]) == ("extra", 0, 2)
    assert rows(office, "SELECT count(*) FROM session_record WHERE day = 20512") == [(0,)]


@ON_SQLITE
def test_a_duty_before_the_office_hours_does_not_make_the_others_differ(
    office: Engine, close: Close, later: Load
) -> None:
    close()
    later("roster", "person,kind,from,to\nAN,extra,2026-02-27 00:00,2026-02-27 02:00\n")
    assert [(a.seq, a.before) for a in adjustments(office)] == [(0, None)]


@ON_SQLITE
def test_sessions_that_would_vanish_are_listed_whole(office: Engine, close: Close, later: Load) -> None:
    close()
    before = sealed(office)
    later("calendar", "date,kind,name\n2026-02-27,off,Nghỉ bù\n")
    found = adjustments(office)
    assert [(a.person, a.seq, a.after) for a in found] == [
        (person, seq, None) for person in ("AN", "BINH", "DUC", "HANH") for seq in (None, 0, 1)
    ]
    assert found[1].before is not None
    assert found[1].before["name"] == "Sáng"
    assert sealed(office) == before


def test_a_person_whose_unit_changed_stays_where_it_was_sealed(
    office: Engine, close: Close, later: Load
) -> None:
    close()
    before = sealed(office)
    later("people", "code,name,unit,valid_from,valid_to\nAN,Lê Văn An,XA,2026-02-25,\n")
    assert sealed(office) == before
    found = adjustments(office)
    assert {(a.person, a.day) for a in found} == {("AN", MONDAY + 2), ("AN", MONDAY + 3), ("AN", MONDAY + 4)}
    assert [(a.before, a.after) for a in found] == [({"unit_id": 2}, {"unit_id": 1})] * 9
    moved = "SELECT DISTINCT unit_id FROM session_record WHERE person_id = 1 AND day > 20512"
    assert rows(office, moved) == [(1,)]


def test_nobody_comes_into_a_closed_unit_from_an_open_one(office: Engine, close: Close, later: Load) -> None:
    close("XA")
    later("people", "code,name,unit,valid_from,valid_to\nDUC,Phạm Minh Đức,XA,2026-02-26,2026-02-26\n")
    assert rows(office, "SELECT * FROM session_record WHERE person_id = 3 AND day = 20510") == []
    found = adjustments(office, unit="XA")
    assert [(a.person, a.day, a.seq, a.before) for a in found] == [
        ("DUC", 20510, s, None) for s in (None, 0, 1)
    ]


def test_a_range_and_a_rebuild_leave_closed_rows_and_make_the_others_again(
    office: Engine, close: Close, settings: Settings
) -> None:
    close()
    refresh(office, now=LATER, settings=settings)
    before, all_before = sealed(office), rows(office, EVERYTHING)
    punch(office, *full_day("4", "2026-02-24"), *full_day("4", "2026-03-02"))
    reconcile_range(office, first_day=MONDAY, last_day=20520, now=LATER, settings=settings)
    assert sealed(office) == before
    assert len(adjustments(office)) == 3
    after = rows(office, EVERYTHING)
    rebuild(office, settings=settings)
    assert rows(office, EVERYTHING) == after != all_before
    assert len(adjustments(office, with_history=True)) == 3


@ON_SQLITE
def test_a_month_that_is_not_over_is_not_closed(office: Engine, settings: Settings) -> None:
    assert refused(office, settings, "XA-VP", "2026-03") == "period_not_over"
    assert refused(office, settings, "XA-VP", "2026-02", at("2026-02-28 23:59")) == "period_not_over"
    assert rows(office, "SELECT * FROM period") == []


@ON_SQLITE
def test_a_month_is_not_over_while_a_duty_of_it_runs(office: Engine, later: Load, settings: Settings) -> None:
    later("roster", "person,kind,from,to\nAN,duty,2026-02-28 20:00,2026-03-01 08:00\n")
    with transaction(office) as session:
        session.connection().execute(text("DELETE FROM fact"))
    assert refused(office, settings, "XA-VP", "2026-02", at("2026-03-01 06:00")) == "period_not_over"
    close_period(office, "XA-VP", "2026-02", now=at("2026-03-01 12:00"), actor="cli:lan", settings=settings)


@ON_SQLITE
def test_a_closed_month_is_not_closed_again(office: Engine, close: Close, settings: Settings) -> None:
    close()
    assert refused(office, settings, "XA-VP", "2026-02") == "period_closed_already"
    assert len(rows(office, "SELECT * FROM period_seal")) == 1


@pytest.mark.parametrize("month", ["2026-13", "2026-2", "202602", "2026", "", "2026-W01", "2026-02-01"])
def test_what_is_no_month_is_refused(month: str) -> None:
    with pytest.raises(PeriodRefused, match="bad_month"):
        Month.of(month)


@ON_SQLITE
def test_an_unknown_unit_is_refused(office: Engine, settings: Settings) -> None:
    assert refused(office, settings, "XA-KHONG", "2026-02") == "unknown_unit"


def busy(engine: Engine, when: str) -> None:
    """Somebody stores a punch as soon as marks are settled, as on a server with several writers."""
    mark = "INSERT INTO stale_span (person_id, first_day, last_day) VALUES (1, 20510, 20510);"
    with transaction(engine) as session:
        session.connection().execute(text("CREATE TABLE once (done INTEGER)"))
        trigger = f"CREATE TRIGGER busy AFTER DELETE ON stale_span WHEN {when} BEGIN {mark}"
        session.connection().execute(text(f"{trigger} INSERT INTO once VALUES (1); END"))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # the other writer is a trigger of SQLite
def test_what_came_in_while_others_were_recomputed_is_recomputed_with_the_lock(
    office: Engine, close: Close
) -> None:
    busy(office, "NOT EXISTS (SELECT 1 FROM once)")
    punch(office, ("1", "2026-02-23 09:00"))
    assert close().sessions == 40
    assert rows(office, "SELECT * FROM stale_span") == []


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # the other writer is a trigger of SQLite
def test_nothing_is_closed_while_a_mark_remains(office: Engine, settings: Settings) -> None:
    busy(office, "true")
    punch(office, ("1", "2026-02-23 09:00"))
    assert refused(office, settings, "XA-VP", "2026-02") == "period_stale"
    assert rows(office, "SELECT * FROM period") == []


def test_a_parent_closes_its_whole_subtree_and_leaves_what_is_closed(
    office: Engine, close: Close, settings: Settings
) -> None:
    closed = close_period(
        office, "XA", "2026-02", now=MARCH, actor="cli:lan", settings=settings, with_subunits=True
    )
    assert [(period.unit, period.sessions) for period in closed] == [("XA", 0), ("XA-VP", 40)]
    with transaction(office) as session:
        session.connection().execute(text("INSERT INTO unit (id, code, name, parent_id, public_facing, bloc)"
                                          " VALUES (3, 'XA-TC', 'Tài chính', 1, false, '')"))  # fmt: skip
    again = close_period(
        office, "XA", "2026-02", now=MARCH, actor="cli:lan", settings=settings, with_subunits=True
    )
    assert [period.unit for period in again] == ["XA-TC"]


@ON_SQLITE
def test_closing_a_unit_leaves_its_subunits_open(office: Engine, close: Close, settings: Settings) -> None:
    close("XA")
    punch(office, *full_day("3", "2026-02-24"))
    refresh(office, now=LATER, settings=settings)
    assert rows(office, "SELECT DISTINCT status FROM session_record WHERE person_id = 3 AND day = 20508") == [
        (9,)
    ]


@ON_SQLITE
@pytest.mark.parametrize("status", ["", "open", "REOPENED", "archived", "reopened"])
def test_whatever_the_status_says_only_two_people_open_a_period(
    office: Engine, close: Close, settings: Settings, status: str
) -> None:
    close()
    before = sealed(office)
    with transaction(office) as session:
        session.connection().execute(text("UPDATE period SET status = :status"), {"status": status})
    punch(office, *full_day("4", "2026-02-24"))
    refresh(office, now=LATER, settings=settings)
    rebuild(office, settings=settings)
    assert sealed(office) == before
    assert len(adjustments(office)) == 3
    assert refused(office, settings, "XA-VP", "2026-02") == "period_closed_already"
