"""Repairing records and undoing imports: each row its own result, nothing twice, bad input nothing."""

import re
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from monitor.intake import import_punches
from monitor.rules.wallclock import text_of
from monitor.store.session import transaction
from monitor.store.tables import QuarantinedRecord, Terminal
from tests.office import rows
from tests.web.cast import NOW, at
from tests.web.conftest import LogIn
from tests.web.year_office import main_text

PAGE = "/may/TM1/cach-ly"
DECISIONS = "SELECT record_id, decision, decided_by, reason FROM quarantine_decision ORDER BY id"
RESET, EARLY, LINE = 1, 2, 3


@pytest.fixture
def kept(engine: Engine) -> Engine:
    """A record of a reset clock, one from before the terminal stood there, and a line nobody can read."""
    told = (
        ("clock_reset", "002", "2000-01-01 00:30:00"),
        ("before_installation", "003", "2026-02-20 07:31:00"),
        ("bad_line", "", ""),
    )
    with transaction(engine) as session:
        session.get_one(Terminal, 1).installed_on = date(2026, 2, 21)
        for number, (reason, user, time) in enumerate(told, start=1):
            session.add(
                QuarantinedRecord(
                    id=number,
                    terminal_id=1,
                    reason=reason,
                    raw=f"raw {number}".encode(),
                    device_user_id=user,
                    device_time=time,
                    verify=15,
                    state=0,
                    work_code=0,
                    source="pull",
                    received_at=at("10:00"),
                )
            )
    return engine


def send(
    client: FlaskClient, what: str, *ids: object, reason: str = "đã soát", **more: str
) -> tuple[int, str]:
    """The status and the words of the page that follows."""
    data = {"viec": what, "ly-do": reason, "id": [str(one) for one in ids], **more}
    answer = client.post(PAGE, data=data, follow_redirects=True)
    return answer.status_code, re.sub(r"<[^>]*>", "", answer.text)


def stored(engine: Engine, raw: str) -> list[str]:
    found = rows(engine, f"SELECT device_time FROM punch WHERE CAST(raw AS TEXT) = '{raw}'")
    return [text_of(int(str(row[0]))) for row in found]


def test_a_record_is_taken_in_as_it_is(kept: Engine, log_in: LogIn) -> None:
    status, text = send(log_in("kythuat"), "nhan", EARLY)
    assert (status, "Đã xử lý 1 bản ghi." in text) == (200, True)
    assert stored(kept, "raw 2") == ["2026-02-20 07:31:00"]
    assert rows(kept, DECISIONS) == [(EARLY, "released", "kythuat", "đã soát")]


def test_a_record_is_taken_in_with_its_time_moved(kept: Engine, log_in: LogIn) -> None:
    # From 2000-01-01 00:30:00 to 2026-02-24 07:31:15.
    shift = {"lech-dau": "cong", "lech-ngay": "9551", "lech-gio": "7", "lech-phut": "1", "lech-giay": "15"}
    send(log_in("kythuat"), "lech", RESET, **shift)
    assert stored(kept, "raw 1") == ["2026-02-24 07:31:15"]
    back = {"lech-dau": "tru", "lech-phut": "5"}
    send(log_in("kythuat"), "lech", EARLY, **back)
    assert [row[1] for row in rows(kept, DECISIONS)] == ["corrected"]  # earlier than the installation


def test_a_record_is_taken_in_with_its_true_time(kept: Engine, log_in: LogIn) -> None:
    send(log_in("kythuat"), "gio", RESET, **{"gio-that": "2026-02-24T07:29"})
    assert stored(kept, "raw 1") == ["2026-02-24 07:29:00"]


def test_a_record_is_dismissed_and_may_still_be_taken_in(kept: Engine, log_in: LogIn) -> None:
    client = log_in("kythuat")
    send(client, "bo", EARLY)
    assert stored(kept, "raw 2") == []
    assert "Đã bỏ qua" in client.get("/may/TM1?xong=1").text
    assert "003" not in main_text(client.get("/may/TM1").text)
    send(client, "nhan", EARLY)
    assert stored(kept, "raw 2") == ["2026-02-20 07:31:00"]


def test_ticked_records_are_decided_together_and_each_tells_its_result(kept: Engine, log_in: LogIn) -> None:
    status, text = send(log_in("kythuat"), "nhan", RESET, EARLY, LINE)
    assert status == 400
    assert "Bản ghi 2: đã nhận nguyên." in text
    assert "Bản ghi 1 không nhận nguyên được" in text
    assert "Bản ghi 3 không nhận nguyên được" in text
    assert rows(kept, DECISIONS) == [(EARLY, "released", "kythuat", "đã soát")]


def test_the_same_record_in_other_bytes_counts_as_done(kept: Engine, log_in: LogIn) -> None:
    with transaction(kept) as session:
        row = session.get_one(QuarantinedRecord, EARLY).model_dump() | {"id": 9, "raw": b"raw 9"}
        session.add(QuarantinedRecord(**row))
    status, text = send(log_in("kythuat"), "nhan", EARLY, 9)
    assert (status, "Đã xử lý 2 bản ghi." in text) == (200, True)


