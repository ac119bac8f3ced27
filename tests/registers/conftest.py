"""An office on Monday 2 March 2026 at 08:00: An, Bình, Đức (1, 2, 3) and Hạnh, their head (4)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from monitor.config import Settings
from monitor.records import refresh
from monitor.registers.excuses import Entered, enter_excuse
from monitor.registers.meetings import By
from monitor.rules.wallclock import seconds_of
from monitor.store.session import open_database, transaction
from tests.office import at, cover, full_day, open_office, punch

NOW = at("2026-03-02 08:00")
ZONE = "Asia/Ho_Chi_Minh"


def wall(moment: str) -> int:
    """Wall-clock seconds of `2026-03-02 07:30`."""
    return seconds_of(datetime.fromisoformat(moment))


CLERK = By(actor="lan", at=NOW, wall_clock=wall("2026-03-02 08:00"))


def furnish(engine: Engine, settings: Settings) -> None:
    """An and Bình punctual on four days of February; Đức and Hạnh never there."""
    open_office(engine)
    cover(engine, "2026-02-23 00:00", "2026-03-31 00:00")
    for day in ("2026-02-23", "2026-02-24", "2026-02-25", "2026-02-26"):
        punch(engine, *full_day("1", day), *full_day("2", day))
    refresh(engine, now=NOW, settings=settings)


@pytest.fixture(scope="session")
def furnished_office(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The office, judged; copied, never used."""
    path = tmp_path_factory.mktemp("registers") / "office.db"
    path.write_bytes(migrated_file.read_bytes())
    engine = open_database(f"sqlite:///{path}")
    furnish(engine, Settings())
    engine.dispose()
    return path


@pytest.fixture
def office(furnished_office: Path, tmp_path: Path) -> Iterator[Engine]:
    """A copy of the furnished office."""
    path = tmp_path / "office.db"
    path.write_bytes(furnished_office.read_bytes())
    engine = open_database(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@contextmanager
def within(engine: Engine) -> Iterator[Session]:
    """One change."""
    with transaction(engine) as session:
        yield session


def an_excuse(starts: str, ends: str, *, person: int = 3, kind: str = "leave", document: str = "") -> Entered:
    """An excuse of Đức, unless somebody else's is wanted."""
    return Entered(person_id=person, type_code=kind, starts=wall(starts), ends=wall(ends), document=document)


Enter = Callable[..., int]


@pytest.fixture
def enter(office: Engine) -> Enter:
    """Enters an excuse; takes what `an_excuse` takes."""

    def run(starts: str, ends: str, **more: object) -> int:
        entered = an_excuse(starts, ends, **more)  # type: ignore[arg-type]  # of the tests' own choice
        with transaction(office) as session:
            return enter_excuse(session, entered, entered_at=CLERK.wall_clock, actor="lan", at=NOW)

    return run
