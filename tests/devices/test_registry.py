"""The table of kinds: every entry is a driver, every other kind is refused by name."""

import inspect

import pytest

from devices.base import Terminal, TerminalSettings
from devices.errors import NotSupported
from devices.registry import DRIVERS, KINDS, open_terminal
from tests.devices.office import clock


def settings(kind: str) -> TerminalSettings:
    return TerminalSettings(code="HN-01", kind=kind, host="192.168.1.201")


@pytest.mark.parametrize("kind", sorted(DRIVERS))
def test_every_entry_is_a_driver_of_its_kind(kind: str) -> None:
    terminal = open_terminal(settings(kind), clock)
    assert terminal.kind == kind
    assert terminal.capabilities >= {"pull"}
    for name, method in inspect.getmembers(Terminal, inspect.isfunction):
        if not name.startswith("_"):
            assert inspect.signature(getattr(type(terminal), name)) == inspect.signature(method)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - set(DRIVERS)))
def test_a_kind_that_delivers_by_itself_cannot_be_read(kind: str) -> None:
    with pytest.raises(NotSupported) as caught:
        open_terminal(settings(kind), clock)
    assert (caught.value.code, caught.value.values) == ("kind_not_readable", {"kind": kind})


@pytest.mark.parametrize("kind", ["", "ZK", "zk ", "os", "devices.zk"])
def test_a_kind_that_does_not_exist_is_refused(kind: str) -> None:
    with pytest.raises(NotSupported) as caught:
        open_terminal(settings(kind), clock)
    assert caught.value.code == "unknown_kind"


def test_every_driver_is_of_a_known_kind() -> None:
    assert set(DRIVERS) <= set(KINDS)
