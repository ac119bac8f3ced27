"""The trail, retention and copies from the command line."""

import json
from pathlib import Path
from zipfile import ZipFile

from tests.cli.conftest import Run

DAYS = ("--from", "2026-03-02", "--to", "2026-03-02")


def test_an_export_is_in_the_trail_of_everybody_in_it(office: Path, run: Run) -> None:
    assert run("reconcile", *DAYS).code == 0
    assert run("export", "days", *DAYS, "--out", "days.csv").code == 0

    (entry,) = json.loads(run("trail", "--person", "AN", "--json").out)
    assert (entry["action"], entry["first_day"], entry["last_day"]) == ("export", "2026-03-02", "2026-03-02")
    assert entry["detail"]["rows"] == 2
    assert len(entry["detail"]["sha256"]) == 64
    assert "export" in run("trail", "--action", "export").out


def test_the_head_of_the_trail_is_printed_and_asked_for_again(office: Path, run: Run) -> None:
    noted = json.loads(run("verify", "--json").out)
    assert run("import", "people", "people.csv").code == 0

    assert run("verify", "--head", noted["head"]).code == 0
    lost = run("verify", "--head", "f" * 64)
    assert (lost.code, lost.out) == (1, "")
    assert "đã bị cắt hoặc thay" in lost.err


def test_a_hold_is_placed_listed_and_released(office: Path, run: Run) -> None:
    assert run("privacy", "hold", "AN", "--reason", "Khiếu nại").code == 0
    assert "Khiếu nại" in run("privacy", "holds").out
    assert run("privacy", "release", "AN", "--reason", "Xong").code == 0
    assert run("privacy", "holds").out == "Không ai đang được giữ dữ liệu.\n"
    assert "Xong" in run("privacy", "holds", "--all").out


def test_nothing_is_due_while_everybody_is_there(office: Path, run: Run) -> None:
    assert json.loads(run("privacy", "review", "--json").out) == {"people": [], "entries": 0, "reports": 0}
    assert run("privacy", "review").out == "0 người, 0 mục nhật ký và 0 phản ánh đã hết hạn giữ.\n"
    done = json.loads(run("privacy", "pseudonymise", "--dry-run", "--json").out)
    assert done == {"people": {}, "entries": 0, "reports": 0, "applied": False}
    refused = run("privacy", "pseudonymise", "--person", "AN")
    assert (refused.code, refused.err) == (1, "Dữ liệu của AN chưa hết hạn giữ, hoặc đã ẩn danh rồi.\n")


def test_a_copy_is_written_and_told(office: Path, run: Run) -> None:
    assert run("privacy", "export-person", "AN", "--out", "an.zip").code == 0
    with ZipFile(office / "an.zip") as folder:
        assert "index.html" in folder.namelist()
    assert "export_person" in run("trail", "--person", "AN").out
    assert run("privacy", "export-person", "NOBODY", "--out", "x.zip").code == 1


def test_counts_of_a_small_office_are_all_hidden(office: Path, run: Run) -> None:
    assert run("reconcile", *DAYS).code == 0
    lines = run("export", "aggregates", "--month", "2026-03").out.splitlines()
    assert lines[0] == "month,unit,unit_name,status,people"
    assert [line for line in lines[1:] if not line.endswith(",")] == []
