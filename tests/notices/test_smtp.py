"""Every end of a conversation with a real mail server: taken, later, refused, silent, killed, protected."""

import socket
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from monitor.config import ConfigError, Settings, load_settings
from monitor.notices import deliver_one, queue_due, try_server
from monitor.notices.outbox import pause
from monitor.tls import found as make_tls
from tests.notices.server import Box, free_port, mail_server, passes, server_side
from tests.notices.world import address_of, at, look_and_send, rows, send_all, states, wants

A_MINUTE = timedelta(minutes=1)


def test_a_message_in_vietnamese_arrives_as_it_was_written(
    office: Engine, site: Settings, box: Box, now: datetime
) -> None:
    look_and_send(office, site, now)

    message = box.messages()[0]
    assert message["Subject"] == "Sáng 24/02: 3 người cần xem – Văn phòng HĐND và UBND"
    assert str(message["From"]) == "UBND phường Trà Bá <cham-cong@xa.example>"
    assert message["To"] == "hanh@xa.example"
    assert (message["Auto-Submitted"], message["List-Id"]) == ("auto-generated", "<thong-bao.xa.example>")
    row = rows(office)[0]
    assert message["Message-ID"] == f"<morning.{row.id}.{row.token}@xa.example>"
    assert all(byte < 128 for byte in box.taken[0][2])
    assert max(map(len, box.taken[0][2].split(b"\r\n"))) <= 78
    assert states(office) == ["sent", "sent"]


def test_a_later_is_tried_again_after_growing_pauses(
    office: Engine, site: Settings, box: Box, now: datetime
) -> None:
    box.rcpt = "451 4.7.1 Greylisted"
    moment, tries = now, []
    queue_due(office, site, now)
    for _ in range(3):
        send_all(office, site, moment)
        tries.append(rows(office)[0].next_at - moment)
        moment = rows(office)[0].next_at
    assert tries == [A_MINUTE, 2 * A_MINUTE, 4 * A_MINUTE]
    assert (rows(office)[0].error, rows(office)[0].reply) == ("mail_later", "451 4.7.1")
    assert pause(30) == timedelta(hours=1)

    box.rcpt = ""
    send_all(office, site, moment)
    assert states(office) == ["sent", "sent"]
    assert len(box.taken) == 2


@pytest.mark.parametrize("answer", ["550 5.1.1 No such user", "553 bad mailbox", "550 5.2.1 disabled"])
def test_an_address_refused_for_good_is_written_to_no_more(
    office: Engine, site: Settings, box: Box, now: datetime, answer: str
) -> None:
    box.rcpt = answer
    look_and_send(office, site, now)
    assert states(office) == ["failed", "failed"]
    assert address_of(office, "hanh").bounced_at == now
    assert address_of(office, "hanh").bounce == " ".join(answer.split()[: 2 if "." in answer else 1])

    box.rcpt = ""
    assert look_and_send(office, site, now + timedelta(days=1)) == []


@pytest.mark.parametrize("step", ["rcpt", "data"])
def test_a_server_s_own_rules_say_nothing_about_the_address(
    office: Engine, site: Settings, box: Box, now: datetime, step: str
) -> None:
    setattr(box, step, "554 5.7.1 Relay access denied")
    look_and_send(office, site, now)
    assert states(office) == ["failed", "failed"]
    assert address_of(office, "hanh").bounced_at is None


def test_a_sender_that_is_not_taken_is_our_fault_and_tried_again(
    office: Engine, site: Settings, box: Box, now: datetime
) -> None:
    box.mail = "550 5.7.1 Not you"
    look_and_send(office, site, now)
    assert [(row.state, row.error) for row in rows(office)] == [("queued", "mail_sender")] * 2


def test_a_server_that_is_gone_loses_nothing(office: Engine, tmp_path: Path, box: Box, now: datetime) -> None:
    port = free_port()
    settings = at(port, tmp_path)
    assert [one.error for one in look_and_send(office, settings, now)] == ["mail_unreachable"] * 2
    with mail_server(box, port):
        send_all(office, settings, now + A_MINUTE)
    assert states(office) == ["sent", "sent"]


def test_a_text_that_was_given_and_not_acknowledged_is_never_sent_again_by_itself(
    office: Engine, site: Settings, box: Box, now: datetime
) -> None:
    box.drop_after_text = True
    look_and_send(office, site, now)
    assert [(row.state, row.error) for row in rows(office)] == [("unknown", "mail_unknown")] * 2
    assert look_and_send(office, site, now + timedelta(hours=1)) == []
    assert len(box.taken) == 2


