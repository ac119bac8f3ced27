"""Receivers with TLS: only one whose certificate an authority of ours has signed for its address is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.store.queries.tree import tree
from monitor.store.session import open_database, transaction
from monitor.webhooks import By, add_webhook
from tests.devices.certificates import Identity, identity
from tests.office import open_office, rows
from tests.webhooks.receiver import Inbox, receiver
from tests.webhooks.test_webhooks import NOW, STATES, World, settings_with


@pytest.fixture
def authority(tmp_path: Path) -> Identity:
    """The authority of the office's network."""
    return identity(tmp_path, "ca", address="")


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    """The office that trusts this authority; nobody receives yet."""
    engine, settings = open_database(sqlite_url), settings_with(tmp_path, ca_file="ca.pem")
    open_office(engine)
    yield World(engine=engine, settings=settings, inbox=Inbox(), secret="")
    engine.dispose()


def told(world: World, name: str, server: Identity | None) -> tuple[str, str]:
    """How telling a receiver of this name with that certificate ended, and why."""
    with receiver(world.inbox, server.context() if server else None):
        by = By(actor="admin", now=NOW, settings=world.settings)
        with transaction(world.engine) as session:
            url = f"https://{name}:{world.inbox.port}/chot-cong"
            add_webhook(session, "Lương", url, "XA", by, tree(session))
        world.happen()
        state = world.send()
    ((_, _, error, _),) = rows(world.engine, STATES)
    return state, str(error)


def test_a_receiver_of_the_authority_is_told(world: World, authority: Identity, tmp_path: Path) -> None:
    mine = identity(tmp_path, "mine", by=authority)

    assert told(world, "127.0.0.1", mine) == ("sent", "")
    ((path, headers, _),) = world.inbox.came
    assert path == "/chot-cong"
    assert headers["host"] == f"127.0.0.1:{world.inbox.port}"


@pytest.mark.parametrize("wrong", ["own signature", "another authority", "another address", "another name"])
def test_any_other_receiver_reads_nothing(
    world: World, authority: Identity, tmp_path: Path, wrong: str
) -> None:
    server = {
        "own signature": lambda: identity(tmp_path, "own"),
        "another authority": lambda: identity(tmp_path, "x", by=identity(tmp_path, "other", address="")),
        "another address": lambda: identity(tmp_path, "y", by=authority, address="127.0.0.2"),
        "another name": lambda: identity(tmp_path, "z", by=authority),
    }[wrong]()
    name = "localhost" if wrong == "another name" else "127.0.0.1"

    assert told(world, name, server) == ("retry", "webhook_tls")
    assert world.inbox.came == []


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN CERTIFICATE-----\nx"])
def test_without_the_authoritys_file_nothing_is_sent(
    world: World, authority: Identity, tmp_path: Path, content: bytes | None
) -> None:
    mine = identity(tmp_path, "mine", by=authority)
    authority.path.unlink()
    if content is not None:
        authority.path.write_bytes(content)

    assert told(world, "127.0.0.1", mine) == ("retry", "webhook_ca_file")
    assert world.inbox.came == []


def test_a_receiver_that_speaks_no_tls_is_no_receiver(world: World, authority: Identity) -> None:
    assert authority.path.exists()
    assert told(world, "127.0.0.1", None) == ("retry", "webhook_tls")
    assert world.inbox.came == []
