"""The page of hundreds of terminals: the worst first, a page at a time, those of a state or with a word."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from monitor.store.session import reading, transaction
from monitor.store.tables import Alarm, PullRequest, PushContact, Terminal, Unit
from tests.web.cast import NOW
from tests.web.conftest import LogIn
from tests.web.test_speed import counted

HEARD = 60


@pytest.fixture
def many(engine: Engine) -> Engine:
    """A database with that many terminals."""
    furnish(engine)
    return engine


def furnish(engine: Engine) -> None:
    """Beside the cast's two terminals 60 that call by themselves, and one that is switched off."""
    with transaction(engine) as session:
        session.add(Terminal(code="TAT", name="Máy tắt", kind="zk_push", serial="OFF", switched_off=True))
        for number in range(HEARD):
            add(session, f"P{number:03}", name="Cửa Đông" if number == 50 else f"Cửa {number}")


def add(session: Session, code: str, name: str) -> None:
    terminal = Terminal(code=code, name=name, kind="zk_push", serial=code, push=True)
    session.add(terminal)
    session.flush()
    session.add(
        PushContact(
            terminal_id=terminal.id or 0, serial=code, first_at=NOW, last_at=NOW - timedelta(minutes=1)
        )
    )


def codes(text: str) -> list[str]:
    return re.findall(r'id="may-(\w+)"', text)


def test_the_worst_come_first_and_the_rest_is_a_link_away(log_in: LogIn, many: Engine) -> None:
    client = log_in("kythuat")

    first = client.get("/may").text

    assert (codes(first)[:2], len(codes(first))) == (["TM2", "P000"], 24)
    assert "Máy 1–24 trong 63" in first
    assert 'rel="prev"' not in first
    pages = [first, *(client.get(f"/may?sau={after}").text for after in (24, 48))]
    assert [f"sau={after}" in pages[0] for after in (24, 48)] == [True, False]
    every = [code for text in pages for code in codes(text)]
    assert (len(every), len(set(every)), every[-1]) == (63, 63, "TAT")
    assert 'rel="next"' not in pages[-1]
    assert 'rel="prev" href="/may?sau=24"' in pages[-1]


def test_a_state_and_a_word_choose_and_every_count_stays(log_in: LogIn, many: Engine) -> None:
    client = log_in("kythuat")

    lost, found, none = (client.get(f"/may?{asked}").text for asked in ("loc=lost", "tim=cua+dong", "tim=zz"))

    assert codes(lost) == ["TM2"]
    assert codes(found) == ["P050"]
    assert codes(none) == []
    assert "Không có máy nào như vậy." in none
    for text in (lost, found, none):
        counts = re.findall(r"<a class=\"btn btn-plain\" href=\"/may[^>]*>([^<]+) <b>(\d+)</b>", text)
        assert counts == [("Tất cả", "63"), ("Mất liên lạc", "1"), ("Tốt", "61"), ("Tắt", "1")]
    assert 'href="/may?loc=lost&amp;tim=cua+dong"' in found


def test_a_unit_s_name_finds_its_terminals(log_in: LogIn, many: Engine) -> None:
    with transaction(many) as session:
        unit = session.scalars(select(Unit).where(col(Unit.parent_id).is_not(None))).first()
        assert unit is not None
        terminal = session.scalars(select(Terminal).where(col(Terminal.code) == "P051")).one()
        terminal.unit_id, unit.name = unit.id, "Trạm Y tế Quỳnh Đôi"
    assert codes(log_in("kythuat").get("/may?tim=quynh+doi").text) == ["P051"]


@pytest.mark.parametrize("asked", ["loc=nothing", "sau=-3", "sau=x", f"sau={10**17}", "tim=" + "a" * 5_000])
def test_what_makes_no_sense_is_answered_all_the_same(log_in: LogIn, many: Engine, asked: str) -> None:
    assert log_in("kythuat").get(f"/may?{asked}").status_code == 200


def test_asking_for_a_reading_comes_back_to_the_same_place(log_in: LogIn, many: Engine) -> None:
    client = log_in("kythuat")
    shown = client.get("/may?loc=lost&tim=TM").text
    assert re.findall(r'type="hidden" name="(loc|tim)" value="(\w+)"', shown)[-2:] == [
        ("loc", "lost"),
        ("tim", "TM"),
    ]

    answer = client.post("/may/TM2/doc-ngay", data={"loc": "lost", "tim": "TM"})

    assert answer.location == "/may?loc=lost&tim=TM"
    assert 'data-refresh="3"' in client.get("/may?sau=48").text, "it is looked for again on every page"
    with reading(many) as session:
        assert [one.terminal_id for one in session.scalars(select(PullRequest))] == [2]


def test_further_alarms_are_a_link_away(log_in: LogIn, many: Engine) -> None:
    with transaction(many) as session:
        for number in range(23):
            session.add(
                Alarm(
                    kind="terminal_silent",
                    subject=f"P{number:03}",
                    terminal_id=None,
                    severity="serious",
                    content=f'{{"terminal": "P{number:03}", "since": "13:46 24/02/2026"}}',
                    opened_at=NOW,
                    last_seen_at=NOW,
                )
            )
    client = log_in("kythuat")
    some, every = client.get("/may").text, client.get("/may?bao-dong=tat-ca").text
    assert 'href="/may?bao-dong=tat-ca#bao-dong">Còn 3 báo động' in some
    assert some.count('class="alarm is-serious"') == 20
    assert "Còn 3 báo động" not in every
    assert every.count('class="alarm is-serious"') == 23


def test_a_small_office_is_asked_for_no_choice(log_in: LogIn) -> None:
    text = log_in("kythuat").get("/may").text
    assert "Chọn theo tình trạng" not in text
    assert 'role="search"' not in text


def test_hundreds_cost_no_more_questions_than_two(log_in: LogIn, engine: Engine) -> None:
    client = log_in("kythuat")
    client.get("/may")
    with counted(engine) as few:
        client.get("/may")
    with transaction(engine) as session:
        for number in range(300):
            add(session, f"Q{number:03}", name=f"Cửa {number}")
    client.get("/may")  # something has changed, so the account was looked up again
    with counted(engine) as many:
        text = client.get("/may").text
    assert len(codes(text)) == 24
    assert len(many) <= len(few)
