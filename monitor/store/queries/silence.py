"""Terminal days inside observed coverage on which nothing at all was recorded (rules 7, silence)."""

import numpy as np
from sqlalchemy import select
from sqlmodel import Session, col

from monitor.rules.columns import DAY_SECONDS, SilentDays
from monitor.store.queries.arrays import Positions, int32s
from monitor.store.queries.punches import days_with_punches
from monitor.store.tables import CoverageInterval, Terminal


def quiet_days(session: Session, first_day: int, last_day: int) -> SilentDays:
    """Days in a range that a terminal's own reads cover, but on which nobody punched there.

    Declared coverage is taken as it stands and is left out. `terminal` holds positions in the order
    of codes, as `load_world` numbers them.
    """
    rows = session.connection().execute(select(col(Terminal.id), col(Terminal.code))).all()
    terminals = Positions.of(rows)
    found: list[tuple[int, int]] = []
    for terminal_id, covered in _covered_days(session, first_day, last_day).items():
        punched = days_with_punches(session, terminal_id, first_day, last_day)
        place = int(terminals.find([terminal_id])[0])
        found.extend((place, day) for day in sorted(covered - punched))
    return SilentDays(terminal=int32s([row[0] for row in found]), day=int32s([row[1] for row in found]))


def _covered_days(session: Session, first_day: int, last_day: int) -> dict[int, set[int]]:
    """Days of the range that observed coverage touches, by terminal id."""
    wanted = (col(CoverageInterval.terminal_id), col(CoverageInterval.starts), col(CoverageInterval.ends))
    near = (
        col(CoverageInterval.source) != "declared",
        col(CoverageInterval.ends) >= first_day * DAY_SECONDS,
        col(CoverageInterval.starts) < (last_day + 1) * DAY_SECONDS,
    )
    days: dict[int, set[int]] = {}
    for terminal_id, starts, ends in session.connection().execute(select(*wanted).where(*near)):
        first, last = max(starts // DAY_SECONDS, first_day), min(ends // DAY_SECONDS, last_day)
        days.setdefault(terminal_id, set()).update(np.arange(first, last + 1).tolist())
    return days
