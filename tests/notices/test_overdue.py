"""A late step after an inspection, by mail: once, to who stands above, naming nobody, while it is late."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from jobs.context import JobContext
from jobs.escalate_findings import run
from monitor.config import Settings
from tests.inspections.test_followup import DUE, REQUEST, SAID, found, furnished_file, go, office
from tests.inspections.test_visits import T
from tests.notices.server import Box, mail_server
from tests.notices.world import at, look_and_send, states, wants
from tests.web.cast import ON

__all__ = ["found", "furnished_file", "office"]

LATE = T + timedelta(days=6)


@pytest.fixture
def late(found: Engine, site: Settings) -> Engine:
    """Dũng was asked to explain and has not; his head, HR and the chairman's office can be written to."""
    for name in ("huong", "nhansu", "hanh"):
        wants(found, name)
    go(found, REQUEST)
    assert run(JobContext(engine=found, settings=site, clock=lambda: LATE)) == "1 findings"
    return found


def test_the_head_is_told_once_of_the_step_and_of_nobody(late: Engine, site: Settings, box: Box) -> None:
    look_and_send(late, site, LATE)
    look_and_send(late, site, LATE + timedelta(hours=1))

    assert [given[1] for given in box.taken] == [["huong@xa.example"]]
    (text,) = box.texts()
    assert f"{DUE:%d/%m/%Y}" in text
    assert "Dũng" not in text + box.subjects()[0]
    assert "Phòng Kinh tế, Hạ tầng và Đô thị" in box.subjects()[0]


def test_a_step_taken_before_it_is_sent_is_told_no_more(late: Engine, site: Settings, box: Box) -> None:
    go(late, replace(SAID, done_on=ON), now=LATE)
    look_and_send(late, site, LATE)

    assert box.taken == []


def test_a_step_taken_while_it_waited_for_the_server_is_not_sent(
    late: Engine, tmp_path: Path, box: Box
) -> None:
    with mail_server(box) as port:
        site = at(port, tmp_path)
    look_and_send(late, site, LATE)  # nobody listens any more
    assert states(late) == ["queued"]
    go(late, replace(SAID, done_on=ON), now=LATE)
    with mail_server(box, port):
        look_and_send(late, site, LATE + timedelta(hours=2))

    assert box.taken == []
    assert states(late) == ["dropped"]
