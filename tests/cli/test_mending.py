"""Mending what was delivered from the command line: lists, decisions, refusals in one sentence."""

import json
from pathlib import Path

from tests.cli.conftest import Run

DAY = ("--from", "2026-03-02", "--to", "2026-03-02")
FUTURE = "        1\t2099-01-01 07:30:00\t1\t0\t1\t0\n        1\t2000-01-01 00:10:00\t1\t0\t1\t0\n"


def waiting(run: Run, *options: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run("quarantine", "list", "--json", *options).out)
    return found


def test_an_import_is_listed_and_undone_and_counts_again_when_imported_again(office: Path, run: Run) -> None:
    assert "attlog.dat" in run("import", "list").out
    run("reconcile", *DAY, "--now", "2026-03-03 08:00:00")
    before = run("export", "sessions", *DAY).out
    done = run("import", "undo", "1", "--reason", "nhầm máy", "--json")
    assert json.loads(done.out) == {"id": 1, "withheld": 5, "withdrawn": 0}
    run("reconcile", *DAY, "--now", "2026-03-03 08:00:00")
    assert ",late," not in run("export", "sessions", *DAY).out
    assert run("export", "punches", *DAY).out.count(",undone") == 5
    assert "nhầm máy" in run("import", "list").out
    assert json.loads(run("import", "list", "--json").out)[0]["undone_by"].startswith("cli:")
    again = run("import", "undo", "1", "--reason", "x")
    assert (again.code, again.err) == (1, "Lần nạp 1 (attlog.dat) đã được huỷ trước đó.\n")
    run("import", "punches", "attlog.dat", "--terminal", "M1")
    run("reconcile", *DAY, "--now", "2026-03-03 08:00:00")
    assert run("export", "sessions", *DAY).out == before


def test_records_that_were_set_aside_are_listed_corrected_and_dismissed(office: Path, run: Run) -> None:
    (office / "odd.dat").write_text(FUTURE)
    assert run("import", "punches", "odd.dat", "--terminal", "M1").code == 0
    assert [row["reason"] for row in waiting(run, "--terminal", "M1")] == ["in_the_future", "clock_reset"]
    ahead, reset = (str(row["id"]) for row in waiting(run))
    refused = run("quarantine", "release", ahead, "--reason", "x")
    assert (refused.code, "2099-01-01 07:30:00" in refused.err) == (1, True)
    assert run("quarantine", "dismiss", ahead, "--reason", "sai").code == 0
    assert run("quarantine", "correct", reset, "--time", "2026-03-02 06:00:00", "--reason", "pin").code == 0
    assert waiting(run) == []
    assert run("quarantine", "list").out == "Không có bản ghi nào đang chờ.\n"
    assert [row["decision"] for row in waiting(run, "--all")] == ["dismissed", "corrected"]
    assert "2026-03-02 06:00:00,1,0,AN" in run("export", "punches", *DAY).out
    assert "repaired" in run("export", "punches", *DAY).out


def test_a_correction_needs_a_shift_or_a_time(office: Path, run: Run) -> None:
    assert run("quarantine", "correct", "1", "--reason", "x").code == 2


def test_unknown_ids_are_listed_and_mapped(office: Path, run: Run) -> None:
    (one,) = json.loads(run("badge", "unknown", "--since", "2026-01-01", "--json").out)
    assert (one["terminal"], one["device_user_id"], one["punches"]) == ("M1", "9", 1)
    taken = run("badge", "map", "M1", "1", "HANH")
    assert (taken.code, taken.err) == (
        1, "Mã 1 tại máy M1 trong thời gian này đã là của AN; chưa đổi gì.\n",
    )  # fmt: skip
    assert run("badge", "map", "M1", "9", "HANH", "--from", "2026-01-01").code == 0
    assert run("badge", "unknown", "--since", "2026-01-01").out == (
        "Mọi mã người dùng trên máy đều đã biết của ai.\n"
    )


def test_a_terminal_is_switched_off_and_on_and_an_unknown_one_is_refused(office: Path, run: Run) -> None:
    assert run("terminal", "switch", "M1", "off", "--reason", "sửa").code == 0
    assert run("terminal", "switch", "M1", "on", "--reason", "xong").code == 0
    assert run("terminal", "waiting").out == "Không có máy nào chờ duyệt.\n"
    assert run("terminal", "approve", "SN9", "--code", "P1", "--name", "Cổng").code == 1
    assert run("terminal", "reject", "SN9", "--reason", "x").code == 1
    assert run("quarantine", "list", "--terminal", "XX").err == "Không có máy chấm công XX.\n"


def test_doctor_tells_of_records_that_wait(office: Path, run: Run) -> None:
    (office / "odd.dat").write_text(FUTURE)
    run("import", "punches", "odd.dat", "--terminal", "M1")
    assert "Máy M1 có 2 bản ghi bị cách ly đang chờ xử lý." in run("doctor").out
