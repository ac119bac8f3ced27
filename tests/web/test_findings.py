"""Findings on the pages: who sees them from when, whose form is shown, papers, and one journey on a phone."""

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.store.session import reading, transaction
from monitor.store.tables import Account, AuditEntry, Campaign, CampaignMember, Finding, FindingStep, Person
from monitor.web.app import create_app
from tests.browsing import PHONE, Visitor, flaws, visit
from tests.web.cast import NOW
from tests.web.conftest import LogIn, settings_for
from tests.web.test_roles import ACCOUNTS
from tests.web.test_visits import PDF, VISIT, WORDS, mark_all, sign

REQUEST = {
    "buoc": "request",
    "so": "12/ĐKT",
    "ngay": "2026-02-24",
    "co-quan": "Sở Nội vụ",
    "kinh-gui": "Ông Đặng Hoà Bình",
    "han": "2026-03-01",
}
EXPLANATION = {"buoc": "explanation", "ket-qua": "given", "noi-dung": "Tôi đi họp ở tỉnh."}
REFUSED = {"buoc": "conclusion", "ket-qua": "not_accepted", "noi-dung": "Không có giấy mời."}


@pytest.fixture
def address(log_in: LogIn, engine: Engine) -> str:
    """The page of the finding about Bình (CB006), who was not seen at the signed visit of kt."""
    client = log_in("thanhtra")
    mark_all(client)
    assert client.post(f"{VISIT}/bien-ban", data=WORDS).status_code == 302
    assert sign(client) == 302
    assert client.post(f"{VISIT}/theo-doi", data={"nguoi": "CB006"}).status_code == 302
    with transaction(engine) as session:
        person = session.scalars(select(Person).where(col(Person.code) == "CB006")).one()
        session.add(
            Account(user_name="binh", display_name="Đặng Hoà Bình", role="staff", person_id=person.id)
        )
        return f"/theo-doi/{session.scalars(select(Finding)).one().code}"


def go(client: FlaskClient, address: str, step: dict[str, str], *, file: bool = False) -> int:
    data = {**step, "tep": (BytesIO(PDF), "anh.pdf")} if file else dict(step)
    answer = client.post(f"{address}/buoc", data=data, content_type="multipart/form-data")
    return answer.status_code


def test_a_finding_is_seen_by_its_team_its_unit_and_its_person(address: str, log_in: LogIn) -> None:
    seen = {
        name for name in (*ACCOUNTS.values(), "huong", "binh") if log_in(name).get(address).status_code == 200
    }
    assert seen == {"admin", "nhansu", "thanhtra", "giamsat", "huong", "binh"}
    listed = {
        name for name in ("huong", "binh", "duc", "hanh") if address in log_in(name).get("/theo-doi").text
    }
    assert listed == {"huong", "binh"}
    assert "Theo dõi sau kiểm tra <b>1</b>" in log_in("binh").get("/viec-can-lam").text


def test_under_seal_it_does_not_exist_for_the_unit_and_the_person(
    address: str, log_in: LogIn, engine: Engine
) -> None:
    with transaction(engine) as session:
        campaign = session.scalars(select(Campaign).where(col(Campaign.code) == "dot-1")).one()
        campaign.sealed_until = NOW + timedelta(days=1)
    for name in ("huong", "binh", "giamsat", "admin"):
        client = log_in(name)
        assert client.get(address).status_code == client.get(f"{address}x").status_code == 404
        assert address not in client.get("/theo-doi").text
        assert client.get("/theo-doi?dot=dot-1").status_code == 404
    assert log_in("thanhtra").get(address).status_code == 200


def test_a_team_follows_up_what_it_found_after_its_right_to_look_has_ended(
    address: str, log_in: LogIn, engine: Engine, tmp_path: Path
) -> None:
    later = create_app(engine, settings_for(tmp_path), lambda: NOW + timedelta(days=60))
    later.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    client = later.test_client()
    client.post("/dang-nhap", data={"user_name": "thanhtra"})
    assert client.get("/don-vi/kt/ngay/2026-02-24").status_code == 404
    assert client.get(address).status_code == 200
    with transaction(engine) as session:
        session.delete(session.scalars(select(CampaignMember)).one())
    assert client.get(address).status_code == 404


def test_the_form_is_that_of_the_reader_whose_turn_it_is(address: str, log_in: LogIn) -> None:
    assert 'value="request"' in log_in("thanhtra").get(address).text
    assert 'name="buoc"' not in log_in("binh").get(address).text
    assert "Đến lượt đoàn kiểm tra." in log_in("huong").get(address).text
    assert go(log_in("binh"), address, REQUEST) == 400
    assert go(log_in("thanhtra"), address, REFUSED) == 400  # not its turn
    assert go(log_in("thanhtra"), address, REQUEST) == 302
    assert 'value="explanation"' in log_in("binh").get(address).text
    assert go(log_in("binh"), address, EXPLANATION, file=True) == 302
    assert go(log_in("thanhtra"), address, REFUSED | {"noi-dung": ""}) == 400


