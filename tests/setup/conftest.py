"""An office that files are imported into."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from monitor.rules.wallclock import date_of
from monitor.setup import ImportReport, RowError, import_file
from monitor.store.session import open_database
from tests.conftest import NOW

ZONE = "Asia/Ho_Chi_Minh"
LAST_MARKED = "2027-04-06"
"""400 days after the tests' present."""

Fault = tuple[str, str, str]
"""Place, column, code."""


@dataclass(frozen=True, kw_only=True)
class Office:
    """A database, and a folder for the files."""

    engine: Engine
    folder: Path

    def load(self, kind: str, content: str | bytes, **options: bool) -> ImportReport:
        """Import a file with this content."""
        path = self.folder / ("regulations.toml" if kind == "regulations" else f"{kind}.csv")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.load_path(kind, path, **options)

    def load_path(self, kind: str, path: Path, dry_run: bool = False, partial: bool = False) -> ImportReport:
        """Import a file that is there."""
        return import_file(
            self.engine, kind, path, now=NOW, zone=ZONE, actor="cli:test", dry_run=dry_run, partial=partial
        )

    def faults(self, kind: str, content: str | bytes) -> list[Fault]:
        """What an import finds wrong; nothing is applied."""
        report = self.load(kind, content)
        assert not report.applied
        return [(error.place, error.column, error.code) for error in report.errors]

    def fault(self, kind: str, content: str | bytes) -> RowError:
        """The only thing that an import finds wrong; nothing is applied."""
        report = self.load(kind, content)
        assert not report.applied
        assert len(report.errors) == 1, report.errors
        return report.errors[0]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """The content of every table that an import writes."""
        tables = (
            "unit", "person", "posting", "terminal", "badge", "calendar_day", "excuse", "roster_entry",
            "allowance", "coverage_interval", "regulation_version", "regulation_target",
            "regulation_session", "stale_span", "audit_entry",
        )  # fmt: skip
        return {table: self.rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables}

    def forget_marks(self) -> None:
        """Empty the queue of stale days."""
        with self.engine.begin() as connection:
            connection.execute(text("DELETE FROM stale_span"))

    def marks(self) -> set[tuple[str, str, str]]:
        """The stale days: person, first and last date."""
        query = "SELECT p.code, s.first_day, s.last_day FROM stale_span s JOIN person p ON p.id = s.person_id"
        return {(code, str(date_of(first)), str(date_of(last))) for code, first, last in self.rows(query)}


UNITS = "code,name,parent\nSO,Sở Nội vụ,\nVP,Văn phòng,SO\nTT,Thanh tra,SO\n"
PEOPLE = (
    "code,name,unit,position,role,valid_from,valid_to\n"
    "NV1,Nguyễn Văn An,VP,Chuyên viên,staff,2020-01-01,\n"
    "NV2,Trần Thị Ánh,TT,Thanh tra viên,head,2021-06-01,\n"
)
TERMINALS = (
    "code,name,kind,host,port,serial,unit\n"
    "T1,Cổng chính,zk,10.0.0.5,4370,AAA111,SO\n"
    "T2,Tầng 2,zk,10.0.0.6,4370,BBB222,VP\n"
)
BADGES = "person,terminal,device_user_id,valid_from,valid_to\nNV1,T1,1,2020-01-01,\nNV2,*,2,,\n"


def staff(office: Office) -> Office:
    """Give an office its units, people, terminals and badges."""
    for kind, content in {"units": UNITS, "people": PEOPLE, "terminals": TERMINALS, "badges": BADGES}.items():
        report = office.load(kind, content)
        assert report.applied, report.errors
    office.forget_marks()
    return office


@pytest.fixture
def empty(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    """An office that nothing is known of."""
    engine = open_database(sqlite_url)
    yield Office(engine=engine, folder=tmp_path)
    engine.dispose()


@pytest.fixture
def office(empty: Office) -> Office:
    """An office with three units, two people, two terminals and a badge each."""
    return staff(empty)


@pytest.fixture
def every_office(engine: Engine, tmp_path: Path) -> Office:
    """The same office, on each database."""
    return staff(Office(engine=engine, folder=tmp_path))
