"""monitor calendar: a draft to correct, and proposed days that only a document makes count."""

import json
from pathlib import Path

from tests.cli.conftest import Run

OFF = "2026-03-02"
PROPOSED = (
    "date,kind,name,for_date,scope,document,status\n"
    f"{OFF},off,Nghỉ hoán đổi,,,dự kiến,P\n2026-03-07,makeup,Làm bù,{OFF},,dự kiến,P\n"
)
SPAN = ("--from", OFF, "--to", "2026-03-07", "--document", "15/TB-BNV")


def exported(run: Run) -> list[str]:
    assert run("reconcile", "--from", OFF, "--to", "2026-03-07").code == 0
    return run("export", "sessions", "--from", OFF, "--to", OFF).out.splitlines()[1:]


def propose(run: Run, folder: Path, content: str = PROPOSED) -> None:
    (folder / "calendar.csv").write_text(content, encoding="utf-8")
    assert run("import", "calendar", "calendar.csv").code == 0


def test_a_draft_is_written_once_and_can_be_imported_as_it_is(run: Run, office: Path) -> None:
    first = run("calendar", "draft", "2028", "--out", "lich.csv")
    assert first.code == 0
    assert "2028" in first.out
    again = run("calendar", "draft", "2028", "--out", "lich.csv")
    assert again.code == 1
    assert "lich.csv" in again.err
    assert run("calendar", "draft", "2028").out == (office / "lich.csv").read_text(encoding="utf-8")
    assert run("import", "calendar", "lich.csv").code == 0


def test_a_year_that_cannot_be_drafted_is_refused_in_a_sentence(run: Run, office: Path) -> None:
    assert office.exists()
    outcome = run("calendar", "draft", "2014")
    assert outcome.code == 1
    assert "2015" in outcome.err


def test_a_proposed_day_counts_only_once_it_is_confirmed(run: Run, office: Path) -> None:
    propose(run, office)
    assert len(exported(run)) == 4
    done = run("calendar", "confirm", *SPAN)
    assert done.code == 0, done.err
    assert exported(run) == []
    stored = run("import", "calendar", "calendar.csv", "--dry-run", "--json")
    assert json.loads(stored.out)["changed"] == 2  # F and the new document are what is stored


def test_a_preview_of_a_confirmation_says_who_would_change_and_keeps_nothing(run: Run, office: Path) -> None:
    propose(run, office)
    before = exported(run)
    seen = json.loads(run("calendar", "confirm", *SPAN, "--preview", "--json").out)
    assert seen["would_apply"]
    assert {(row["person"], row["date"], row["session"]) for row in seen["rows"] if row["after"] is None} == {
        (person, OFF, session) for person in ("AN", "HANH") for session in ("Sáng", "Chiều")
    }
    assert exported(run) == before


def test_a_make_up_day_is_not_confirmed_without_the_day_it_stands_for(run: Run, office: Path) -> None:
    propose(run, office)
    alone = run(
        "calendar", "confirm", "--from", "2026-03-07", "--to", "2026-03-07", "--document", "15/TB-BNV"
    )
    assert alone.code == 1
    assert OFF in alone.err


def test_a_units_own_days_are_confirmed_by_its_code_alone(run: Run, office: Path) -> None:
    propose(
        run,
        office,
        PROPOSED.replace("Nghỉ hoán đổi,,,", "Nghỉ hoán đổi,,XA-VP,").replace(
            f"{OFF},,dự", f"{OFF},XA-VP,dự"
        ),
    )
    assert run("calendar", "confirm", *SPAN).code == 1
    assert run("calendar", "confirm", *SPAN, "--unit", "XA-VP").code == 0
    assert exported(run) == []


def test_nothing_proposed_an_unknown_unit_and_a_missing_document_are_refused(run: Run, office: Path) -> None:
    assert "2026-03-07" in run("calendar", "confirm", *SPAN).err
    propose(run, office)
    assert "X9" in run("calendar", "confirm", *SPAN, "--unit", "X9").err
    blank = run("calendar", "confirm", *SPAN[:-1], " ")
    assert blank.code == 1
    assert "--document" in blank.err


def test_a_confirmation_is_told_to_the_audit_trail_with_its_document(run: Run, office: Path) -> None:
    from monitor.store.driver import sqlite3

    propose(run, office)
    assert run("calendar", "confirm", *SPAN).code == 0
    with sqlite3.connect(office / "monitor.db") as database:
        query = "SELECT detail FROM audit_entry WHERE subject = 'calendar' ORDER BY id DESC LIMIT 1"
        (detail,) = database.execute(query).fetchone()
    told = json.loads(detail)
    assert (told["file"], told["changed"]) == ("15/TB-BNV", 2)
