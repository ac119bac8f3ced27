"""An office with a week of February behind it, and how its tests change it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from monitor.config import Settings
from monitor.periods import ClosedPeriod, close_period
from monitor.records import refresh
from monitor.setup import import_file
from monitor.store.session import transaction
from tests.office import at, cover, full_day, open_office, punch

MARCH = at("2026-03-02 08:00")
LATER = at("2026-03-10 08:00")
Load = Callable[[str, str], None]


@pytest.fixture
def office(engine: Engine, settings: Settings) -> Engine:
    """An and Bình were there on four days of February, Đức and Hạnh never; 3 March is judged too."""
    open_office(engine)
    cover(engine, "2026-02-23 00:00", "2026-03-31 00:00")
    for day in ("2026-02-23", "2026-02-24", "2026-02-25", "2026-02-26", "2026-03-02"):
        punch(engine, *full_day("1", day), *full_day("2", day))
    with transaction(engine) as session:
        everybody = (
            "INSERT INTO stale_span (person_id, first_day, last_day) SELECT id, 20500, 20520 FROM person"
        )
        session.connection().execute(text(everybody))
        # An worked late on the 24th: rules of closed months hold for overtime too.
        overtime = (
            "INSERT INTO roster_entry (person_id, kind, starts, ends, place, document) "
            f"VALUES (1, 'overtime', {(20508 * 24 + 16) * 3600}, {(20508 * 24 + 17) * 3600}, '', '')"
        )
        session.connection().execute(text(overtime))
    refresh(engine, now=at("2026-03-01 08:00"), settings=settings)
    return engine


@pytest.fixture
def close(office: Engine, settings: Settings) -> Callable[..., ClosedPeriod]:
    """Close February of the office's unit, on 2 March."""

    def run(unit: str = "XA-VP", month: str = "2026-02") -> ClosedPeriod:
        return close_period(office, unit, month, now=MARCH, actor="cli:lan", settings=settings)[0]

    return run


@pytest.fixture
def later(office: Engine, settings: Settings, tmp_path: Path) -> Load:
    """Import a file on 10 March and recompute."""

    def run(kind: str, content: str) -> None:
        path = tmp_path / f"{kind}.{'toml' if kind == 'regulations' else 'csv'}"
        path.write_text(content, encoding="utf-8")
        zone = settings.site.timezone
        report = import_file(office, kind, path, now=LATER, zone=zone, actor="cli:test")
        assert report.applied, report.errors
        refresh(office, now=LATER, settings=settings)

    return run
