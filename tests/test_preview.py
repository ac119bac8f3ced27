"""A preview says who would change from what to what, and leaves the database as it was."""

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text

from monitor.config import Settings
from monitor.periods import close_period
from monitor.preview import PreviewReport, PreviewRow, preview_import
from monitor.records import rebuild, refresh
from monitor.setup import ImportRefused, import_file
from monitor.store.session import transaction
from tests.office import at, cover, full_day, open_office, punch, rows

pytestmark = pytest.mark.slow

NOW = at("2026-03-02 20:00")
SESSIONS = "SELECT * FROM session_record ORDER BY person_id, day, seq"
REGULATION = """
[[regulation]]
code = "hanh-chinh-2"
title = "Giờ hành chính"
document = "Quyết định số 20/QĐ-UBND"
valid_from = 2026-02-25
applies_to = ["unit:XA-VP"]
grace_late_minutes = {grace}

[[regulation.session]]
name = "Sáng"
weekdays = [1, 2, 3, 4, 5]
start = "07:30"
end = "11:30"
cong = 0.5

[[regulation.session]]
name = "Chiều"
weekdays = [1, 2, 3, 4, 5]
start = "13:30"
end = "17:00"
cong = 0.5
"""


@pytest.fixture
def office(engine: Engine, settings: Settings) -> Engine:
    """An punctual, Bình four minutes late in the morning, the others away; grace is five minutes."""
    open_office(engine)
    cover(engine, "2026-02-23 00:00", "2026-03-31 00:00")
    for day in ("2026-02-23", "2026-02-24", "2026-02-25", "2026-02-26", "2026-02-27", "2026-03-02"):
        afternoon = [("2", f"{day} {time}") for time in ("07:34", "11:31", "13:29", "17:02")]
        punch(engine, *full_day("1", day), *afternoon)
    refresh(engine, now=NOW, settings=settings)
    return engine