def test_heads_of_other_units_and_strangers_change_nothing(
    address: str, log_in: LogIn, engine: Engine
) -> None:
    for name in ("hanh", "duc", "kythuat"):
        assert go(log_in(name), address, REQUEST) == 404
        assert log_in(name).post(f"{address}/nhac-nho").status_code == 404
    for name in ("admin", "nhansu", "giamsat", "huong"):
        assert go(log_in(name), address, REQUEST) == 400
    with reading(engine) as session:
        assert session.scalars(select(FindingStep)).all() == []


def test_papers_are_handed_out_to_who_may_export_and_traced(
    address: str, log_in: LogIn, engine: Engine
) -> None:
    team = log_in("thanhtra")
    assert team.get(f"{address}/yeu-cau.pdf").status_code == 404  # not written yet
    go(team, address, REQUEST)
    go(team, address, EXPLANATION, file=True)
    word = team.get(f"{address}/yeu-cau.docx")
    assert "Số: 12/ĐKT" in Document(BytesIO(word.data)).tables[0].rows[0].cells[0].text
    names = (*ACCOUNTS.values(), "huong", "binh")
    given = {name for name in names if log_in(name).get(f"{address}/yeu-cau.pdf").status_code == 200}
    assert given == {"nhansu", "thanhtra", "huong"}
    link = re.search(rf"{address}/tep/\d+", team.get(address).text)
    assert link
    assert log_in("binh").get(link[0]).data == team.get(link[0]).data == PDF
    assert log_in("hanh").get(link[0]).status_code == 404
    assert team.get(f"{address}/tep/99").status_code == 404
    with reading(engine) as session:
        told = list(session.scalars(select(col(AuditEntry.action))))
    assert told.count("export") == 4
    assert {"view_finding", "view_paper", "finding_step"} <= set(told)


def test_the_list_tells_days_left_and_what_is_late_in_words(
    address: str, log_in: LogIn, engine: Engine, tmp_path: Path
) -> None:
    go(log_in("thanhtra"), address, REQUEST)
    assert "Còn 5 ngày (hạn 01/03/2026)" in log_in("huong").get("/theo-doi?dot=dot-1").text
    app = create_app(engine, settings_for(tmp_path), lambda: NOW + timedelta(days=7))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    client = app.test_client()
    client.post("/dang-nhap", data={"user_name": "huong"})
    assert "Quá hạn 2 ngày (hạn 01/03/2026)" in client.get("/theo-doi?loc=qua-han").text
    assert address not in client.get("/theo-doi?loc=dong").text
    assert client.get("/theo-doi?loc=khac").status_code == 404


def send(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.fill(f"#{name}", value)
    page.locator(".follow-line .follow-form .btn-main").click()
    assert "Đã ghi." in page.locator("main").inner_text()


@pytest.mark.browser
def test_from_the_finding_to_its_closing_on_a_phone(
    visitors: list[Visitor], browser: Browser, served: str, address: str, engine: Engine, tmp_path: Path
) -> None:
    evidence = tmp_path / "anh.pdf"
    evidence.write_bytes(PDF)
    team, person, head = (
        visit(visitors, browser, served, viewport=PHONE).log_in(name)
        for name in ("thanhtra", "binh", "huong")
    )
    found: list[object] = []

    def at(visitor: Visitor) -> Page:
        page = visitor.open("/theo-doi")
        found.append(flaws(page, ".btn, .follow-who .name"))
        page.locator(".follow-list a").first.click()
        found.append(flaws(page, ".btn"))
        return page

    send(at(team), so="12/ĐKT")
    send(at(person), **{"noi-dung-buoc": "Tôi đi họp ở tỉnh."})
    page = at(team)
    page.get_by_label("Không chấp nhận giải trình").check()
    send(page, **{"noi-dung-buoc": "Không có giấy mời."})
    send(page, so="20/TB-ĐKT", han="2026-03-05")
    page = at(head)
    send(page, **{"noi-dung-buoc": "Niêm yết lịch trực.", "han": "2026-03-10"})
    page.set_input_files("#tep", str(evidence))
    send(page, **{"noi-dung-buoc": "Đã niêm yết."})
    page = at(team)
    send(page)
    assert "Đã đóng" in page.locator("main").inner_text()
    assert [one for one in found if one] == []
    with reading(engine) as session:
        steps = session.scalars(select(col(FindingStep.kind)).order_by(col(FindingStep.seq))).all()
    assert list(steps) == ["request", "explanation", "conclusion", "notice", "plan", "done", "close"]
