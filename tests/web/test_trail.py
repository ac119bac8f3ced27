"""Pages leave a trace of whom they showed, and everybody can read the traces that concern them."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import Engine

from monitor.store.session import StoreError
from monitor.web import shown
from monitor.web.pages import board as board_page
from tests.office import rows
from tests.web.conftest import LogIn
from tests.web.signing import plain

BOARD = "/don-vi/vp/ngay/2026-02-24"
DUC = "/nguoi/CB002/ngay/2026-02-24"
VIEWS = "SELECT actor, action, subject FROM audit_entry WHERE action LIKE 'view%' ORDER BY id"
OF_DUC = (
    "SELECT e.actor, e.action FROM shown s JOIN audit_entry e ON e.id = s.entry_id "
    "JOIN person p ON p.id = s.person_id WHERE p.code = 'CB002' ORDER BY e.id"
)


def test_a_person_seen_leaves_a_trace(log_in: LogIn, engine: Engine) -> None:
    log_in("nhansu").get(DUC)
    assert rows(engine, VIEWS) == [("nhansu", "view_person", "person:CB002")]
    assert rows(engine, OF_DUC) == [("nhansu", "view_person")]


def test_a_board_leaves_a_trace_of_everybody_on_it_but_its_reader(log_in: LogIn, engine: Engine) -> None:
    log_in("hanh").get(BOARD)
    assert rows(engine, VIEWS) == [("hanh", "view_board", "unit:vp")]
    seen = rows(engine, "SELECT p.code FROM shown s JOIN person p ON p.id = s.person_id ORDER BY 1")
    assert seen == [("CB002",), ("CB003",), ("CB004",), ("CB013",)]


def test_one_group_of_a_board_leaves_a_trace_of_that_group(log_in: LogIn, engine: Engine) -> None:
    log_in("hanh").get(f"{BOARD}?nhom=absent")
    assert rows(engine, "SELECT p.code FROM shown s JOIN person p ON p.id = s.person_id") == [("CB004",)]


def test_oneself_and_a_page_that_is_refused_leave_none(log_in: LogIn, engine: Engine) -> None:
    log_in("duc").get(DUC)
    log_in("hanh").get("/nguoi/CB005/ngay/2026-02-24")
    assert rows(engine, VIEWS) == []


def test_a_page_that_refreshes_itself_is_one_viewing(log_in: LogIn, engine: Engine) -> None:
    head = log_in("hanh")
    for _ in range(3):
        assert head.get(BOARD, headers={"X-Refresh": "1"}).status_code == 200
    assert len(rows(engine, VIEWS)) == 1


def test_what_cannot_be_traced_is_not_shown(log_in: LogIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> None:
        raise StoreError("disk_full")

    reader = log_in("nhansu")
    monkeypatch.setattr(shown, "tell_viewing", full)
    answer = reader.get(DUC)
    assert answer.status_code == 500
    assert "Trần Văn Đức" not in answer.text


def test_the_check_notices_a_page_that_leaves_no_trace(
    log_in: LogIn, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted bug: the board forgets to tell."""
    monkeypatch.setattr(board_page, "remember_shown", lambda *_: None)
    log_in("hanh").get(BOARD)
    assert rows(engine, VIEWS) == []


def test_everybody_sees_who_has_seen_them(log_in: LogIn) -> None:
    log_in("hanh").get(BOARD)
    log_in("nhansu").get(DUC)
    text = log_in("duc").get("/ca-nhan/ai-da-xem").text
    assert "Nguyễn Thị Hạnh" in text
    assert "Phòng Nội vụ" in text
    assert "Xem bảng đơn vị" in text
    assert "Chưa có ai xem" in log_in("huong").get("/ca-nhan/ai-da-xem").text


def test_an_account_without_a_person_has_nothing_of_its_own(log_in: LogIn) -> None:
    for address in ("/ca-nhan/ai-da-xem", "/ca-nhan/du-lieu"):
        assert log_in("nhansu").get(address).status_code == 404


def test_the_trail_is_for_administrators_and_hr(log_in: LogIn) -> None:
    allowed = {
        user: log_in(user).get("/nhat-ky").status_code
        for user in ("admin", "nhansu", "hanh", "duc", "kythuat")
    }
    assert allowed == {"admin": 200, "nhansu": 200, "hanh": 404, "duc": 404, "kythuat": 404}


