"""Sent once: senders killed in the middle, two at once, a slow one whose turn is over, doubts shown."""

import os
import signal
import subprocess
import sys
import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from monitor.config import Settings
from monitor.notices import NoticeRefused, deliver_one, outbox, queue_due, resend
from monitor.notices.outbox import Queued, queue
from monitor.notices.sending import lease_of
from monitor.store.session import transaction
from tests.notices.server import Box, mail_server
from tests.notices.world import MORNING, account_of, at, look_and_send, rows, send_all, states

SENDER = """
import json, sys
from datetime import datetime
from monitor.config import Settings
from monitor.notices import deliver_one
from monitor.store.session import open_database
settings = Settings.model_validate(json.loads(sys.argv[1]))
engine = open_database(sys.argv[2])
print(flush=True)
deliver_one(engine, settings, lambda: datetime.fromisoformat(sys.argv[3]))
print("done", flush=True)
"""


def sender(engine: Engine, settings: Settings, now: datetime) -> "subprocess.Popen[str]":
    """A sender in a process of its own, which ends after one message."""
    told = settings.model_dump_json(include={"mail", "site"})
    told = told[:-1] + ',"web":{"secret_key":"' + "k" * 32 + '"}}'
    command = [sys.executable, "-c", SENDER, told, str(engine.url), now.isoformat()]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def killed(engine: Engine, box: Box, settings: Settings, hook: str, now: datetime) -> None:
    """Run a sender that is killed where the server's hook is called."""
    found: list[subprocess.Popen[str]] = []

    def kill() -> None:
        os.kill(found[0].pid, signal.SIGKILL)
        found[0].wait(60)

    setattr(box, hook, kill)
    found.append(sender(engine, settings, now))
    output, _ = found[0].communicate(timeout=60)
    assert "done" not in output
    setattr(box, hook, None)


def test_a_sender_killed_before_the_text_left_did_not_send_it_and_it_is_sent_once(
    office: Engine, site: Settings, box: Box, now: datetime
) -> None:
    queue_due(office, site, now)
    killed(office, box, site, "before_text", now)
    assert states(office) == ["sending", "queued"]

    assert deliver_one(office, site, lambda: now) is not None  # the other one; the first is still held
    assert deliver_one(office, site, lambda: now) is None
    send_all(office, site, now + lease_of(site) + timedelta(seconds=1))
    assert states(office) == ["sent", "sent"]
    assert sorted(one["To"] for one in box.messages()) == ["hanh@xa.example", "huong@xa.example"]


def test_a_sender_killed_after_the_text_left_leaves_a_doubt_and_no_second_copy(
    office: Engine, site: Settings, box: Box, now: datetime
) -> None:
    queue_due(office, site, now)
    killed(office, box, site, "after_text", now)
    assert states(office) == ["handing", "queued"]

    later = now + lease_of(site) + timedelta(seconds=1)
    send_all(office, site, later)
    assert [(row.state, row.error) for row in rows(office)] == [("unknown", "mail_interrupted"), ("sent", "")]
    assert [one["To"] for one in box.messages()].count("hanh@xa.example") == 1

    with transaction(office) as session:
        resend(session, rows(office)[0].id or 0, later, "admin")
    send_all(office, site, later)
    copies = [one["Message-ID"] for one in box.messages() if one["To"] == "hanh@xa.example"]
    assert len(copies) == 2
    assert len(set(copies)) == 1


def test_a_slow_sender_whose_turn_is_over_does_not_give_the_text(
    office: Engine, site: Settings, box: Box, now: datetime
) -> None:
    """While the first conversation pauses at the recipient, another sender takes the row and sends it."""
    queue_due(office, site, now)
    later = now + lease_of(site) + timedelta(seconds=1)

    def meanwhile() -> None:
        box.before_text = None
        thread = threading.Thread(target=send_all, args=(office, site, later))
        threads.append(thread)
        thread.start()
        thread.join(60)

    # The server waits for the thread, so that one needs a server of its own.
    threads: list[threading.Thread] = []
    other = Box()
    with mail_server(other) as port:
        slow = at(port, site.folder)
        other.before_text = meanwhile
        ended = deliver_one(office, slow, lambda: now)
    assert ended is not None
    assert ended.error == "mail_interrupted"
    assert other.taken == []
    assert sorted(one["To"] for one in box.messages()) == ["hanh@xa.example", "huong@xa.example"]
    assert states(office) == ["sent", "sent"]


def test_two_senders_at_once_send_each_message_once(
    office: Engine, site: Settings, box: Box, now: datetime
) -> None:
    from tests.notices.world import wants

    for name in ("nhansu", "giamsat"):
        wants(office, name, morning=True)
    assert queue_due(office, site, now) == 4
    start = threading.Barrier(2)

    def work() -> None:
        start.wait(60)
        send_all(office, site, now)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(box.taken) == len({one["Message-ID"] for one in box.messages()}) == 4
    assert states(office) == ["sent"] * 4


def message(engine: Engine, key: str) -> Queued:
    return Queued(
        key=key,
        kind="test",
        about="",
        language="vi",
        expires_at=MORNING + timedelta(hours=1),
        account_id=account_of(engine, "hanh").id or 0,
    )


def test_a_key_is_queued_once(office: Engine, now: datetime) -> None:
    with transaction(office) as session:
        first, again = (queue(session, message(office, "test:1"), now) for _ in range(2))
        other = queue(session, message(office, "test:2"), now)
    assert (first, again, other) == (True, False, True)


def test_what_is_too_late_is_given_up_and_not_sent_again(
    office: Engine, site: Settings, box: Box, now: datetime
) -> None:
    queue_due(office, site, now)
    noon = now.replace(hour=12, minute=0)
    assert send_all(office, site, noon) == []
    assert states(office) == ["given_up", "given_up"]
    assert box.taken == []
    with pytest.raises(NoticeRefused, match="notice_too_late"), transaction(office) as session:
        resend(session, rows(office)[0].id or 0, noon, "admin")


def test_what_was_sent_is_not_sent_again_by_anybody(office: Engine, site: Settings, now: datetime) -> None:
    look_and_send(office, site, now)
    with pytest.raises(NoticeRefused, match="notice_not_again"), transaction(office) as session:
        resend(session, rows(office)[0].id or 0, now, "admin")


def test_a_claim_that_passed_to_another_is_worth_nothing(
    office: Engine, site: Settings, now: datetime
) -> None:
    queue_due(office, site, now)
    with transaction(office) as session:
        row = outbox.claim(session, now, lease_of(site), ["mail"])
        assert row is not None
    with transaction(office) as session:
        outbox.recover(session, now + lease_of(site) + timedelta(seconds=1))
        again = outbox.claim(session, now + timedelta(hours=1), lease_of(site), ["mail"])
        assert again is not None
    with transaction(office) as session:
        assert not outbox.hand(session, row)
