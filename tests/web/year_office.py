"""The cast's office with months of records, and what a year is made of besides; plain counts to compare."""

import json
import re
import shutil
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select, update
from sqlmodel import Session, col

from monitor.rules.codes import Status
from monitor.rules.wallclock import day_of
from monitor.store.session import open_database, transaction
from monitor.store.tables import (
    DayRecord,
    Person,
    Posting,
    ReminderDay,
    SessionRecord,
    Unit,
    WrittenReminder,
)
from monitor.web.app import create_app
from tests.web.cast import NOW
from tests.web.conftest import LogIn, settings_for
from tests.web.months import fill

UNIT, PERSON = "/don-vi/{}/nam/2026", "/nguoi/{}/nam/2026"
WEIGHING = ("xếp loại", "kỷ luật", "điểm", "đề nghị", "vi phạm", "hạng", "kém", "tái phạm")
"""Words of judgement: of none of them does the evidence make use."""
HALL = ("CB001", "CB002", "CB003", "CB004")
"""The people of the unit vp who have records."""


@pytest.fixture(scope="session")
def furnished(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cast's database with records since December 2025 of the people of vp; made once, then copied."""
    path = tmp_path_factory.mktemp("year") / "office.db"
    shutil.copy(furnished, path)
    engine = open_database(f"sqlite:///{path}")
    fill(engine, HALL)
    engine.dispose()
    return path


def person_id(session: Session, code: str) -> int:
    return session.scalars(select(col(Person.id)).where(col(Person.code) == code)).one() or 0


def unit_id(session: Session, code: str) -> int:
    return session.scalars(select(col(Unit.id)).where(col(Unit.code) == code)).one() or 0


def move(engine: Engine, person: str, unit: str, on: date, role: str = "staff") -> None:
    """End the person's posting the day before, begin another; records from the day on are the new unit's."""
    with transaction(engine) as session:
        who, where = person_id(session, person), unit_id(session, unit)
        before = date.fromordinal(on.toordinal() - 1)
        session.connection().execute(
            update(Posting)
            .where(col(Posting.person_id) == who, col(Posting.valid_to).is_(None))
            .values(valid_to=before)
        )
        session.add(Posting(person_id=who, unit_id=where, role=role, valid_from=on))
        for table in (SessionRecord, DayRecord):
            mine = col(table.person_id) == who, col(table.day) >= day_of(on)
            session.connection().execute(update(table).where(*mine).values(unit_id=where))


def remind(engine: Engine, person: str, number: str, on: date, *, withdrawn: bool = False) -> None:
    """A written reminder about the day before it."""
    with transaction(engine) as session:
        row = WrittenReminder(
            person_id=person_id(session, person),
            issuer="UBND phường",
            number=number,
            issued_on=on,
            rule_cited="Điều 5 Nội quy",
            author_id=1,
            written_at=NOW,
        )
        session.add(row)
        session.flush()
        about = date.fromordinal(on.toordinal() - 1)
        session.add(
            ReminderDay(reminder_id=row.id or 0, on_date=about, withdrawn_at=NOW if withdrawn else None)
        )


def app_at(engine: Engine, folder: Path, now: datetime) -> Flask:
    """The application at another moment."""
    app = create_app(engine, settings_for(folder), lambda: now)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    return app


def plain(rows: Iterable[SessionRecord]) -> dict[str, int]:
    """The counts of the evidence, one record after the other."""
    found = dict.fromkeys(("late", "early", "missing_mark", "absent_without_reason", "excused", "on_time"), 0)
    late = early = 0
    for row in rows:
        came = row.status != Status.ABSENT
        found["on_time"] += row.status == Status.ON_TIME
        found["late"] += bool(came and row.late_seconds)
        found["early"] += bool(came and row.early_seconds)
        found["missing_mark"] += row.status in {Status.MISSING_IN, Status.MISSING_OUT}
        found["absent_without_reason"] += row.status == Status.ABSENT
        found["excused"] += row.status == Status.EXCUSED
        late += row.late_seconds if came else 0
        early += row.early_seconds if came else 0
    return found | {"late_minutes": -(-late // 60), "early_minutes": -(-early // 60)}


def taken(log_in: LogIn, name: str, unit: str, query: str = "") -> dict[str, Any]:
    """The evidence of a unit as an account gets it, as JSON."""
    answer = log_in(name).get(f"{UNIT.format(unit)}/tep?loai=json{query}")
    assert answer.status_code == 200, answer.status
    found: dict[str, Any] = json.loads(answer.data)
    return found


def row_of(found: dict[str, Any], code: str) -> dict[str, Any]:
    (row,) = [one for one in found["people"] if one["person"] == code]
    return dict(row)


def main_text(text: str) -> str:
    """What a page says between the frame's own words."""
    inner = text.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", inner).split())
