"""An office made of files, and the program run as a person runs it."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.cli import main

FILES = {
    "units.csv": (
        "code,name,parent,public_facing,bloc,valid_from,valid_to\nXA,UBND xã,,0,,,\nXA-VP,Văn phòng,XA,1,,,\n"
    ),
    "people.csv": (
        "code,name,unit,position,role,valid_from,valid_to\n"
        "AN,Lê Văn An,XA-VP,Chuyên viên,staff,2026-01-01,\n"
        "HANH,Nguyễn Thị Hạnh,XA-VP,Chánh văn phòng,head,2026-01-01,\n"
    ),
    "terminals.csv": (
        "code,name,kind,host,port,serial,unit,timezone,direction,comm_key,push,installed_on\n"
        "M1,Cổng chính,file,,,,XA,,,,,\n"
    ),
    "badges.csv": "person,terminal,device_user_id,valid_from,valid_to\nAN,M1,1,,\nHANH,*,4,,\n",
    "coverage.csv": "terminal,from,to\nM1,2026-03-02 00:00:00,2026-03-02 23:59:59\n",
    "regulations.toml": """
[[regulation]]
code = "hanh-chinh"
title = "Giờ hành chính"
document = "Quyết định số 12/QĐ-UBND"
valid_from = 2026-03-01
applies_to = ["*"]
marks = 4
grace_late_minutes = 5

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
""",
    "attlog.dat": (
        "        1\t2026-03-02 07:40:01\t1\t0\t1\t0\n"
        "        1\t2026-03-02 11:30:00\t1\t0\t1\t0\n"
        "        1\t2026-03-02 13:30:00\t1\t0\t1\t0\n"
        "        1\t2026-03-02 17:00:00\t1\t0\t1\t0\n"
        "        9\t2026-03-02 07:00:00\t1\t0\t1\t0\n"
    ),
}
ORDER = ("units.csv", "people.csv", "terminals.csv", "badges.csv", "coverage.csv", "regulations.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a command left: its exit code and what it wrote."""

    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def folder(tmp_path: Path, sqlite_url: str) -> Path:
    """The office's files, a configuration and a migrated database beside it."""
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "config.toml").write_text('[database]\nurl = "sqlite:///monitor.db"\n', encoding="utf-8")
    assert sqlite_url.endswith(str(tmp_path / "monitor.db"))
    return tmp_path


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run `monitor ARGUMENTS` in the folder and give what came of it."""
    monkeypatch.chdir(folder)
    for name in ("MONITOR_CONFIG", "MONITOR_LANGUAGE", "MONITOR_LOG"):
        monkeypatch.delenv(name, raising=False)

    def command(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["monitor", *arguments])
        capfd.readouterr()
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        sys.stdout.flush()
        written = capfd.readouterr()
        return Outcome(code=code, out=written.out, err=written.err)

    return command


@pytest.fixture
def office(run: Run, folder: Path) -> Path:
    """The same folder with all of its files imported."""
    for name in ORDER:
        done = run("import", name.partition(".")[0], name)
        assert done.code == 0, done.err
    assert run("import", "punches", "attlog.dat", "--terminal", "M1").code == 0
    assert os.fspath(folder)
    return folder
