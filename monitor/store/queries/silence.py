"""Terminal days inside observed coverage on which nothing at all was recorded (rules 7, silence)."""

import numpy as np
from sqlalchemy import bindparam, delete, insert, select
from sqlmodel import Session, col

from monitor.rules.columns import DAY_SECONDS, SilentDays
from monitor.store.asking import Question
from monitor.store.queries.arrays import Positions, int32s
from monitor.store.queries.punches import days_with_punches
from monitor.store.tables import CoverageInterval, SilentDay, Terminal

_TERMINALS = Question(select(col(Terminal.id), col(Terminal.code)))
_OBSERVED = Question(
    select(col(CoverageInterval.terminal_id), col(CoverageInterval.starts), col(CoverageInterval.ends)).where(
        col(CoverageInterval.source) != "declared",
        col(CoverageInterval.ends) >= bindparam("first"),
        col(CoverageInterval.starts) < bindparam("end"),
    )
)
_SILENT = Question(
    select(col(SilentDay.terminal_id), col(SilentDay.day)).where(
        col(SilentDay.day).between(bindparam("first"), bindparam("last"))
    )
)


_FORGET = delete(SilentDay).where(col(SilentDay.day).between(bindparam("first"), bindparam("last")))


def quiet_days(session: Session, first_day: int, last_day: int) -> SilentDays:
    """Days in a range that a terminal's own reads cover, but on which nobody punched there.

    Declared coverage is taken as it stands and is left out. `terminal` holds positions in the order
    of codes, as `load_world` numbers them.
    """
    terminals = Positions.of(_TERMINALS.rows(session))
    found: list[tuple[int, int]] = []
    for terminal_id, covered in _covered_days(session, first_day, last_day).items():
        punched = days_with_punches(session, terminal_id, first_day, last_day)
        place = int(terminals.find([terminal_id])[0])
        found.extend((place, day) for day in sorted(covered - punched))
    return SilentDays(terminal=int32s([row[0] for row in found]), day=int32s([row[1] for row in found]))


def _covered_days(session: Session, first_day: int, last_day: int) -> dict[int, set[int]]:
    """Days of the range that observed coverage touches, by terminal id."""
    span = {"first": first_day * DAY_SECONDS, "end": (last_day + 1) * DAY_SECONDS}
    days: dict[int, set[int]] = {}
    for terminal_id, starts, ends in _OBSERVED.rows(session, **span):
        first, last = max(starts // DAY_SECONDS, first_day), min(ends // DAY_SECONDS, last_day)
        days.setdefault(terminal_id, set()).update(np.arange(first, last + 1).tolist())
    return days


def known_silence(session: Session, first_day: int, last_day: int) -> set[tuple[int, int]]:
    """(Terminal id, day) of the days in a range that were last judged silent."""
    return set(_SILENT.rows(session, first=first_day, last=last_day))


def remember_silence(session: Session, first_day: int, last_day: int, silent: set[tuple[int, int]]) -> None:
    """Keep what is silent now in place of what was known of a range of days."""
    connection = session.connection()
    connection.execute(_FORGET, {"first": first_day, "last": last_day})
    if silent:
        rows = [{"terminal_id": terminal_id, "day": day} for terminal_id, day in sorted(silent)]
        connection.execute(insert(SilentDay), rows)


def silent_columns(session: Session, terminals: Positions, first_day: int, last_day: int) -> SilentDays:
    """The known silence of a range of days, as the rules take it."""
    found = sorted(known_silence(session, first_day, last_day))
    places = terminals.find([terminal_id for terminal_id, _ in found])
    return SilentDays(terminal=places, day=int32s([day for _, day in found]))
