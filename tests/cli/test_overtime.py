"""Overtime from a roster file to the export, and what a finding does to exempt staff."""

from pathlib import Path

from tests.cli.conftest import Run

DAY = ("--from", "2026-03-02", "--to", "2026-03-02")
HEADER = "person,date,unit,class,from,to,present_from,present_to,overtime_minutes,night_minutes"


def overtime(run: Run, folder: Path, rows: str) -> list[str]:
    (folder / "roster.csv").write_text("person,kind,from,to,place,document\n" + rows, encoding="utf-8")
    assert run("import", "roster", "roster.csv").code == 0
    assert run("reconcile", *DAY).code == 0
    return run("export", "overtime", *DAY).out.splitlines()


def test_overtime_worked_is_exported_with_its_class_and_minutes(run: Run, office: Path) -> None:
    punches = "1\t2026-03-02 22:31:30\t1\t0\t1\t0\n1\t2026-03-02 18:31:00\t1\t0\t1\t0\n"
    (office / "late.dat").write_text(punches, encoding="utf-8")
    assert run("import", "punches", "late.dat", "--terminal", "M1").code == 0
    early = "HANH,overtime,2026-03-02 18:00,2026-03-02 19:00,,\n"
    rows = overtime(run, office, "AN,overtime,2026-03-02 19:00,2026-03-02 23:00,,\n" + early)
    assert rows == [
        HEADER,
        "AN,2026-03-02,XA-VP,workday,2026-03-02 19:00:00,2026-03-02 23:00:00,"
        "2026-03-02 19:00:00,2026-03-02 22:31:30,211,31",
        "HANH,2026-03-02,XA-VP,workday,2026-03-02 18:00:00,2026-03-02 19:00:00,,,0,0",
    ]


def test_without_overtime_the_header_is_there_alone(run: Run, office: Path) -> None:
    assert overtime(run, office, "AN,release,2026-03-03 07:00,2026-03-03 18:00,,\n") == [HEADER]


def test_a_finding_makes_an_exempt_session_absent(run: Run, office: Path) -> None:
    regulation = (office / "regulations.toml").read_text(encoding="utf-8").replace("marks = 4", "marks = 0")
    (office / "regulations.toml").write_text(regulation, encoding="utf-8")
    assert run("import", "regulations", "regulations.toml").code == 0
    finding = "person,from,to,document\nAN,2026-03-02 09:00,2026-03-02 09:05,Biên bản 4\n"
    (office / "findings.csv").write_text(finding, encoding="utf-8")
    assert run("import", "findings", "findings.csv").code == 0
    assert run("reconcile", *DAY).code == 0
    exported = run("export", "sessions", *DAY).out.splitlines()[1:]
    cells = [row.split(",") for row in exported]
    assert [(row[0], row[3], row[8], row[12]) for row in cells] == [
        ("AN", "Sáng", "absent", "KP"),
        ("AN", "Chiều", "exempt", "+"),
        ("HANH", "Sáng", "exempt", "+"),
        ("HANH", "Chiều", "exempt", "+"),
    ]
