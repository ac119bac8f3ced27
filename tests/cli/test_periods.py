"""Closing a month, and previewing a file, from the command line."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyotp import TOTP
from sqlalchemy import select
from sqlmodel import col

from monitor import clock
from monitor.config import load_settings
from monitor.store.driver import sqlite3
from monitor.store.session import open_database, transaction
from monitor.store.tables import Account, Unit
from tests.accounts.cast import NOW, PASSWORD, give_factor, give_password
from tests.cli.conftest import Run

pytestmark = pytest.mark.slow

SESSION = "weekdays = [1, 2, 3, 4, 5]\ncong = 0.5\n"
RULES = (
    '[[regulation]]\ncode = "moi"\ntitle = "Mới"\ndocument = "Quyết định số 20/QĐ-UBND"\n'
    'valid_from = 2026-03-01\napplies_to = ["unit:XA"]\ngrace_late_minutes = 15\n'
    f'[[regulation.session]]\nname = "Sáng"\n{SESSION}start = "07:30"\nend = "11:30"\n'
    f'[[regulation.session]]\nname = "Chiều"\n{SESSION}start = "13:30"\nend = "17:00"\n'
)
LATE = "        4\t2026-03-02 07:20:00\t1\t0\t1\t0\n"
MARCH = ("--unit", "XA-VP", "--month", "2026-03")


def prove_as(office: Path, monkeypatch: pytest.MonkeyPatch, *users: str) -> list[TOTP]:
    """Accounts of HR, which have a password and a phone; gives the phones."""
    settings = load_settings(office / "config.toml")
    engine = open_database(settings.database_url)
    with transaction(engine) as session:
        unit = session.scalars(select(Unit).where(col(Unit.code) == "XA")).one()
        session.add_all(
            Account(user_name=user, display_name=user, role="hr", unit_id=unit.id) for user in users
        )
    phones = [give_factor(engine, give_password(engine, user, settings), settings, NOW) for user in users]
    engine.dispose()
    (office / "mat-khau.txt").write_text(PASSWORD, encoding="utf-8")
    monkeypatch.setenv("MONITOR_PASSWORD_FILE", str(office / "mat-khau.txt"))
    return phones


@pytest.fixture
def sunday(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day without sessions: during one, who is overdue by one grace is not yet due by the other."""
    monkeypatch.setattr(clock, "_present", lambda: datetime(2026, 11, 22, 3, tzinfo=UTC))


def test_a_month_is_closed_adjusted_and_reopened_by_two_people(
    office: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "lan")
    assert run("period", "list").out == "Chưa chốt tháng nào.\n"
    closed = run("period", "close", *MARCH)
    assert (closed.code, closed.out.startswith("Đơn vị XA-VP: đã chốt tháng 2026-03: 2 người, ")) == (0, True)
    again = run("period", "close", *MARCH)
    assert (again.code, again.err) == (1, "Đơn vị XA-VP: tháng 2026-03 đã chốt rồi.\n")
    (office / "late.dat").write_text(LATE, encoding="utf-8")
    run("import", "punches", "late.dat", "--terminal", "M1")
    assert run("reconcile").code == 0
    day, session = run("period", "adjustments", *MARCH).out.splitlines()
    assert day == "HANH Nguyễn Thị Hạnh, 2026-03-02, cả ngày: cong: 0.0 → 0.5"
    assert session.startswith("HANH Nguyễn Thị Hạnh, 2026-03-02, buổi 1: ")
    assert "time_in: – → 2026-03-02 07:20:00" in session
    assert "status: absent → missing_out" in session
    (period,) = json.loads(run("period", "list", "--json").out)
    assert (period["state"], period["adjustments"], period["closed_by"]) == ("closed", 2, "cli:lan")
    lan, minh = prove_as(office, monkeypatch, "lan", "minh")
    monkeypatch.setenv("MONITOR_CODE", lan.at(datetime.now(UTC)))
    assert run("period", "request-reopen", *MARCH, "--reason", "Sót công", "--as", "lan").code == 0
    assert "đề nghị mở lại: Sót công" in run("period", "list").out
    monkeypatch.setenv("MONITOR_CODE", lan.at(datetime.now(UTC), counter_offset=1))
    own = run("period", "approve-reopen", *MARCH, "--as", "lan")
    assert (own.code, "không được tự duyệt" in own.err) == (1, True)
    monkeypatch.setenv("MONITOR_CODE", minh.at(datetime.now(UTC)))
    assert "2 điều chỉnh được áp dụng" in run("period", "approve-reopen", *MARCH, "--as", "minh").out
    assert (
        run("period", "adjustments", *MARCH).out == "Đơn vị XA-VP, tháng 2026-03: không có điều chỉnh chờ.\n"
    )
    told = json.loads(run("period", "adjustments", *MARCH, "--all", "--json").out)
    assert [row["applied_at"] is None for row in told] == [False, False]
    assert "đã mở lại" in run("period", "list").out
    assert run("verify").code == 0


def test_verify_names_the_unit_and_month_of_a_changed_record(office: Path, run: Run) -> None:
    assert run("period", "close", *MARCH).code == 0
    assert run("verify").code == 0
    with sqlite3.connect(office / "monitor.db") as connection:
        connection.execute("UPDATE session_record SET late_seconds = 0 WHERE late_seconds > 0")
    connection.close()
    done = run("verify")
    sentence = "Đơn vị XA-VP, tháng 2026-03: dữ liệu đã chốt không còn khớp dấu niêm (rows).\n"
    assert (done.code, done.err) == (1, sentence)


@pytest.mark.usefixtures("sunday")
def test_a_preview_shows_counts_and_rows_and_keeps_nothing(office: Path, run: Run) -> None:
    run("reconcile")
    (office / "new.toml").write_text(RULES, encoding="utf-8")
    before = (office / "monitor.db").read_bytes()
    done = run("import", "regulations", "new.toml", "--preview")
    assert done.code == 0, done.err
    assert "XA-VP: late → on_time: 1 buổi" in done.out
    assert "XA-VP  AN Lê Văn An  2026-03-02 Sáng: late 11/0/229 + → on_time 0/0/229 +" in done.out
    assert "không ghi gì: 1 buổi đổi kết quả" in done.out
    assert (office / "monitor.db").read_bytes() == before


@pytest.mark.usefixtures("sunday")
def test_a_preview_as_json_is_whole(office: Path, run: Run) -> None:
    run("reconcile")
    (office / "new.toml").write_text(RULES, encoding="utf-8")
    found = json.loads(run("import", "regulations", "new.toml", "--preview", "--json").out)
    assert [(row["person"], row["before"]["status"], row["after"]["status"]) for row in found["rows"]] == [
        ("AN", "late", "on_time")
    ]
    assert found["by_unit"] == {"XA-VP": [{"before": "late", "after": "on_time", "count": 1}]}
    assert (found["changed"], found["would_apply"]) == (1, True)
    (office / "same.csv").write_text("date,kind,name\n2030-01-01,off,Tết\n", encoding="utf-8")
    nothing = json.loads(run("import", "calendar", "same.csv", "--preview", "--json").out)
    assert (nothing["rows"], nothing["changed"]) == ([], 0)


def test_a_preview_of_a_faulty_file_names_the_fault_and_fails(office: Path, run: Run) -> None:
    (office / "bad.csv").write_text(
        "person,type,from,to\nX,leave,2026-03-02 07:00,2026-03-02 08:00\n", encoding="utf-8"
    )
    done = run("import", "excuses", "bad.csv", "--preview")
    assert done.code == 1
    assert "bad.csv" in done.err
