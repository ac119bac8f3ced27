"""Commands of the contract whose work is not done yet: they say so and change nothing."""

import click

from monitor.store.session import StoreError


def _later(name: str, about: str) -> click.Command:
    """A command that refuses, whatever its arguments."""

    @click.command(name, help=about, context_settings={"ignore_unknown_options": True})
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    def refuse(arguments: tuple[str, ...]) -> None:  # noqa: ARG001 - taken so that any use is answered
        raise StoreError("command_not_ready", command=name)

    return refuse


COMMANDS = (
    _later("backup", "Sao lưu / back up (chưa có / not ready)."),
    _later("restore", "Khôi phục / restore (chưa có / not ready)."),
    _later("check", "Đợt kiểm tra / inspection campaigns (chưa có / not ready)."),
)
