"""The command line as scripts rely on it: files in, verdicts out, exit codes and one clear sentence."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Run

SESSIONS = (
    "person,date,unit,session,start,end,in,out,status,late_minutes,early_minutes,worked_minutes,"
    "symbol,cong,reasons,rule_version"
)
DAY = ("--from", "2026-03-02", "--to", "2026-03-02")


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_files_in_verdicts_out(office: Path, run: Run) -> None:
    assert run("reconcile", *DAY, "--now", "2026-03-03 08:00:00").code == 0
    done = run("export", "sessions", *DAY, "--format", "csv")
    assert done.code == 0
    assert done.out.splitlines()[0] == SESSIONS
    rows = table(done.out)
    assert [(row["person"], row["session"], row["status"]) for row in rows] == [
        ("AN", "Sáng", "late"),
        ("AN", "Chiều", "on_time"),
        ("HANH", "Sáng", "absent"),
        ("HANH", "Chiều", "absent"),
    ]
    late = rows[0]
    assert (late["start"], late["end"]) == ("2026-03-02 07:30:00", "2026-03-02 11:30:00")
    assert (late["in"], late["out"]) == ("2026-03-02 07:40:01", "2026-03-02 11:30:00")
    assert (late["late_minutes"], late["worked_minutes"]) == ("11", "229")
    assert (late["symbol"], late["cong"], late["unit"]) == ("+", "0.5", "XA-VP")
    assert re.fullmatch("[0-9a-f]{12}", late["rule_version"])


def test_a_unit_means_its_subtree(office: Path, run: Run) -> None:
    run("reconcile", *DAY, "--unit", "XA", "--now", "2026-03-03 08:00:00")
    assert len(table(run("export", "sessions", *DAY, "--unit", "XA").out)) == 4
    refused = run("export", "sessions", *DAY, "--unit", "KHONG-CO")
    assert (refused.code, refused.err) == (1, "Không có đơn vị KHONG-CO.\n")


def test_reconcile_without_a_range_does_all_that_is_out_of_date(office: Path, run: Run) -> None:
    assert run("reconcile", "--now", "2026-03-03 08:00:00").code == 0
    assert len(table(run("export", "sessions", *DAY).out)) == 4
    assert run("export", "sessions", *DAY).err == ""


def test_an_export_before_reconcile_says_so_and_has_its_header(office: Path, run: Run) -> None:
    done = run("export", "sessions", *DAY)
    assert done.out == SESSIONS + "\n"
    assert "monitor reconcile" in done.err


def test_rebuild_gives_identical_rows(office: Path, run: Run) -> None:
    run("reconcile", "--now", "2026-03-03 08:00:00")
    before = run("export", "sessions", *DAY).out
    assert run("rebuild").code == 0
    assert run("export", "sessions", *DAY).out == before


def test_days_add_up_their_sessions(office: Path, run: Run) -> None:
    run("reconcile", *DAY, "--now", "2026-03-03 08:00:00")
    rows = table(run("export", "days", *DAY).out)
    assert [(row["person"], row["status"], row["cong"], row["symbols"]) for row in rows] == [
        ("AN", "late", "1", "+;+"),
        ("HANH", "absent", "0", "KP;KP"),
    ]
    assert (rows[0]["late_minutes"], rows[0]["worked_minutes"]) == ("11", str(229 + 210))


def test_punches_are_exported_with_unknown_ids_and_what_was_set_aside(office: Path, run: Run) -> None:
    (office / "odd.dat").write_text("1\t2000-01-01 00:00:09\t1\t0\t1\t0\n", encoding="utf-8")
    run("import", "punches", "odd.dat", "--terminal", "M1")
    rows = table(run("export", "punches", *DAY).out)
    assert [(row["device_user_id"], row["time"], row["person"]) for row in rows][:2] == [
        ("9", "2026-03-02 07:00:00", ""),
        ("1", "2026-03-02 07:40:01", "AN"),
    ]
    old = table(run("export", "punches", "--from", "2000-01-01", "--to", "2000-01-01").out)
    assert [(row["device_user_id"], row["flags"]) for row in old] == [("1", "quarantined;clock_reset")]


def test_the_three_formats_carry_the_same_rows(office: Path, run: Run) -> None:
    import openpyxl

    run("reconcile", *DAY, "--now", "2026-03-03 08:00:00")
    run("export", "sessions", *DAY, "--format", "xlsx", "--out", "s.xlsx")
    sheet = [list(row) for row in openpyxl.load_workbook("s.xlsx").worksheets[0].iter_rows(values_only=True)]
    objects = json.loads(run("export", "sessions", *DAY, "--format", "json").out)
    rows = table(run("export", "sessions", *DAY).out)
    assert sheet[0] == SESSIONS.split(",")
    assert [[str(value or "") for value in row] for row in sheet[1:]] == [
        ["" if value in {"0", 0} else value for value in row.values()] for row in rows
    ]
    assert [{key: str(value) for key, value in row.items()} for row in objects] == rows


def test_the_counts_of_a_punch_file_add_up(office: Path, run: Run) -> None:
    (office / "more.dat").write_text(
        "1\t2026-03-02 07:40:01\t1\t0\t1\t0\n\n1\t2026-02-30 07:00:00\t1\t0\t1\t0\n"
        "1\t2026-03-02 18:00:00\t1\t0\t1\t0\n",
        encoding="utf-8",
    )
    done = run("import", "punches", "more.dat", "--terminal", "M1", "--json")
    counts = json.loads(done.out.splitlines()[-1])
    assert counts == {"lines": 3, "stored": 1, "duplicates": 1, "quarantined": 1}


def test_a_file_tells_beforehand_whose_ids_nobody_knows_and_which_times_cannot_be(
    office: Path, run: Run
) -> None:
    (office / "odd.csv").write_text(
        "AC-No.,Name,Time,State\n1,,13/03/2026 07:40:01,C/In\n77,,13/03/2026 07:41:00,C/In\n"
        "77,,13/03/2026 17:41:00,C/Out\n88,,01/01/2000 00:12:40,C/In\n",
        encoding="utf-8",
    )
    done = run("import", "punches", "odd.csv", "--terminal", "M1", "--dry-run")
    assert done.err.splitlines() == [
        "odd.csv: ngày đọc theo thứ tự ngày/tháng/năm.",
        "odd.csv: 1 lượt bị cách ly vì đồng hồ máy về năm 2000.",
        "odd.csv: 3 lượt của 2 mã chưa gắn với ai (77, 88); vẫn lưu, gắn mã sau bằng: monitor badge map.",
    ]
    assert run("badge", "unknown", "--json").out.count("77") == 0


def test_a_dry_run_counts_and_stores_nothing(office: Path, run: Run) -> None:
    (office / "more.dat").write_text("1\t2026-03-02 18:00:00\t1\t0\t1\t0\n", encoding="utf-8")
    arguments = ("import", "punches", "more.dat", "--terminal", "M1", "--json")
    assert json.loads(run(*arguments, "--dry-run").out)["stored"] == 1
    assert json.loads(run(*arguments).out)["stored"] == 1


@pytest.mark.parametrize(
    ("covers", "status"),
    [
        ("", "pending"),
        ("2026-03-01/2026-03-02", "absent"),
        ("2026-03-02 00:00:00/2026-03-02 12:00:00", "pending"),
    ],
)
def test_a_file_covers_what_its_operator_says(run: Run, folder: Path, covers: str, status: str) -> None:
    for name in ("units.csv", "people.csv", "terminals.csv", "badges.csv", "regulations.toml"):
        run("import", name.partition(".")[0], name)
    option = ("--covers", covers) if covers else ()
    assert run("import", "punches", "attlog.dat", "--terminal", "M1", *option).code == 0
    run("reconcile", *DAY, "--now", "2026-03-03 08:00:00")
    rows = table(run("export", "sessions", *DAY).out)
    assert {row["status"] for row in rows if row["person"] == "HANH"} == {status}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("import", "punches", "attlog.dat", "--terminal", "M9"), "Không có máy chấm công M9."),
        (("import", "punches", "missing.dat", "--terminal", "M1"), "Không đọc được tệp missing.dat."),
        (
            ("import", "punches", "attlog.dat", "--terminal", "M1", "--covers", "all"),
            "--covers all: cần “log” hoặc “TỪ/ĐẾN” với thời điểm dạng YYYY-MM-DD HH:MM:SS.",
        ),
        (("pull", "M9"), "Không có máy chấm công M9."),
        (("account", "reset", "ai"), "Không có tài khoản ai."),
        (
            ("export", "timesheet", "--month", "2026-03", "--unit", "XA-VP", "--out", "x.doc"),
            "Không rõ định dạng của tệp x.doc: cần đuôi .xlsx, .pdf, .csv hoặc .json.",
        ),
        (("init", ".", "--tls"), "Đã có tệp cấu hình config.toml; không ghi đè."),
        (("init", "."), "Đã có tệp cấu hình config.toml; không ghi đè."),
        (("export", "sessions", *DAY, "--out", "no/where.csv"), "Không ghi được tệp no/where.csv: No such"),
    ],
)
def test_a_refusal_is_one_sentence_and_exit_code_1(
    office: Path, run: Run, arguments: tuple[str, ...], sentence: str
) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(sentence)
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("export", "sessions"),
        ("export", "sessions", "--from", "02/03/2026", "--to", "2026-03-02"),
        ("reconcile", "--from", "2026-03-02"),
        ("reconcile", "--now", "yesterday"),
        ("import", "punches", "attlog.dat"),
    ],
)
def test_wrong_use_is_exit_code_2(office: Path, run: Run, arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ("[web]\nprot = 80\n", "không có mục web.prot"),
        ("[wbe]\nport = 80\n", "không có mục wbe"),
        ("folder = '/'\n", "không có mục folder"),
        ("[web]\nport = 80000\n", "mục web.port: giá trị không hợp lệ"),
        ("[web]\nhost = 'example.org'\n", "mục web.host"),
        ("[web]\nhost = '0.0.0.0'\n", "địa chỉ 0.0.0.0 không phải máy cục bộ"),
        ("[web]\nsecret_key = 'change-me-change-me-change-me'\n", "vẫn là giá trị mẫu"),
        ("[web]\nsecret_key = 'k7Hq2'\n", "quá ngắn"),
        ("[web\n", "không đọc được"),
        ("[database]\nurl = 'mysql://x/y'\n", "mục database.url"),
        ("[site]\ntimezone = 'Asia/Hanoi'\n", "mục site.timezone"),
        ("[terminals]\nallowed_networks = ['192.168.1.1/24']\n", "mục terminals.allowed_networks.0"),
    ],
)
def test_a_wrong_configuration_is_named_by_its_key(
    folder: Path, run: Run, config: str, sentence: str
) -> None:
    (folder / "config.toml").write_text(config, encoding="utf-8")
    done = run("verify")
    assert done.code == 1
    assert sentence in done.err
    assert done.err.count("\n") == 1


def test_a_missing_configuration_is_named(folder: Path, run: Run) -> None:
    done = run("--config", "elsewhere.toml", "verify")
    assert (done.code, done.err) == (1, "Không tìm thấy tệp cấu hình elsewhere.toml.\n")


def test_the_same_sentence_in_english(folder: Path, run: Run) -> None:
    done = run("--language", "en", "--config", "elsewhere.toml", "verify")
    assert done.err == "Configuration file elsewhere.toml not found.\n"


def test_a_database_without_tables_is_refused_until_migrated(folder: Path, run: Run) -> None:
    (folder / "config.toml").write_text('[database]\nurl = "sqlite:///new.db"\n', encoding="utf-8")
    assert run("verify").err == "Cơ sở dữ liệu chưa có bảng; hãy chạy: monitor migrate.\n"
    assert run("migrate").code == 0
    assert run("verify").code == 0


def test_init_makes_an_installation_with_a_calendar_and_one_token(folder: Path, run: Run) -> None:
    done = run("init", "office")
    assert (done.code, done.err) == (0, "")
    token = done.out.split()[-1]
    assert len(token) >= 16
    assert token not in (folder / "office" / "config.toml").read_text(encoding="utf-8")
    checked = run("--config", "office/config.toml", "verify")
    assert checked.code == 0
    advice = run("--config", "office/config.toml", "doctor").out
    assert "regulations.toml" in advice


def test_verify_finds_a_changed_audit_entry(office: Path, run: Run) -> None:
    from monitor.store.driver import sqlite3

    assert run("verify").code == 0
    with sqlite3.connect(office / "monitor.db") as connection:
        connection.execute("DROP TRIGGER append_only_audit_entry_update")
        connection.execute("UPDATE audit_entry SET detail = '{}' WHERE id = 2")
    connection.close()
    done = run("verify")
    assert (done.code, done.err) == (
        1,
        "Nhật ký bị sửa hoặc mất: mắt xích sai đầu tiên là mục 2.\n",
    )


def test_doctor_warns_when_four_marks_meet_a_two_punch_office(office: Path, run: Run) -> None:
    lines = [
        f"1\t2026-03-{day:02} {time}:00\t1\t0\t1\t0\n" for day in range(2, 31) for time in ("07:20", "17:05")
    ]
    (office / "two.dat").write_text("".join(lines), encoding="utf-8")
    run("import", "punches", "two.dat", "--terminal", "M1", "--covers", "2026-03-01/2026-03-31")
    run("reconcile", "--from", "2026-03-02", "--to", "2026-03-31", "--now", "2026-04-01 08:00:00")
    assert "Đơn vị XA-VP" in run("doctor").out


def test_an_import_error_names_line_and_column(folder: Path, run: Run) -> None:
    (folder / "bad.csv").write_text("code,name,parent\nA,Phòng A,KHONG-CO\n", encoding="utf-8")
    done = run("import", "units", "bad.csv")
    assert done.code == 1
    assert "bad.csv" in done.err
    assert "2" in done.err
    assert "parent" in done.err
    assert "KHONG-CO" in done.err


BIOTIME = "emp_code,punch_time,punch_state,verify_type,terminal_sn\n"


def test_a_file_that_names_another_terminal_is_refused(office: Path, run: Run) -> None:
    rows = "1,2026-03-02 18:00:00,0,1,SN-A\n1,2026-03-02 18:00:05,0,1,SN-B\n"
    (office / "two.csv").write_text(BIOTIME + rows, encoding="utf-8")
    done = run("import", "punches", "two.csv", "--terminal", "M1")
    assert (done.code, done.err) == (
        1,
        "Tệp có lượt chấm của máy số sê-ri SN-A, SN-B, không phải của máy M1; không ghi gì.\n",
    )
