"""Alarms by mail and by other channels: once, to those who tend the terminal, over when they are over."""

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from sqlmodel import col

from monitor.config import Settings
from monitor.notices import channels, findings, queue_due
from monitor.store.session import reading, transaction
from monitor.store.tables import Account, Alarm, Terminal, Unit
from tests.notices.server import Box
from tests.notices.world import at, look_and_send, rows, states, wants

SLOT = timedelta(minutes=10)


def alarm(
    engine: Engine, now: datetime, terminal: str = "TM1", kind: str = "nearly_full", severity: str = "warning"
) -> int:
    """An alarm that is on."""
    with transaction(engine) as session:
        found = session.scalars(select(Terminal).where(col(Terminal.code) == terminal)).first()
        values = {
            "terminal": terminal,
            "percent": 84,
            "since": "07:00 24/02/2026",
            "job": terminal,
            "minutes": 9,
        }
        row = Alarm(
            kind=kind,
            subject=terminal,
            terminal_id=None if found is None else found.id,
            severity=severity,
            content=json.dumps(values),
            opened_at=now,
            last_seen_at=now,
        )
        session.add(row)
        session.flush()
        return row.id or 0


def change(engine: Engine, number: int, **values: object) -> None:
    """Change an alarm."""
    with transaction(engine) as session:
        session.connection().execute(update(Alarm).where(col(Alarm.id) == number).values(**values))


@pytest.fixture
def tended(engine: Engine) -> Engine:
    """A technician who wants alarms."""
    wants(engine, "kythuat", alarms=True)
    return engine


def test_alarms_that_open_together_come_in_one_message_and_once(
    tended: Engine, site: Settings, box: Box, now: datetime
) -> None:
    alarm(tended, now)
    alarm(tended, now, "TM2", "terminal_silent", "serious")
    for minutes in (0, 1, 10, 60):
        look_and_send(tended, site, now + timedelta(minutes=minutes))
    assert box.subjects() == ["2 cảnh báo máy chấm công – UBND phường Trà Bá"]
    assert "Bộ nhớ máy TM1 đã dùng 84 %" in box.texts()[0]
    assert states(tended) == ["sent"]


def test_what_becomes_serious_is_told_again(tended: Engine, site: Settings, box: Box, now: datetime) -> None:
    number = alarm(tended, now)
    look_and_send(tended, site, now)
    change(tended, number, severity="serious")
    look_and_send(tended, site, now + SLOT)
    look_and_send(tended, site, now + 2 * SLOT)
    assert len(box.taken) == 2


def test_an_alarm_that_is_over_before_it_could_be_sent_is_not(
    tended: Engine, site: Settings, box: Box, now: datetime
) -> None:
    number = alarm(tended, now)
    queue_due(tended, site, now)
    change(tended, number, closed_at=now)
    look_and_send(tended, site, now)
    assert [(row.state, row.error) for row in rows(tended)] == [("dropped", "notice_over")]
    assert box.taken == []


def test_alarms_go_to_those_who_tend_the_terminal(
    engine: Engine, site: Settings, box: Box, now: datetime
) -> None:
    with transaction(engine) as session:
        kt = session.scalars(select(Unit).where(col(Unit.code) == "kt")).one()
        session.connection().execute(
            update(Account).where(col(Account.user_name) == "kythuat").values(unit_id=kt.id)
        )
        session.connection().execute(
            update(Terminal).where(col(Terminal.code) == "TM2").values(unit_id=kt.id)
        )
    for name in ("kythuat", "admin", "nhansu", "hanh", "duc"):
        wants(engine, name, alarms=True)
    alarm(engine, now)
    alarm(engine, now, "TM2")
    alarm(engine, now, "refresh_records", "job_dead")
    look_and_send(engine, site, now)
    counts = {one["To"].split("@")[0]: one["Subject"].split()[0] for one in box.messages()}
    assert counts == {"kythuat": "1", "admin": "3", "nhansu": "2"}


def test_a_message_that_was_never_sent_told_nothing(
    tended: Engine, site: Settings, box: Box, now: datetime
) -> None:
    alarm(tended, now)
    box.rcpt = "451 later"
    look_and_send(tended, site, now)
    box.rcpt = ""
    look_and_send(tended, site, now + timedelta(hours=13))
    assert states(tended) == ["given_up"] or states(tended) == ["given_up", "sent"]
    look_and_send(tended, site, now + timedelta(hours=13, minutes=10))
    assert states(tended) == ["given_up", "sent"]
    assert len(box.taken) == 1


class Hook(HTTPServer):
    """A service of another channel; `status` is what it answers, `told` what it was told."""

    status = 200
    told: list[str]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        hook = self.server
        assert isinstance(hook, Hook)
        hook.told.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(hook.status)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A service on this machine."""
    with Hook(("127.0.0.1", 0), _Handler) as server:
        server.told = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join(60)


@pytest.fixture
def hooked(hook: Hook, tmp_path: Path, port: int) -> Settings:
    """An installation with that channel and no mail."""
    (tmp_path / "channels.txt").write_text(
        f"# nhóm kỹ thuật\njson://127.0.0.1:{hook.server_address[1]}/\n", encoding="utf-8"
    )
    return at(port, tmp_path, host="", other_channels_file="channels.txt")


def test_another_channel_gets_alarms_once_and_nothing_about_people(
    office: Engine, hooked: Settings, hook: Hook, now: datetime
) -> None:
    alarm(office, now)
    for minutes in (0, 10, 20):
        look_and_send(office, hooked, now + timedelta(minutes=minutes))
    assert len(hook.told) == 1
    assert "TM1" in json.loads(hook.told[0])["message"]
    assert [(row.channel, row.state) for row in rows(office)] == [("other", "sent")]
    assert "127.0.0.1" not in rows(office)[0].about


def test_a_channel_that_does_not_confirm_leaves_a_doubt(
    office: Engine, hooked: Settings, hook: Hook, now: datetime
) -> None:
    hook.status = 500
    alarm(office, now)
    look_and_send(office, hooked, now)
    look_and_send(office, hooked, now + SLOT)
    assert [(row.state, row.error) for row in rows(office)] == [("unknown", "notice_channel_no")]


def test_without_the_extra_the_channel_waits_and_the_doctor_says_why(
    office: Engine, hooked: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "find_spec", lambda _name: None)
    alarm(office, now)
    look_and_send(office, hooked, now)
    assert [(row.state, row.error) for row in rows(office)] == [("queued", "notice_no_apprise")]
    with reading(office) as session:
        assert "notice_no_apprise" in [one.code for one in findings(session, hooked, now)]
