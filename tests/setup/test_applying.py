"""Whole or not at all, in part, dry: and the trail that an import leaves."""

import json

import pytest

from monitor.setup import KINDS
from tests.setup.conftest import BADGES, PEOPLE, TERMINALS, UNITS, Office, staff
from tests.setup.test_regulations import OFFICE

pytestmark = pytest.mark.slow

FILES = {
    "units": UNITS,
    "people": PEOPLE,
    "terminals": TERMINALS,
    "badges": BADGES,
    "calendar": "date,kind,name\n2026-09-02,off,Quốc khánh\n",
    "leave_types": "code,name,symbol\nhieu_hy,Hiếu hỷ,HH\n",
    "excuses": "person,type,from,to\nNV1,leave,2026-03-05 07:30,2026-03-05 17:00\n",
    "roster": "person,kind,from,to\nNV1,duty,2026-03-05 17:00,2026-03-05 21:00\n",
    "allowances": "person,kind,minutes,where,valid_from\nNV1,nursing,60,end,2026-01-05\n",
    "findings": "person,from,to,document\nNV1,2026-03-05 09:00,2026-03-05 09:30,Biên bản 4\n",
    "coverage": "terminal,from,to\nT1,2026-01-05 00:00,2026-01-06 00:00\n",
    "staffing": "unit,session,people,valid_from\nVP,Sáng,2,2026-01-05\n",
    "regulations": OFFICE,
}
BROKEN = {"units": UNITS + "A,Một,XX\n", "people": PEOPLE + "NV9,Lê Đức,XX,,,,\n"}


def test_there_is_a_sound_file_of_every_kind() -> None:
    assert tuple(FILES) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_file_again_changes_and_marks_nothing(office: Office, kind: str) -> None:
    assert office.load(kind, FILES[kind]).applied
    office.forget_marks()
    before = office.everything()
    report = office.load(kind, FILES[kind])
    after = office.everything()
    assert (report.unchanged, report.added, report.changed) == (report.rows, 0, 0)
    assert len(after.pop("audit_entry")) == len(before.pop("audit_entry")) + 1
    assert after == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_dry_run_tells_what_would_happen_and_keeps_nothing(office: Office, kind: str) -> None:
    before = office.everything()
    report = office.load(kind, FILES[kind], dry_run=True)
    assert office.everything() == before
    assert not report.applied
    real = office.load(kind, FILES[kind])
    assert (report.added, report.changed, report.unchanged) == (real.added, real.changed, real.unchanged)


@pytest.mark.parametrize("kind", sorted(BROKEN))
def test_one_wrong_row_keeps_the_whole_file_out(empty: Office, kind: str) -> None:
    if kind == "people":
        empty.load("units", UNITS)
    before = empty.everything()
    report = empty.load(kind, BROKEN[kind])
    assert len(report.errors) == 1
    assert empty.everything() == before


def test_with_partial_the_good_rows_are_applied_and_the_others_reported(every_office: Office) -> None:
    content = PEOPLE + "NV8,Lê Đức,VP,,,,\nNV9,Hồ Ân,XX,,,,\n"
    report = every_office.load("people", content, partial=True)
    assert (report.rows, report.added, report.unchanged, report.refused) == (4, 1, 2, 1)
    assert report.applied
    assert [(error.place, error.code) for error in report.errors] == [("5", "unknown_unit")]
    assert every_office.rows("SELECT count(*) FROM person WHERE code IN ('NV8', 'NV9')") == [(1,)]


def test_a_wrong_header_keeps_everything_out_even_with_partial(empty: Office) -> None:
    report = empty.load("units", "code,name,colour\nA,Một,red\n", partial=True)
    assert not report.applied
    assert empty.rows("SELECT count(*) FROM unit") == [(0,)]


def test_an_import_leaves_one_entry_in_the_trail(office: Office) -> None:
    before = len(office.rows("SELECT id FROM audit_entry"))
    office.load("calendar", FILES["calendar"])
    entries = office.rows("SELECT actor, action, subject, detail FROM audit_entry ORDER BY id")[before:]
    assert [entry[:3] for entry in entries] == [("cli:test", "import", "calendar")]
    detail = json.loads(entries[0][3])
    assert (detail["file"], detail["added"], len(detail["sha256"])) == ("calendar.csv", 1, 64)


def test_a_comm_key_never_comes_into_the_trail(office: Office) -> None:
    office.load("terminals", "code,kind,host,comm_key\nT3,zk,10.0.0.9,834219\n")
    assert "834219" not in str(office.rows("SELECT * FROM audit_entry"))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_error_is_told_with_file_line_column_and_reason(office: Office, language: str) -> None:
    told = office.fault("people", "code,name,unit\nNV9,Lê Đức,XX\n").text(language)
    assert "people.csv" in told
    assert "XX" in told
    assert ("dòng 2, cột unit" if language == "vi" else "line 2, column unit") in told


def test_ten_thousand_people_and_badges_are_one_import_each(empty: Office) -> None:
    staff(empty)
    people = "".join(f"P{n:05},Nguyễn Thị Số {n},VP,,staff,2020-01-01,\n" for n in range(10_000))
    badges = "".join(f"P{n:05},T1,{n + 100},2020-01-01,\n" for n in range(10_000))
    assert empty.load("people", PEOPLE.partition("\n")[0] + "\n" + people).added == 10_000
    assert empty.load("badges", BADGES.partition("\n")[0] + "\n" + badges).added == 10_000
