"""Visits on the pages: who sees them, taps that come twice, and a phone that loses its connection."""

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Error, Page, expect
from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.store.session import reading, transaction
from monitor.store.tables import AuditEntry, Campaign, Visit, VisitMark, VisitReason, VisitScan
from monitor.web.app import create_app
from tests.browsing import PHONE, Look, Visitor, flaws_of, looks
from tests.web.cast import NOW
from tests.web.conftest import LogIn, settings_for
from tests.web.test_roles import ACCOUNTS

VISIT = "/luot-kiem-tra/luot-1"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\nxref\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"
WORDS = {
    "co-quan": "Sở Nội vụ",
    "ky-hieu": "ĐKT",
    "so-ban": "03",
    "ket-thuc": "15:00",
    "kien-nghi": "Nhắc nhở",
}
PEOPLE = ("CB005", "CB006", "CB007", "CB008")


def shown(client: FlaskClient, address: str = VISIT) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def marks(engine: Engine) -> list[VisitMark]:
    with reading(engine) as session:
        return list(session.scalars(select(VisitMark)))


def press(client: FlaskClient, code: str, what: str, page: str = "0123456789abcdef-1") -> int:
    return client.post(f"{VISIT}/dau", data={"ma": page, "nguoi": code, "dau": what}).status_code


def taps(*presses: tuple[str, str]) -> dict[str, object]:
    now = int(NOW.timestamp() * 1000)
    sent = [
        {
            "id": f"{n:032x}",
            "person": code,
            "field": "presence",
            "value": value,
            "note": "",
            "tapped": now + n,
        }
        for n, (code, value) in enumerate(presses, start=1)
    ]
    return {"taps": sent}


def mark_all(client: FlaskClient) -> None:
    body = taps(("CB006", "not_seen"), ("CB007", "present"), ("CB008", "off_post"))
    assert client.post(f"{VISIT}/dau.json", json=body).status_code == 200


def sign(client: FlaskClient) -> int:
    data = {"tep": (BytesIO(PDF), "bb.pdf")}
    return client.post(f"{VISIT}/bien-ban/ky", data=data, content_type="multipart/form-data").status_code


def test_the_roll_tells_what_was_frozen(log_in: LogIn) -> None:
    page = shown(log_in("thanhtra"))
    assert [page.count(f'id="p-{code}"') for code in PEOPLE] == [1, 1, 1, 1]
    assert "chấm cuối 13:20" in page
    assert "Đơn số 7" in page
    assert "chưa rõ lý do" in page
    assert "Không chụp ảnh" in page


def test_without_scripts_a_button_is_a_form_and_pressing_it_twice_stores_it_once(
    log_in: LogIn, engine: Engine
) -> None:
    client = log_in("thanhtra")
    assert [press(client, "CB006", "presence:not_seen") for _ in range(2)] == [302, 302]
    assert press(client, "CB006", "presence:present") == 302  # another button of the same page
    assert [mark.value for mark in marks(engine)] == ["not_seen", "present"]
    assert press(client, "CB001", "presence:present") == 400
    assert press(client, "CB006", "presence:asleep") == 400


def test_a_queue_is_acknowledged_by_id_however_often_it_comes(log_in: LogIn, engine: Engine) -> None:
    client, body = log_in("thanhtra"), taps(("CB006", "present"), ("CB007", "not_seen"))
    for _ in range(3):
        answer = client.post(f"{VISIT}/dau.json", json=body)
        assert answer.json == {"stored": [f"{1:032x}", f"{2:032x}"]}
    assert len(marks(engine)) == 2
    with reading(engine) as session:
        told = session.scalars(select(AuditEntry).where(col(AuditEntry.action) == "visit_mark")).all()
    assert len(told) == 1
    assert told[0].subject == "campaign:dot-1"


@pytest.mark.parametrize(
    "body", [None, [], {"taps": 1}, {"taps": [1]}, {"taps": [{}]}, {"taps": [{"id": "a", "tapped": True}]}]
)
def test_a_queue_that_is_none_is_refused_in_words(log_in: LogIn, engine: Engine, body: object) -> None:
    answer = log_in("thanhtra").post(f"{VISIT}/dau.json", json=body)
    assert answer.status_code == 409
    assert "tải lại trang" in (answer.json or {})["refused"]
    assert marks(engine) == []


