"""Undoing an import: what only the file brought counts no more, what came otherwise goes on counting."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor.config import Settings
from monitor.exports.punches import punches_table
from monitor.intake import FileReport, import_punches
from monitor.intake.undo import UndoReport, undo_import
from monitor.periods import close_period, list_adjustments
from monitor.records import refresh
from monitor.rules.wallclock import day_of, text_of
from monitor.store.queries import exports, stale
from monitor.store.queries.imports import imported_files
from monitor.store.queries.world import load_world
from monitor.store.session import StoreError, reading, transaction
from tests.office import at, cover, full_day, open_office, punch, rows

DAY = "2026-03-03"
NOW = at("2026-03-05 08:00")
LATER = at("2026-03-05 09:00")


@pytest.fixture
def office(engine: Engine) -> Engine:
    """The small office, its log known to be complete, and Bình's whole day so that no day is silent."""
    open_office(engine)
    cover(engine, "2026-02-23", "2026-03-05 12:00")
    punch(engine, *full_day("2", DAY), received=NOW)
    return engine


def load(
    engine: Engine, folder: Path, *punches: tuple[str, str], covers: str = "", state: int = 0
) -> FileReport:
    lines = [f"{user}\t{time}:00\t1\t{state}\t1\t0\n" for user, time in punches]
    path = folder / "attlog.dat"
    path.write_text("".join(lines))
    return import_punches(engine, path, "M1", now=NOW, actor="cli:test", covers=covers)


def undo(engine: Engine, import_id: int = 1) -> UndoReport:
    with transaction(engine) as session:
        return undo_import(session, import_id, by="cli:test", reason="nhầm máy", now=LATER)


def statuses(engine: Engine, settings: Settings, person: int = 1) -> list[object]:
    refresh(engine, now=LATER, settings=settings)
    mine = f"person_id = {person} AND day = {day_number()}"
    found = rows(engine, f"SELECT status FROM session_record WHERE {mine} ORDER BY starts")
    return [row[0] for row in found]


def day_number() -> int:
    return day_of(date.fromisoformat(DAY))


def flags(engine: Engine) -> dict[str, tuple[str, str]]:
    """Time -> person and flags of An's punches in the export."""
    with reading(engine) as session:
        table = punches_table(
            exports.punch_frame(session, 0, 2**40, None),
            exports.quarantine_frame(session, "", "9", None),
            exports.badge_frame(session),
            "Asia/Ho_Chi_Minh",
            exports.repair_flags(session),
        )
    mine = table[table["device_user_id"] == "1"]
    return {row["time"]: (row["person"], row["flags"]) for row in mine.to_dict("records")}


def test_what_only_the_file_brought_counts_no_more_and_stays(
    office: Engine, settings: Settings, tmp_path: Path
) -> None:
    absent = statuses(office, settings)
    load(office, tmp_path, *full_day("1", DAY))
    present = statuses(office, settings)
    assert present != absent
    assert undo(office).withheld == 4
    assert statuses(office, settings) == absent
    assert rows(office, "SELECT count(*) FROM punch WHERE import_id = 1") == [(4,)]
    assert set(flags(office).values()) == {("", "undone")}


def test_a_punch_that_the_terminal_delivered_later_goes_on_counting(
    office: Engine, settings: Settings, tmp_path: Path
) -> None:
    load(office, tmp_path, *full_day("1", DAY))
    present = statuses(office, settings)
    punch(office, *full_day("1", DAY), received=NOW)
    assert undo(office).withheld == 0
    assert statuses(office, settings) == present
    assert set(flags(office).values()) == {("AN", "")}


def test_a_punch_that_the_terminal_delivered_before_was_never_the_files(
    office: Engine, tmp_path: Path
) -> None:
    punch(office, ("1", f"{DAY} 07:25"), received=NOW)
    assert load(office, tmp_path, *full_day("1", DAY)).intake.duplicates == 1
    assert undo(office).withheld == 3
    assert flags(office)[f"{DAY} 07:25:00"] == ("AN", "")


def test_the_terminals_own_delivery_after_the_undoing_makes_it_count_again(
    office: Engine, settings: Settings, tmp_path: Path
) -> None:
    load(office, tmp_path, *full_day("1", DAY))
    present = statuses(office, settings)
    undo(office)
    statuses(office, settings)
    punch(office, *full_day("1", DAY), received=LATER)
    assert statuses(office, settings) == present


