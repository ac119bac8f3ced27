"""The terminals' pages: worst first, alarms on top, errors in words, asking for a reading, off and on."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlmodel import col

from monitor.store.session import reading, transaction
from monitor.store.tables import Alarm, ClockSighting, Pull, PullRequest, Terminal, Unit
from tests.office import rows
from tests.web.cast import NOW
from tests.web.conftest import LogIn
from tests.web.test_speed import counted

ACTIONS = "SELECT action, subject FROM audit_entry WHERE action NOT LIKE '%log_in' ORDER BY id"


def alarm(kind: str, subject: str = "", terminal_id: int | None = None, content: str = "{}") -> Alarm:
    opened = NOW - timedelta(minutes=40)
    return Alarm(
        kind=kind,
        subject=subject,
        terminal_id=terminal_id,
        severity="serious",
        content=content,
        opened_at=opened,
        last_seen_at=NOW,
    )


def test_terminals_stand_worst_first_with_their_figures(log_in: LogIn, engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(Terminal(code="TM0", name="Máy mới", kind="zk", host="10.0.0.9"))
        session.add(Terminal(code="A", name="Máy tắt", kind="zk", host="10.0.0.8", switched_off=True))

    text = log_in("kythuat").get("/may").text

    assert re.findall(r'id="may-(\w+)"', text) == ["TM0", "TM2", "TM1", "A"]
    found = re.findall(r'badge-state t-\w+">.*?<span>(.*?)</span>', text)
    assert found == ["Mất liên lạc", "Mất liên lạc", "Tốt", "Tắt"]
    assert "chưa lần nào" in text
    assert "48.210 / 100.000" in text
    assert "lệch +1 phút 12 giây" in text
    assert "13:46" in text


@pytest.mark.parametrize(
    ("used", "drawn"), [(79_999, 'class="room "'), (80_000, "room is-warning"), (95_000, "room is-serious")]
)
def test_a_log_that_fills_up_is_marked_at_80_and_95_per_cent(
    log_in: LogIn, engine: Engine, used: int, drawn: str
) -> None:
    with transaction(engine) as session:
        session.connection().execute(update(Pull).where(col(Pull.terminal_id) == 1).values(count_after=used))
    assert drawn in log_in("kythuat").get("/may").text


@pytest.mark.parametrize(
    ("offset", "exact", "told", "review"),
    [
        (252, True, "lệch +4 phút 12 giây", False),
        (-301, True, "lệch −5 phút 1 giây", True),
        (400, False, "lệch ít nhất +6 phút 40 giây", True),
        (60, True, "lệch +1 phút", False),
    ],
)
def test_a_clock_that_is_off_is_told_with_what_to_do(
    log_in: LogIn, engine: Engine, offset: int, exact: bool, told: str, review: bool
) -> None:
    with transaction(engine) as session:
        sighting = session.get_one(ClockSighting, 2)
        sighting.offset_seconds, sighting.exact = offset, exact
    text = log_in("kythuat").get("/may/TM2").text
    assert told in text
    assert ("Chỉnh giờ ngay tại máy" in text) == (abs(offset) > 60)
    assert ("cần soát lại" in text) == review


def test_alarms_stand_on_top_and_that_of_our_own_clock_is_loud(log_in: LogIn, engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(alarm("server_clock", content='{"minutes": -13, "agreeing": 4, "seen": 5}'))
        session.add(alarm("terminal_silent", "TM2", 2, '{"terminal": "TM2", "since": "13:46 24/02/2026"}'))
    text = log_in("kythuat").get("/may").text
    loud = text.index('<div class="loud" role="alert">')
    assert "Đồng hồ MÁY CHỦ có vẻ sai -13 phút: 4 trên 5 máy" in text[loud:]
    assert loud < text.index("Máy TM2 mất liên lạc từ 13:46 24/02/2026") < text.index('class="cards"')
    assert "Máy TM2 mất liên lạc từ 13:46 24/02/2026" in log_in("kythuat").get("/may/TM2").text
    assert "mất liên lạc từ 13:46 24/02/2026" not in log_in("kythuat").get("/may/TM1").text


def test_an_error_is_told_in_words(log_in: LogIn, engine: Engine) -> None:
    assert "Lúc 14:16: Không kết nối được tới máy." in re.sub(
        r"<.*?>", "", log_in("kythuat").get("/may").text
    )
    with transaction(engine) as session:
        last = session.scalars(select(Pull).where(col(Pull.error_code) != "")).one()
        last.error_code, last.error_values = "khong-biet", '{"a": 1}'

    assert "khong-biet" in log_in("kythuat").get("/may").text


def test_reading_now_leaves_one_request_however_often_one_clicks(log_in: LogIn, engine: Engine) -> None:
    client = log_in("kythuat")

    answers = [client.post("/may/TM2/doc-ngay") for _ in range(2)]

    assert [answer.location for answer in answers] == ["/may", "/may"]
    assert client.post("/may/TM2/doc-ngay", data={"trang": "may"}).location == "/may/TM2"
    with reading(engine) as session:
        requests = [(one.terminal_id, one.asked_by) for one in session.scalars(select(PullRequest))]
    assert requests == [(2, "kythuat")]
    assert rows(engine, ACTIONS) == [("ask_for_reading", "terminal:TM2")]


def test_a_reading_is_followed_until_it_is_over(log_in: LogIn, engine: Engine) -> None:
    client = log_in("kythuat")
    assert 'data-refresh="60"' in client.get("/may").text

    def shown(**request: object) -> str:
        with transaction(engine) as session:
            row = session.scalars(select(PullRequest)).one()
            for name, value in request.items():
                setattr(row, name, value)
        return client.get("/may").text

    client.post("/may/TM2/doc-ngay")
    waiting = shown()
    assert "Đang chờ đọc, yêu cầu lúc 14:20…" in waiting
    assert "Chưa có tiến trình nào" not in waiting
    assert 'data-refresh="3"' in waiting
    assert "Chưa có tiến trình nào" in shown(asked_at=NOW - timedelta(minutes=3))
    assert "Đang đọc từ 14:19…" in shown(claimed_at=NOW - timedelta(minutes=1))
    over = shown(pull_id=1)
    assert "<progress" not in over
    assert 'data-refresh="60"' in over


def test_a_terminal_that_cannot_be_called_is_not_asked(log_in: LogIn, engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(Terminal(code="P", name="", kind="zk_push", serial="P1"))
    client = log_in("kythuat")
    assert client.post("/may/P/doc-ngay").status_code == 302
    assert rows(engine, "SELECT count(*) FROM pull_request") == [(0,)]
    assert "không đọc qua mạng được" in client.get("/may").text
    assert "không đọc qua mạng được" not in client.get("/may").text


def test_switching_off_needs_a_reason_and_happens_once(log_in: LogIn, engine: Engine) -> None:
    client = log_in("kythuat")
    refused = client.post("/may/TM1/bat-tat", data={"tat": "1", "ly-do": "  "})
    assert refused.status_code == 400
    assert refused.text.count("Chưa ghi lý do; chưa đổi gì.") == 1
    assert rows(engine, "SELECT sum(switched_off) FROM terminal") == [(0,)]
    for _ in range(2):
        answer = client.post("/may/TM1/bat-tat", data={"tat": "1", "ly-do": "thay nguồn"})
        assert answer.location == "/may/TM1"
    assert rows(engine, "SELECT code FROM terminal WHERE switched_off") == [("TM1",)]
    assert rows(engine, ACTIONS) == [("switch_terminal_off", "TM1")]
    assert "Máy TM1: thôi đọc và thôi báo động." in client.get("/may/TM1").text
    client.post("/may/TM1/bat-tat", data={"tat": "0", "ly-do": "xong"})
    assert rows(engine, "SELECT sum(switched_off) FROM terminal") == [(0,)]


def test_the_page_of_a_terminal_lists_its_readings_and_gaps(log_in: LogIn) -> None:
    text = log_in("kythuat").get("/may/TM2").text
    assert "12 mới, 48.198 đã có" in text
    assert "13:46 24/02/2026 – 14:20 24/02/2026" in text
    assert "Không thiếu khoảng nào." in log_in("kythuat").get("/may/TM1").text


def test_long_lists_of_readings_go_on_on_the_next_page(log_in: LogIn, engine: Engine) -> None:
    with transaction(engine) as session:
        for number in range(60):
            moment = NOW - timedelta(hours=60 - number)
            session.add(Pull(terminal_id=1, started_at=moment, finished_at=moment, stored=5000 + number))
    client = log_in("kythuat")
    first = client.get("/may/TM1").text
    older = re.search(r"/may/TM1\?truoc=(\d+)", first)
    assert older
    second = client.get(older[0]).text
    shown = [set(re.findall(r"5\.0\d\d mới", text)) for text in (first, second)]
    assert (len(shown[0]), len(shown[1]), shown[0] & shown[1]) == (50, 10, set())


def test_a_terminal_that_does_not_exist_is_not_found(log_in: LogIn) -> None:
    client = log_in("kythuat")
    assert client.post("/may/KHONG/doc-ngay").status_code == 404
    assert client.get("/may/KHONG").status_code == 404


def test_what_a_terminal_says_of_itself_is_shown_and_not_obeyed(log_in: LogIn, engine: Engine) -> None:
    evil = "<script>x()</script>\"'{{7*7}}"
    with transaction(engine) as session:
        session.connection().execute(update(Pull).values(firmware=evil))
        session.connection().execute(update(Terminal).values(name=evil))
    for address in ("/may", "/may/TM1"):
        text = log_in("kythuat").get(address).text
        assert "<script>x()" not in text
        assert "&lt;script&gt;x()&lt;/script&gt;" in text


def test_fifty_terminals_take_as_many_queries_as_two(log_in: LogIn, engine: Engine) -> None:
    client = log_in("nhansu")
    counts = []
    for first, last in ((0, 1), (1, 50)):
        with transaction(engine) as session:
            root = session.scalars(select(col(Unit.id)).where(col(Unit.code) == "ubnd")).one()
            for number in range(first, last):
                terminal = Terminal(code=f"Q{number}", name="", kind="zk", host="10.0.0.2", unit_id=root)
                session.add(terminal)
                session.flush()
                moment = NOW - timedelta(minutes=number)
                session.add(Pull(terminal_id=terminal.id or 0, started_at=moment, finished_at=moment))
        for address in ("/may", "/may/TM1"):
            with counted(engine) as statements:
                assert client.get(address).status_code == 200
            counts.append(len(statements))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 36, counts
