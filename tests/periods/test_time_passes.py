"""What a closed day would become follows the time, too, as long as one of its windows is open."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor.config import Settings
from monitor.periods import close_period
from monitor.records import rebuild, refresh
from monitor.setup import import_file
from tests.office import at, rows

PENDING = (
    "SELECT person_id, day, seq, before, after FROM pending_adjustment "
    "WHERE withdrawn_at IS NULL AND applied_at IS NULL ORDER BY 1, 2, 3, 4, 5"
)
LONG = "\n".join(
    f"DUC,duty,2026-{first}:00,2026-{last}:00"
    for first, last in (
        ("02-26 17", "02-27 05"),
        ("02-27 05", "02-27 17"),
        ("02-27 17", "02-28 05"),
        ("02-28 05", "02-28 17"),
        ("02-28 17", "03-01 05"),
        ("03-01 05", "03-01 17"),
        ("03-01 17", "03-02 05"),
        ("03-02 05", "03-02 17"),
        ("03-02 17", "03-03 05"),
        ("03-03 05", "03-03 17"),
    )
)
SHORT = "DUC,duty,2026-02-28 20:00,2026-03-01 05:00"


@pytest.mark.parametrize(
    ("duties", "moments"),
    [
        (LONG, ("2026-03-02 08:00", "2026-03-03 11:00", "2026-03-03 22:00")),
        (SHORT, ("2026-03-01 01:00", "2026-03-01 02:00", "2026-03-01 10:00")),
    ],
    ids=["of a chain of days", "of one night"],
)
def test_an_adjustment_is_decided_when_its_window_ends(
    office: Engine, tmp_path: Path, settings: Settings, duties: str, moments: tuple[str, str, str]
) -> None:
    closed, entered, ended = map(at, moments)
    refresh(office, now=closed, settings=settings)
    close_period(office, "XA-VP", "2026-02", now=closed, actor="cli:lan", settings=settings)
    path = tmp_path / "roster.csv"
    path.write_text(f"person,kind,from,to\n{duties}\n", encoding="utf-8")
    report = import_file(office, "roster", path, now=entered, zone=settings.site.timezone, actor="cli:test")
    assert report.applied, report.errors
    refresh(office, now=entered, settings=settings)
    waiting = rows(office, PENDING)
    assert waiting
    refresh(office, now=ended, settings=settings)
    decided = rows(office, PENDING)
    assert decided != waiting
    rebuild(office, settings=settings)
    assert rows(office, PENDING) == decided