def test_a_delivery_needs_the_token_of_the_log_in(engine: Engine, tmp_path: Path) -> None:
    app = create_app(engine, settings_for(tmp_path), lambda: NOW)
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown(client, "/dang-nhap"))
    assert token
    client.post("/dang-nhap", data={"user_name": "thanhtra", "csrf_token": token[1]})
    own = re.search(r'data-token="([^"]+)"', shown(client))
    assert own
    body = taps(("CB006", "present"))
    assert client.post(f"{VISIT}/dau.json", json=body).status_code == 400
    assert client.post(f"{VISIT}/dau.json", json=body, headers={"X-CSRFToken": own[1]}).status_code == 200


def test_a_visit_of_a_sealed_campaign_does_not_exist_for_others(log_in: LogIn, engine: Engine) -> None:
    with transaction(engine) as session:
        campaign = session.scalars(select(Campaign).where(col(Campaign.code) == "dot-1")).one()
        campaign.sealed_until = NOW + timedelta(days=1)
    for name in ("giamsat", "admin", "hanh"):
        for address in (VISIT, f"{VISIT}/bien-ban", "/dot-kiem-tra/dot-1/luot"):
            assert log_in(name).get(address).status_code == 404
    assert log_in("thanhtra").get(VISIT).status_code == 200
    assert log_in("nhansu").get(VISIT).status_code == 200  # who made the campaign


def test_only_the_team_may_change_a_visit(log_in: LogIn, engine: Engine) -> None:
    with transaction(engine) as session:
        from monitor.store.tables import CampaignMember

        session.delete(session.scalars(select(CampaignMember)).one())
    client = log_in("thanhtra")
    assert client.get(VISIT).status_code == 200  # as the campaign is shown to whoever may look at the unit
    assert press(client, "CB006", "presence:present") == 404
    assert client.post(f"{VISIT}/bien-ban", data=WORDS).status_code == 404
    assert client.post("/dot-kiem-tra/dot-1/luot", data={"don-vi": "kt"}).status_code == 400
    assert "data-tap" not in shown(client)


def test_an_inspector_freezes_a_list_of_an_own_campaign_and_of_no_other_unit(
    log_in: LogIn, engine: Engine
) -> None:
    client = log_in("thanhtra")
    answer = client.post("/dot-kiem-tra/dot-1/luot", data={"don-vi": "kt"})
    assert answer.status_code == 302
    assert "Vũ Quốc Dũng" in shown(client, answer.location)
    assert client.post("/dot-kiem-tra/dot-1/luot", data={"don-vi": "vp"}).status_code == 400
    with reading(engine) as session:
        assert len(session.scalars(select(Visit)).all()) == 2


def test_a_surprise_check_needs_no_plan_but_the_unit_in_reach(log_in: LogIn) -> None:
    client = log_in("thanhtra")
    answer = client.post("/dot-kiem-tra/dot-xuat", data={"don-vi": "kt", "co-quan": "Sở Nội vụ"})
    assert answer.status_code == 302
    assert "Kiểm tra đột xuất Phòng Kinh tế, Hạ tầng và Đô thị" in shown(client, answer.location)
    assert client.post("/dot-kiem-tra/dot-xuat", data={"don-vi": "vp"}).status_code == 400


def test_a_reason_is_flagged_and_judged(log_in: LogIn, engine: Engine) -> None:
    client = log_in("thanhtra")
    said = {
        "nguoi": "CB006",
        "loi": "Đi họp",
        "van-ban": "GM 12",
        "ngay-van-ban": "2026-02-25",
        "co-ten": "1",
    }
    assert client.post(f"{VISIT}/ly-do", data=said).status_code == 302
    assert "văn bản sau thời điểm kiểm tra" in shown(client)
    judged = {"so": "1", "ket-luan": "accepted"}
    assert client.post(f"{VISIT}/ly-do/xac-minh", data=judged).status_code == 400
    assert client.post(f"{VISIT}/ly-do", data=said | {"ngay-van-ban": "2026-02-24"}).status_code == 302
    assert client.post(f"{VISIT}/ly-do/xac-minh", data=judged | {"so": "2"}).status_code == 302
    with reading(engine) as session:
        assert [one.state for one in session.scalars(select(VisitReason))] == ["waiting", "accepted"]


def test_minutes_wait_for_the_last_mark_and_then_are_handed_out_and_traced(
    log_in: LogIn, engine: Engine
) -> None:
    client = log_in("thanhtra")
    refused = client.post(f"{VISIT}/bien-ban", data=WORDS)
    assert refused.status_code == 400
    assert "lệch 3" in refused.get_data(as_text=True)
    mark_all(client)
    assert client.post(f"{VISIT}/bien-ban", data=WORDS).status_code == 302
    answer = client.get(f"{VISIT}/bien-ban.docx")
    document = Document(BytesIO(answer.data))
    assert [row.cells[1].text for row in document.tables[1].rows[1:6]] == ["4", "1", "3", "1", "2"]
    assert client.get(f"{VISIT}/bien-ban.pdf").data.startswith(b"%PDF")
    assert client.get(f"{VISIT}/bien-ban.docx?ban=2").status_code == 404
    with reading(engine) as session:
        told = list(session.scalars(select(col(AuditEntry.action))))
    assert told.count("export") == 2
    assert "minutes_write" in told


