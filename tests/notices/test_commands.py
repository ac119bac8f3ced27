"""`monitor notices` and what the doctor adds."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from monitor.cli.root import monitor
from monitor.config import Settings
from monitor.notices import NoticeRefused
from tests.notices.server import Box
from tests.notices.world import SENDER, look_and_send, rows, send_all


@pytest.fixture
def config(office: Engine, port: int, tmp_path: Path) -> Path:
    """A configuration of that office whose clock stands still."""
    path = tmp_path / "config.toml"
    path.write_text(
        f'[database]\nurl = "{office.url}"\n[demo]\nnow = "2026-02-24 08:15"\nfrozen = true\n'
        f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nsender = "{SENDER}"\n',
        encoding="utf-8",
    )
    return path


def run(config: Path, *arguments: str) -> Result:
    """A command's result."""
    return CliRunner().invoke(monitor, ["--config", str(config), "notices", *arguments])


def test_the_server_is_tried_without_sending_and_a_trial_is_sent_when_asked(
    office: Engine, site: Settings, box: Box, config: Path, now: datetime
) -> None:
    assert "127.0.0.1 trả lời tốt" in run(config, "test").output
    assert box.taken == []
    assert run(config, "test", "--to", "hanh").exit_code == 0
    send_all(office, site, now)
    assert box.subjects() == ["Thư thử – UBND phường Trà Bá"]
    assert isinstance(run(config, "test", "--to", "nobody").exception, NoticeRefused)


def test_messages_are_listed_and_sent_again(
    office: Engine, site: Settings, box: Box, config: Path, now: datetime
) -> None:
    assert "Không có thư nào." in run(config, "list").output
    box.data = "554 5.6.0 no"
    look_and_send(office, site, now)
    told = run(config, "list").output
    assert told.count("bị từ chối  máy chủ thư từ chối thư 554 5.6.0") == 2
    assert "@xa.example" not in told
    found = json.loads(run(config, "list", "--json", "--state", "failed").output)
    assert [one["user_name"] for one in found] == ["huong", "hanh"]

    box.data = ""
    number = str(rows(office)[0].id)
    assert isinstance(run(config, "retry", number, "999").exception, NoticeRefused)
    assert rows(office)[0].state == "failed"
    assert run(config, "retry", number).exit_code == 0
    send_all(office, site, now)
    assert [row.state for row in rows(office)] == ["sent", "failed"]


def test_the_doctor_tells_of_addresses_that_are_refused(
    office: Engine, site: Settings, box: Box, config: Path, now: datetime
) -> None:
    box.rcpt = "550 5.1.1 unknown"
    look_and_send(office, site, now)
    told = CliRunner().invoke(monitor, ["--config", str(config), "doctor"]).output
    assert "2 địa chỉ thư bị máy chủ từ chối hẳn (hanh, huong)" in told
