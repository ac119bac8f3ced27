"""`monitor export timesheet` and the code under a sheet, as HR and an inspector run them."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from monitor.config import load_settings
from monitor.periods import approve_reopening, request_reopening
from monitor.store.driver import sqlite3
from monitor.store.session import open_database
from tests.cli.conftest import Run

pytestmark = pytest.mark.slow

MARCH = ("--unit", "XA-VP", "--month", "2026-03")


def export(run: Run, out: str, *more: str) -> tuple[int, str, str]:
    done = run("export", "timesheet", *MARCH, "--out", out, *more)
    return done.code, done.out, done.err


def close(run: Run) -> str:
    """Close March; gives the code that its sheet carries."""
    assert run("period", "close", *MARCH).code == 0
    assert export(run, "closed.json", "--final")[0] == 0
    code = json.loads(Path("closed.json").read_text(encoding="utf-8"))["units"][0]["code"]
    assert len(code) == 19
    return str(code)


def test_the_suffix_says_which_file_is_written(office: Path, run: Run) -> None:
    run("reconcile")
    for suffix in ("xlsx", "pdf", "csv", "json"):
        code, out, _err = export(run, f"a.{suffix}")
        assert (code, out) == (0, f"Đã ghi a.{suffix}: 1 đơn vị, 2 người.\n")
    assert openpyxl.load_workbook(office / "a.xlsx").sheetnames[0] == "XA-VP"
    assert (office / "a.pdf").read_bytes().startswith(b"%PDF")
    rows = list(csv.DictReader((office / "a.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["person"], row["d02"]) for row in rows] == [("HANH", "KP"), ("AN", "+")]
    assert json.loads((office / "a.json").read_text(encoding="utf-8"))["units"][0]["unit"] == "XA-VP"


def test_an_unfinished_month_is_a_draft_and_never_final(office: Path, run: Run) -> None:
    with sqlite3.connect(office / "monitor.db") as connection:
        connection.execute("DELETE FROM coverage_interval")
    connection.close()
    run("reconcile", "--from", "2026-03-02", "--to", "2026-03-02")
    code, _out, err = export(run, "a.xlsx")
    assert (code, err.startswith("Bản nháp: ")) == (0, True)
    page = openpyxl.load_workbook(office / "a.xlsx")["XA-VP"]
    assert "BẢN NHÁP" in {cell.value for row in page.iter_rows() for cell in row}
    code, _out, err = export(run, "b.xlsx", "--final")
    assert (code, (office / "b.xlsx").exists()) == (1, False)
    assert err == "Đơn vị XA-VP, tháng 2026-03: chưa chốt công; không xuất bản chính thức (--final).\n"


def test_the_code_under_a_closed_sheet_is_checked(office: Path, run: Run) -> None:
    run("reconcile")
    code = close(run)
    done = run("verify", "--code", code.lower().replace("-", " "), *MARCH)
    assert (done.code, done.err) == (0, "")
    assert f"Mã {code} đúng: đơn vị XA-VP, tháng 2026-03" in done.out
    assert "Mẫu số C01-HD. Cột 32, Số công hưởng lương thời gian: 1\n" in done.out
    for wrong in (("--code", code, "--month", "2026-02"), ("--code", "0" * 16)):
        refused = run("verify", *wrong)
        assert (refused.code, "Không có lần chốt công nào" in refused.err) == (1, True)
    assert "không phải mã kiểm tra" in run("verify", "--code", "123").err
    assert run("verify", "--month", "2026-03").code == 2


def test_the_code_of_changed_rows_no_longer_holds(office: Path, run: Run) -> None:
    run("reconcile")
    code = close(run)
    with sqlite3.connect(office / "monitor.db") as connection:
        connection.execute("UPDATE session_record SET cong = 0.5 WHERE symbol = 'KP'")
    connection.close()
    done = run("verify", "--code", code)
    assert (done.code, done.out) == (1, "")
    assert "không còn khớp dấu niêm (rows)" in done.err


def test_the_code_of_a_reopened_month_is_void(office: Path, run: Run) -> None:
    run("reconcile")
    code = close(run)
    reopen(office)
    done = run("verify", "--code", code)
    assert (done.code, "tờ giấy này không còn hiệu lực" in done.err) == (1, True)
    assert run("period", "close", *MARCH).code == 0
    assert run("verify", "--code", code).code == 1
    again = run("period", "list", "--json")
    newest = str(json.loads(again.out)[0]["seal"])[:16]
    assert run("verify", "--code", newest).code == 0


def reopen(office: Path) -> None:
    """Two people agree to open March again."""
    settings = load_settings(office / "config.toml")
    engine = open_database(settings.database_url)
    now = datetime.now(UTC)
    request_reopening(engine, "XA-VP", "2026-03", reason="Sót công", requested_by="lan", now=now)
    approve_reopening(engine, "XA-VP", "2026-03", approved_by="minh", now=now, settings=settings)
    engine.dispose()


def test_an_export_leaves_a_trace_of_whose_data_it_holds(office: Path, run: Run) -> None:
    run("reconcile")
    export(run, "a.csv")
    with sqlite3.connect(office / "monitor.db") as connection:
        subject, detail = connection.execute(
            "SELECT subject, detail FROM audit_entry WHERE action = 'export' ORDER BY id DESC"
        ).fetchone()
    connection.close()
    told = json.loads(detail)
    assert (subject, told["what"], told["people"]) == ("unit:XA-VP", "timesheet.c01-hd.csv", 2)
    assert run("verify").code == 0
