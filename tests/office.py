"""A small office that tests share: one unit under another, four people, one terminal, two sessions a day."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
from sqlalchemy import Engine, text
from sqlmodel import Session

from devices.base import PunchBatch
from monitor.intake import Intake, Origin, accept
from monitor.rules.wallclock import seconds_of
from monitor.store.session import reading, transaction
from monitor.store.tables import (
    Badge,
    CoverageInterval,
    Person,
    Posting,
    RegulationSession,
    RegulationTarget,
    RegulationVersion,
    Terminal,
    Unit,
)

PEOPLE = {"HANH": "Nguyễn Thị Hạnh", "AN": "Lê Văn An", "BINH": "Trần Thị Bình", "DUC": "Phạm Minh Đức"}
START = date(2026, 2, 23)  # the first working day after Tết 2026, a Monday


def at(moment: str) -> datetime:
    """A wall-clock reading in Vietnam, `2026-03-02 07:30`, as an aware instant."""
    return (datetime.fromisoformat(moment) - timedelta(hours=7)).replace(tzinfo=UTC)


def open_office(engine: Engine) -> None:
    """UBND xã with its office; An, Bình, Đức in the office with ids 1, 2, 3, Hạnh its head with id 4."""
    with transaction(engine) as session:
        session.add(Unit(id=1, code="XA", name="UBND xã Thanh Bình"))
        session.flush()
        session.add(Unit(id=2, code="XA-VP", name="Văn phòng HĐND và UBND", parent_id=1))
        session.add(
            Terminal(id=1, code="M1", name="Cổng chính", kind="zk", host="127.0.0.1", serial="SN1", unit_id=1)
        )
        for place, (code, name) in enumerate(sorted(PEOPLE.items()), start=1):
            session.add(Person(id=place, code=code, name=name, sort_key=code, search_key=code.lower()))
        session.flush()
        for place, code in enumerate(sorted(PEOPLE), start=1):
            role = "head" if code == "HANH" else "staff"
            session.add(Posting(person_id=place, unit_id=2, role=role, valid_from=START))
            session.add(Badge(person_id=place, terminal_id=1, device_user_id=str(place)))
        _regulate(session)
        _follow_ids(session)


def _follow_ids(session: Session) -> None:
    """Let PostgreSQL count on from the ids that were chosen here; SQLite does so by itself."""
    if session.connection().dialect.name != "postgresql":
        return
    session.flush()
    for table in ("unit", "person", "terminal", "regulation_version"):
        counted = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
        session.connection().execute(text(counted))


def _regulate(session: Session) -> None:
    session.add(
        RegulationVersion(
            id=1,
            code="hanh-chinh",
            title="Giờ hành chính",
            document="Quyết định số 12/QĐ-UBND",
            valid_from=START,
            grace_late_minutes=5,
        )
    )
    session.flush()
    session.add(RegulationTarget(regulation_id=1, valid_from=START))
    for name, start, end in (("Sáng", 27_000, 41_400), ("Chiều", 48_600, 61_200)):
        session.add(
            RegulationSession(
                regulation_id=1, name=name, weekdays="12345", start_seconds=start, end_seconds=end, cong=0.5
            )
        )


def punch(
    engine: Engine, *punches: tuple[str, str], received: datetime | None = None, state: int = 0
) -> Intake:
    """Deliver (device user id, local time) pairs from the terminal, all with one key."""
    batch = PunchBatch(
        device_user_id=np.array([user for user, _ in punches], dtype=object),
        device_seconds=np.array([seconds_of(datetime.fromisoformat(time)) for _, time in punches], np.int64),
        verify=np.ones(len(punches), np.int32),
        state=np.full(len(punches), state, np.int32),
        work_code=np.zeros(len(punches), np.int32),
        raw=np.array([f"{user} {time}".encode() for user, time in punches], dtype=object),
    )
    with transaction(engine) as session:
        terminal = session.get_one(Terminal, 1)
        origin = Origin(source="pull", received_at=received or at("2026-12-31 00:00"))
        return accept(session, terminal, batch, (), origin)


def cover(engine: Engine, start: str, end: str, source: str = "declared") -> None:
    """Say that the terminal's log is complete between two local times."""
    with transaction(engine) as session:
        session.add(
            CoverageInterval(
                terminal_id=1,
                starts=seconds_of(datetime.fromisoformat(start)),
                ends=seconds_of(datetime.fromisoformat(end)),
                source=source,
            )
        )


def rows(engine: Engine, wanted: str) -> list[tuple[object, ...]]:
    """The rows of a plain query."""
    with reading(engine) as session:
        return [tuple(row) for row in session.connection().execute(text(wanted))]


def full_day(user: str, day: str) -> list[tuple[str, str]]:
    """Four punctual punches."""
    return [(user, f"{day} {time}") for time in ("07:25", "11:31", "13:29", "17:02")]