def test_the_trail_is_filtered_by_person_account_action_and_day(log_in: LogIn) -> None:
    log_in("hanh").get(BOARD)
    log_in("nhansu").get(DUC)
    admin = log_in("admin")
    # The name of the language's link is no entry.
    found = {
        query: [word for word in ("hanh", "nhansu") if f"· {word}" in admin.get(f"/nhat-ky?{query}").text]
        for query in ("nguoi=CB002", "nguoi=CB003", "tai-khoan=hanh", "viec=view_person", "den=2026-02-01")
    }
    assert found == {
        "nguoi=CB002": ["hanh", "nhansu"],
        "nguoi=CB003": ["hanh"],
        "tai-khoan=hanh": ["hanh"],
        "viec=view_person": ["nhansu"],
        "den=2026-02-01": [],
    }


def test_looking_up_whom_somebody_was_shown_to_leaves_a_trace_itself(log_in: LogIn, engine: Engine) -> None:
    log_in("admin").get("/nhat-ky?nguoi=CB002")
    assert rows(engine, OF_DUC) == [("admin", "view_trail")]


@pytest.fixture
def hr_of_kt(engine: Engine) -> None:
    """HR whose unit is one division only."""
    from sqlalchemy import text

    from monitor.store.session import transaction

    with transaction(engine) as session:
        unit = "(SELECT id FROM unit WHERE code = 'kt')"
        session.connection().execute(text(f"UPDATE account SET unit_id = {unit} WHERE user_name = 'nhansu'"))


@pytest.mark.usefixtures("hr_of_kt")
def test_hr_sees_the_trail_of_its_own_people_only(log_in: LogIn) -> None:
    log_in("hanh").get(BOARD)
    log_in("huong").get("/don-vi/kt/ngay/2026-02-24")
    log_in("admin").get(DUC)
    hr = log_in("nhansu")
    text = hr.get("/nhat-ky").text
    assert "đơn vị kt" in text
    assert [word for word in ("đơn vị vp", "cán bộ CB002") if word in text] == []
    foreign, nobody = hr.get("/nhat-ky?nguoi=CB002"), hr.get("/nhat-ky?nguoi=KHONG")
    assert foreign.status_code == nobody.status_code == 404
    assert plain(foreign.text) == plain(nobody.text.replace("KHONG", "CB002"))
    assert hr.get("/nhat-ky?nguoi=CB006").status_code == 200


def test_a_long_trail_comes_page_by_page(log_in: LogIn) -> None:
    admin = log_in("admin")
    for day in range(1, 29):
        for code in ("CB001", "CB003"):
            admin.get(f"/nguoi/{code}/ngay/2026-02-{day:02}")
    first = admin.get("/nhat-ky?viec=view_person").text
    assert first.count('<li>\n    <span class="entry-what"') == 50
    further = first.split('href="?')[-1].split('"')[0].replace("&amp;", "&")
    assert admin.get(f"/nhat-ky?{further}").text.count('class="entry-what"') == 6


def test_the_chain_is_checked_on_demand(log_in: LogIn) -> None:
    assert "nguyên vẹn" in log_in("admin").get("/nhat-ky?chuoi=1").text
    assert "nguyên vẹn" not in log_in("nhansu").get("/nhat-ky?chuoi=1").text


def test_ones_own_data_is_listed_and_fetched_whole(log_in: LogIn, engine: Engine) -> None:
    person = log_in("duc")
    assert "Lượt chấm" in person.get("/ca-nhan/du-lieu").text
    answer = person.post("/ca-nhan/du-lieu/ban-sao")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="du-lieu-CB002-')
    with ZipFile(BytesIO(answer.data)) as folder:
        data = json.loads(folder.read("data.json"))
    assert data["person"] == [{"code": "CB002", "name": "Trần Văn Đức"}]
    assert rows(engine, "SELECT actor, subject FROM audit_entry WHERE action = 'export_person'") == [
        ("duc", "person:CB002")
    ]


@pytest.mark.parametrize("address", ["/nhat-ky", "/nhat-ky?chuoi=1"])
def test_the_pages_hold_nothing_inline(app: Flask, log_in: LogIn, address: str) -> None:
    import re

    text = log_in("admin").get(address).text
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", text)
