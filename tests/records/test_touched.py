"""What a change touches beyond its own person and day is recomputed too: one test for each way."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from monitor.config import Settings
from monitor.records import rebuild, reconcile_range, refresh
from monitor.setup import import_file
from monitor.store.queries import stale
from monitor.store.session import reading, transaction
from monitor.store.tables import CoverageInterval, Terminal
from tests.office import at, cover, full_day, open_office, punch, rows

SESSIONS = "SELECT * FROM session_record ORDER BY person_id, day, seq"


@pytest.fixture
def office(engine: Engine) -> Engine:
    open_office(engine)
    with transaction(engine) as session:
        stale.mark_everyone(session, 20507, 20507)
    return engine


def load(engine: Engine, folder: Path, kind: str, content: str, now: str) -> None:
    path = folder / f"{kind}.csv"
    path.write_text(content, encoding="utf-8")
    report = import_file(engine, kind, path, now=at(now), zone="Asia/Ho_Chi_Minh", actor="cli:test")
    assert report.applied, report.errors


def statuses(engine: Engine, person: int, day: int) -> list[object]:
    found = rows(
        engine, f"SELECT status FROM session_record WHERE person_id = {person} AND day = {day} ORDER BY seq"
    )
    return [status for (status,) in found]


def as_rebuilt(engine: Engine, settings: Settings) -> bool:
    made = rows(engine, SESSIONS)
    rebuild(engine, settings=settings)
    return bool(made) and rows(engine, SESSIONS) == made


def test_one_persons_leave_ends_a_silence_for_everybody(
    office: Engine, tmp_path: Path, settings: Settings
) -> None:
    """Of four people two are left who should have punched: nobody can tell that the clock was off."""
    cover(office, "2026-02-23 00:00", "2026-02-26 12:00", source="pull")
    refresh(office, now=at("2026-02-24 12:00"), settings=settings)
    assert statuses(office, 1, 20507) == [6, 6]
    day = "2026-02-23 07:00,2026-02-23 18:00"
    content = f"person,type,from,to\nHANH,leave,{day}\nDUC,leave,{day}\n"
    load(office, tmp_path, "excuses", content, "2026-02-24 12:00")
    refresh(office, now=at("2026-02-24 12:01"), settings=settings)
    assert statuses(office, 1, 20507) == [0, 0]
    assert as_rebuilt(office, settings)


def test_a_badge_at_one_terminal_takes_punches_from_who_had_the_id_everywhere(
    office: Engine, tmp_path: Path, settings: Settings
) -> None:
    cover(office, "2026-02-23 00:00", "2026-02-26 12:00")
    load(office, tmp_path, "badges", "person,terminal,device_user_id\nAN,*,9\n", "2026-02-24 08:00")
    punch(office, *full_day("9", "2026-02-23"))
    refresh(office, now=at("2026-02-24 12:00"), settings=settings)
    assert statuses(office, 1, 20507) == [9, 9]
    content = "person,terminal,device_user_id,valid_from\nDUC,M1,9,2026-02-01\n"
    load(office, tmp_path, "badges", content, "2026-02-24 12:00")
    refresh(office, now=at("2026-02-24 12:01"), settings=settings)
    assert (statuses(office, 1, 20507), statuses(office, 3, 20507)) == ([0, 0], [9, 9])


def test_the_same_punch_with_another_key_is_judged_again(office: Engine, settings: Settings) -> None:
    cover(office, "2026-02-23 00:00", "2026-02-26 12:00")
    with transaction(office) as session:
        session.connection().execute(text("UPDATE regulation_version SET direction = 'state', marks = 2"))
    punch(office, ("1", "2026-02-23 07:20"), ("1", "2026-02-23 17:05"))  # the key for coming, twice
    refresh(office, now=at("2026-02-24 12:00"), settings=settings)
    assert statuses(office, 1, 20507) == [9, 2]
    punch(office, ("1", "2026-02-23 17:05"), state=1)
    refresh(office, now=at("2026-02-24 12:01"), settings=settings)
    assert statuses(office, 1, 20507) == [9, 9]
    punch(office, ("1", "2026-02-23 17:05"), state=1)
    with reading(office) as session:
        assert stale.count(session) == 0  # nothing new was said


def test_a_punch_of_a_fast_terminal_counts_once_the_clock_has_reached_it(
    office: Engine, settings: Settings
) -> None:
    """The afternoon is decided by the punch of 17:01; the one of 17:04 was stored at 17:02 already."""
    cover(office, "2026-02-23 00:00", "2026-02-26 12:00")
    punch(office, *full_day("1", "2026-02-23")[:-1], ("1", "2026-02-23 17:01"), ("1", "2026-02-23 17:04"))
    leaving = "SELECT time_out % 86400 FROM session_record WHERE person_id = 1 AND day = 20507 AND seq = 1"
    refresh(office, now=at("2026-02-23 17:02"), settings=settings)
    assert rows(office, leaving) == [(61_260,)]
    refresh(office, now=at("2026-02-23 17:05"), settings=settings)
    assert rows(office, leaving) == [(61_440,)]


def test_what_lacks_data_is_judged_again_when_its_window_ends(office: Engine, settings: Settings) -> None:
    """At 13:50 one terminal is known not to cover; by the evening the other does not either."""
    with transaction(office) as session:
        session.add(Terminal(id=2, code="M2", name="Cổng sau", kind="file", unit_id=1))
        session.flush()
        session.connection().execute(text("UPDATE badge SET terminal_id = NULL"))
    cover(office, "2026-02-23 13:20", "2026-02-23 23:00")
    with transaction(office) as session:
        day = 20507 * 86_400
        session.add(CoverageInterval(terminal_id=2, starts=day, ends=day + 50_400, source="declared"))
    uncovered = "SELECT uncovered FROM session_record WHERE person_id = 1 AND day = 20507 AND seq = 1"
    refresh(office, now=at("2026-02-23 13:50"), settings=settings)
    assert rows(office, uncovered) == [("1",)]
    refresh(office, now=at("2026-02-23 22:00"), settings=settings)
    assert rows(office, uncovered) == [("1 2",)]
    assert as_rebuilt(office, settings)


def test_a_chain_of_duties_is_recomputed_whole(office: Engine, tmp_path: Path, settings: Settings) -> None:
    """Eight days on end: taking one of the last away makes another window for the first."""
    cover(office, "2026-02-23 00:00", "2026-03-10 12:00")
    duties = [f"AN,duty,2026-03-0{day} 00:00,2026-03-0{day + 1} 00:00\n" for day in range(1, 9)]
    load(office, tmp_path, "roster", "person,kind,from,to\n" + "".join(duties), "2026-02-28 08:00")
    punch(office, ("1", "2026-02-28 23:50"), ("1", "2026-03-09 00:05"))
    refresh(office, now=at("2026-03-10 08:00"), settings=settings)
    leave = "person,type,from,to\nAN,leave,2026-03-08 00:00,2026-03-09 00:00\n"
    before = rows(office, "SELECT window_to FROM session_record WHERE person_id = 1 AND day = 20513")
    load(office, tmp_path, "excuses", leave, "2026-03-10 08:00")
    refresh(office, now=at("2026-03-10 08:01"), settings=settings)
    assert rows(office, "SELECT window_to FROM session_record WHERE person_id = 1 AND day = 20513") != before
    assert as_rebuilt(office, settings)


def test_a_range_computed_ahead_is_still_judged_for_silence_when_its_days_are_past(
    office: Engine, settings: Settings
) -> None:
    cover(office, "2026-02-23 00:00", "2026-02-28 12:00", source="pull")
    refresh(office, now=at("2026-02-22 08:00"), settings=settings)
    reconcile_range(office, first_day=20507, last_day=20520, now=at("2026-02-23 08:00"), settings=settings)
    for hour in ("2026-02-23 23:30", "2026-02-24 00:30"):
        refresh(office, now=at(hour), settings=settings)
    assert statuses(office, 1, 20507) == [6, 6]  # silent: nobody punched, four were expected


def test_a_rebuild_that_broke_off_leaves_work_and_no_hole(office: Engine, settings: Settings) -> None:
    cover(office, "2026-02-23 00:00", "2026-02-28 12:00")
    refresh(office, now=at("2026-02-25 23:50"), settings=settings)
    made = rows(office, SESSIONS)

    def break_off(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with transaction(office) as session:  # two portions of days, so that it can break off between them
        session.connection().execute(text("UPDATE regulation_version SET valid_from = '2025-11-01'"))
        session.connection().execute(text("UPDATE posting SET valid_from = '2025-11-01'"))
    with pytest.raises(KeyboardInterrupt):
        rebuild(office, settings=settings, progress=break_off)
    keys = {row[:3] for row in made}
    assert keys <= {row[:3] for row in rows(office, SESSIONS)}
    assert rows(office, "SELECT count(*) FROM stale_span") == [(4,)]
    refresh(office, now=at("2026-02-25 23:51"), settings=settings)
    assert keys <= {row[:3] for row in rows(office, SESSIONS)}
    assert as_rebuilt(office, settings)
