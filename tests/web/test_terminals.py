"""The terminals' page: worst first, errors in words, asking for a reading."""

import re

from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.store.session import reading, transaction
from monitor.store.tables import AuditEntry, Pull, PullRequest, Terminal
from tests.web.conftest import LogIn


def test_terminals_stand_worst_first_with_their_figures(log_in: LogIn, engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(Terminal(code="TM0", name="Máy mới", kind="zk", host="10.0.0.9"))

    text = log_in("kythuat").get("/may").text

    assert re.findall(r'id="may-(\w+)"', text) == ["TM0", "TM2", "TM1"]
    assert "Chưa đọc" in text
    assert "48.210 / 100.000" in text
    assert "lệch +1 phút 12 giây" in text
    assert "13:46" in text


def test_an_error_is_told_in_words(log_in: LogIn, engine: Engine) -> None:
    with transaction(engine) as session:
        last = session.scalars(select(Pull).where(col(Pull.error_code) != "")).one()
        last.error_code, last.error_values = "khong-biet", '{"a": 1}'

    assert "khong-biet" in log_in("kythuat").get("/may").text


def test_reading_now_leaves_one_request_however_often_one_clicks(log_in: LogIn, engine: Engine) -> None:
    client = log_in("kythuat")

    answers = [client.post("/may/TM2/doc-ngay") for _ in range(2)]

    assert [answer.location for answer in answers] == ["/may", "/may"]
    with reading(engine) as session:
        requests = [(one.terminal_id, one.asked_by) for one in session.scalars(select(PullRequest))]
        actions = [one.action for one in session.scalars(select(AuditEntry))]
    assert requests == [(2, "kythuat")]
    assert actions.count("ask_for_reading") == 1
    assert "Đang chờ đọc…" in client.get("/may").text


def test_a_terminal_that_does_not_exist_is_not_found(log_in: LogIn) -> None:
    assert log_in("kythuat").post("/may/KHONG/doc-ngay").status_code == 404
