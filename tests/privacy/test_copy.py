"""Everybody can have everything that is stored about them, and nothing about anybody else."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine, text

from monitor.config import Settings
from monitor.privacy import Copy, PrivacyRefused, copy_of, parts_of
from monitor.store.session import reading, transaction
from monitor.store.tables import metadata
from tests.office import at, rows
from tests.privacy.conftest import SICK

NOW = at("2026-03-05 08:00")
ELSEWHERE = {
    "pending_adjustment": "what may become of a verdict is shown with the verdict, once it has",
    "stale_span": "a queue",
    "retired_person": "nobody asks who has no name any more",
    "shown": "part `trail`",
    "legal_hold": "part `holds`",
    "report_officer": "a duty, as a document says; the trail names it",
    "campaign_member": "a duty; a campaign under seal must not be told, and the trail names the rest",
    "login_session": "a secret of the account",
    "credential": "a secret of the account",
    "recovery_code": "a secret of the account",
}
"""Tables with a person or an account whose rows are no part of their own name, and why."""


def copied(engine: Engine, settings: Settings, language: str = "vi") -> Copy:
    return copy_of(engine, "AN", now=NOW, actor="an", settings=settings, language=language)


def opened(copy: Copy) -> dict[str, str]:
    with ZipFile(BytesIO(copy.content)) as folder:
        return {name: folder.read(name).decode() for name in folder.namelist()}


def test_a_copy_is_a_page_tables_and_json_with_the_same_rows(left: Engine, settings: Settings) -> None:
    files = opened(copied(left, settings))
    data = json.loads(files["data.json"])

    assert data["person"] == [{"code": "AN", "name": "Lê Văn An"}]
    assert [row["time"] for row in data["punches"]][:2] == ["2026-02-23 07:25:00", "2026-02-23 11:31:00"]
    assert len(data["punches"]) == 12
    assert data["excuses"][0]["document"] == SICK  # one's own reasons are one's own
    assert {row["status"] for row in data["sessions"]} == {"on_time", "excused", "absent"}
    assert len([name for name in files if name.endswith(".csv")]) == len(data)
    assert files["07-punches.csv"].startswith("\ufeffLúc,Máy,")
    assert "Ốm, điều dưỡng" in files["index.html"]


def test_a_copy_holds_nothing_about_anybody_else(left: Engine, settings: Settings) -> None:
    text_of_all = "".join(opened(copied(left, settings)).values())
    assert [word for word in ("BINH", "Trần Thị Bình", "Phạm Minh Đức") if word in text_of_all] == []


def test_fetching_a_copy_is_told_with_its_hash_and_shown_to_the_person(
    left: Engine, settings: Settings
) -> None:
    from hashlib import sha256

    copy = copied(left, settings)
    ((actor, subject, detail),) = rows(
        left, "SELECT actor, subject, detail FROM audit_entry WHERE action = 'export_person'"
    )
    assert (actor, subject) == ("an", "person:AN")
    assert json.loads(str(detail))["sha256"] == sha256(copy.content).hexdigest()
    assert "export_person" in opened(copied(left, settings))["data.json"]


@pytest.mark.parametrize("written", ["=1+1", "+84", "-1", "@SUM(A1)", "\tx"])
def test_no_cell_of_a_table_is_a_formula(left: Engine, settings: Settings, written: str) -> None:
    with transaction(left) as session:
        session.connection().execute(text("UPDATE excuse SET document = :it"), {"it": written})
    files = opened(copied(left, settings))
    assert f"'{written}" in next(text for name, text in files.items() if "excuses" in name)


def test_a_name_is_text_on_the_page_whatever_it_looks_like(left: Engine, settings: Settings) -> None:
    with transaction(left) as session:
        session.connection().execute(text("UPDATE person SET name = '<script>x</script>' WHERE id = 1"))
    assert "<script>" not in opened(copied(left, settings))["index.html"]


def test_every_table_about_a_person_is_in_the_copy_or_has_a_reason(left: Engine, settings: Settings) -> None:
    with reading(left) as session:
        parts = {part.name for part in parts_of(session, 1, "Asia/Ho_Chi_Minh")}
    named = {
        "posting": "postings",
        "badge": "badges",
        "account": "accounts",
        "access_grant": "grants",
        "session_record": "sessions",
        "day_record": "days",
        "overtime_record": "overtime",
        "excuse": "excuses",
        "exempt_finding": "findings",
        "allowance": "allowances",
        "roster_entry": "roster",
        "manual_punch": "manual",
        "explained_day": "explained",
        "day_case": "cases",
        "written_reminder": "reminders",
        "regulation_target": "regulations",
        "removed_roster_entry": "roster_removed",
        "meeting_invitation": "meetings",
        "meeting_arrival": "meetings",
        "notice_address": "notice_address",
        "notice_choice": "notice_choice",
        "outgoing_message": "notices",
        "visit_person": "visits",
        "visit_mark": "visit_marks",
        "visit_reason": "visit_reasons",
        "month_reply": "month_replies",
        "finding": "followed",
        "citizen_report": "citizen_reports",
        "commendation": "commendations",
    }
    about = {
        name
        for name, table in metadata.tables.items()
        if {"person_id", "account_id"} & {column.name for column in table.columns}
    }
    assert about - ELSEWHERE.keys() - named.keys() == set()
    of_an_excuse = {"excuse_entries"}
    of_a_finding = {"followed_steps"}
    of_a_case = {"case_notes", "papers", "decisions"}  # their rows name the case, and it the person
    assert (
        set(named.values())
        | of_a_case
        | of_an_excuse
        | of_a_finding
        | {"person", "holds", "punches", "trail"}
        == parts
    )


def test_a_person_nobody_knows_is_refused(left: Engine, settings: Settings) -> None:
    with pytest.raises(PrivacyRefused, match="person_unknown"):
        copy_of(left, "NOBODY", now=NOW, actor="an", settings=settings, language="vi")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_word_of_a_copy_is_known(left: Engine, settings: Settings, language: str) -> None:
    everything = "".join(opened(copied(left, settings, language)).values())
    assert "copy_" not in everything
