"""Whose evidence is read, for which period, and what of it the reader may see."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from monitor.rules.wallclock import date_of
from monitor.store.queries.campaigns import NOBODY, hidden_subjects
from monitor.store.queries.figures import Among, among
from monitor.store.queries.reach import Reach
from monitor.store.queries.stays import Stay, members_between, stays_of, within_reach
from monitor.store.queries.tree import Tree
from monitor.yearly.period import MONTHS, Period, months_later


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads: `papers` says whether reminders, decisions and findings of others are shown, too."""

    reach: Reach
    papers: bool
    now: datetime
    today: int
    account_id: int = NOBODY

    def may_read_papers(self, person_id: int) -> bool:
        """Whether papers about a person are shown: one's own always are."""
        return self.papers or person_id == self.reach.person_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one reading is about; `unit_ids` None: people wherever they are.

    `stays` reach back twelve months before the period: a reminder there may be what another one follows.
    """

    session: Session
    units: Tree
    reader: Reader
    period: Period
    unit_ids: frozenset[int] | None
    whose: Among
    people: frozenset[int]
    stays: dict[int, tuple[Stay, ...]]
    hidden: tuple[str, ...]

    @property
    def dates(self) -> tuple[date, date]:
        """First and last date of the period."""
        return date_of(self.period.first_day), date_of(self.period.last_day)

    @property
    def earlier(self) -> date:
        """Twelve months before the first date."""
        return months_later(self.dates[0], -MONTHS)

    def sees(self, person_id: int, on: date) -> bool:
        """Whether what is said of a person on a date may be shown here."""
        wide = self.reader.reach.terms is None or person_id == self.reader.reach.person_id
        if self.unit_ids is None and wide:
            return True
        day = (on - date(1970, 1, 1)).days
        return any(stay.first_day <= day <= stay.last_day for stay in self.stays.get(person_id, ()))


def of_units(
    session: Session, units: Tree, reader: Reader, period: Period, unit_ids: frozenset[int]
) -> Sight:
    """Everybody who belonged to the units, or has records of them, in the period."""
    whose = among(session, reader.reach, unit_ids, frozenset(units.units), period.days)
    people = frozenset(whose.people) | members_between(session, unit_ids, period.days)
    return _sight(session, units, reader, period, (unit_ids, whose, people))


def of_person(session: Session, units: Tree, reader: Reader, period: Period, person_id: int) -> Sight:
    """One person, wherever in reach."""
    whose = Among(reach=reader.reach, unit_ids=None, people=[person_id])
    return _sight(session, units, reader, period, (None, whose, frozenset({person_id})))


def _sight(
    session: Session,
    units: Tree,
    reader: Reader,
    period: Period,
    found: tuple[frozenset[int] | None, Among, frozenset[int]],
) -> Sight:
    unit_ids, whose, people = found
    earlier = months_later(date_of(period.first_day), -MONTHS)
    days = range((earlier - date(1970, 1, 1)).days, period.last_day + 1)
    stays = within_reach(stays_of(session, units, people, days), reader.reach)
    return Sight(
        session=session,
        units=units,
        reader=reader,
        period=period,
        unit_ids=unit_ids,
        whose=whose,
        people=people,
        stays=_by_person(stay for stay in stays if unit_ids is None or stay.unit_id in unit_ids),
        hidden=hidden_subjects(session, reader.account_id, reader.now),
    )


def _by_person(stays: Iterable[Stay]) -> dict[int, tuple[Stay, ...]]:
    found: dict[int, list[Stay]] = {}
    for stay in stays:
        found.setdefault(stay.person_id, []).append(stay)
    return {person: tuple(of) for person, of in found.items()}


def in_period(stays: Collection[Stay], period: Period) -> tuple[Stay, ...]:
    """The stays as far as they lie in the period."""
    cut = (stay.cut(period.first_day, period.last_day) for stay in stays)
    return tuple(stay for stay in cut if stay is not None)
