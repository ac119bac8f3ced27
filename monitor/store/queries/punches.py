"""Punches in bulk: what is stored of a terminal's log, and adding what is not."""

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col

from monitor.store.tables import Badge, Punch, PunchVariant, QuarantinedRecord

Rows = list[dict[str, object]]
IDENTITY = ["device_user_id", "device_time"]


def stored_log(session: Session, terminal_id: int, first: int, last: int) -> pd.DataFrame:
    """Stored punches of a terminal between two readings of its clock, both inclusive.

    Columns: id, device_user_id (object), device_time, verify, state (int64).
    """
    rows = session.connection().execute(
        select(
            col(Punch.id),
            col(Punch.device_user_id),
            col(Punch.device_time),
            col(Punch.verify),
            col(Punch.state),
        ).where(col(Punch.terminal_id) == terminal_id, col(Punch.device_time).between(first, last))
    )
    frame = pd.DataFrame(rows.all(), columns=["id", *IDENTITY, "verify", "state"])
    whole = ["id", "device_time", "verify", "state"]
    return frame.astype({"device_user_id": object} | dict.fromkeys(whole, np.int64))


def add_punches(session: Session, rows: Rows) -> int:
    """Store punches; those already there stay as they are. Returns how many were new."""
    return _insert_or_ignore(session, Punch, rows)


def add_variants(session: Session, rows: Rows) -> int:
    """Note later deliveries of stored punches whose attributes differ."""
    return _insert_or_ignore(session, PunchVariant, rows)


def noted_variants(session: Session, punch_ids: list[int]) -> set[tuple[int, int, int]]:
    """(Punch id, verify, state) of what was noted of some punches already."""
    if not punch_ids:
        return set()
    wanted = set(punch_ids)
    rows = session.connection().execute(
        select(col(PunchVariant.punch_id), col(PunchVariant.verify), col(PunchVariant.state)).where(
            col(PunchVariant.punch_id).between(min(wanted), max(wanted))
        )
    )
    return {(punch, verify, state) for punch, verify, state in rows if punch in wanted}


def add_quarantined(session: Session, rows: Rows) -> int:
    """Keep records that are no punches; the same record of the same terminal is kept once."""
    return _insert_or_ignore(session, QuarantinedRecord, rows)


def _insert_or_ignore(session: Session, table: type[SQLModel], rows: Rows) -> int:
    if not rows:
        return 0
    connection = session.connection()
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows).rowcount


def days_with_punches(session: Session, terminal_id: int, first_day: int, last_day: int) -> set[int]:
    """Days of a terminal's own calendar on which it recorded anything, of any badge."""
    day = col(Punch.device_time) // 86_400
    rows = session.connection().execute(
        select(day)
        .where(
            col(Punch.terminal_id) == terminal_id,
            col(Punch.device_time).between(first_day * 86_400, (last_day + 1) * 86_400 - 1),
        )
        .distinct()
    )
    return {int(row[0]) for row in rows}


def holders_between(session: Session, terminal_id: int, after: int, until: int) -> set[tuple[int, int]]:
    """(Person id, day) of the badges behind a terminal's punches later than one reading, up to another."""
    here = col(Badge.terminal_id).is_(None) | (col(Badge.terminal_id) == terminal_id)
    rows = session.connection().execute(
        select(col(Badge.person_id), col(Punch.device_time) // 86_400)
        .join(Badge, (col(Badge.device_user_id) == col(Punch.device_user_id)) & here)
        .where(
            col(Punch.terminal_id) == terminal_id,
            col(Punch.device_time) > after,
            col(Punch.device_time) <= until,
        )
        .distinct()
    )
    return {(person, int(day)) for person, day in rows}


def pulled_before(session: Session, terminal_id: int, first: int, last: int, pull_id: int) -> bool:
    """Whether a contact up to one had brought a punch between two readings of the terminal's clock."""
    earlier = select(col(Punch.id)).where(
        col(Punch.terminal_id) == terminal_id,
        col(Punch.device_time).between(first, last),
        col(Punch.pull_id) <= pull_id,
    )
    return session.connection().execute(earlier.limit(1)).first() is not None


def badge_holders(session: Session, terminal_id: int) -> pd.DataFrame:
    """Badges that may be read at a terminal. Columns: device_user_id, person_id."""
    here = col(Badge.terminal_id).is_(None) | (col(Badge.terminal_id) == terminal_id)
    rows = session.connection().execute(select(col(Badge.device_user_id), col(Badge.person_id)).where(here))
    return pd.DataFrame(rows.all(), columns=["device_user_id", "person_id"]).drop_duplicates()
