"""An address counts once its code came back; codes are few, short-lived and stored nowhere."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.config import Settings
from monitor.notices import (
    NoticeRefused,
    ask_address,
    ask_test,
    confirm_address,
    erase_old,
    findings,
    forget_address,
    queue_due,
)
from monitor.store.session import reading, transaction
from monitor.store.tables import NoticeAddress
from tests.accounts.cast import trail
from tests.notices.server import Box
from tests.notices.world import account_of, address_of, at, look_and_send, rows, send_all, states, wants

ADDRESS = "hanh.moi@xa.example"


def ask(
    engine: Engine, settings: Settings, now: datetime, address: str = ADDRESS, name: str = "hanh"
) -> None:
    """Ask for a code."""
    with transaction(engine) as session:
        ask_address(session, account_of(engine, name), address, settings, now)


def confirm(engine: Engine, settings: Settings, code: str, now: datetime, name: str = "hanh") -> bool:
    """Type a code."""
    with transaction(engine) as session:
        return confirm_address(session, account_of(engine, name), code, settings, now)


def code_in(box: Box) -> str:
    """The code of the last message."""
    return str(re.findall(r"^\d{8}$", box.texts()[-1], re.MULTILINE)[0])


def test_an_address_is_taken_once_its_code_came_back(
    engine: Engine, site: Settings, box: Box, now: datetime
) -> None:
    ask(engine, site, now)
    send_all(engine, site, now)
    code = code_in(box)
    assert box.messages()[0]["To"] == ADDRESS
    assert address_of(engine, "hanh").address == ""
    assert queue_due(engine, site, now) == 0

    assert not confirm(engine, site, "00000000" if code != "00000000" else "1", now)
    assert confirm(engine, site, f" {code[:4]} {code[4:]} ", now + timedelta(minutes=29))
    assert address_of(engine, "hanh").address == ADDRESS
    assert not confirm(engine, site, code, now)
    assert [action for _actor, action in trail(engine)] == ["notice_address_ask", "notice_address"]
    assert queue_due(engine, site, now) == 1


def test_a_code_is_good_for_half_an_hour_five_tries_one_account_and_one_address(
    engine: Engine, site: Settings, box: Box, now: datetime
) -> None:
    ask(engine, site, now)
    ask(engine, site, now, "huong@xa.example", "huong")
    send_all(engine, site, now)
    hanh = re.findall(r"^\d{8}$", box.texts()[0], re.MULTILINE)[0]
    assert not confirm(engine, site, hanh, now + timedelta(minutes=30))
    assert not confirm(engine, site, hanh, now, "huong")
    for _ in range(5):
        assert not confirm(engine, site, "x", now)
    assert not confirm(engine, site, hanh, now)

    ask(engine, site, now, "khac@xa.example")
    assert not confirm(engine, site, hanh, now)


def test_a_code_is_stored_nowhere(engine: Engine, site: Settings, box: Box, now: datetime) -> None:
    ask(engine, site, now)
    send_all(engine, site, now)
    kept = f"{address_of(engine, 'hanh')!r} {address_of(engine, 'hanh').code_digest} {rows(engine)!r}"
    assert code_in(box) not in kept


def test_nobody_s_mailbox_is_flooded(engine: Engine, site: Settings, now: datetime) -> None:
    for number in range(5):
        ask(engine, site, now, f"a{number}@xa.example")
    with pytest.raises(NoticeRefused, match="notice_too_many"):
        ask(engine, site, now)
    assert states(engine) == ["dropped"] * 4 + ["queued"]
    ask(engine, site, now + timedelta(days=1, seconds=1))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "hanh",
        "a@b@c.vn",
        "a@xa.example\r\nBcc: b@c.vn",
        "a@xa.example, b@c.vn",
        "hạnh@xa.vn",
        "a" * 250 + "@b.vn",
    ],
)
def test_what_is_no_plain_address_is_refused(
    engine: Engine, site: Settings, now: datetime, address: str
) -> None:
    with pytest.raises(NoticeRefused, match="notice_address_bad"):
        ask(engine, site, now, address)
    assert rows(engine) == []


def test_without_a_server_no_code_is_promised(engine: Engine, site: Settings, now: datetime) -> None:
    with pytest.raises(NoticeRefused, match="notice_no_server"):
        ask(engine, at(1, site.folder, host=""), now)


def test_an_address_that_was_refused_is_good_again_after_a_new_code(
    office: Engine, site: Settings, box: Box, now: datetime
) -> None:
    box.rcpt = "550 5.1.1 unknown"
    look_and_send(office, site, now)
    with reading(office) as session:
        found = {one.code: one.values for one in findings(session, site, now)}
    assert found["doctor_mail_bounced"] == {"count": 2, "users": "hanh, huong"}

    box.rcpt = ""
    ask(office, site, now)
    send_all(office, site, now)
    assert confirm(office, site, code_in(box), now)
    assert address_of(office, "hanh").bounced_at is None
    assert queue_due(office, site, now + timedelta(days=1)) == 1


def test_a_trial_message_and_the_end_of_all_messages(
    office: Engine, site: Settings, box: Box, now: datetime
) -> None:
    hanh = account_of(office, "hanh")
    with transaction(office) as session:
        ask_test(session, hanh, site, now)
    send_all(office, site, now)
    assert box.subjects() == ["Thư thử – UBND phường Trà Bá"]

    queue_due(office, site, now)
    with transaction(office) as session:
        forget_address(session, hanh, now)
    send_all(office, site, now)
    assert [one["To"] for one in box.messages()].count("hanh@xa.example") == 1
    with pytest.raises(NoticeRefused, match="notice_no_address"), transaction(office) as session:
        ask_test(session, hanh, site, now)


def test_the_doctor_tells_of_what_waits_and_what_is_in_doubt(
    office: Engine, site: Settings, box: Box, now: datetime
) -> None:
    box.drop_after_text = True
    look_and_send(office, site, now)
    wants(office, "nhansu", morning=True)
    queue_due(office, site, now)
    with reading(office) as session:
        assert [one.code for one in findings(session, site, now + timedelta(hours=2))] == [
            "doctor_mail_waits",
            "doctor_mail_unknown",
        ]
        assert [one.code for one in findings(session, site, now + timedelta(days=8))] == ["doctor_mail_waits"]


def test_an_address_that_nobody_confirmed_is_forgotten_and_a_confirmed_one_stays(
    office: Engine, site: Settings, now: datetime
) -> None:
    ask(office, site, now, "ai-do@xa.example", "duc")
    ask(office, site, now)
    send_all(office, site, now)

    def kept(at_moment: datetime) -> set[str]:
        with transaction(office) as session:
            erase_old(session, 90, at_moment)
            return set(session.scalars(select(col(NoticeAddress.candidate) + col(NoticeAddress.address))))

    assert "ai-do@xa.example" in kept(now + timedelta(hours=23))
    assert kept(now + timedelta(days=2)) == {f"{ADDRESS}hanh@xa.example", "huong@xa.example"}
