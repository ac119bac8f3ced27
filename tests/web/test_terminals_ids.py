"""Saying whose an unknown id is, and admitting new terminals: within one's reach, once, in the trail."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.intake.push import Caller, park
from monitor.store.session import transaction
from monitor.store.tables import Account, Badge, Person, Punch, Terminal, Unit
from tests.office import rows
from tests.web.cast import NOW, at
from tests.web.conftest import LogIn

IDS = "/may/VP/ma-la"
MAPPED = (
    "SELECT p.code, t.code, b.device_user_id, b.valid_from, b.valid_to FROM badge b "
    "JOIN person p ON p.id = b.person_id JOIN terminal t ON t.id = b.terminal_id ORDER BY b.id"
)
ACTIONS = "SELECT action, actor, subject FROM audit_entry WHERE action NOT LIKE '%log_in' ORDER BY id"


@pytest.fixture
def strange(engine: Engine) -> Engine:
    """A terminal of the Văn phòng with punches of CB002, of CB005 by staff code, and of nobody."""
    with transaction(engine) as session:
        unit = session.scalars(select(col(Unit.id)).where(col(Unit.code) == "vp")).one()
        session.add(Account(user_name="ns-vp", display_name="Nội vụ VP", role="hr", unit_id=unit))
        terminal = Terminal(code="VP", name="Văn phòng", kind="zk", host="10.0.0.3", unit_id=unit)
        session.add(terminal)
        session.flush()
        for user in ("CB002", "CB005", "<i>9</i>"):
            punch = Punch(
                terminal_id=terminal.id or 0,
                device_user_id=user,
                device_time=at("07:30"),
                verify=1,
                state=0,
                work_code=0,
                source="pull",
                received_at=at("07:31"),
                raw=b"",
            )
            session.add(punch)
    return engine


def offered(client: FlaskClient, user: str, searched: str = "") -> list[str]:
    text = client.get(IDS, query_string={"ma": user, "can-bo": searched}).text
    return re.findall(r'type="radio" name="can-bo" value="(\w+)"', text)


def give(client: FlaskClient, user: str, person: str, **more: str) -> tuple[int, str]:
    answer = client.post(IDS, data={"ma": user, "can-bo": person} | more, follow_redirects=True)
    return answer.status_code, answer.text


def test_ids_stand_on_the_page_of_the_terminal_and_only_some_may_map_them(
    strange: Engine, log_in: LogIn
) -> None:
    technician, hr = log_in("kythuat").get("/may/VP").text, log_in("ns-vp").get("/may/VP").text
    for text in (technician, hr):
        assert '<th scope="row">CB005</th>' in text
        assert "&lt;i&gt;9&lt;/i&gt;" in text
        assert "<i>9</i>" not in text
    assert ("Gán người" in technician, "Gán người" in hr) == (False, True)


def test_candidates_and_a_search_stay_within_the_reach(strange: Engine, log_in: LogIn) -> None:
    of_vp, of_all = log_in("ns-vp"), log_in("nhansu")
    assert offered(of_vp, "CB002") == ["CB002"]
    assert offered(of_vp, "CB005") == []
    assert offered(of_all, "CB005") == ["CB005"]
    assert offered(of_vp, "CB002", "CB003") == ["CB002", "CB003"]
    assert offered(of_vp, "CB002", "CB005") == offered(of_vp, "CB002", "KHONG") == ["CB002"]
    foreign = of_vp.get(IDS, query_string={"ma": "CB002", "can-bo": "CB005"}).text
    assert "Không tìm thấy &#39;CB005&#39;." in foreign
    assert "Hường" not in foreign


def test_whoever_is_offered_is_told_in_the_trail(strange: Engine, log_in: LogIn) -> None:
    offered(log_in("ns-vp"), "CB002", "CB003")
    found = "SELECT p.code, e.actor, e.action, e.subject FROM shown s JOIN person p ON p.id = s.person_id "
    found += "JOIN audit_entry e ON e.id = s.entry_id ORDER BY 1"
    told = ("ns-vp", "view_unknown_id", "terminal:VP")
    assert rows(strange, found) == [("CB002", *told), ("CB003", *told)]


def test_an_id_is_mapped_for_some_days_and_once(strange: Engine, log_in: LogIn) -> None:
    client = log_in("ns-vp")
    for _ in range(2):
        status, text = give(client, "CB002", "CB002", tu="2026-02-01", den="2026-02-28")
        assert status == 200
    assert "Mã CB002 không còn là mã lạ ở máy này; chưa đổi gì." in text
    assert rows(strange, MAPPED) == [("CB002", "VP", "CB002", "2026-02-01", "2026-02-28")]
    assert rows(strange, ACTIONS) == [("map_badge", "ns-vp", "VP")]
    stale = "SELECT count(*) FROM stale_span s JOIN person p ON p.id = s.person_id WHERE p.code = 'CB002'"
    assert rows(strange, stale) != [(0,)]


def test_a_mapping_that_leaves_the_id_unknown_is_not_made_twice(strange: Engine, log_in: LogIn) -> None:
    client = log_in("ns-vp")
    for _ in range(2):
        give(client, "CB002", "CB002", tu="2026-03-01")
    assert len(rows(strange, MAPPED)) == 1
    assert rows(strange, ACTIONS) == [("map_badge", "ns-vp", "VP")]


@pytest.mark.parametrize(
    ("user", "person", "more", "told"),
    [
        ("CB002", "", {}, "Chưa chọn người; chưa đổi gì."),
        ("CB002", "CB005", {}, "Không có người mã CB005; chưa đổi gì."),
        ("CB002", "KHONG", {}, "Không có người mã KHONG; chưa đổi gì."),
        ("CB002", "CB002", {"tu": "2026-02-30"}, "Ngày “2026-02-30” không hợp lệ; chưa đổi gì."),
        ("CB002", "CB002", {"tu": "2026-03-02", "den": "2026-03-01"}, "Chưa đổi gì: "),
    ],
)
def test_what_cannot_be_mapped_is_told_in_one_sentence(
    strange: Engine, log_in: LogIn, user: str, person: str, more: dict[str, str], told: str
) -> None:
    status, text = give(log_in("ns-vp"), user, person, **more)
    assert (status, text.count(told)) == (400, 1)
    assert rows(strange, MAPPED) == []
    assert "map_badge" not in [row[0] for row in rows(strange, ACTIONS)]


def test_a_known_id_is_not_taken_away_from_its_person(strange: Engine, log_in: LogIn) -> None:
    status, text = give(log_in("nhansu"), "003", "CB002")
    assert (status, "không còn là mã lạ" in text) == (200, True)
    assert rows(strange, MAPPED) == []


@pytest.mark.parametrize(("account", "named"), [("ns-vp", False), ("nhansu", True)])
def test_whose_an_id_is_already_is_told_only_within_the_reach(
    strange: Engine, log_in: LogIn, account: str, named: bool
) -> None:
    with transaction(strange) as session:
        huong = session.scalars(select(col(Person.id)).where(col(Person.code) == "CB005")).one()
        terminal = session.scalars(select(col(Terminal.id)).where(col(Terminal.code) == "VP")).one()
        later = (NOW + timedelta(days=3)).date()
        badge = Badge(person_id=huong or 0, terminal_id=terminal, device_user_id="CB002", valid_from=later)
        session.add(badge)
    status, text = give(log_in(account), "CB002", "CB002")
    assert status == 400
    assert ("đã là của CB005" in text) == named
    assert ("đã là của người khác" in text) != named


def call(engine: Engine, serial: str) -> None:
    for minutes in (9, 2):
        caller = Caller(serial=serial, address="10.9.9.9", allowed_networks=())
        park(engine, caller, NOW - timedelta(minutes=minutes))


@pytest.fixture
def waiting(engine: Engine) -> Engine:
    call(engine, "S1")
    return engine


NEW = {"so-seri": "S1", "ma": "M9", "ten": "Cổng mới", "don-vi": "kt", "lap-ngay": "2026-02-20"}


def test_a_new_terminal_waits_and_is_admitted_once(waiting: Engine, log_in: LogIn) -> None:
    client = log_in("kythuat")
    assert "Chờ duyệt: 1" in client.get("/may").text
    answer = client.post("/may-cho-duyet/duyet", data=NEW | {"mang": "10.9.9.0/24"})
    assert answer.location == "/may/M9"
    assert "từ nay là M9" in client.get("/may/M9").text
    again = client.post("/may-cho-duyet/duyet", data=NEW | {"ma": "M10"})
    assert again.status_code == 400
    assert "nào đang chờ duyệt." in again.text
    found = "SELECT t.code, t.name, t.kind, t.serial, u.code, t.installed_on, t.push_network FROM terminal t "
    found += "JOIN unit u ON u.id = t.unit_id WHERE t.code LIKE 'M%'"
    assert rows(waiting, found) == [("M9", "Cổng mới", "zk_push", "S1", "kt", "2026-02-20", "10.9.9.0/24")]
    assert rows(waiting, ACTIONS) == [("approve_terminal", "kythuat", "M9")]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"ma": " "}, "Cần mã máy và tên máy; chưa đổi gì."),
        ({"ten": ""}, "Cần mã máy và tên máy; chưa đổi gì."),
        ({"ma": "TM1"}, "Đã có máy mã TM1; hãy chọn mã khác."),
        ({"ma": "*"}, "Chưa đổi gì: "),
        ({"don-vi": "khong"}, "Không có đơn vị khong."),
        ({"mang": "moi noi"}, "Chưa đổi gì: "),
        ({"lap-ngay": "hôm qua"}, "Ngày “hôm qua” không hợp lệ; chưa đổi gì."),
        ({"so-seri": "S2"}, "Không có máy số sê-ri S2 nào đang chờ duyệt."),
    ],
)
def test_what_cannot_be_admitted_is_told_in_one_sentence(
    waiting: Engine, log_in: LogIn, change: dict[str, str], told: str
) -> None:
    answer = log_in("kythuat").post("/may-cho-duyet/duyet", data=NEW | change)
    assert (answer.status_code, answer.text.count(told)) == (400, 1)
    assert rows(waiting, "SELECT count(*) FROM terminal") == [(2,)]
    assert rows(waiting, "SELECT count(*) FROM pending_terminal") == [(1,)]


def test_a_hostile_serial_number_is_shown_and_not_admitted(waiting: Engine, log_in: LogIn) -> None:
    call(waiting, "<b>S2</b>")
    client = log_in("kythuat")
    page = client.get("/may-cho-duyet").text
    assert "&lt;b&gt;S2&lt;/b&gt;" in page
    assert "<b>S2" not in page
    answer = client.post("/may-cho-duyet/duyet", data=NEW | {"so-seri": "<b>S2</b>"})
    assert (answer.status_code, answer.text.count("Chưa đổi gì: ")) == (400, 1)
    assert "<b>S2" not in answer.text
    assert rows(waiting, "SELECT count(*) FROM terminal") == [(2,)]


def test_a_terminal_is_turned_away_with_a_reason_and_once(waiting: Engine, log_in: LogIn) -> None:
    client = log_in("admin")
    refused = client.post("/may-cho-duyet/tu-choi", data={"so-seri": "S1"})
    assert (refused.status_code, refused.text.count("Chưa ghi lý do; chưa đổi gì.")) == (400, 1)
    for _ in range(2):
        data = {"so-seri": "S1", "ly-do": "của đơn vị khác"}
        assert client.post("/may-cho-duyet/tu-choi", data=data).location == "/may-cho-duyet"
    assert rows(waiting, "SELECT rejected_by FROM pending_terminal") == [("admin",)]
    assert rows(waiting, ACTIONS) == [("reject_terminal", "admin", "S1")]
    assert "Chờ duyệt: 0" in client.get("/may").text
    assert "Đã từ chối" in client.get("/may-cho-duyet").text


def test_forms_without_their_token_are_refused(waiting: Engine, log_in: LogIn) -> None:
    client = log_in("kythuat")
    client.application.config["WTF_CSRF_ENABLED"] = True
    for address in ("/may-cho-duyet/duyet", "/may-cho-duyet/tu-choi", "/may/TM1/bat-tat", "/may/TM1/cach-ly"):
        assert client.post(address, data=NEW | {"ly-do": "x", "tat": "1"}).status_code == 400
    assert rows(waiting, "SELECT count(*) FROM terminal WHERE switched_off OR code = 'M9'") == [(0,)]
    assert rows(waiting, "SELECT rejected_by FROM pending_terminal") == [("",)]
