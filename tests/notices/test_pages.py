"""The pages of messages: one's own address and choices; the administrator's list, without a word of them."""

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine

from monitor.config import Settings
from monitor.store.session import reading, transaction
from monitor.store.tables import NoticeAddress, NoticeChoice, OutgoingMessage
from monitor.web.app import create_app
from tests.accounts.cast import Clock, give_password, settings_of, trail
from tests.notices.server import Box
from tests.notices.world import account_of, look_and_send, rows, send_all, states, wants
from tests.web.conftest import LogIn, log_in
from tests.web.signing import enter

__all__ = ["log_in"]

OWN = "/tai-khoan/thong-bao"
LIST = "/quan-tri/thong-bao"
CHOICE = {"morning": "1", "language": "en", "quiet_from": "21:30", "quiet_to": "06:00"}


def settings_with(site: Settings, **web: object) -> Settings:
    """The installation with a log-in for trying out."""
    told = {"secret_key": "k" * 32, "development_login": True} | web
    return Settings.model_validate(
        {**site.model_dump(include={"mail", "site"}), "web": told, "folder": site.folder}
    )


@pytest.fixture
def app(engine: Engine, site: Settings, now: datetime) -> Flask:
    """The application with a mail server."""
    app = create_app(engine, settings_with(site), lambda: now)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    return app


def test_from_address_to_digest_by_pages_alone(
    engine: Engine, site: Settings, box: Box, log_in: LogIn, now: datetime
) -> None:
    hanh = log_in("hanh")
    assert "Chưa nhận thư nào." in hanh.get("/tai-khoan").text
    asked = hanh.post(f"{OWN}/dia-chi", data={"address": "hanh@xa.example"}, follow_redirects=True)
    assert "Đã gửi mã tới hanh@xa.example" in asked.text
    send_all(engine, site, now)
    code = re.findall(r"^\d{8}$", box.texts()[0], re.MULTILINE)[0]

    wrong = hanh.post(f"{OWN}/ma", data={"code": "1"})
    assert (wrong.status_code, "Mã chưa đúng" in wrong.text) == (400, True)
    assert "Đã xác nhận" in hanh.post(f"{OWN}/ma", data={"code": code}, follow_redirects=True).text
    assert "Thư gửi tới hanh@xa.example" in hanh.get("/tai-khoan").text

    look_and_send(engine, site, now)
    assert box.subjects()[1].startswith("Sáng 24/02: 3 người")
    assert "Đầu giờ sáng" in hanh.get(OWN).text


def test_choices_are_kept_and_shown(engine: Engine, log_in: LogIn) -> None:
    hanh = log_in("hanh")
    assert hanh.post(f"{OWN}/lua-chon", data=CHOICE).location == OWN
    with reading(engine) as session:
        kept = session.get_one(NoticeChoice, account_of(engine, "hanh").id)
        assert (kept.language, kept.morning, kept.evening, kept.days_off) == ("en", True, False, False)
        assert (kept.quiet_from, kept.quiet_to) == (21 * 60 + 30, 6 * 60)
    page = hanh.get(OWN).text
    assert 'value="21:30"' in page
    assert '<option value="en" lang="en" selected>' in page
    assert trail(engine)[-1] == ("hanh", "notice_choice")


@pytest.mark.parametrize(
    ("start", "end"),
    [("21:30", ""), ("", "06:00"), ("21:30", "21:30"), ("25:00", "06:00"), ("x", "y"), ("01:77", "06:00")],
)
def test_quiet_hours_that_make_no_sense_are_refused(log_in: LogIn, start: str, end: str) -> None:
    answer = log_in("hanh").post(f"{OWN}/lua-chon", data=CHOICE | {"quiet_from": start, "quiet_to": end})
    assert (answer.status_code, "Giờ yên lặng: cần cả hai giờ" in answer.text) == (400, True)


def test_an_address_that_was_refused_is_shown_to_its_owner_and_to_administrators(
    engine: Engine, log_in: LogIn, now: datetime
) -> None:
    wants(engine, "hanh", morning=True)
    with transaction(engine) as session:
        row = session.get_one(NoticeAddress, account_of(engine, "hanh").id)
        row.bounced_at, row.bounce = now, "550 5.1.1"
    assert "từ chối địa chỉ này lúc 08:15 24/02/2026 (550 5.1.1)" in log_in("hanh").get(OWN).text
    assert "Máy chủ thư từ chối hanh@xa.example." in log_in("hanh").get("/tai-khoan").text
    assert "Địa chỉ bị từ chối hẳn" in log_in("admin").get(LIST).text


