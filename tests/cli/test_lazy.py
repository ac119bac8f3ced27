"""Commands are loaded one by one: what one does not need is not waited for."""

import pkgutil
import subprocess
import sys
from importlib import import_module

import click
import pytest

from monitor import cli
from monitor.cli.root import WHERE, monitor
from tests.cli.walk import leaves


def test_each_command_of_each_module_can_be_called() -> None:
    modules = (import_module(f"monitor.cli.{one.name}") for one in pkgutil.iter_modules(cli.__path__))
    had = {command for module in modules for command in getattr(module, "COMMANDS", ())}
    called = {command for _, command in leaves(monitor)}
    groups = {monitor.get_command(click.Context(monitor), name) for name in WHERE}
    assert had <= called | groups


def test_a_command_that_is_not_there_is_refused() -> None:
    assert monitor.get_command(click.Context(monitor), "pul") is None


@pytest.mark.parametrize("module", ["root", "pulling", "tokens"])
def test_small_commands_load_no_data_frames_and_no_pages(module: str) -> None:
    asked = (
        f"import sys, monitor.cli.{module}; print({{'pandas', 'flask', 'apscheduler'}} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
