"""Whom to write to, the calendar's word for quiet days, a month's days by unit and status."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlmodel import Session, col

from monitor.store.queries.reach import Reach
from monitor.store.queries.tree import Tree
from monitor.store.tables import Account, CalendarDay, DayRecord, NoticeAddress, NoticeChoice

SATURDAY = 6


def reachable(session: Session) -> list[tuple[Account, NoticeChoice | None]]:
    """Accounts that may be written to, with their choices: enabled, address confirmed, not refused."""
    may = (
        ~col(Account.disabled),
        col(NoticeAddress.confirmed_at).is_not(None),
        col(NoticeAddress.bounced_at).is_(None),
    )
    joined = (
        select(Account, NoticeChoice)
        .join(NoticeAddress, col(NoticeAddress.account_id) == col(Account.id))
        .outerjoin(NoticeChoice, col(NoticeChoice.account_id) == col(Account.id))
    )
    rows = session.execute(joined.where(*may).order_by(col(Account.id)))
    return [(account, choice) for account, choice in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysOff:
    """What the calendar says of one day, by unit (None: the whole country)."""

    on: date
    kinds: dict[int | None, str]

    @property
    def everywhere(self) -> bool:
        """Whether no unit at all has a working day: it needs not be asked of each."""
        nationally = self.on.isoweekday() >= SATURDAY if None not in self.kinds else self.kinds[None] == "off"
        return nationally and all(kind == "off" for kind in self.kinds.values())

    def is_off(self, units: Tree, unit_id: int | None) -> bool:
        """Whether the calendar expects nobody of the unit: its own row, else an ancestor's (rules 2.3)."""
        found = (self.kinds[unit] for unit in [*units.path(unit_id), None] if unit in self.kinds)
        kind = next(found, None)
        return self.on.isoweekday() >= SATURDAY if kind is None else kind == "off"


def days_off(session: Session, on: date) -> DaysOff:
    """The calendar of a day; proposed rows (status P) do not apply."""
    wanted = select(col(CalendarDay.unit_id), col(CalendarDay.kind))
    applies = wanted.where(col(CalendarDay.on_date) == on, col(CalendarDay.status) != "P")
    return DaysOff(on=on, kinds={row[0]: row[1] for row in session.connection().execute(applies)})


def days_by_status(
    session: Session, reach: Reach, unit_ids: frozenset[int], days: range
) -> Sequence[tuple[int, int, int]]:
    """(unit, status, person-days) of the days that lie in the units and in reach."""
    record = DayRecord
    columns = (col(record.unit_id), col(record.status), func.count())
    wanted = (
        select(*columns)
        .where(col(record.day).between(days.start, days.stop - 1), col(record.unit_id).in_(unit_ids))
        .where(reach.allows(col(record.person_id), col(record.unit_id), col(record.day)))
        .group_by(*columns[:2])
        .order_by(*columns[:2])
    )
    return [(row[0], row[1], row[2]) for row in session.connection().execute(wanted)]
