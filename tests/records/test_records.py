"""Records follow punches, rules and the clock; they can be thrown away and made again, identically."""

import pytest
from sqlalchemy import Engine, text

from monitor.config import Settings
from monitor.records import rebuild, reconcile_range, refresh
from monitor.rules.codes import Status
from monitor.rules.wallclock import day_of
from monitor.store.queries import stale
from monitor.store.session import reading, transaction
from tests.office import START, at, cover, full_day, open_office, punch, rows

EVERYTHING = "SELECT * FROM session_record ORDER BY person_id, day, seq"
STATUS = (
    "SELECT p.code, s.name, s.status FROM session_record s JOIN person p ON p.id = s.person_id"
    " WHERE s.day = {day} ORDER BY p.code, s.seq"
)


@pytest.fixture
def office(engine: Engine) -> Engine:
    open_office(engine)
    return engine


def statuses(engine: Engine, day: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, _, status in rows(engine, STATUS.format(day=day)):
        found.setdefault(str(code), []).append(Status(int(str(status))).name.lower())
    return found


def all_of(engine: Engine, day: int) -> set[str]:
    return {status for sessions in statuses(engine, day).values() for status in sessions}


def marks(engine: Engine) -> int:
    with reading(engine) as session:
        return stale.count(session)


MONDAY = day_of(START)


def test_a_morning_is_judged_as_it_passes(office: Engine, settings: Settings) -> None:
    cover(office, "2026-02-23 00:00", "2026-02-23 23:59:59")
    punch(office, ("1", "2026-02-23 07:20"), ("2", "2026-02-23 07:42"))
    refresh(office, now=at("2026-02-23 07:50"), settings=settings)
    assert statuses(office, MONDAY)["AN"] == ["pending", "pending"]
    reasons = rows(office, "SELECT person_id, reasons FROM session_record WHERE seq = 0 ORDER BY person_id")
    assert reasons == [(1, 1 << 16), (2, 1 << 16), (3, 1 << 15), (4, 1 << 15)]  # at_work, not_in_yet
    punch(office, *full_day("1", "2026-02-23"), ("2", "2026-02-23 11:30"))
    refresh(office, now=at("2026-02-24 00:10"), settings=settings)
    judged = statuses(office, MONDAY)
    assert judged["AN"] == ["on_time", "on_time"]
    assert judged["BINH"] == ["late", "absent"]
    assert judged["DUC"] == judged["HANH"] == ["absent", "absent"]


def test_no_data_is_never_absence(office: Engine, settings: Settings) -> None:
    refresh(office, now=at("2026-02-24 08:00"), settings=settings)
    assert all_of(office, MONDAY) == {"pending"}
    cover(office, "2026-02-23 00:00", "2026-02-23 23:59:59")
    reconcile_range(office, first_day=MONDAY, last_day=MONDAY, now=at("2026-02-24 08:00"), settings=settings)
    assert all_of(office, MONDAY) == {"absent"}


def test_a_clock_that_was_off_makes_nobody_absent(office: Engine, settings: Settings) -> None:
    cover(office, "2026-02-23 00:00", "2026-02-24 12:00", source="pull")
    refresh(office, now=at("2026-02-24 12:00"), settings=settings)
    assert all_of(office, MONDAY) == {"pending"}
    punch(office, ("1", "2026-02-23 07:20"))  # it was on after all
    refresh(office, now=at("2026-02-24 12:01"), settings=settings)
    assert statuses(office, MONDAY)["BINH"] == ["absent", "absent"]


def test_a_late_upload_changes_its_own_day_and_no_other(office: Engine, settings: Settings) -> None:
    cover(office, "2026-02-23 00:00", "2026-03-31 00:00")
    for day in ("2026-02-23", "2026-02-24", "2026-02-25", "2026-02-26"):
        punch(office, *full_day("2", day))
    refresh(office, now=at("2026-02-27 06:00"), settings=settings)
    before = {row for row in rows(office, EVERYTHING) if row[0] == 1}
    punch(office, *full_day("1", "2026-02-24"))
    refresh(office, now=at("2026-02-27 06:00"), settings=settings)
    after = {row for row in rows(office, EVERYTHING) if row[0] == 1}
    assert {row[1] for row in before ^ after} == {MONDAY + 1}
    assert statuses(office, MONDAY + 1)["AN"] == ["on_time", "on_time"]


def test_refreshing_bit_by_bit_equals_rebuilding_from_nothing(office: Engine, settings: Settings) -> None:
    cover(office, "2026-02-23 00:00", "2026-03-02 00:00")
    for hour, user in (("08:00", "1"), ("12:10", "2"), ("17:30", "3")):
        punch(office, *full_day(user, "2026-02-24"), (user, "2026-02-25 07:41"))
        refresh(office, now=at(f"2026-02-25 {hour}"), settings=settings)
    made = rows(office, EVERYTHING)
    assert made
    with transaction(office) as session:
        session.connection().execute(text("DELETE FROM session_record"))
        session.connection().execute(text("DELETE FROM day_record"))
    rebuild(office, settings=settings)
    assert rows(office, EVERYTHING) == made


def test_nothing_is_recomputed_when_nothing_changed(office: Engine, settings: Settings) -> None:
    cover(office, "2026-02-23 00:00", "2026-02-28 00:00")
    punch(office, *full_day("1", "2026-02-23"))
    assert refresh(office, now=at("2026-02-27 20:00"), settings=settings) > 0
    assert marks(office) == 0
    # In the evening after the last window of the day nothing waits for the clock either.
    refresh(office, now=at("2026-02-27 23:00"), settings=settings)
    assert refresh(office, now=at("2026-02-27 23:01"), settings=settings) == 0


def test_a_mark_made_while_refreshing_survives(office: Engine, settings: Settings) -> None:
    refresh(office, now=at("2026-02-25 20:00"), settings=settings)
    with transaction(office) as session:
        highest = stale.waiting(session).highest
        stale.mark(session, [(1, MONDAY, MONDAY)])
        stale.settle(session, highest, [1], MONDAY - 10, MONDAY + 10)
    assert marks(office) == 1


def test_settling_a_part_of_a_mark_keeps_the_rest(office: Engine) -> None:
    with transaction(office) as session:
        stale.mark(session, [(1, 10, 20)])
        highest = stale.waiting(session).highest
        stale.settle(session, highest, [1], 13, 15)
        assert sorted(stale.waiting(session).spans) == [(1, 10, 12), (1, 16, 20)]


def test_nobody_is_judged_before_the_first_regulation(office: Engine, settings: Settings) -> None:
    cover(office, "2026-01-01 00:00", "2026-03-31 00:00")
    reconcile_range(
        office, first_day=MONDAY - 30, last_day=MONDAY, now=at("2026-03-31 08:00"), settings=settings
    )
    assert rows(office, "SELECT min(day) FROM session_record") == [(MONDAY,)]


def test_a_range_may_lie_in_the_future(office: Engine, settings: Settings) -> None:
    reconcile_range(office, first_day=MONDAY, last_day=MONDAY, now=at("2026-02-20 08:00"), settings=settings)
    assert set(rows(office, "SELECT DISTINCT reasons FROM session_record")) == {(1 << 14,)}  # not_due


def test_a_clock_set_back_makes_decided_days_open_again(office: Engine, settings: Settings) -> None:
    cover(office, "2026-02-23 00:00", "2026-03-31 00:00")
    refresh(office, now=at("2026-02-24 23:30"), settings=settings)
    assert statuses(office, MONDAY + 1)["AN"] == ["absent", "absent"]
    refresh(office, now=at("2026-02-24 07:00"), settings=settings)
    assert statuses(office, MONDAY + 1)["AN"] == ["pending", "pending"]


def test_a_rebuild_mends_what_is_wrong_and_deletes_what_nothing_stands_for(
    office: Engine, settings: Settings
) -> None:
    cover(office, "2026-02-23 00:00", "2026-03-02 00:00")
    punch(office, *full_day("1", "2026-02-24"), ("2", "2026-02-25 07:41"))
    refresh(office, now=at("2026-02-26 17:30"), settings=settings)
    made = rows(office, EVERYTHING)
    with transaction(office) as session:
        connection = session.connection()
        connection.execute(text("UPDATE session_record SET status = 5 WHERE person_id = 1"))
        connection.execute(
            text("UPDATE session_record SET day = day + 300 WHERE person_id = 2 AND day = 20508")
        )
        connection.execute(text("DELETE FROM day_record WHERE person_id = 3"))
    assert rows(office, EVERYTHING) != made
    rebuild(office, settings=settings)
    assert rows(office, EVERYTHING) == made
