"""`monitor work`: the scheduler alone."""

import logging
import os

import click

from jobs.context import JobContext
from jobs.scheduler import run_scheduler
from monitor.cli.installation import Installation, with_installation
from monitor.cli.supervision import (
    lock_file,
    stop_on_signal,
)
from monitor.pauses import settle
from monitor.text import sentence


@click.command("work")
@with_installation
def work(installation: Installation) -> None:
    """Chạy bộ lập lịch / run the scheduler alone."""
    logging.getLogger("monitor").setLevel(os.environ.get("MONITOR_LOG", "WARNING"))
    context = JobContext(engine=installation.engine, settings=installation.settings, clock=installation.clock)

    def waits(holder: str) -> None:
        click.echo(sentence("standing_by", {"holder": holder}, installation.words), err=True)

    settle()
    with stop_on_signal() as stop:
        run_scheduler(context, stop, lock_file(installation.settings), waits=waits)


COMMANDS = (work,)