def test_the_same_file_again_counts_again_and_can_be_undone_again(
    office: Engine, settings: Settings, tmp_path: Path
) -> None:
    absent = statuses(office, settings)
    load(office, tmp_path, *full_day("1", DAY))
    present = statuses(office, settings)
    undo(office)
    assert statuses(office, settings) == absent
    assert load(office, tmp_path, *full_day("1", DAY)).intake.duplicates == 4
    assert statuses(office, settings) == present
    assert undo(office, 2).withheld == 4
    assert statuses(office, settings) == absent


def test_of_two_files_with_one_punch_either_may_go_and_with_both_it_goes(
    office: Engine, tmp_path: Path
) -> None:
    load(office, tmp_path, *full_day("1", DAY))
    load(office, tmp_path, *full_day("1", DAY))
    assert undo(office, 1).withheld == 0
    assert undo(office, 2).withheld == 4


def test_a_day_on_which_only_the_file_knew_anybody_is_silent_again(
    engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    open_office(engine)
    cover(engine, "2026-02-23", "2026-03-05 12:00", source="pull")
    assert statuses(engine, settings, 3)
    silent = f"SELECT count(*) FROM silent_day WHERE day = {day_number()}"
    assert rows(engine, silent) == [(1,)]
    load(engine, tmp_path, *full_day("1", DAY))
    statuses(engine, settings)
    assert rows(engine, silent) == [(0,)]
    undo(engine)
    statuses(engine, settings)
    assert rows(engine, silent) == [(1,)]


def test_a_state_that_only_the_file_gave_counts_no_more(office: Engine, tmp_path: Path) -> None:
    def states() -> list[int]:
        with reading(office) as session:
            world = load_world(session, [1], day_number(), day_number(), zone="Asia/Ho_Chi_Minh").world
        return [int(bits) for bits in world.punches.states]

    punch(office, ("1", f"{DAY} 07:25"), received=NOW, state=0)
    load(office, tmp_path, ("1", f"{DAY} 07:25"), state=1)
    assert states() == [0b11]
    undo(office)
    assert states() == [0b01]
    load(office, tmp_path, ("1", f"{DAY} 07:25"), state=1)
    assert states() == [0b11]


def test_what_the_file_claimed_to_cover_is_withdrawn(office: Engine, tmp_path: Path) -> None:
    load(office, tmp_path, ("1", f"{DAY} 07:25"), covers=f"{DAY}/{DAY}")
    assert rows(office, "SELECT count(*) FROM coverage_interval WHERE source = 'file'") == [(1,)]
    (gone,) = undo(office).withdrawn
    assert [text_of(end) for end in gone] == [f"{DAY} 00:00:00", f"{DAY} 23:59:59"]
    assert rows(office, "SELECT source FROM coverage_interval") == [("declared",)]


def test_just_the_touched_days_of_its_people_become_stale(
    office: Engine, settings: Settings, tmp_path: Path
) -> None:
    load(office, tmp_path, ("1", f"{DAY} 07:25"))
    refresh(office, now=LATER, settings=settings)
    undo(office)
    with reading(office) as session:
        days = {(first, last) for _, first, last in stale.waiting(session).days}
    assert days == {(day_number(), day_number())}


def test_in_a_closed_month_it_becomes_a_pending_adjustment(
    office: Engine, settings: Settings, tmp_path: Path
) -> None:
    load(office, tmp_path, *full_day("1", DAY))
    after = at("2026-04-02 08:00")
    cover(office, "2026-03-05 12:00", "2026-04-01")
    close_period(office, "XA", "2026-03", now=after, actor="cli:a", settings=settings, with_subunits=True)
    undo(office)
    refresh(office, now=after, settings=settings)
    with reading(office) as session:
        found = list_adjustments(session, "XA-VP", "2026-03")
    assert {adjustment.person for adjustment in found} == {"AN"}


def test_it_is_told_in_the_trail_and_in_the_list(office: Engine, tmp_path: Path) -> None:
    load(office, tmp_path, ("1", f"{DAY} 07:25"))
    undo(office)
    trail = rows(office, "SELECT actor, action, subject FROM audit_entry ORDER BY id DESC LIMIT 1")
    assert trail == [("cli:test", "undo_import", "M1")]
    with reading(office) as session:
        (one,) = imported_files(session)
    assert (one.undone_at, one.undone_by, one.undone_reason) == (LATER, "cli:test", "nhầm máy")


@pytest.mark.parametrize(("import_id", "code"), [(1, "import_already_undone"), (7, "unknown_import")])
def test_an_undoing_of_nothing_is_refused(office: Engine, tmp_path: Path, import_id: int, code: str) -> None:
    load(office, tmp_path, ("1", f"{DAY} 07:25"))
    undo(office)
    with pytest.raises(StoreError) as refused:
        undo(office, import_id)
    assert refused.value.code == code
