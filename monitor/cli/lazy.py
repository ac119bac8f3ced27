"""Commands that are loaded when they are asked for: loading all of them takes seconds on an old PC."""

import gc
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """A group with commands of its own and others that modules of this package have in `COMMANDS`.

    `elsewhere`: the module of each of the others, by the name of the command.
    """

    def __init__(self, *arguments: Any, elsewhere: Mapping[str, str], **options: Any) -> None:
        """Load nothing."""
        super().__init__(*arguments, **options)
        self.elsewhere = elsewhere

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all, in order."""
        return sorted({*super().list_commands(ctx), *self.elsewhere})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, its module loaded; None where there is none."""
        if cmd_name in self.elsewhere and cmd_name not in self.commands:
            self._load(self.elsewhere[cmd_name])
        return super().get_command(ctx, cmd_name)

    def _load(self, module: str) -> None:
        collecting = gc.isenabled()
        gc.disable()  # nothing that is being loaded is garbage: looking takes a sixth of the time
        try:
            found = import_module(f"monitor.cli.{module}")
        finally:
            if collecting:
                gc.enable()
        for command in found.COMMANDS:
            if self.elsewhere.get(command.name) == module:
                self.add_command(command)
