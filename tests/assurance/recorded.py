"""The office at work for a recording: run as `python -m tests.assurance.recorded FOLDER SEED JOURNAL SYNC`.

Deliveries, leave, a refresh and the closing of the month, each acknowledged by a line in the file `said`
of the same folder once the product has said so; `disk.c` writes down what the disk was asked for.
"""

import json
import logging
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from devices.zk_push_lines import read_attlog
from monitor.config import Settings
from monitor.intake.push import Caller, accept_upload
from monitor.periods import close_period
from monitor.records import refresh
from monitor.registers.excuses import Entered, enter_excuse
from monitor.rules.wallclock import text_of
from monitor.store import session as store_session
from monitor.store.session import empty_log, open_database, transaction
from tests.assurance.office import BEGAN, LAST, MONTH, NOW, UNIT, USERS, settings_in

UPLOADS = 30
CALLER = Caller(serial="SN1", address="127.0.0.1", allowed_networks=("127.0.0.0/8",))
Say = Callable[[str, object], None]


def main(folder: Path, seed: str, journal: str, synchronous: str) -> None:
    """Work through it. `journal` and `synchronous` are SQLite's modes."""
    logging.disable(logging.CRITICAL)
    store_session.safe_journal = lambda version: (journal, synchronous)
    settings = settings_in(folder)
    engine = open_database(settings.database_url)
    said = os.open(folder / "said", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def say(word: str, what: object) -> None:
        os.write(said, json.dumps([word, what]).encode() + b"\n")

    dice = random.Random(seed)  # noqa: S311 - replayed by its seed
    for number in range(UPLOADS):
        _deliver(engine, dice, say)
        _beside(engine, settings, number, say)


def _deliver(engine: Engine, dice: random.Random, say: Say) -> None:
    records = [(dice.choice(USERS), dice.randrange(BEGAN, LAST)) for _ in range(dice.randrange(1, 15))]
    lines = [f"{user}\t{text_of(time)}\t0\t1\t0\t\t".encode() for user, time in records]
    say("shown", records)
    accept_upload(engine, CALLER, read_attlog(b"\n".join(lines)), "", NOW)
    say("stored", records)


def _beside(engine: Engine, settings: Settings, number: int, say: Say) -> None:
    """Other work, so that pages of other tables change too."""
    if number % 3 == 0:
        day = 20_600 + number
        entered = Entered(person_id=1, type_code="leave", starts=day * 86_400, ends=day * 86_400 + 1)
        with transaction(engine) as session:
            enter_excuse(session, entered, entered_at=0, actor="cli:hr", at=NOW)
        say("entered", day)
    if number % 8 == 7:
        refresh(engine, now=NOW, settings=settings)
        empty_log(engine)
    if number == UPLOADS // 2:
        close_period(engine, UNIT, MONTH, now=NOW, actor="cli:hr", settings=settings)
        say("closed", MONTH)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:5])