def test_a_server_that_talks_without_end_is_cut(office: Engine, tmp_path: Path, now: datetime) -> None:
    """A byte every tenth of a second never times out by itself."""
    over = threading.Event()

    def drip(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            while not over.wait(0.1):
                try:
                    connection.sendall(b"2")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener,))
        thread.start()
        settings = at(listener.getsockname()[1], tmp_path, timeout_seconds=0.5)
        queue_due(office, settings, now)
        ended = deliver_one(office, settings, lambda: now)
        over.set()
        thread.join(60)
    assert ended is not None
    assert (ended.state, states(office)[0]) == ("retry", "queued")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an authority and a certificate for this machine."""
    from tests.notices.world import MORNING

    folder = tmp_path_factory.mktemp("tls")
    make_tls(folder, ["127.0.0.1", "localhost"], MORNING)
    return folder


def guarded(port: int, folder: Path, certificate: Path, **mail: object) -> Settings:
    (folder / "mail.secret").write_text("mat-khau\n", encoding="utf-8")
    told = {"user": "cham-cong", "password_file": "mail.secret", "ca_file": str(certificate / "ca.crt")}
    return at(port, folder, **({"security": "starttls"} | told | mail))


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_tls_and_a_password(
    office: Engine, box: Box, tmp_path: Path, certificate: Path, now: datetime, security: str
) -> None:
    context = server_side(str(certificate / "server.crt"), str(certificate / "server.key"))
    options: dict[str, Any] = {"authenticator": passes("cham-cong", "mat-khau"), "auth_required": True}
    if security == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    else:
        options = {"authenticator": options["authenticator"], "ssl_context": context}
        options |= {"auth_require_tls": False}
    with mail_server(box, **options) as port:
        settings = guarded(port, tmp_path, certificate, security=security)
        assert try_server(settings).state == "sent"
        look_and_send(office, settings, now)
        (tmp_path / "mail.secret").write_text("sai", encoding="utf-8")
        assert (try_server(settings).error, try_server(settings).reply) == ("mail_auth", "535")
        (tmp_path / "mail.secret").write_text("mật khẩu", encoding="utf-8")
        assert try_server(settings).error == "mail_password"
    assert len(box.taken) == 2


def test_nothing_is_said_to_a_server_that_cannot_prove_its_name(
    office: Engine, box: Box, tmp_path: Path, certificate: Path, now: datetime
) -> None:
    context = server_side(str(certificate / "server.crt"), str(certificate / "server.key"))
    with mail_server(box, tls_context=context) as port:
        settings = guarded(port, tmp_path, certificate, ca_file="")
        assert {one.error for one in look_and_send(office, settings, now)} == {"mail_tls"}
    assert box.taken == []


def test_where_tls_was_taken_away_nothing_is_sent(
    office: Engine, box: Box, port: int, tmp_path: Path, certificate: Path, now: datetime
) -> None:
    settings = guarded(port, tmp_path, certificate)
    assert {one.error for one in look_and_send(office, settings, now)} == {"mail_tls"}
    assert box.taken == []


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        ('host = "10.0.0.5"\nsender = "a@b.vn"\nsecurity = "none"', "security"),
        ('host = "mail.xa.vn"\nsender = "a@b.vn"\nsecurity = "none"', "security"),
        ('host = "mail.xa.vn"', "sender"),
        ('host = "mail.xa.vn"\nsender = "a@b.vn"\nuser = "x"', "password_file"),
        (
            'host = "10.0.0.5"\nsender = "a@b.vn"\nsecurity = "none"\nplain_hosts = ["10.0.0.5"]\n'
            'user = "x"\npassword_file = "p"',
            "security",
        ),
    ],
)
def test_a_configuration_that_would_speak_in_the_clear_is_refused(
    tmp_path: Path, lines: str, key: str
) -> None:
    (tmp_path / "config.toml").write_text(f"[mail]\n{lines}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_settings(tmp_path / "config.toml")
    assert (refused.value.code, refused.value.values["key"]) == ("config_mail", f"mail.{key}")


def test_a_relay_that_is_listed_may_be_spoken_to_in_the_clear(tmp_path: Path) -> None:
    text = '[mail]\nhost = "10.0.0.5"\nsender = "a@b.vn"\nsecurity = "none"\nplain_hosts = ["10.0.0.5"]\n'
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    assert load_settings(tmp_path / "config.toml").mail.host == "10.0.0.5"


@pytest.mark.parametrize("bad", ['morning = "13:00"', 'evening = "08:00"', 'sender = "a@b.vn\\nBcc: c"'])
def test_hours_and_addresses_that_make_no_sense_are_refused(tmp_path: Path, bad: str) -> None:
    (tmp_path / "config.toml").write_text(f"[mail]\n{bad}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="config_bad_value"):
        load_settings(tmp_path / "config.toml")


def test_without_a_server_nothing_is_queued_at_all(office: Engine, tmp_path: Path, now: datetime) -> None:
    wants(office, "nhansu", morning=True)
    settings = at(1, tmp_path, host="")
    assert queue_due(office, settings, now) == 0
    assert deliver_one(office, settings, lambda: now) is None
