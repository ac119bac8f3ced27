"""A person's explanations and papers are in the copy, and are forgotten when their time is over."""

import json
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine, text

from monitor.cases import Decision, examined
from monitor.config import Privacy, Settings
from monitor.privacy import copy_of, pseudonymise
from monitor.store.session import transaction
from tests.cases.cast import DAY, NOW, decided, furnish, said
from tests.cases.conftest import furnished_office, office
from tests.cases.files import PDF
from tests.cases.test_deciding import REMIND
from tests.office import rows

__all__ = ["furnished_office", "office"]

WORDS = ("Đau dạ dày", "Chị Lan thấy", "Giấy ra viện", "Nhắc lần đầu", "Xem lại giấy")


@pytest.fixture
def told(office: Engine) -> Engine:
    """Bình has explained, handed in a paper, was reminded, and everything was decided."""
    said(office, "binh", kind="sick", body=WORDS[0], paper=examined(f"{WORDS[2]}.pdf", PDF, 10_000))
    said(office, "binh", kind="forgot", asked_time=DAY * 86_400 + 27_000, body="x", witness=WORDS[1])
    assert REMIND.reminding is not None
    reminding = replace(REMIND, reminding=replace(REMIND.reminding, body=WORDS[3]))
    decided(office, "hanh", "BINH", reminding)
    decided(office, "hanh", "BINH", Decision(kind="revoke", reason=WORDS[4]))
    return office


def test_the_copy_holds_the_thread_the_papers_and_the_reminders(told: Engine, settings: Settings) -> None:
    copy = copy_of(told, "BINH", now=NOW, actor="binh", settings=settings, language="vi")
    with ZipFile(BytesIO(copy.content)) as folder:
        data = json.loads(folder.read("data.json"))
        assert folder.read(f"giay-to/00001-{WORDS[2]}.pdf") == PDF
    assert data["cases"][0]["case_state"] == "explained"
    assert [note["body"] for note in data["case_notes"]] == [WORDS[0], "x", "", WORDS[4]]
    assert data["case_notes"][1]["asked_time"] == "2026-02-25 07:30:00"
    assert data["papers"][0]["file"] == f"{WORDS[2]}.pdf"
    assert [one["kind"] for one in data["decisions"]] == ["remind", "revoke"]
    assert data["reminders"][0]["body"] == WORDS[3]


def test_nobody_else_s_copy_holds_any_of_it(told: Engine, settings: Settings) -> None:
    copy = copy_of(told, "AN", now=NOW, actor="an", settings=settings, language="vi")
    with ZipFile(BytesIO(copy.content)) as folder:
        assert not [name for name in folder.namelist() if name.startswith("giay-to")]
        assert WORDS[0] not in folder.read("data.json").decode()


def test_words_and_papers_are_forgotten_and_what_was_decided_stays(told: Engine) -> None:
    with transaction(told) as session:
        session.connection().execute(text("UPDATE posting SET valid_to = '2026-02-27' WHERE person_id = 2"))
    later = NOW + timedelta(days=6 * 366)
    limits = Privacy(punches_years=0, records_years=0, accounts_years=0)
    done = pseudonymise(told, limits=limits, today=later.date(), now=later, actor="cli:lan")
    assert done.people == {"BINH": ("explanations",)}

    left = [
        *rows(told, "SELECT body, witness FROM case_note"),
        *rows(told, "SELECT name, content FROM attachment"),
        *rows(told, "SELECT reason FROM case_decision"),
        *rows(told, "SELECT body FROM written_reminder"),
    ]
    assert {value for row in left for value in row} == {"", b""}
    assert rows(told, "SELECT kind FROM case_decision") == [("remind",), ("revoke",)]
    again = pseudonymise(told, limits=limits, today=later.date(), now=later, actor="cli:lan")
    assert again.people == {}


def test_on_both_databases_a_thread_can_be_emptied(engine: Engine) -> None:
    furnish(engine)
    said(engine, "binh", body=WORDS[0], paper=examined("x.pdf", PDF, 10_000))
    decided(engine, "hanh", "BINH", Decision(kind="no_reason", reason=WORDS[4]))
    with transaction(engine) as session:
        session.connection().execute(
            text("UPDATE posting SET valid_to = :last WHERE person_id = 2"), {"last": date(2026, 2, 27)}
        )
    later = NOW + timedelta(days=6 * 366)
    limits = Privacy(punches_years=0, records_years=0, accounts_years=0)
    assert pseudonymise(engine, limits=limits, today=later.date(), now=later, actor="cli:lan").people
    assert rows(engine, "SELECT length(content), name FROM attachment") == [(0, "")]
