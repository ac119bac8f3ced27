"""Closed and reopened months are told to a real server: signed, at least once, nobody named, nowhere else."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor.config import Settings
from monitor.periods import approve_reopening, close_period, request_reopening
from monitor.store.queries.tree import tree
from monitor.store.session import open_database, transaction
from monitor.webhooks import (
    CLOSED,
    By,
    MonthEvent,
    WebhookRefused,
    add_webhook,
    deliver_one,
    delivering,
    erase_old,
    given_up_count,
    queue_event,
    remove_webhook,
    send_again,
)
from monitor.webhooks.addresses import target_of
from monitor.webhooks.delivering import pause
from tests.office import at, open_office, rows
from tests.webhooks.receiver import Inbox, receiver

NOW = at("2026-03-02 08:00")
SEAL = "0123456789abcdef" * 4
STATES = "SELECT state, attempts, error, status FROM webhook_delivery ORDER BY id"


def settings_with(folder: Path, **more: object) -> Settings:
    told = {"allowed_networks": ["127.0.0.0/8"], "timeout_seconds": 0.3, "attempts": 3} | more
    return Settings.model_validate({"web": {"secret_key": "k" * 32}, "webhooks": told, "folder": folder})


@dataclass(kw_only=True)
class World:
    """An office whose months one address is told of, and the moment it is."""

    engine: Engine
    settings: Settings
    inbox: Inbox
    secret: str
    now: datetime = NOW

    def happen(self) -> None:
        """February of the office's unit is closed."""
        with transaction(self.engine) as session:
            units = tree(session)
            unit = units.by_code("XA-VP")
            assert unit is not None
            event = MonthEvent(
                event=CLOSED, unit_id=unit.id, month="2026-02", code="0123-4567", seal=SEAL, at=self.now
            )
            queue_event(session, event, units)

    def send(self) -> str:
        """One try; how it ended."""
        ended = deliver_one(self.engine, self.settings, lambda: self.now)
        return "" if ended is None else ended.state


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """A receiver's inbox."""
    found = Inbox()
    with receiver(found):
        yield found


@pytest.fixture
def world(sqlite_url: str, inbox: Inbox, tmp_path: Path) -> Iterator[World]:
    """The office with its receiver."""
    engine, settings = open_database(sqlite_url), settings_with(tmp_path)
    open_office(engine)
    by = By(actor="admin", now=NOW, settings=settings)
    with transaction(engine) as session:
        url = f"http://127.0.0.1:{inbox.port}/chot-cong?x=1"
        made = add_webhook(session, "Lương", url, "XA", by, tree(session))
    yield World(engine=engine, settings=settings, inbox=inbox, secret=made.secret)
    engine.dispose()