def file_of(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def preview(engine: Engine, path: Path, settings: Settings, kind: str, **options: object) -> PreviewReport:
    return preview_import(engine, kind, path, now=NOW, settings=settings, **options)  # type: ignore[arg-type]  # of the tests' own choice


def everything(engine: Engine) -> str:
    """A hash of every table's rows, and of the file where there is one."""
    tables = rows(engine, "SELECT name FROM sqlite_master WHERE type = 'table'") if _is_file(engine) else []
    found = [rows(engine, f"SELECT * FROM {name}") for (name,) in sorted(tables)]
    found += [rows(engine, f"SELECT * FROM {name} ORDER BY 1, 2") for name in KEPT]
    digest = hashlib.sha256(repr(found).encode())
    if _is_file(engine):
        digest.update(Path(str(make_url(str(engine.url)).database)).read_bytes())
    return digest.hexdigest()


KEPT = ("regulation_version", "session_record", "day_record", "stale_span", "audit_entry", "fact")


def _is_file(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


def test_a_stricter_regulation_shows_who_would_be_late(
    office: Engine, tmp_path: Path, settings: Settings
) -> None:
    path = file_of(tmp_path, "regulations.toml", REGULATION.format(grace=0))
    found = preview(office, path, settings, "regulations")
    assert found.imported.applied
    assert found.by_unit == {"XA-VP": {("on_time", "late"): 4}}
    assert found.changed == 4
    assert [(row.unit, row.person, row.name, row.date, row.session) for row in found.rows] == [
        ("XA-VP", "BINH", "Trần Thị Bình", date, "Sáng")
        for date in ("2026-02-25", "2026-02-26", "2026-02-27", "2026-03-02")
    ]
    first = found.rows[0]
    assert first.before is not None
    assert first.after is not None
    assert (first.before.status, first.before.late_minutes, first.before.worked_minutes) == (
        "on_time",
        0,
        236,
    )
    assert (first.after.status, first.after.late_minutes, first.after.worked_minutes) == ("late", 4, 236)
    assert (
        found.restated == 28
    )  # four days of four people, two sessions: another regulation, the same verdict
    assert not first.in_closed_period


def test_what_is_previewed_is_what_comes_true(office: Engine, tmp_path: Path, settings: Settings) -> None:
    path = file_of(tmp_path, "calendar.csv", "date,kind,name\n2026-02-27,off,Nghỉ\n2026-02-28,work,Bù\n")
    found = preview(office, path, settings, "calendar")
    before = {row[:3]: row for row in rows(office, SESSIONS)}
    zone = settings.site.timezone
    assert import_file(office, "calendar", path, now=NOW, zone=zone, actor="cli:test").applied
    refresh(office, now=NOW, settings=settings)
    after = {row[:3]: row for row in rows(office, SESSIONS)}
    changed = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    assert found.changed + found.restated == len(changed)
    assert found.by_unit["XA-VP"][("on_time", "none")] == 4
    assert found.by_unit["XA-VP"][("absent", "none")] == 4


def test_nothing_is_written(office: Engine, tmp_path: Path, settings: Settings) -> None:
    before = everything(office)
    path = file_of(tmp_path, "regulations.toml", REGULATION.format(grace=0))
    assert preview(office, path, settings, "regulations").changed == 4
    assert everything(office) == before
    made = rows(office, SESSIONS)
    rebuild(office, settings=settings)
    assert rows(office, SESSIONS) == made


def test_only_the_files_own_doing_is_shown(office: Engine, tmp_path: Path, settings: Settings) -> None:
    punch(office, *full_day("4", "2026-02-26"))  # not recomputed yet
    path = file_of(tmp_path, "regulations.toml", REGULATION.format(grace=0))
    assert {row.person for row in preview(office, path, settings, "regulations").rows} == {"BINH"}


def test_every_row_is_told_but_only_some_are_kept(office: Engine, tmp_path: Path, settings: Settings) -> None:
    path = file_of(tmp_path, "regulations.toml", REGULATION.format(grace=0))
    told: list[PreviewRow] = []
    found = preview(office, path, settings, "regulations", keep_rows=1, each=told.append)
    assert (len(told), found.changed, found.rows) == (4, 4, tuple(told[:1]))


def test_a_refused_file_changes_nothing_and_says_why(
    office: Engine, tmp_path: Path, settings: Settings
) -> None:
    good = "AN,leave,2026-02-27 07:00,2026-02-27 18:00"
    content = f"person,type,from,to\n{good}\nX,leave,2026-02-27 07:00,2026-02-27 18:00\n"
    path = file_of(tmp_path, "excuses.csv", content)
    found = preview(office, path, settings, "excuses")
    assert not found.imported.applied
    assert found.imported.errors
    assert (found.changed, found.rows) == (0, ())
    in_part = preview(office, path, settings, "excuses", partial=True)
    assert in_part.by_unit == {"XA-VP": {("on_time", "excused"): 2}}
    with pytest.raises(ImportRefused):
        preview(office, tmp_path / "missing.csv", settings, "excuses")


def test_a_closed_month_is_told_apart_and_what_waits_there_is_not_told_again(
    office: Engine, tmp_path: Path, settings: Settings
) -> None:
    close_period(office, "XA-VP", "2026-02", now=NOW, actor="cli:lan", settings=settings)
    punch(office, *full_day("4", "2026-02-26"))
    refresh(office, now=NOW, settings=settings)
    path = file_of(tmp_path, "regulations.toml", REGULATION.format(grace=0))
    found = preview(office, path, settings, "regulations").rows
    assert [(row.person, row.date, row.in_closed_period) for row in found if row.person == "BINH"] == [
        ("BINH", "2026-02-25", True),
        ("BINH", "2026-02-26", True),
        ("BINH", "2026-02-27", True),
        ("BINH", "2026-03-02", False),
    ]
    leave = "person,type,from,to\nAN,leave,2026-02-25 07:00,2026-02-25 18:00\n"
    rows_of_leave = preview(office, file_of(tmp_path, "excuses.csv", leave), settings, "excuses").rows
    assert {(row.person, row.date) for row in rows_of_leave} == {("AN", "2026-02-25")}


def test_a_new_persons_sessions_appear(office: Engine, tmp_path: Path, settings: Settings) -> None:
    with transaction(office) as session:
        session.connection().execute(text("UPDATE posting SET valid_to = '2026-02-24' WHERE person_id = 3"))
    rebuild(office, settings=settings)
    path = file_of(tmp_path, "people.csv", "code,name,unit,valid_from\nDUC,Phạm Minh Đức,XA,2026-02-26\n")
    found = preview(office, path, settings, "people")
    # At 20:00 the afternoon of the last day may still be punched for.
    assert found.by_unit == {"XA": {("none", "absent"): 5, ("none", "pending"): 1}}
    assert found.rows[0].before is None
