"""The administrator's pages of tokens and receivers, the ids to be confirmed, and where units came from."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from monitor.setup import import_into, read_bytes
from monitor.store.queries.listed_ids import keep_listed
from monitor.store.session import transaction
from monitor.web.app import create_app
from tests.office import rows
from tests.web.cast import NOW
from tests.web.conftest import LogIn, log_in, settings_for

__all__ = ["log_in"]

TOKEN = {"name": "Phần mềm lương", "role": "hr", "unit": "vp", "owner": "nhansu", "days": "30"}


def test_a_token_made_on_the_page_is_shown_once_and_opens_the_api(log_in: LogIn, app: Flask) -> None:
    admin = log_in("admin")

    made = admin.post("/quan-tri/ma-truy-cap", data=TOKEN)
    (token,) = re.findall(r"chamcong_[\w-]{43}", made.text)
    ask = {"headers": {"Authorization": f"Bearer {token}"}}

    assert app.test_client().get("/api/v1/units", **ask).status_code == 200
    listed = admin.get("/quan-tri/ma-truy-cap").text
    assert "Phần mềm lương" in listed
    assert token not in listed
    admin.post("/quan-tri/ma-truy-cap/1/thu-hoi")
    assert app.test_client().get("/api/v1/units", **ask).status_code == 401
    assert "đã bị thu hồi" in admin.get("/quan-tri/ma-truy-cap").text


@pytest.mark.parametrize(("field", "value"), [("days", "0"), ("days", "x"), ("unit", ""), ("owner", "duc")])
def test_what_cannot_be_is_said_and_nothing_is_made(
    field: str, value: str, log_in: LogIn, engine: Engine
) -> None:
    answer = log_in("admin").post("/quan-tri/ma-truy-cap", data=TOKEN | {field: value})

    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert rows(engine, "SELECT count(*) FROM api_token") == [(0,)]


def test_a_receiver_inside_the_house_must_be_listed(engine: Engine, tmp_path: Path) -> None:
    told = {"name": "Lương", "url": "http://127.0.0.1:9/x", "unit": "vp"}
    answers = []
    for networks in ([], ["127.0.0.0/8"]):
        settings = settings_for(tmp_path).model_copy(
            update={
                "webhooks": settings_for(tmp_path).webhooks.model_validate({"allowed_networks": networks})
            }
        )
        app = create_app(engine, settings, lambda: NOW)
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        client = app.test_client()
        client.post("/dang-nhap", data={"user_name": "admin"})
        answers.append(client.post("/quan-tri/noi-nhan", data=told))
        listed = client.get("/quan-tri/noi-nhan").text
        assert "whsec_" not in listed

    assert [answer.status_code for answer in answers] == [400, 200]
    assert "webhooks.allowed_networks" in answers[0].text
    assert re.search(r"whsec_[\w+/]{43}=", answers[1].text)


def listed(engine: Engine, *users: str) -> None:
    """What the front gate's list holds."""
    with transaction(engine) as session:
        keep_listed(session, 1, users, NOW)


def test_ids_of_a_terminal_s_own_list_are_suggested_by_number_and_confirmed_by_a_person(
    log_in: LogIn, engine: Engine
) -> None:
    with transaction(engine) as session:
        session.connection().exec_driver_sql(
            "UPDATE badge SET terminal_id = 2 WHERE device_user_id IN ('002', '003')"
        )
        session.connection().exec_driver_sql("UPDATE badge SET device_user_id = '77' WHERE person_id = 3")
    listed(engine, "001", "002", "77", "5555")
    hr = log_in("nhansu")

    page = hr.get("/thiet-lap/ma-may").text

    suggested = set(re.findall(r'name="ma" value="(TM1/[^"]+)"', page))
    assert suggested == {"TM1/002/CB002", "TM1/77/CB003"}  # 001 is known, 5555 is nobody's
    assert "5555" in page
    assert rows(engine, "SELECT count(*) FROM badge WHERE terminal_id = 1") == [(0,)]
    hr.post("/thiet-lap/ma-may", data={"tat-ca": "1", "hien": sorted(suggested)})
    assert rows(engine, "SELECT device_user_id, person_id FROM badge WHERE terminal_id = 1 ORDER BY 1") == [
        ("002", 2),
        ("77", 3),
    ]


def test_an_id_that_two_numbers_point_to_is_nobody_s_suggestion(log_in: LogIn, engine: Engine) -> None:
    with transaction(engine) as session:
        session.connection().exec_driver_sql(
            "UPDATE badge SET terminal_id = 2, device_user_id = '002' WHERE person_id = 3"
        )
        session.connection().exec_driver_sql("DELETE FROM badge WHERE person_id = 2")
    listed(engine, "002")

    page = log_in("nhansu").get("/thiet-lap/ma-may").text

    assert not re.findall(r'name="ma" value="TM1/002/', page)


def test_the_tree_says_where_a_unit_came_from(log_in: LogIn, engine: Engine) -> None:
    text = "code,name,parent,predecessors,origin,origin_on\nkt,Phòng Kinh tế,ubnd,vp;pvhcc,merge,2025-07-01\n"
    with transaction(engine) as session:
        file = read_bytes("units", text.encode(), "units.csv")
        import_into(session, file, now=NOW, zone="Asia/Ho_Chi_Minh", actor="admin")

    page = log_in("nhansu").get("/thiet-lap/don-vi").text

    plain = " ".join(re.sub("<[^>]+>", "", page).split())
    assert "Hợp nhất từ Văn phòng HĐND và UBND (vp), Trung tâm Phục vụ hành chính công (pvhcc)" in plain
    assert "từ ngày 01/07/2025" in plain
    assert plain.count("Hợp nhất vào Phòng Kinh tế (kt)") == 2