def test_a_message_is_signed_names_nobody_and_is_sent_once(world: World) -> None:
    world.happen()

    assert [world.send(), world.send()] == ["sent", ""]

    ((path, headers, body),) = world.inbox.came
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(world.secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert path == "/chot-cong?x=1"
    assert json.loads(body) == {
        "type": "month.closed",
        "timestamp": NOW.isoformat(),
        "data": {"unit": "XA-VP", "month": "2026-02", "code": "0123-4567", "seal": SEAL},
    }
    assert rows(world.engine, STATES) == [("sent", 1, "", 200)]


@pytest.mark.parametrize(
    ("answer", "error", "status"),
    [
        ("500", "webhook_refused", 500),
        ("302", "webhook_redirected", 302),
        ("slow", "webhook_slow", None),
        ("cut", "webhook_unreachable", None),
    ],
)
def test_what_was_not_taken_is_tried_again_later_under_the_same_id(
    answer: str, error: str, status: int | None, world: World
) -> None:
    world.inbox.answers[:] = [answer, "200"]
    world.happen()

    assert world.send() == "retry"
    assert rows(world.engine, STATES) == [("queued", 1, error, status)]
    assert world.send() == ""
    world.now += pause(1)
    assert world.send() == "sent"

    (first, second) = world.inbox.came
    assert first[1]["webhook-id"] == second[1]["webhook-id"]
    assert first[2] == second[2]
    assert {path for path, _headers, _body in world.inbox.came} == {"/chot-cong?x=1"}


def test_a_sender_that_dies_before_it_writes_down_leaves_a_message_that_is_sent_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.happen()
    with monkeypatch.context() as patch:
        patch.setattr(delivering, "_write_down", lambda *_given: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            world.send()
    assert rows(world.engine, STATES)[0][:2] == ("sending", 1)
    assert world.send() == ""

    world.now += timedelta(minutes=5)

    assert world.send() == "sent"
    first, second = (headers["webhook-id"] for _path, headers, _body in world.inbox.came)
    assert first == second


def test_it_is_given_up_after_so_many_tries_and_an_administrator_may_send_it_again(world: World) -> None:
    world.inbox.answers[:] = ["500", "500", "500", "200"]
    world.happen()
    ended = []
    for _ in range(4):
        ended.append(world.send())
        world.now += timedelta(hours=7)

    assert ended == ["retry", "retry", "given_up", ""]
    with transaction(world.engine) as session:
        assert given_up_count(session) == 1
        send_again(session, 1, By(actor="admin", now=world.now, settings=world.settings))
    assert world.send() == "sent"
    assert len({headers["webhook-id"] for _path, headers, _body in world.inbox.came}) == 1


def test_a_receiver_that_wants_no_more_is_not_asked_again(world: World) -> None:
    world.inbox.answers[:] = ["410"]
    world.happen()

    assert [world.send(), world.send()] == ["given_up", ""]


def test_an_address_that_was_removed_is_told_nothing_more(world: World) -> None:
    world.happen()
    by = By(actor="admin", now=NOW, settings=world.settings)
    with transaction(world.engine) as session:
        remove_webhook(session, 1, by)
    world.happen()

    assert world.send() == ""
    assert world.inbox.came == []
    assert rows(world.engine, STATES) == [("given_up", 0, "webhook_removed", None)]


def test_an_address_that_is_no_longer_allowed_is_not_spoken_to(world: World, tmp_path: Path) -> None:
    world.happen()
    world.settings = settings_with(tmp_path, allowed_networks=[])

    assert world.send() == "retry"
    assert rows(world.engine, STATES)[0][2] == "webhook_address_not_allowed"
    assert world.inbox.came == []


def test_what_ended_long_ago_is_forgotten(world: World) -> None:
    world.happen()
    world.happen()
    world.send()

    with transaction(world.engine) as session:
        assert erase_old(session, 90, NOW + timedelta(days=91)) == 1
    assert rows(world.engine, STATES)[0][0] == "queued"


def test_closing_and_reopening_tell_in_the_transaction_in_which_they_happen(
    engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    open_office(engine)
    ours = settings_with(tmp_path)
    with transaction(engine) as session:
        by = By(actor="admin", now=NOW, settings=ours)
        add_webhook(session, "Lương", "http://127.0.0.1:9/", "XA", by, tree(session))
    (closed,) = close_period(engine, "XA-VP", "2026-02", now=NOW, actor="cli:lan", settings=settings)
    request_reopening(engine, "XA-VP", "2026-02", reason="sửa", requested_by="cli:lan", now=NOW)
    approve_reopening(engine, "XA-VP", "2026-02", approved_by="cli:mai", now=NOW, settings=settings)

    told = [
        json.loads(str(body)) for (body,) in rows(engine, "SELECT body FROM webhook_delivery ORDER BY id")
    ]

    assert [one["type"] for one in told] == ["month.closed", "month.reopened"]
    assert {one["data"]["seal"] for one in told} == {closed.seal}
    assert {(one["data"]["unit"], one["data"]["month"]) for one in told} == {("XA-VP", "2026-02")}


def test_a_closing_that_is_not_kept_tells_nothing(world: World) -> None:
    with transaction(world.engine, keep=False) as session:
        event = MonthEvent(event=CLOSED, unit_id=1, month="2026-02", code="", seal=SEAL, at=NOW)
        assert queue_event(session, event, tree(session)) == 1

    assert rows(world.engine, STATES) == []


def test_the_secret_is_stored_sealed(world: World) -> None:
    everything = str([rows(world.engine, f"SELECT * FROM {name}") for name in ("webhook", "audit_entry")])

    assert world.secret not in everything
    assert world.secret.removeprefix("whsec_") not in everything


LISTED = settings_with(Path(), allowed_networks=["10.1.0.0/16", "0.0.0.0/0"]).webhooks.allowed_networks
NARROW = LISTED[:1]


@pytest.mark.parametrize(
    ("url", "found", "networks", "allowed"),
    [
        ("https://luong.example.vn/x", ["203.0.114.7"], (), True),
        ("https://luong.example.vn/x", ["2600:1f00::7"], (), True),
        ("http://luong.example.vn/x", ["203.0.114.7"], (), False),
        ("https://luong.example.vn/x", ["10.1.2.3"], (), False),
        ("https://luong.example.vn/x", ["10.1.2.3"], NARROW, True),
        ("http://luong.example.vn/x", ["10.1.2.3"], NARROW, True),
        ("http://luong.example.vn/x", ["10.2.2.3"], NARROW, False),
        ("https://luong.example.vn/x", ["203.0.114.7", "10.2.2.3"], NARROW, False),
        ("https://luong.example.vn/x", ["127.0.0.1"], LISTED, False),
        ("https://luong.example.vn/x", ["::1"], LISTED, False),
        ("https://luong.example.vn/x", ["::ffff:127.0.0.1"], LISTED, False),
        ("https://luong.example.vn/x", ["::ffff:10.2.0.1"], (), False),
        ("https://luong.example.vn/x", ["64:ff9b::a01:203"], (), False),
        ("https://luong.example.vn/x", ["2002:a01:203::1"], (), False),
        ("https://luong.example.vn/x", ["169.254.169.254"], LISTED, False),
        ("https://luong.example.vn/x", ["0.0.0.0"], LISTED, False),  # noqa: S104 - nothing is bound
        ("https://luong.example.vn/x", ["224.0.0.1"], LISTED, False),
        ("https://luong.example.vn/x", [], (), False),
        ("https://[::1]/x", ["::1"], LISTED, False),
    ],
)
def test_only_addresses_outside_or_of_listed_networks_may_be_told(
    url: str, found: list[str], networks: tuple[object, ...], allowed: bool
) -> None:
    def target() -> str:
        return target_of(url, networks, lambda _host, _port: found).address  # type: ignore[arg-type]  # as pydantic read them

    if allowed:
        assert target() == found[0]
    else:
        with pytest.raises(WebhookRefused, match="webhook_address_not_allowed"):
            target()


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://x.vn/", "file:///etc/passwd", "https://", "https://a:b@x.vn/", "https://x.vn/#y", "x.vn"),
        *(
            "https://x.vn:99999/",
            "https://x.vn:0/",
            "https://x.vn/a b",
            "https://x.vn/\r\nHost: y",
            "https://[::",
        ),
        "https://x.vn/" + "a" * 500,
    ],
)
def test_what_is_no_plain_address_is_refused_before_anything_is_looked_up(url: str) -> None:
    def fail(_host: str, _port: int) -> list[str]:
        raise AssertionError

    with pytest.raises(WebhookRefused, match="webhook_url"):
        target_of(url, LISTED, fail)
