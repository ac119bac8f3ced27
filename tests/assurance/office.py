"""The office that is killed: its folder, its terminal, and what was promised to whom (kept apart from it)."""

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import text, update

from devices.simulated import PunchColumns, SimulatedTerminal, SimulatedUser
from devices.simulated.push import SimulatedPushTerminal
from monitor.config import Settings
from monitor.rules.wallclock import seconds_of
from monitor.store.schema import migrate
from monitor.store.session import open_database, transaction
from monitor.store.tables import Terminal
from tests.assurance.server import Server
from tests.office import cover, full_day, open_office, punch

NOW = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
BEGAN = seconds_of(datetime(2026, 2, 23, 6, 30))
LAST = seconds_of(datetime(2026, 3, 10, 7, 0))
MONTH, UNIT = "2026-02", "XA-VP"
USERS = ("1", "2", "3", "4")
Record = tuple[str, int]
"""User id and seconds of the wall clock: what makes a punch of the one terminal."""


def settings_in(folder: Path) -> Settings:
    """The configuration of the office in a folder, whose database is a file in it, or one of a server."""
    address = folder / "address"
    url = address.read_text("utf-8") if address.exists() else f"sqlite:///{folder / 'monitor.db'}"
    return Settings.model_validate(
        {
            "database": {"url": url},
            "backup": {"key_file": "backup.key", "folder": "copies"},
            "terminals": {"allowed_networks": ["127.0.0.0/8"]},
            "folder": folder,
        }
    )


def furnish(folder: Path, server: Server | None = None) -> None:
    """Make the folder: the database with a few days of punches that nobody has judged yet, and keys."""
    folder.mkdir(parents=True)
    if server is not None:
        server.create(folder.name)
        (folder / "address").write_text(server.url(folder.name), "utf-8")
    (folder / "copies").mkdir()
    (folder / "config.toml").write_text('[site]\nname = "Xã"\n', encoding="utf-8")
    (folder / "secret.key").write_text("k" * 48, encoding="utf-8")
    (folder / "backup.key").write_bytes(b"a secret of the office's own")
    url = settings_in(folder).database_url
    migrate(url)
    engine = open_database(url)
    open_office(engine)
    cover(engine, "2026-02-23 00:00", "2026-03-10 06:00")
    for day in ("2026-02-23", "2026-02-24", "2026-02-25"):
        punch(engine, *full_day("1", day), *full_day("2", day), received=NOW)
    with transaction(engine) as session:
        session.connection().execute(update(Terminal).values(push=True))
        session.connection().execute(
            text(
                "INSERT INTO stale_span (person_id, first_day, last_day) SELECT id, 20507, 20522 FROM person"
            )
        )
    engine.dispose()


@dataclass(slots=True, kw_only=True)
class Promises:
    """What the product has acknowledged (`must`), and what it was ever shown (`may`)."""

    must: set[Record] = field(default_factory=set)
    may: set[Record] = field(default_factory=set)
    excuses: set[int] = field(default_factory=set)
    closed: bool = False
    copy: str = ""
    """The newest backup's name; the rotation keeps one of a day."""


@dataclass(slots=True, kw_only=True)
class Office:
    """One installation under attack. Every punch goes into the log that is read and into the push queue."""

    folder: Path
    dice: random.Random
    read: SimulatedTerminal
    pushing: SimulatedPushTerminal
    promises: Promises = field(default_factory=Promises)
    punched: list[Record] = field(default_factory=list)
    days: list[int] = field(default_factory=lambda: list(range(20524, 20900)))
    """Days for which nobody has entered leave yet."""

    @property
    def url(self) -> str:
        """The database."""
        return settings_in(self.folder).database_url

    def punch(self, count: int) -> None:
        """So many people come or go, at times that nobody had before."""
        taken = {time for _, time in self.punched}
        fresh: list[Record] = []
        while len(fresh) < count:
            user, time = self.dice.choice(USERS), self.dice.randrange(BEGAN, LAST)
            if time not in taken:
                taken.add(time)
                fresh.append((user, time))
        self.punched += fresh
        self.promises.may.update(fresh)
        self.read.append(_columns(fresh))
        for user, time in fresh:
            self.pushing.punch(user, datetime(1970, 1, 1) + timedelta(seconds=time))


@contextmanager
def copied(template: Path, folder: Path, server: Server | None) -> Iterator[None]:
    """A copy of an office, thrown away in the end."""
    shutil.copytree(template, folder)
    if server is not None:
        server.create(folder.name, template.name)
        (folder / "address").write_text(server.url(folder.name), "utf-8")
    yield
    if server is not None:
        server.drop(folder.name)
    shutil.rmtree(folder)


@contextmanager
def opened(
    template: Path, folder: Path, dice: random.Random, server: Server | None = None
) -> Iterator[Office]:
    """A copy of the furnished office, its terminal switched on."""
    users = [SimulatedUser(uid=place, user_id=user, name="") for place, user in enumerate(USERS, start=1)]
    with (
        copied(template, folder, server),
        SimulatedTerminal(serial="SN1", clock=lambda: NOW, users=users) as read,
    ):
        engine = open_database(settings_in(folder).database_url)
        with transaction(engine) as session:
            session.connection().execute(update(Terminal).values(host=read.host, port=read.port))
        engine.dispose()
        pushing = SimulatedPushTerminal(serial="SN1", port=0, batch=dice.choice((1, 5, 20)))
        office = Office(folder=folder, dice=dice, read=read, pushing=pushing)
        office.promises.may |= stored_first(office.url)
        office.promises.must |= office.promises.may
        yield office


def stored_first(url: str) -> set[Record]:
    """The punches that the office began with."""
    engine = open_database(url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT device_user_id, device_time FROM punch"))
        records = {(str(user), int(time)) for user, time in found}
    engine.dispose()
    return records


def _columns(records: list[Record]) -> PunchColumns:
    ones, zeros = np.ones(len(records), np.int32), np.zeros(len(records), np.int32)
    return PunchColumns(
        user_id=np.array([user for user, _ in records], dtype=object),
        seconds=np.array([time for _, time in records], dtype=np.int64),
        verify=ones,
        state=zeros,
        work_code=zeros,
    )