def test_roles_are_offered_what_they_can_have(log_in: LogIn) -> None:
    offered = {
        name: set(re.findall(r'type="checkbox" name="(\w+)"', log_in(name).get(OWN).text)) - {"days_off"}
        for name in ("hanh", "kythuat", "duc", "nhansu", "thanhtra")
    }
    digests = {"morning", "evening", "monthly"}
    assert offered == {
        "hanh": digests | {"asked"},
        "kythuat": {"alarm"},
        "duc": {"asked"},
        "nhansu": digests | {"alarm"},
        "thanhtra": set(),
    }


def test_administrators_see_what_became_of_messages_but_not_what_they_say(
    office: Engine, site: Settings, box: Box, log_in: LogIn, now: datetime
) -> None:
    box.drop_after_text = True
    look_and_send(office, site, now)
    admin = log_in("admin")
    page = admin.get(LIST).text
    assert page.count("không rõ đã tới chưa") >= 2
    assert "máy chủ thư không trả lời" in page
    for word in ("@xa.example", "người cần xem", "Chưa đến"):
        assert word not in page
    assert "Không có thư nào." in admin.get(f"{LIST}?trang-thai=sent").text
    assert admin.get(f"{LIST}?trang-thai=x%27").status_code == 200

    box.drop_after_text = False
    number = rows(office)[0].id
    assert admin.post(f"{LIST}/{number}/gui-lai").location == LIST
    assert states(office) == ["queued", "unknown"]
    send_all(office, site, now)
    assert states(office) == ["sent", "unknown"]
    assert trail(office)[-1] == ("admin", "notice_resend")


def test_only_administrators_send_again_and_only_what_failed(
    office: Engine, site: Settings, log_in: LogIn, now: datetime
) -> None:
    look_and_send(office, site, now)
    number = rows(office)[0].id
    for name in ("nhansu", "hanh", "kythuat", "duc"):
        assert log_in(name).post(f"{LIST}/{number}/gui-lai").status_code == 404
    assert log_in("admin").post(f"{LIST}/{number}/gui-lai").status_code == 400
    assert log_in("admin").post(f"{LIST}/999/gui-lai").status_code == 404


def test_an_address_is_changed_only_by_who_has_just_proven_to_be_there(
    engine: Engine, site: Settings, now: datetime
) -> None:
    clock = Clock(now)
    give_password(engine, "hanh", settings_of(), now=now)
    app = create_app(engine, settings_with(site, development_login=False), clock)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    client = app.test_client()
    enter(client, "hanh")
    clock.pass_seconds(11 * 60)
    for step in ("dia-chi", "bo"):
        asked = client.post(f"{OWN}/{step}", data={"address": "ke-xau@xa.example"})
        assert asked.location.startswith("/xac-nhan")
    assert rows(engine) == []


def test_nobody_sees_another_s_messages(office: Engine, site: Settings, log_in: LogIn, now: datetime) -> None:
    look_and_send(office, site, now)
    page = log_in("duc").get(OWN).text
    assert "Đầu giờ sáng" not in page
    assert "@xa.example" not in page


def test_without_a_server_the_pages_say_so(engine: Engine, site: Settings, now: datetime) -> None:
    empty = site.model_copy(update={"mail": site.mail.model_copy(update={"host": ""})})
    app = create_app(engine, settings_with(empty), lambda: now)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    client = app.test_client()
    client.post("/dang-nhap", data={"user_name": "hanh"})
    assert "Chưa có máy chủ thư" in client.get(OWN).text
    assert client.post(f"{OWN}/dia-chi", data={"address": "a@xa.example"}).status_code == 400


def test_a_long_list_stays_short(office: Engine, log_in: LogIn, now: datetime) -> None:
    hanh = account_of(office, "hanh").id
    with transaction(office) as session:
        session.add_all(message(number, hanh, now) for number in range(230))
    assert log_in("admin").get(LIST).text.count('class="message ') == 200


def message(number: int, account_id: int | None, now: datetime) -> OutgoingMessage:
    """A message of a crowd."""
    return OutgoingMessage(
        key=f"test:{number}",
        account_id=account_id,
        kind="test",
        about="",
        language="vi",
        token=f"{number:016x}",
        queued_at=now,
        next_at=now,
        expires_at=now + timedelta(hours=1),
    )
