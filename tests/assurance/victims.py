"""What the processes do that are killed, and how they say what they have acknowledged.

Each runs in a process of its own, forked from one that has everything imported. It says `ready`, then a
line for whatever it acknowledges, then `ended`, and waits for its end.
"""

import logging
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from types import MappingProxyType

from monitor.backup import back_up_now
from monitor.intake import pull
from monitor.periods import PeriodRefused, close_period
from monitor.records import refresh
from monitor.registers.excuses import Entered, enter_excuse
from monitor.store.schema import migrate
from monitor.store.session import empty_log, open_database, transaction
from monitor.web.push import create_push_app
from monitor.web.push_server import PushServer
from tests.assurance.office import MONTH, NOW, UNIT, settings_in

DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What one process is to do: in which folder, as the how-manieth; `days` to enter leave for."""

    work: str
    folder: Path
    number: int
    days: tuple[int, ...] = ()


def live(task: Task, line: Connection) -> None:
    """Do it, in a process group of its own so that a kill takes the children along."""
    os.setpgid(0, 0)
    logging.disable(logging.CRITICAL)
    line.send(("ready", 0))
    try:
        line.send(("ended", WORKS[task.work](task, line)))
    except Exception as error:  # told, never swallowed: the campaign counts it as found
        line.send(("escaped", repr(error)))
    signal.pause()


def deliver(task: Task, line: Connection) -> str:
    """The terminals' port, on a real socket; the terminal itself hears the acknowledgements."""
    settings = settings_in(task.folder)
    app = create_push_app(open_database(settings.database_url), settings, lambda: NOW)
    server = PushServer("127.0.0.1", 0, app)
    line.send(("port", server.server_port))
    server.serve_forever(0.05)
    return ""


def read(task: Task, line: Connection) -> str:
    """Read the terminal once."""
    settings = settings_in(task.folder)
    return pull(open_database(settings.database_url), 1, settings=settings, clock=lambda: NOW).error_code


def judge(task: Task, line: Connection) -> str:
    """Refresh the records."""
    settings = settings_in(task.folder)
    engine = open_database(settings.database_url)
    refresh(engine, now=NOW, settings=settings)
    empty_log(engine)
    return ""


def enter(task: Task, line: Connection) -> str:
    """A day's leave after the other, each told to the trail and acknowledged."""
    engine = open_database(settings_in(task.folder).database_url)
    for day in task.days:
        entered = Entered(
            person_id=1 + day % 4, type_code="leave", starts=day * DAY, ends=day * DAY + DAY - 1
        )
        with transaction(engine) as session:
            enter_excuse(session, entered, entered_at=day * DAY, actor="cli:hr", at=NOW)
        line.send(("entered", day))
    return ""


def close(task: Task, line: Connection) -> str:
    """Close the month."""
    settings = settings_in(task.folder)
    engine = open_database(settings.database_url)
    try:
        close_period(engine, UNIT, MONTH, now=NOW, actor="cli:hr", settings=settings)
    except PeriodRefused as refused:
        if refused.code != "period_closed_already":
            raise
    return ""


def back_up(task: Task, line: Connection) -> str:
    """Make the backup, proven before it has its name."""
    settings = settings_in(task.folder)
    moment = NOW + timedelta(seconds=task.number)
    return str(back_up_now(open_database(settings.database_url), settings, lambda: moment).path)


def upgrade(task: Task, line: Connection) -> str:
    """Bring an old database to the newest schema."""
    migrate(f"sqlite:///{task.folder / 'old.db'}")
    return ""


WORKS: Mapping[str, Callable[[Task, Connection], str]] = MappingProxyType(
    {
        "push": deliver,
        "pull": read,
        "refresh": judge,
        "enter": enter,
        "close": close,
        "backup": back_up,
        "migrate": upgrade,
    }
)