def test_a_second_click_decides_nothing_twice(kept: Engine, log_in: LogIn) -> None:
    client = log_in("kythuat")
    send(client, "nhan", EARLY)
    status, text = send(client, "nhan", EARLY)
    assert (status, "Bản ghi 2 đã được xử lý." in text) == (400, True)
    assert len(rows(kept, DECISIONS)) == 1


@pytest.mark.parametrize(
    ("what", "ids", "more", "told"),
    [
        ("nhan", (EARLY,), {"reason": " "}, "Chưa ghi lý do; chưa đổi gì."),
        ("nhan", (EARLY,), {"reason": "x" * 501}, "Lý do dài quá 500 ký tự"),
        ("nhan", (), {}, "Chưa chọn bản ghi nào."),
        ("nhan", (EARLY, "-1"), {}, "Chưa chọn bản ghi nào."),
        ("nhan", (EARLY, "9" * 30), {}, "Chưa chọn bản ghi nào."),
        ("nhan", (EARLY, 77), {}, "Không có bản ghi cách ly số 77."),
        ("nhan", tuple(range(1, 102)), {}, "nhiều nhất 100 bản ghi"),
        ("xoa", (EARLY,), {}, "Chưa chọn việc cần làm"),
        ("", (EARLY,), {}, "Chưa chọn việc cần làm"),
        ("lech", (EARLY,), {}, "Khoảng dời đi phải là"),
        ("lech", (EARLY,), {"lech-gio": "1e3"}, "Khoảng dời đi phải là"),
        ("lech", (EARLY,), {"lech-ngay": "9" * 18}, "Khoảng dời đi phải là"),
        ("gio", (EARLY,), {"gio-that": "2026-02-30T07:00"}, "Giờ thật “07:00 30/02/2026” không hợp lệ"),
        (
            "gio",
            (EARLY, RESET),
            {"gio-that": "2026-02-24T07:00"},
            "Mỗi lần chỉ nhập giờ thật cho một bản ghi",
        ),
    ],
)
def test_bad_input_is_told_in_one_sentence_and_nothing_is_applied(
    kept: Engine, log_in: LogIn, what: str, ids: tuple[object, ...], more: dict[str, str], told: str
) -> None:
    status, text = send(log_in("kythuat"), what, *ids, **more)
    assert status == 400
    assert text.count(told) == 1
    assert rows(kept, DECISIONS) == []


def test_hostile_ids_are_shown_and_not_obeyed(kept: Engine, log_in: LogIn) -> None:
    evil = "<img src=x onerror=y()>"
    with transaction(kept) as session:
        row = session.get_one(QuarantinedRecord, RESET).model_dump()
        session.add(QuarantinedRecord(**row | {"id": 8, "raw": b"8", "device_user_id": evil}))
    text = log_in("kythuat").get("/may/TM1").text
    assert evil not in text
    assert "&lt;img src=x onerror=y()&gt;" in text


@pytest.fixture
def imported(engine: Engine, tmp_path: Path) -> Engine:
    path = tmp_path / "thang2.dat"
    path.write_text("002\t2026-02-23 07:25:00\t1\t0\t1\t0\n")
    import_punches(engine, path, "TM1", now=NOW, actor="cli:test", covers="")
    return engine


def test_an_import_is_undone_after_a_page_that_says_what_it_is(imported: Engine, log_in: LogIn) -> None:
    client = log_in("kythuat")
    assert "/may/TM1/tep/1" in client.get("/may/TM1").text
    asked = client.get("/may/TM1/tep/1").text
    assert "thang2.dat" in asked
    assert 'action="/may/TM1/tep/1/huy"' in asked
    assert client.get("/may/TM2/tep/1").status_code == 404
    answer = client.post("/may/TM1/tep/1/huy", data={"ly-do": "nhầm máy"}, follow_redirects=True)
    assert "Đã huỷ lần nạp 1 (thang2.dat): 1 lượt chấm thôi được tính" in answer.text
    undone = "SELECT import_id, undone_by, reason FROM import_undo"
    assert rows(imported, undone) == [(1, "kythuat", "nhầm máy")]
    again = client.post("/may/TM1/tep/1/huy", data={"ly-do": "lần nữa"})
    assert again.status_code == 400
    assert "đã được huỷ trước đó" in again.text
    assert rows(imported, undone) == [(1, "kythuat", "nhầm máy")]


def test_an_import_is_not_undone_without_a_reason(imported: Engine, log_in: LogIn) -> None:
    answer = log_in("kythuat").post("/may/TM1/tep/1/huy", data={})
    assert (answer.status_code, answer.text.count("Chưa ghi lý do; chưa đổi gì.")) == (400, 1)
    assert rows(imported, "SELECT count(*) FROM import_undo") == [(0,)]
