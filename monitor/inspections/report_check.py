"""What the records say of the time a citizen's report is about: the same snapshot that a visit freezes."""

from collections import Counter
from dataclasses import dataclass

from sqlmodel import Session

from monitor.groups import Group, group_of
from monitor.inspections.snapshot import rows_of
from monitor.rules.codes import Reason, Status
from monitor.rules.wallclock import DAY_SECONDS
from monitor.store.queries.board import SessionRow, sessions_of
from monitor.store.queries.reach import Reach
from monitor.store.queries.seats import Seat, seats
from monitor.store.queries.tree import Tree
from monitor.store.tables import CitizenReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A person at that moment: `kind` as in a visit's snapshot; `covered` False: terminals say nothing.

    `last_punch` is the last one of that day before the moment; `group` tells the whole day in a word.
    """

    seat: Seat
    kind: str
    session: str
    last_punch: int | None
    symbol: str
    document: str
    group: Group
    covered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The people in reach at the moment, and how many are in which group."""

    moment: int
    people: tuple[Known, ...]

    @property
    def counts(self) -> Counter[Group]:
        """People by the word for their day."""
        return Counter(one.group for one in self.people)

    @property
    def silent(self) -> int:
        """People of whom the terminals say nothing: neither present nor absent."""
        return sum(not one.covered for one in self.people)


def checked(session: Session, report: CitizenReport, units: Tree, reach: Reach, zone: str) -> Checked | None:
    """The records of the report's time, as far as its reader may see them; None where it names no time.

    No data is never an absence (rules 7). Nothing is stored: asked again, corrected records say more.
    """
    if report.happened_at is None:
        return None
    moment, day = report.happened_at, report.happened_at // DAY_SECONDS
    found = seats(session, reach, units.below_in_bloc(report.unit_id), day)
    if report.person_id is not None:
        found = [seat for seat in found if seat.person_id == report.person_id]
    if not found:
        return Checked(moment=moment, people=())
    sessions = sessions_of(session, found, day)
    rows = {row["person_id"]: row for row in rows_of(session, found, moment, zone)}
    people = (_known(seat, rows[seat.person_id], sessions.get(seat.person_id, []), moment) for seat in found)
    return Checked(moment=moment, people=tuple(people))


def _known(seat: Seat, row: dict[str, object], sessions: list[SessionRow], moment: int) -> Known:
    punch = row["last_punch"]
    return Known(
        seat=seat,
        kind=str(row["kind"]),
        session=str(row["session"]),
        last_punch=punch if isinstance(punch, int) else None,
        symbol=str(row["symbol"]),
        document=str(row["document"]),
        group=group_of(seat, sessions),
        covered=not _silent(sessions, moment),
    )


def _silent(sessions: list[SessionRow], moment: int) -> bool:
    """Whether the session that the moment lies in is undecided for want of data."""
    return any(
        one.starts <= moment < one.ends
        and one.status == Status.PENDING
        and bool(one.reasons & int(Reason.NO_DATA))
        for one in sessions
    )