def test_a_signed_copy_locks_the_visit_in_every_way(log_in: LogIn, engine: Engine) -> None:
    client = log_in("thanhtra")
    mark_all(client)
    assert sign(client) == 400  # no minutes yet
    assert client.post(f"{VISIT}/bien-ban", data=WORDS).status_code == 302
    exe = {"tep": (BytesIO(b"MZ"), "bb.pdf")}
    assert client.post(f"{VISIT}/bien-ban/ky", data=exe).status_code == 400
    assert sign(client) == 302
    assert press(client, "CB006", "presence:present") == 400
    late = client.post(f"{VISIT}/dau.json", json=taps(("CB006", "locked_room")))
    assert late.status_code == 409
    assert sign(client) == 400
    assert "data-tap" not in shown(client)
    assert client.get(f"{VISIT}/bien-ban-da-ky").data == PDF
    with reading(engine) as session:
        assert session.scalars(select(VisitScan)).one().name == "bb.pdf"


def test_files_are_for_those_who_may_export_and_see_everybody_of_the_list(log_in: LogIn) -> None:
    client = log_in("thanhtra")
    mark_all(client)
    client.post(f"{VISIT}/bien-ban", data=WORDS)
    sign(client)
    for address in (f"{VISIT}/bien-ban.pdf", f"{VISIT}/bien-ban-da-ky"):
        found = {role for role, name in ACCOUNTS.items() if log_in(name).get(address).status_code == 200}
        assert found == {"hr", "inspector"}


def enter(page: Page, served: str, name: str) -> None:
    page.goto(f"{served}/dang-nhap")
    page.locator(f"form:has(input[value='{name}']) button").click()


def touch(page: Page, code: str, value: str) -> None:
    page.locator(f'#p-{code} [data-tap="presence:{value}"]').click()


@pytest.mark.browser
def test_a_roll_call_survives_a_lost_connection_and_a_reload(
    browser: Browser, served: str, engine: Engine
) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True)
    context.set_default_timeout(8_000)
    page = context.new_page()
    enter(page, served, "thanhtra")
    page.goto(served + VISIT)
    count = page.locator(".visit-count")
    touch(page, "CB006", "present")
    expect(count).to_have_text("Đã gửi hết")

    context.set_offline(True)
    touch(page, "CB006", "not_seen")
    touch(page, "CB007", "present")
    touch(page, "CB008", "off_post")
    expect(count).to_have_text("Chưa gửi 3")
    expect(page.locator(".visit-said")).to_contain_text("Mất mạng")
    expect(page.locator('[data-count="unmarked"]')).to_have_text("0")
    expect(page.locator("#p-CB006 .roll-false")).to_be_visible()  # punched at 13:20 and not there
    assert len(marks(engine)) == 1
    with pytest.raises(Error):
        page.reload()

    context.set_offline(False)
    context.clear_cookies()  # the log-in has ended meanwhile
    enter(page, served, "nhansu")
    page.goto(served + VISIT)
    assert page.locator("#hang-doi").count() == 0  # another user's queue is neither shown nor sent
    context.clear_cookies()
    enter(page, served, "thanhtra")
    page.goto(served + VISIT)
    expect(count).to_have_text("Đã gửi hết")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('visit:')).length") == 0
    last = {mark.person_id: mark.value for mark in sorted(marks(engine), key=lambda one: one.tapped_ms)}
    assert len(marks(engine)) == 4
    assert sorted(last.values()) == ["not_seen", "off_post", "present"]
    expect(page.locator('#p-CB008 [data-tap="presence:off_post"]')).to_have_attribute("aria-pressed", "true")
    context.close()


@pytest.mark.browser
@looks("phone-vi-dark", "desktop-en")
def test_the_pages_of_a_visit_are_accessible_and_never_scroll_sideways(
    visitors: list[Visitor], browser: Browser, served: str, look: Look
) -> None:
    visitor = look.visitor(visitors, browser, served).log_in("thanhtra")
    touch(visitor.open(VISIT), "CB006", "not_seen")
    pages = (VISIT, f"{VISIT}/bien-ban", "/dot-kiem-tra/dot-1/luot", "/dot-kiem-tra")
    assert flaws_of(visitor, pages) == {}
